"""`python -m msgu` is `msgu`."""

import sys

from msgu.cli import main

sys.exit(main())
