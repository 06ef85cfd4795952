"""Public data sets fetched from where they are published: one address each, checked by what it holds."""

from __future__ import annotations

import hashlib
import http.client
import tempfile
import urllib.error
import urllib.request
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

from corpus import jsonl
from corpus.errors import CorpusError
from corpus.importers import Options, medquad
from corpus.importing import Done
from corpus.jsonl import BadLine
from corpus.progress import Progress
from corpus.records import Record

MEDQUAD_URL = "https://github.com/abachaa/MedQuAD/archive/refs/heads/master.zip"
TIMEOUT_SECONDS = 30  # without a byte
MAX_BYTES = 256 << 20  # the archive has 16 MB
CHUNK = 1 << 16
NEXT = "name a mirror with --url, or get the zip by other means and run: import medquad FILE"


@dataclass(frozen=True, slots=True)
class Counts:
    """How many pairs an archive must hold, and how many of them with an answer."""

    pairs: int
    answered: int


# The archive of a branch is packed anew now and then, so its bytes prove nothing; what is in it does.
MEDQUAD = Counts(pairs=47_441, answered=16_407)


def fetch_medquad(out: Path, url: str = MEDQUAD_URL, sha256: str = "", expected: Counts = MEDQUAD) -> Done:
    """Counts of the records written to `out`, which appears only when the archive is whole and is the expected one.

    Raises CorpusError when it cannot be had or is another, OSError when `out` cannot be written.
    """
    options = Options()
    with tempfile.TemporaryDirectory() as folder:
        archive = Path(folder) / "medquad.zip"
        found = download(url, archive)
        if sha256 and found != sha256.lower():
            raise CorpusError(f"{url} has the SHA-256 {found}, expected {sha256.lower()}; nothing was written")
        try:
            items = list(medquad.read(archive, options))
        except CorpusError as error:
            raise CorpusError(f"{url}: {str(error).replace(str(archive), 'the download')}; {NEXT}") from None
        bad = [item for item in items if isinstance(item, BadLine)]
        if bad:
            where = str(bad[0]).replace(str(archive), "the download")
            raise CorpusError(f"{url}: {len(bad):,} damaged entries, the first at {where}; nothing was written")
    records = [item for item in items if isinstance(item, Record)]
    left_out = dict(options.notes.left_out)
    held = Counts(len(records) + left_out.get(medquad.UNANSWERED, 0), len(records))
    if held != expected:
        raise CorpusError(f"{url} holds {_said(held)}, expected {_said(expected)}; nothing was written")
    return Done(jsonl.write(records, out), 0, left_out, written=True)


def download(url: str, path: Path) -> str:
    """SHA-256 of what was loaded from `url` into `path`, as hex. Raises CorpusError with what to do about it."""
    if urlsplit(url).scheme not in ("http", "https"):
        raise CorpusError(f"{url} is not an http or https address")
    try:
        request = urllib.request.Request(url, headers={"User-Agent": "medqa-corpus"})
        with urllib.request.urlopen(request, timeout=TIMEOUT_SECONDS) as answer:
            return _save(url, answer, path)
    except urllib.error.HTTPError as error:
        error.close()  # it is the answer as well, and holds the connection
        raise CorpusError(f"{url} answered {error.code} {error.reason}; {NEXT}") from None
    except urllib.error.URLError as error:
        raise CorpusError(f"no connection to {urlsplit(url).netloc} ({error.reason}); {NEXT}") from None
    except TimeoutError:
        raise CorpusError(f"{url} sent nothing for {TIMEOUT_SECONDS} seconds; try again, or {NEXT}") from None
    except (http.client.HTTPException, ConnectionError, ValueError) as error:
        what = " ".join(str(error).split()) or type(error).__name__  # it may quote what the server sent
        raise CorpusError(f"the download of {url} broke off ({what}); try again, or {NEXT}") from None


def _save(url: str, answer: http.client.HTTPResponse, path: Path) -> str:
    size = answer.headers.get("Content-Length", "")
    total = int(size) if size.isdecimal() else None
    digest = hashlib.sha256()
    with open(path, "wb") as file, Progress(total, "bytes") as progress:
        while chunk := answer.read(CHUNK):
            digest.update(chunk)
            file.write(chunk)
            progress.add(len(chunk))
            if progress.done > MAX_BYTES:
                raise CorpusError(f"{url} is larger than {MAX_BYTES >> 20} MiB, which the data set is not; {NEXT}")
    if total is not None and progress.done < total:
        raise CorpusError(f"the download of {url} broke off after {progress.done:,} of {total:,} bytes; try again")
    return digest.hexdigest()


def _said(counts: Counts) -> str:
    return f"{counts.pairs:,} pairs, {counts.answered:,} of them answered"
