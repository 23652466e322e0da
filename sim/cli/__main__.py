"""`python -m sim.cli` is `msgu`."""

from __future__ import annotations

import sys

from sim.cli.entry import main

sys.exit(main())
