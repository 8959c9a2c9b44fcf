"""Point 10: tables are written at step ends, and between them no plan grows beyond fifty chained expressions."""

import ast
from pathlib import Path

from tests.house.bank import CHECKOUT, STEPS, SmallBank, fresh_night
from tests.house.test_01_money_is_whole import ordered

LONGEST_CHAIN = 50
FRAME_VERBS = {
    "with_columns",
    "select",
    "filter",
    "join",
    "group_by",
    "agg",
    "sort",
    "drop",
    "rename",
    "unique",
    "unpivot",
}


def test_every_step_leaves_its_tables_and_needs_only_files(small_bank: SmallBank, tmp_path: Path) -> None:
    """Each step is done by a night that has nothing in memory; what it writes is what the whole run wrote."""
    import pyarrow.parquet as pq

    folder = tmp_path / "night"
    folder.mkdir()
    for number, step in enumerate(STEPS):
        before = set(folder.glob("*.parquet"))
        step.work(fresh_night(small_bank.lake, folder, tmp_path / f"scratch-{number}"))
        written = set(folder.glob("*.parquet")) - before
        assert written, step.name
        for path in written:
            whole_run = pq.read_table(small_bank.night.folder / path.name)
            assert ordered(pq.read_table(path)) == ordered(whole_run), path.name
    assert not list(folder.rglob("*draft*"))


def chains(path: Path) -> list[tuple[str, int]]:
    """Per function, how many table verbs it strings together."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    functions = [node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef)]
    return [(f"{path.name}:{function.name}", verbs(function)) for function in functions]


def verbs(function: ast.FunctionDef) -> int:
    called = [node.func for node in ast.walk(function) if isinstance(node, ast.Call)]
    return sum(isinstance(one, ast.Attribute) and one.attr in FRAME_VERBS for one in called)


def test_no_function_of_the_night_strings_fifty_expressions_together() -> None:
    source = CHECKOUT / "src" / "xiaoer"
    nights = [*source.glob("*/night.py"), *source.glob("*/night/*.py"), *source.glob("nightly/*.py")]
    assert len(nights) > 10
    longest = max((chain for path in nights for chain in chains(path)), key=lambda chain: chain[1])
    assert longest[1] < LONGEST_CHAIN, longest
