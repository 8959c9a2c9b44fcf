"""The product as a policy: what a bank would do week by week that works with it, seeing only what it can see."""
