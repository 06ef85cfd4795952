"""`python -m indexer`."""

import os
import sys

from indexer.cli import main

if hasattr(os, "nice"):
    os.nice(19)  # takes the processor time that nobody else wants, so that a site on the same machine answers as before
sys.exit(main())
