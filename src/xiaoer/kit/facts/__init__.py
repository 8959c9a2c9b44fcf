"""Facts: immutable, in the past tense, kept with what made them so."""
