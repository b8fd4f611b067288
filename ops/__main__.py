"""The door of the launcher: puts the checkout on the path and hands over to the command table."""

import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent

if __name__ == "__main__":
    # Started by file name, Python puts ops/ itself first on the path, where our module names could hide the library's.
    sys.path[0] = str(ROOT)
    sys.path.insert(1, str(ROOT / "src"))
    from ops.cli import main

    sys.exit(main(sys.argv[1:]))
