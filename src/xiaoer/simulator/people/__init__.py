"""How people at the firms and at the bank deal with one another, week by week."""
