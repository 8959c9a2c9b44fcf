"""A scorecard in pandas: features.parquet card.json target.parquet prints its seconds."""

import json
import math
import sys
import time
from pathlib import Path

import numpy as np
import pandas as pd


def main() -> None:
    """Score, write, print."""
    source, card_file, target = sys.argv[1:]
    card, rows = json.loads(Path(card_file).read_text()), pd.read_parquet(source)
    started = time.perf_counter()
    factor = card["points"]["doubling"] / math.log(2)
    start = round(card["points"]["base"] - factor * (card["intercept"] + math.log(card["points"]["odds"])))
    points = pd.Series(start, index=rows.index)
    for one in card["inputs"]:
        values = rows[one["name"]].astype(float).fillna(one["usual"])
        shaped = np.sign(values) * np.log1p(values.abs()) if one["form"] == "log" else values
        step = (shaped.clip(one["low"], one["high"]) - one["centre"]) / one["spread"]
        points = points + np.rint(-factor * step * one["weight"]).astype(int)
    odds = (card["points"]["base"] - points) / factor - math.log(card["points"]["odds"])
    probability = 1 / (1 + np.exp(-odds))
    seconds = time.perf_counter() - started
    pd.DataFrame({"probability": probability}).to_parquet(target)
    print(seconds)


if __name__ == "__main__":
    main()
