"""Reports of the long runs: what was found, with the command and the machine that found it."""

from __future__ import annotations

import json
import os
import platform
import shlex
import sys
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any


def write(figures: Mapping[str, Any], path: Path | None) -> None:
    """Prints the figures, and writes them to the file with where they come from."""
    print(json.dumps(figures, indent=2, ensure_ascii=False))
    if path is None:
        return
    path.parent.mkdir(parents=True, exist_ok=True)
    module = sys.modules["__main__"].__spec__
    command = ["python", "-m", module.name if module else Path(sys.argv[0]).name, *sys.argv[1:]]
    origin = {
        "command": shlex.join(command),
        "date": datetime.now(UTC).date().isoformat(),
        "machine": {"cores": os.cpu_count(), "processor": platform.machine(), "python": platform.python_version()},
    }
    path.write_text(json.dumps({**origin, **figures}, indent=2, ensure_ascii=False) + "\n", encoding="utf-8")
