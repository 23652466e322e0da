"""`python -m msgu.cli` is `msgu`."""

from __future__ import annotations

import sys

from msgu.cli.entry import main

sys.exit(main())
