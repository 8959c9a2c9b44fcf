"""BG/NBD with lifetimes: firms.parquet target.parquet days prints its seconds; the fitted parameters lie beside."""

import json
import sys
import time
import warnings
from pathlib import Path

import pandas as pd
from lifetimes import BetaGeoFitter
from lifetimes.datasets import load_cdnow_summary

warnings.filterwarnings("ignore")


def main() -> None:
    """Fit, tell of each firm, write, print."""
    source, target, days = sys.argv[1:]
    rows = pd.read_parquet(source)
    seen = rows["again"], rows["to_last"], rows["to_today"]
    started = time.perf_counter()
    model = BetaGeoFitter().fit(*seen)
    to_come = model.conditional_expected_number_of_purchases_up_to_time(float(days), *seen)
    still_buying = model.conditional_probability_alive(*seen)
    seconds = time.perf_counter() - started
    pd.DataFrame({"still_buying": still_buying, "to_come": to_come.to_numpy()}).to_parquet(target)
    Path(target).with_suffix(".json").write_text(json.dumps(dict(model.params_)))
    published = load_cdnow_summary(index_col=[0]).rename(
        columns={"frequency": "again", "recency": "to_last", "T": "to_today"}
    )
    published.to_parquet(Path(target).with_name("cdnow.parquet"))
    print(seconds)


if __name__ == "__main__":
    main()
