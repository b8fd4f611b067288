"""All messages by their id."""

from __future__ import annotations

from gridloop.fleet.jt808.tables.down import DOWN
from gridloop.fleet.jt808.tables.entry import Entry
from gridloop.fleet.jt808.tables.up import UP
from gridloop.fleet.jt808.tables.video import VIDEO

MESSAGES: dict[int, Entry] = {entry.id: entry for entry in (*UP, *DOWN, *VIDEO)}
POSITION, ANSWERED_POSITION, BATCH = 0x0200, 0x0201, 0x0704
PLATFORM_ACK, PLATFORM_RESEND, TERMINAL_RESEND = 0x8001, 0x8003, 0x0005
