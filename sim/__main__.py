"""python -m sim … is the command unanimity …"""

import sys

from sim.cli import main

sys.exit(main())
