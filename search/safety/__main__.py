"""`python -m search.safety`: recall and false alarms over two tables of phrases."""

from __future__ import annotations

import sys

from search.safety.report import main

sys.exit(main())
