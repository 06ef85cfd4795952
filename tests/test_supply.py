"""What is installed is known: each package pinned, each file of it hashed, and what serves leaves out what builds."""

from __future__ import annotations

import configparser
import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
LOCKS = ("requirements.lock", "deploy/requirements-serve.lock")
NEVER_SERVES = ("torch", "sentence-transformers", "transformers", "openvino-telemetry", "defusedxml", "symspellpy")


def locked(name: str) -> dict[str, tuple[str, int]]:
    """Version and count of hashes of each package in a lock file."""
    found: dict[str, tuple[str, int]] = {}
    for block in re.split(r"\n(?=[a-z0-9])", (ROOT / name).read_text()):
        package, version = re.match(r"([a-z0-9._-]+)==([^ ;\\]+)", block).groups()  # type: ignore[union-attr]
        found[package] = (version, len(re.findall(r"--hash=sha256:[0-9a-f]{64}", block)))
    return found


def required(section: str, option: str) -> list[str]:
    """The requirements that setup.cfg states there."""
    config = configparser.ConfigParser()
    config.read(ROOT / "setup.cfg")
    return config[section][option].split()


def test_every_requirement_is_pinned_exactly() -> None:
    extras = configparser.ConfigParser()
    extras.read(ROOT / "setup.cfg")
    every = required("options", "install_requires")
    for name in extras["options.extras_require"]:
        every += required("options.extras_require", name)
    assert [text for text in every if not re.fullmatch(r"[A-Za-z0-9._-]+(\[[a-z]+\])?==[0-9a-z.]+", text)] == []


@pytest.mark.parametrize("name", LOCKS)
def test_every_locked_package_has_the_hashes_of_its_files(name: str) -> None:
    found = locked(name)
    assert len(found) > 30
    assert [package for package, (_, hashes) in found.items() if not hashes] == []


def test_the_lock_is_in_step_with_what_is_required() -> None:
    found = locked(LOCKS[0])
    stated = dict(text.split("==") for text in required("options", "install_requires"))
    assert {name: found.get(name, ("missing", 0))[0] for name in stated} == stated, "run: make lock"


def test_what_serves_is_a_part_of_it_without_what_builds() -> None:
    everything, serving = locked(LOCKS[0]), locked(LOCKS[1])
    assert {name: everything.get(name) for name in serving} == serving
    assert [name for name in NEVER_SERVES if name in serving] == []
    assert {"flask", "gunicorn", "openvino", "faiss-cpu", "tantivy", "tokenizers", "flask-limiter"} <= serving.keys()
