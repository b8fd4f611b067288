"""All messages by their ids, and the families by theirs."""

from __future__ import annotations

from gridloop.fleet.jt809.tables.entry import Entry, Family
from gridloop.fleet.jt809.tables.families import FAMILY_ROWS, INSIDE
from gridloop.fleet.jt809.tables.links import LINKS

FAMILIES: dict[int, Family] = {family.id: family for family in FAMILY_ROWS}
MESSAGES: dict[tuple[int, int], Entry] = {(entry.id, entry.sub): entry for entry in (*LINKS, *INSIDE)}
LOG_IN, LOGGED_IN, LOG_OUT, LOGGED_OUT, KEEP, KEPT = 0x1001, 0x1002, 0x1003, 0x1004, 0x1005, 0x1006
CONNECT_BACK, CONNECTED_BACK, SUB_KEEP, SUB_KEPT, RECEIVED = 0x9001, 0x9002, 0x9005, 0x9006, 0x9101
MOVED, MOVED_DOWN = 0x1200, 0x9200
REGISTERED, POSITION, POSITIONS_LATER = 0x1201, 0x1202, 0x1203
ROLL_CALL, ROLL_ANSWER = (0x9300, 0x9301), (0x1300, 0x1301)
