"""A firm passed over from another line of business: from the delivered file to the desk, placed anew, its gaps listed."""

from pathlib import Path
from typing import Any

import pytest

from tests.sources.dated_bank import DatedBank
from tests.world import BUSINESS_DATE
from xiaoer.customers.models import Firm
from xiaoer.nightly.plan import PLAN
from xiaoer.nightly.run import Night

MORE = "".join(
    f'\n[[source]]\ntable = "{table}"\nfiles = ["{table}_*.csv"]\ndated = \'{table}_(?P<date>\\d{{8}})\'\n'
    for table in ("staff", "posts", "assignments")
)
NAMED = "customer_id,name,kind,industry_code,staff_count,annual_revenue,line,branch_id,status,opened_date"


def delivered(root: Path) -> DatedBank:
    """Four firms of one manager: ours, one of corporate banking with a gap, one without, one with no line told."""
    bank, day = DatedBank(root, more=MORE), f"{BUSINESS_DATE:%Y%m%d}"
    bank.deliver(
        f"customers_{day}.csv", NAMED,
        "T1,临江五金贸易有限公司,enterprise,F5126,8,12000000.00,small_business,B1,active,2020-01-01",
        "T2,临江汽配贸易有限公司,enterprise,F5126,,12000000.00,Corporate,B1,active,2026-11-01",
        "T3,临江粮油贸易有限公司,enterprise,F5126,9,12000000.00,corporate,B1,active,2026-11-01",
        "T4,临江建材贸易有限公司,enterprise,F5126,,12000000.00,,B1,active,2020-01-01",
        arrived=BUSINESS_DATE,
    )  # fmt: skip
    bank.deliver(f"branches_{day}.csv", "branch_id,name", "B1,城东支行", arrived=BUSINESS_DATE)
    bank.deliver(f"staff_{day}.csv", "staff_id,name,branch_id", "M1,陈立,B1", arrived=BUSINESS_DATE)
    bank.deliver(
        f"posts_{day}.csv", "staff_id,post,branch_id", "M1,relationship_manager,B1", arrived=BUSINESS_DATE
    )
    bank.deliver(
        f"assignments_{day}.csv", "customer_id,role,staff_id,branch_id",
        *(f"{number},responsible,M1,B1" for number in ("T1", "T2", "T3", "T4")), arrived=BUSINESS_DATE,
    )  # fmt: skip
    bank.deliver(
        f"invoices_{day}.csv", "customer_id,direction,invoice_no,invoice_date,gross,status",
        *(f"{firm},sale,{firm}-{month},2026-{month:02}-10,1200000.00,valid" for firm in ("T2", "T4") for month in range(1, 11)),
        arrived=BUSINESS_DATE,
    )  # fmt: skip
    return bank


@pytest.mark.timeout(900)
def test_from_the_file_to_the_desk(tmp_path: Path, own_world: str, client_of: Any) -> None:
    bank = delivered(tmp_path)
    night = Night(BUSINESS_DATE, "passed", bank.lake, bank.engine, tmp_path / "night", tmp_path / "models")
    for step in PLAN:
        step.work(night)
    firms = {one.customer_id: one for one in Firm.objects.using("owner").at(2)}
    assert {number: one.passed_from for number, one in firms.items()} == {
        "T1": "", "T2": "corporate", "T3": "corporate", "T4": "",
    }  # fmt: skip
    assert all(one.tier for one in firms.values())
    assert firms["T3"].size_class != "undetermined"
    desk = client_of("M1")
    pages = {number: desk.get(f"/firms/{number}/").content.decode() for number in firms}
    assert "公司条线" in pages["T2"]
    assert "员工人数" in pages["T2"]
    assert "统一社会信用代码" in pages["T2"], "what else the file leaves open"
    assert "公司条线" in pages["T3"]
    assert "条线" not in pages["T1"] + pages["T4"]
    listed = desk.get("/firms/?state=passed").content.decode()
    assert [number in listed for number in ("T1", "T2", "T3", "T4")] == [False, True, True, False]
    asked = [
        row["customer_id"] for row in night.rows_of("noticed").to_pylist() if row["rule"] == "missing_facts"
    ]
    assert asked == ["T2"], (
        "placed by our standard for the first time: asked at once, though one tier hangs on it"
    )
