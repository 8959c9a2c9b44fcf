"""The house's own checks: what ruff, mypy and import-linter cannot see.

Each module here holds one rule: a `check(checkout)` that yields findings, each naming what to use instead.
"""
