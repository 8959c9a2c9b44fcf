"""A file read column by column and word by word says what the same file says decoded whole and cut afterwards."""

import gzip
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import given
from hypothesis import strategies as st

from xiaoer.sources import separated
from xiaoer.sources.mapping import read_mapping
from xiaoer.sources.plaintext import PlainText
from xiaoer.sources.reading import read_file
from xiaoer.sources.separated import Script
from xiaoer.sources.terms import Source

MAPPING = """
[mapping]
name = "bank"

[[source]]
table = "customers"
files = ["*.csv"]
encoding = "gb18030"
delimiter = "{delimiter}"
"""
# Second bytes that are ASCII (亅 ends in |, 乗 in \\, 丂 in @), four bytes with digits, signs that end a line elsewhere.
SIGNS = "ab09 .-汉支行亅乗丂㐀𠀀Ａ０\u2028\u0085é"
BYTES = b"\x81\xfe\xff\x30\x80@|\\"
CELLS = st.text(SIGNS, max_size=6).map(lambda text: text.encode("gb18030"))
SPOILT = st.tuples(CELLS, st.sampled_from([bytes([one]) for one in BYTES])).map(b"".join)


def source(folder: Path, delimiter: str = ",") -> Source:
    path = folder / "bank.toml"
    path.write_text(MAPPING.format(delimiter=delimiter), "utf-8")
    return read_mapping(path).sources[0]


def told(path: Path, described: Source) -> tuple[object, ...]:
    reading = read_file(path, described)
    frames = [batch.frame() for batch in reading.batches]
    return reading.header, [row for frame in frames for row in frame.rows()], reading.ragged


def both_ways(content: bytes, monkeypatch: pytest.MonkeyPatch, delimiter: str = ",") -> tuple[object, ...]:
    with TemporaryDirectory() as folder:
        path = Path(folder) / "customers.csv"
        path.write_bytes(content)
        described = source(Path(folder), delimiter)
        found = told(path, described)
        with monkeypatch.context() as patch:
            patch.setattr(Script, "of", classmethod(lambda cls, one: cls(one.encoding, one.encoding)))
            patch.setattr(separated, "OFTEN", 1 << 40)
            assert found == told(path, described)
    return found


@given(rows=st.lists(st.lists(CELLS | SPOILT, min_size=1, max_size=4), max_size=40))
def test_bytewise_is_as_decoded(rows: list[list[bytes]]) -> None:
    lines = (b",".join(cells) for cells in rows)
    content = b"\n".join([b"one,two,three", *lines, b""])
    with pytest.MonkeyPatch.context() as patch:
        both_ways(content, patch)


def test_words_that_come_often_and_words_that_do_not(monkeypatch: pytest.MonkeyPatch) -> None:
    rows = [f"C{number},{'汉口支行' if number % 3 else '武昌'},{number % 7}" for number in range(2_000)]
    content = "\n".join(["客户号,支行,档", *rows, ""]).encode("gb18030")
    header, found, ragged = both_ways(content, monkeypatch)
    assert (header, len(found), ragged) == (["客户号", "支行", "档"], 2_000, [])  # type: ignore[arg-type]
    assert found[1] == (3, "C1", "汉口支行", "1")  # type: ignore[index]


def test_a_delimiter_that_may_be_half_a_character_is_looked_for_in_the_text(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    content = "号|名\n1|亅\n2|汉\n".encode("gb18030")
    assert b"|" in "亅".encode("gb18030")
    _, found, ragged = both_ways(content, monkeypatch, "|")
    assert (found, ragged) == ([(2, "1", "亅"), (3, "2", "汉")], [])


def test_ragged_rows_keep_their_words(monkeypatch: pytest.MonkeyPatch) -> None:
    content = '号,名\n1,汉口\n2,武昌,多\n"3,汉\n4,口\n5,"阳",六\n6,岸\n'.encode("gb18030")
    _, _, ragged = both_ways(content, monkeypatch)
    assert next((bad.line, bad.value) for bad in ragged) == (3, "2,武昌,多")  # type: ignore[attr-defined]


@pytest.mark.parametrize("chunk", [7, 1 << 10, 1 << 24])
def test_the_same_text_in_whatever_pieces(tmp_path: Path, chunk: int) -> None:
    text = "号,名\n" + "1,汉口支行𠀀\n" * 500
    path = tmp_path / "a.csv.gz"
    path.write_bytes(gzip.compress(text.encode("gb18030")))
    read = []
    with PlainText(path, "gb18030", read.append, chunk) as plain:
        assert b"".join(iter(lambda: plain.read(1 << 20), b"")).decode() == text
    assert sum(read) == path.stat().st_size
