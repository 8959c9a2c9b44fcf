"""What a model may look like: tables of bins and points (scorecard, glass box), or boosted trees."""
