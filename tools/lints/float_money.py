"""Money is whole fen in the lake and Decimal on the desk."""

import ast
import re
import tomllib
from collections.abc import Iterator

from tools.lints.checkout import Checkout, Finding, last_name, text_of

MONEY = re.compile(
    r"(^|_)(amount|fen|yuan|balance|turnover(_12m)?|fee|at_stake|expected_return|contribution(_12m)?)$"
)
FLOATS = {"float", "Float32", "Float64", "FloatField"}
ADVICE = "money is Int64 fen in the lake, BigIntegerField or Decimal on the desk: kit.money"


def check(checkout: Checkout) -> Iterator[Finding]:
    """Names of money declared as a float: annotations, model fields, schemas, contracts."""
    for path, tree in checkout.python():
        for node in ast.walk(tree):
            yield from (Finding(path, line, f"{name} is a float: {ADVICE}") for name, line in _declared(node))
    for path in checkout.paths("src/xiaoer/sources/contracts", ".toml"):
        for column in tomllib.loads(checkout.texts[path]).get("columns", []):
            if MONEY.search(column["name"]) and column["kind"] in {"number", "rate"}:
                yield Finding(path, 1, f"{column['name']} is a {column['kind']}: its kind is money")


def _declared(node: ast.AST) -> Iterator[tuple[str, int]]:
    if isinstance(node, ast.arg) and node.annotation and _floats(node.annotation):
        names, line = [node.arg], node.lineno
    elif isinstance(node, ast.AnnAssign) and _floats(node.annotation):
        names, line = [last_name(node.target)], node.lineno
    elif isinstance(node, ast.Assign) and _floats(node.value):
        names, line = [last_name(target) for target in node.targets], node.lineno
    elif isinstance(node, ast.Dict):
        pairs = zip(node.keys, node.values, strict=True)
        names, line = [text_of(key) or "" for key, value in pairs if _floats(value)], node.lineno
    else:
        return
    yield from ((name, line) for name in names if MONEY.search(name))


def _floats(node: ast.AST) -> bool:
    if isinstance(node, ast.BinOp):  # float | None
        return _floats(node.left) or _floats(node.right)
    return last_name(node.func if isinstance(node, ast.Call) else node) in FLOATS
