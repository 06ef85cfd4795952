"""`python -m corpus`."""

from __future__ import annotations

import sys

from corpus.cli import main

sys.exit(main())
