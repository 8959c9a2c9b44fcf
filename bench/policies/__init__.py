"""What policies of contact are worth at the simulated bank, all against the same luck."""
