"""Glass boxes and scorecards of others: rows.parquet MANY prints {library: processor seconds} to predict so many rows.

interpret's explainable boosting machine and optbinning's scorecard, fitted to the given rows (column `hit`), then asked
about them over and over. Fitting is not measured.
"""

import json
import sys
import time
import warnings
from collections.abc import Callable
from pathlib import Path

import pandas as pd

AT_ONCE = 100_000
PAIRS = 10


def timed(predict: Callable[[pd.DataFrame], object], rows: pd.DataFrame, many: int) -> float:
    """Seconds for so many rows, some at once; the first rows are not measured."""
    predict(rows.head(100))
    begun = time.process_time()
    for _ in range(-(-many // len(rows))):
        predict(rows)
    return (time.process_time() - begun) * many / (-(-many // len(rows)) * len(rows))


def main() -> None:
    """Fit both, ask both."""
    from interpret.glassbox import ExplainableBoostingClassifier
    from optbinning import BinningProcess, Scorecard
    from sklearn.linear_model import LogisticRegression

    warnings.simplefilter("ignore")
    source, many = Path(sys.argv[1]), int(sys.argv[2])
    known = pd.read_parquet(source)
    hit = known.pop("hit").to_numpy()
    rows = pd.concat([known] * -(-AT_ONCE // len(known)), ignore_index=True).head(AT_ONCE)
    boosting = ExplainableBoostingClassifier(interactions=PAIRS, outer_bags=2, n_jobs=1, max_rounds=200).fit(
        known, hit
    )
    card = Scorecard(
        BinningProcess(list(known.columns)),
        LogisticRegression(max_iter=1000),
        scaling_method="min_max",
        scaling_method_params={"min": 300, "max": 850},
    ).fit(known, hit)
    seconds = {
        "interpret predict_proba": timed(boosting.predict_proba, rows, many),
        "optbinning score": timed(card.score, rows, many),
    }
    print(json.dumps({name: round(value, 2) for name, value in seconds.items()}))


if __name__ == "__main__":
    main()
