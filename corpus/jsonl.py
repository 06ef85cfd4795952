"""Records on disk: JSON Lines, plain or gzipped, read one line at a time and written whole or not at all."""

from __future__ import annotations

import errno
import fcntl
import gzip
import json
import os
import zlib
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager, nullcontext, suppress
from dataclasses import dataclass
from glob import escape
from io import BufferedIOBase
from pathlib import Path
from typing import Any, TextIO

from corpus.errors import CorpusError
from corpus.records import Record, RecordError, from_json, to_json

MAX_LINE_BYTES = 8 << 20  # a page of eight megabytes is a broken export, not a question
NO_ROOM = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)
STDOUT = (Path("/dev/stdout"), Path("/dev/fd/1"))
GZIP = b"\x1f\x8b"
BOM = b"\xef\xbb\xbf"


@dataclass(frozen=True, slots=True)
class BadLine:
    """One piece of input that is not a record: where it stands and what is wrong with it."""

    path: str
    line: int
    reason: str
    text: str = ""

    def __str__(self) -> str:
        return f"{self.path}:{self.line}: {self.reason}"


def read_all(paths: Iterable[Path]) -> Iterator[Record | BadLine]:
    """Each line of .jsonl or .jsonl.gz files as a Record, or as a BadLine that says why not; blank lines pass.

    The second use of an id is a BadLine that names the first. Raises OSError when a file cannot be read.
    """
    first: dict[str, str] = {}
    for path in paths:
        for number, item, line in numbered(path):
            if isinstance(item, Record) and item.id in first:
                reason = f"id {item.id} was used before, at {first[item.id]}"
                yield BadLine(str(path), number, reason, as_stood(line))
                continue
            if isinstance(item, Record):
                first[item.id] = f"{path}:{number}"
            yield item


def numbered(path: Path) -> Iterator[tuple[int, Record | BadLine, bytes]]:
    """Number of each line that is not blank, what it is, and the line itself."""
    number = 0
    with open(path, "rb") as raw:
        packed = path.name.endswith(".gz") or raw.peek(len(GZIP)).startswith(GZIP)  # no JSON begins so
        file = gzip.GzipFile(fileobj=raw) if packed else raw
        try:
            for number, line in enumerate(_lines(file), 1):
                line = line.removeprefix(BOM) if number == 1 else line
                if line.strip():
                    yield number, _parse(str(path), number, line), line
        except (gzip.BadGzipFile, EOFError, zlib.error) as error:
            yield number + 1, BadLine(str(path), number + 1, f"the gzip file is damaged from here on ({error})"), b""


def as_stood(line: bytes) -> str:
    """The line as it stood, without its end."""
    return line.decode(errors="backslashreplace").rstrip("\r\n")


def write(records: Iterable[Record], path: Path) -> int:
    """Count of records written to `path`, which appears only when all of them are on disk."""
    count = 0
    with replacing(path) as file:
        for record in records:
            file.write(json.dumps(to_json(record), ensure_ascii=False) + "\n")
            count += 1
    return count


@contextmanager
def replacing(path: Path) -> Iterator[TextIO]:
    """Text file that takes the place of `path` when the block ends well, and leaves no trace when it does not.

    What a link leads to is replaced, not the link; standard output, a pipe or a device is written to instead. An
    OSError about the file names `path`.
    """
    stdout = path in STDOUT  # by its name it would be the file that a shell appends to, and take that one's place
    target, written_to = path.resolve(), stdout or (path.exists() and not path.is_file() and not path.is_dir())
    target.parent.mkdir(parents=True, exist_ok=True)
    part = path if written_to else target.with_name(f".{target.name}.{os.getpid()}.part")
    opener = gzip.open if path.suffix == ".gz" else open
    opened: Any = os.dup(1) if stdout else part
    try:
        with nullcontext() if written_to else _held(part), opener(opened, "wt", encoding="utf-8", newline="\n") as file:
            yield file
        if not written_to:
            part.replace(target)
    except OSError as error:
        unnamed = error.errno in NO_ROOM and error.filename is None  # who writes into a file is not told which one
        if unnamed or error.filename == str(part):
            error.filename = str(path)
        raise
    finally:
        if not written_to:
            part.unlink(missing_ok=True)


def keep_sources(path: Path | None, sources: Iterable[Path], option: str) -> None:
    """Raises CorpusError where the file that an option names is one of those that are read, or a link to one."""
    if path is not None and any(_same_file(path, source) for source in sources):
        raise CorpusError(f"{path} is read here; give another file with {option}")


@contextmanager
def _held(part: Path) -> Iterator[None]:
    """The file is held while the block runs. Those that commands which were killed left beside it, and that hold what
    records say, are removed."""
    name, _ = part.name.rsplit(f".{os.getpid()}.", 1)
    with open(part, "wb") as own:
        with suppress(OSError):  # where nothing can be held, nothing is removed
            fcntl.flock(own, fcntl.LOCK_EX)
        for left in part.parent.glob(f"{escape(name)}.*.part"):
            with suppress(OSError), open(left, "rb") as other:  # another command is at work on it, or has just ended
                fcntl.flock(other, fcntl.LOCK_EX | fcntl.LOCK_NB)
                left.unlink()
        yield


@contextmanager
def rejecting(
    path: Path | None, sources: Iterable[Path], say: Callable[[BadLine], None]
) -> Iterator[Callable[[BadLine], None]]:
    """What bad lines are given to: `say` without a path, else a file that appears when the block ends well.

    Raises CorpusError where the file is one of the sources.
    """
    if path is None:
        yield say
        return
    keep_sources(path, sources, "--rejects")
    with replacing(path) as file:

        def write(bad: BadLine) -> None:
            value = {"path": bad.path, "line": bad.line, "reason": bad.reason, "text": bad.text}
            # Half of a surrogate pair, in a text or a file's name, has no UTF-8 form but has a JSON one.
            line = json.dumps(value, ensure_ascii=False).encode(errors="backslashreplace").decode()
            file.write(f"{line}\n")

        yield write


def once_each(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """The object that JSON has these names and values of. Raises RecordError for a name that stands twice."""
    value = dict(pairs)
    if len(value) < len(pairs):
        counts = Counter(name for name, _ in pairs)
        double = next(name for name in counts if counts[name] > 1)
        raise RecordError(f"the field {json.dumps(double)[:60]} stands twice in one object; leave one")
    return value


def _same_file(one: Path, other: Path) -> bool:
    try:
        return one.samefile(other)
    except OSError:  # what is not there is not written over
        return False


def _lines(file: BufferedIOBase) -> Iterator[bytes]:
    """Lines of the file; of a line longer than the limit only the start, one byte past it, is kept."""
    while line := file.readline(MAX_LINE_BYTES + 1):
        rest = line
        while len(rest) > MAX_LINE_BYTES and not rest.endswith(b"\n"):
            rest = file.readline(MAX_LINE_BYTES + 1)
        yield line


def _parse(path: str, number: int, line: bytes) -> Record | BadLine:
    if len(line) > MAX_LINE_BYTES:
        return BadLine(path, number, f"the line is longer than {MAX_LINE_BYTES >> 20} MiB")
    try:
        return from_json(json.loads(line.decode(), object_pairs_hook=once_each))
    except UnicodeDecodeError as error:
        reason = f"not UTF-8: byte 0x{line[error.start]:02x} at position {error.start + 1}; save the file as UTF-8"
    except json.JSONDecodeError as error:
        reason = f"not JSON: {error.msg.removesuffix(' at')} at position {error.pos + 1}"
    except RecursionError:
        reason = "not JSON that can be read: lists or objects nested too deep"
    except RecordError as error:
        reason = str(error)
    except ValueError:
        reason = "a number has more digits than can be read"
    return BadLine(path, number, reason, as_stood(line))
