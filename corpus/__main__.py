"""`python -m corpus`."""

from __future__ import annotations

import signal
import sys

from corpus.cli import main

signal.signal(signal.SIGTERM, signal.default_int_handler)  # what is half written goes, as with Ctrl-C
sys.exit(main())
