"""`python -m sim` is `msgu`."""

import sys

from sim.cli import main

sys.exit(main())
