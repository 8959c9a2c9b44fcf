"""Every row the desk of XIAOER_HOME shows, as JSON on the standard output: `python -m tests.engines.shown`."""

import json
from typing import Any


def main() -> None:
    """Of the desk this process is set up for."""
    from xiaoer.app.setup import ready

    ready()
    print(json.dumps(shown(), default=str))  # noqa: T201  this is the answer


def shown() -> dict[str, list[dict[str, Any]]]:
    """By table, in order of their keys, without row numbers and editions."""
    from xiaoer.kit.published import pointer
    from xiaoer.nightly import seam

    edition = pointer("owner").edition
    return {name: _rows(seam.model_of(name), edition) for name in seam.NAMES}


def _rows(model: Any, edition: int) -> list[dict[str, Any]]:
    from xiaoer.nightly.seam import EDITION_COLUMNS, columns_of

    apart = {*EDITION_COLUMNS, model.by_desk}  # the moment somebody wrote a row at one desk and at the other
    names = [column.column for column in columns_of(model) if column.column not in apart]
    return list(model.objects.using("owner").at(edition).order_by(*model.key).values(*names))


if __name__ == "__main__":
    main()
