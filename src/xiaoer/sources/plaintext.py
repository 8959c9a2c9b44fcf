"""The text of a delivered file, unpacked and in UTF-8, piece by piece."""

import codecs
import io
from collections.abc import Callable
from pathlib import Path
from typing import Any

from isal import igzip

from xiaoer.kit.refusal import Refusal

LONGEST_LINE = 1 << 20
CHUNK = 16 << 20
#: Every byte one sign: a way to carry text of another encoding through a reader that wants UTF-8, and back again.
BYTEWISE = "latin-1"
Advance = Callable[[int], None]


class PlainText(io.RawIOBase):
    """UTF-8 bytes of a possibly packed file; bad bytes become U+FFFD and are judged by row."""

    def __init__(self, path: Path, encoding: str, advance: Advance, chunk: int = CHUNK) -> None:
        self.path, self.advance, self.chunk = path, advance, chunk
        self.file = path.open("rb")
        self.bytes: Any = igzip.IGzipFile(fileobj=self.file) if path.suffix == ".gz" else self.file
        self.decoder = codecs.getincrementaldecoder(encoding)(errors="replace")
        self.rest, self.since_newline, self.at = b"", 0, 0
        self.at_start = True

    def readable(self) -> bool:
        return True

    def read(self, size: int = -1) -> bytes:
        """The next piece, as it comes, of at most `size` bytes; nothing at the end."""
        while not self.rest and (chunk := self._chunk()):
            self.rest = self._utf8(chunk)
        piece = self.rest or self.decoder.decode(b"", final=True).encode()
        taken, self.rest = (piece, b"") if size < 0 else (piece[:size], piece[size:])
        return taken

    def readinto(self, buffer: memoryview) -> int:  # type: ignore[override]
        taken = self.read(len(buffer))
        buffer[: len(taken)] = taken
        return len(taken)

    def _chunk(self) -> bytes:
        chunk = bytes(self.bytes.read(self.chunk))
        self.advance(self.file.tell() - self.at)
        self.at = self.file.tell()
        for start in range(0, len(chunk), LONGEST_LINE):
            self._watch_line(chunk, start, min(start + LONGEST_LINE, len(chunk)))
        return chunk

    def _watch_line(self, chunk: bytes, start: int, end: int) -> None:
        first, last = chunk.find(b"\n", start, end), chunk.rfind(b"\n", start, end)
        longest = self.since_newline + (end if first < 0 else first) - start
        self.since_newline = longest if first < 0 else end - last - 1
        if longest > LONGEST_LINE:
            raise Refusal(
                "one line is longer than 1 MiB",
                self.path.name,
                "rows that end",
                "Look for a missing line end",
            )

    def _utf8(self, chunk: bytes) -> bytes:
        if self.at_start:
            chunk, self.at_start = chunk.removeprefix(codecs.BOM_UTF8), False
        return self.decoder.decode(chunk).encode()

    def close(self) -> None:
        self.file.close()
        super().close()
