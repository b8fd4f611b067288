"""`python -m gridloop.fleet.jt808`, which is what `./gridloop jt808` starts."""

import signal
import sys

from gridloop.fleet.jt808.shell import main

signal.signal(signal.SIGPIPE, signal.SIG_DFL)  # `| head` ends it quietly
sys.exit(main(sys.argv[1:]))
