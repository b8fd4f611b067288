"""`python -m gridloop.fleet.jt809 reference` prints the reference page; `decode HEX [2011|2019]` shows a message as JSON."""

from __future__ import annotations

import json
import sys
from collections.abc import Sequence
from typing import Any

from gridloop.fleet.jt808.plain import plain
from gridloop.fleet.jt809 import BadFrame, Edition, Message, decode
from gridloop.fleet.jt809.reference import page


def shown(message: Message) -> dict[str, Any]:
    """A message as JSON has it."""
    header, entry = message.header, message.entry
    return {
        "id": f"0x{header.id:04x}",
        "sub": f"0x{message.sub:04x}",
        "name": entry.en if entry else "",
        "zh": entry.zh if entry else "",
        "edition": int(header.edition),
        "serial": header.serial,
        "centre": header.centre,
        "about": plain(message.about),
        "body": plain(message.body),
        "marks": [mark.sentence() for mark in message.marks],
    }


def main(arguments: Sequence[str]) -> int:
    """Run one word; the exit code is 0 for done, 1 for refused, 2 for a word that there is not."""
    if list(arguments) == ["reference"]:
        sys.stdout.write(page())
        return 0
    if len(arguments) not in {2, 3} or arguments[0] != "decode":
        sys.stderr.write(f"{__doc__}\n")
        return 2
    try:
        edition = Edition(int(arguments[2])) if len(arguments) == 3 else Edition.V2011
        message = decode(bytes.fromhex(arguments[1]), edition=edition)
    except BadFrame as refused:
        sys.stderr.write(f"{refused.en} / {refused.zh}\n")
        return 1
    except ValueError as wrong:
        sys.stderr.write(f"not hexadecimal, or no such edition: {wrong} / 应为十六进制报文及 2011 或 2019\n")
        return 1
    sys.stdout.write(json.dumps(shown(message), ensure_ascii=False, indent=2) + "\n")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
