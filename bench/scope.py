"""What row-level security costs at a million firms: `python -m bench.scope [--firms N]` prints JSON.

Each question is asked as the desk's role behind the walls and as the owner without a scope filter in PostgreSQL
(its policy is `true`), the same statement, warm, median of several runs in milliseconds.
"""

import argparse
import json
import os
import statistics
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

os.environ.setdefault("XIAOER_HOME", tempfile.mkdtemp(prefix="xiaoer-bench-"))
os.environ.setdefault("XIAOER_ALLOW_ROOT", "1")

from xiaoer.app.setup import ready

RUNS = 7
BRANCHES, MANAGERS = 200, 3300  # about 300 firms a manager

FILL = """
INSERT INTO customers_firm (customer_id, name, pinyin, initials, credit_code, branch_id, manager_id, since, until,
    phone, kind, industry_code, industry, region, owner_name, size_class, size_missing, tier, borrower, holdings,
    products, turnover_12m, score_state, events, due_channel)
SELECT 'C' || lpad(n::text, 9, '0'), chr(19968 + n %% 997) || chr(19968 + n %% 1999) || '贸易有限公司',
    substr(md5(n::text), 1, 14), substr(md5(n::text), 1, 4), '91' || lpad(n::text, 16, '0'),
    'B' || n %% %(branches)s, 'M' || n %% %(managers)s, 1, 2147483647,
    '', 'enterprise', 'F51', '批发', '', '', 'small', '[]', 'general', false, '[]', 1, (n::bigint * 7919) %% 100000007, '', 0, ''
FROM generate_series(1, %(firms)s) n
"""


def main() -> None:
    """Fill, ask, print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--firms", type=int, default=1_000_000)
    firms = parser.parse_args().firms
    ready()
    fill(firms)
    rows = [measure(name, scope, ask) for name, scope, ask in questions(firms)]
    print(json.dumps({"firms": firms, "runs": RUNS, "questions": rows}, ensure_ascii=False, indent=1))


def fill(firms: int) -> None:
    """A million firms in one statement, unless they are there."""
    from django.db import connections

    with connections["owner"].cursor() as cursor:
        cursor.execute("SELECT count(*) FROM customers_firm")
        if cursor.fetchone()[0] != firms:
            cursor.execute("DELETE FROM customers_firm")
            cursor.execute(FILL, {"firms": firms, "branches": BRANCHES, "managers": MANAGERS})
        cursor.execute("UPDATE nightly_pointer SET edition = 1")
    connections["owner"].connection.autocommit = True
    with connections["owner"].cursor() as cursor:
        cursor.execute("VACUUM ANALYZE customers_firm")


def questions(firms: int) -> Iterator[tuple[str, Any, Callable[[Any, str], object]]]:
    """What is asked, by whom: (name, scope, question)."""
    from xiaoer.customers.queries import firm, search
    from xiaoer.customers.queries import firms as firms_of
    from xiaoer.kit.scope import Scope

    whole = Scope("A1", everything=True, edition=1)
    one = Scope("M7", managers=("M7",), edition=1)
    branch = Scope("H7", branches=tuple(f"B{n}" for n in range(7, 17)), edition=1)
    mine, other = f"C{7:09d}", f"C{8:09d}"

    def page(scope: Any) -> list[Any]:
        return list(firms_of(scope).order_by("-turnover_12m", "customer_id")[:50])

    yield "count, head office", whole, lambda scope, _: firms_of(scope).count()
    yield "count, branch head (ten branches)", branch, lambda scope, _: firms_of(scope).count()
    yield "count, manager", one, lambda scope, _: firms_of(scope).count()
    yield "list page by turnover, manager", one, lambda scope, _: page(scope)
    yield "list page by turnover, branch head", branch, lambda scope, _: page(scope)
    yield "list page by turnover, head office", whole, lambda scope, _: page(scope)
    yield "firm page, manager", one, lambda scope, _: firm(scope, mine)
    yield "firm page refused, manager", one, lambda scope, _: firm(scope, other)
    yield "search prefix, head office", whole, lambda scope, _: search(scope, "3f2a")
    yield "search prefix, manager", one, lambda scope, _: search(scope, "3f2a")
    yield "search by name, manager", one, lambda scope, _: search(scope, chr(19968 + 7 % 997))
    yield "raw count without the application's filter, manager", one, lambda _scope, using: raw_count(using)


def raw_count(using: str) -> int:
    """What somebody who forgot the scope would ask: only the policy filters."""
    from xiaoer.customers.models import Firm

    return Firm.objects.using(using).at(1).count()


def measure(name: str, scope: Any, ask: Callable[[Any, str], object]) -> dict[str, Any]:
    """The medians behind the walls and without."""
    with entered("default", scope):
        walled = timed(lambda: ask(scope, "default"))
    with entered("owner", None):
        bare = timed(lambda: ask(scope, "owner"))
    return {"question": name, "walled_ms": walled, "owner_ms": bare, "ratio": round(walled / bare, 2)}


@contextmanager
def entered(role: str, scope: Any) -> Iterator[None]:
    """Questions go to the `default` alias; for the owner it is led there as the owner."""
    from django.db import connections

    from xiaoer.kit.scope.acting import acting_as

    if role == "default":
        with acting_as(scope):
            yield
        return
    web = connections["default"]
    user, owner = web.settings_dict["USER"], connections["owner"].settings_dict["USER"]
    web.close()
    web.settings_dict["USER"] = owner
    try:
        yield
    finally:
        web.close()
        web.settings_dict["USER"] = user


def timed(ask: Callable[[], object]) -> float:
    """Median milliseconds, after one run that warms the cache."""
    ask()
    taken = []
    for _ in range(RUNS):
        start = time.perf_counter()
        ask()
        taken.append((time.perf_counter() - start) * 1000)
    return round(statistics.median(taken), 2)


if __name__ == "__main__":
    main()
