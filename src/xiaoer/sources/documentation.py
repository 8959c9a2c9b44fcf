"""The pages of docs/files, from the contracts: `python -m xiaoer.sources.documentation docs/files`."""

import sys
from pathlib import Path

from xiaoer.kit.money import from_fen
from xiaoer.kit.tables.schema import Kind
from xiaoer.sources.contracts import contracts
from xiaoer.sources.terms import Column, Contract, Form

KINDS = {
    Kind.KEY: "代码 key",
    Kind.TEXT: "文本 text",
    Kind.CODE: "枚举 code",
    Kind.DATE: "日期 date",
    Kind.INSTANT: "时间 instant",
    Kind.MONEY: "金额 money",
    Kind.INTEGER: "整数 integer",
    Kind.NUMBER: "数值 number",
    Kind.RATE: "比率 rate",
    Kind.FLAG: "是否 flag",
}
UNITS = {
    "fen": "分 fen",
    "persons": "人 persons",
    "minutes": "分钟 minutes",
    "count": "次 count",
    "months": "月 months",
    "days": "天 days",
    "degrees": "度 degrees",
    "fraction": "小数 fraction",
    "fraction per year": "年率小数 fraction per year",
    "basis points": "基点 basis points",
    "points": "分值 points",
}
FORMS = {
    Form.CREDIT_CODE: ("校验位要对得上", "its check sign is looked at"),
    Form.TELEPHONE: ("位数要对", "its number of digits is looked at"),
}
GRAINS = {
    "snapshot": "快照：每次交付某一业务日的全部行。 / "
    "Snapshot: each delivery is the whole state on a business date.",
    "increment": "增量：每次交付新发生的行。 / Increment: each delivery brings rows that happened since.",
}
HEADER = (
    "| 列 column | 中文 | English | 类型 kind | 单位 unit | 必填 required | 示例 example |\n"
    "|---|---|---|---|---|---|---|"
)
NOTE = (
    "<!-- Written from src/xiaoer/sources/contracts; change the contract, then run "
    "`python -m xiaoer.sources.documentation docs/files`. -->"
)
INTRODUCTION = """# 数据文件 Files of the bank

只有 [customers](customers.md) 必须提供；其余每多一个文件，产品就多一些用处。
一个映射文件（TOML）说明本行的文件怎样对应到这些表，见 `mappings/`。

Only [customers](customers.md) must be delivered; each further file adds something.
A mapping (TOML) says how a bank's files become these tables, see `mappings/`.

金额在文件中默认以元书写，映射里 `numbers.money_unit` 可声明为分（fen）或万元（wan），入库后一律为分；
示例按元写；日期格式由映射声明；
标为个人信息的列单独存放，可以删除。

Money in a file is in yuan unless the mapping's `numbers.money_unit` says fen or wan (10,000 yuan), and is fen
once loaded; the examples are in yuan;
date formats are the mapping's; columns marked personal are kept apart and can be erased.
"""


def pages() -> dict[str, str]:
    """Every page by file name, the index among them."""
    found = {f"{name}.md": _page(shape) for name, shape in contracts().items()}
    return found | {"README.md": _index()}


def write(folder: Path) -> None:
    """Write all pages to a folder."""
    folder.mkdir(parents=True, exist_ok=True)
    for name, text in pages().items():
        (folder / name).write_text(text, encoding="utf-8")


def _index() -> str:
    rows = [_index_row(name, shape) for name, shape in contracts().items()]
    header = ["| 表 table | 名称 name | 粒度 grain | 缺少时 without it |", "|---|---|---|---|"]
    return "\n".join([NOTE, "", INTRODUCTION, *header, *rows, ""])


def _index_row(name: str, shape: Contract) -> str:
    title, without = " ".join(shape.title.values()), "<br>".join(shape.enables.values())
    return f"| [{name}]({name}.md) | {title} | {shape.grain} | {without} |"


def _page(shape: Contract) -> str:
    key = ", ".join(f"`{name}`" for name in shape.key) or "—"
    day = [f"**发生日 day**: `{shape.day}`", ""] if shape.day else []
    return "\n".join(
        [
            NOTE,
            "",
            f"# {shape.title['zh']} {shape.title['en']} (`{shape.name}`)",
            "",
            shape.about["zh"],
            "",
            shape.about["en"],
            "",
            f"{shape.enables['zh']}<br>{shape.enables['en']}",
            "",
            f"**粒度 grain**: {GRAINS[shape.grain]}",
            "",
            f"**主键 key**: {key}",
            "",
            *day,
            HEADER,
            *(_row(column) for column in shape.columns),
            "",
            "示例行 Example row",
            "",
            "```csv",
            _csv([column.name for column in shape.columns]),
            _csv([_in_a_file(column) for column in shape.columns]),
            "```",
            "",
        ]
    )


def _in_a_file(column: Column) -> str:
    """The example as a file shows it by default: money in yuan."""
    return str(from_fen(int(column.example))) if column.kind is Kind.MONEY else column.example


def _row(column: Column) -> str:
    cells = (
        f"`{column.name}`",
        column.zh + _remarks(column, "zh"),
        column.en + _remarks(column, "en"),
        KINDS[column.kind],
        UNITS.get(column.unit, column.unit),
        "是 yes" if column.required else "",
        _in_a_file(column),
    )
    return "| " + " | ".join(cell.replace("|", "\\|") for cell in cells) + " |"


def _remarks(column: Column, language: str) -> str:
    """What else holds for a column: choices, range, where it points, whether it is personal."""
    chinese = language == "zh"
    parts = []
    if column.allowed:
        parts.append(("取值 " if chinese else "one of ") + " ".join(f"`{code}`" for code in column.allowed))
    if column.minimum is not None or column.maximum is not None:
        parts.append(
            ("范围 " if chinese else "range ") + f"{_bound(column.minimum)} … {_bound(column.maximum)}"
        )
    if column.form:
        parts.append(FORMS[column.form][0 if chinese else 1])
    if column.refers:
        parts.append(("见 " if chinese else "see ") + f"[{column.refers}]({column.refers}.md)")
    if column.personal:
        parts.append("个人信息" if chinese else "personal")
    return f"（{'；'.join(parts)}）" if parts and chinese else f" ({'; '.join(parts)})" if parts else ""


def _bound(value: float | None) -> str:
    return "" if value is None else f"{value:g}"


def _csv(cells: list[str]) -> str:
    return ",".join(f'"{cell}"' if "," in cell else cell for cell in cells)


if __name__ == "__main__":
    write(Path(sys.argv[1]))
