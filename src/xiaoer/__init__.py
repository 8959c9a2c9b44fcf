"""Xiaoer: what a bank's small-business people work in."""

import os

# Polars gives memory back as soon as a range of firms is done, and asks for as much again with the next one: that cost
# a fifth of the night's processor. Its allocator reads this when the library is loaded, so it stands before all else.
KEPT_FREED = "dirty_decay_ms:30000,muzzy_decay_ms:30000"
os.environ.setdefault("_RJEM_MALLOC_CONF", KEPT_FREED)
