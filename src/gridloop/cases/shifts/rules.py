"""Who may hand the desk over and take it, and what the page must say."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from datetime import timedelta
from typing import Any

import orjson

from gridloop.kernel.caller import Caller
from gridloop.kernel.duties import DESK
from gridloop.kernel.errors import Malformed, NotAllowed, Refused

NOTE_CHARS_MAX = 4000
SOON = timedelta(hours=2)
"""What will be late within these hours stands on the page."""
ROWS_MAX = 40


def area_of(by: Caller) -> str:
    """The area whose desk the caller sits at: the widest of their desk grants. NotAllowed for somebody without one."""
    areas = sorted((grant.area for grant in by.grants if grant.duty in DESK and grant.unit_id is None), key=len)
    if not areas:
        raise NotAllowed(
            "a desk is handed over by who holds a duty at it; you hold none, ask an administrator of your area",
            zh="只有持有坐席职责的人员才能交接班,请联系本区域管理员授权",
        )
    return areas[0]


def may_take(by: Caller, area: str, *, outgoing_id: int) -> None:
    """Raises where this person cannot sign as the incoming officer."""
    if by.person_id == outgoing_id:
        raise Refused(
            "the second signature is another person's; the officer who takes over signs with their own login",
            zh="接班签名须由另一人完成,请接班人员使用本人账号签名",
            fields={"login": "another person"},
        )
    if not any(grant.duty in DESK and grant.unit_id is None and area.startswith(grant.area) for grant in by.grants):
        raise NotAllowed(
            f"{by.name} holds no duty at the desk of area '{area or 'everywhere'}'; an administrator of the area can grant one",
            zh=f"{by.name} 在区域“{area or '全域'}”没有坐席职责,可请本区域管理员授权",
        )


def checked_note(note: str) -> str:
    """The words without blanks round them; Malformed when they are too long."""
    bare = note.strip()
    if len(bare) > NOTE_CHARS_MAX:
        raise Malformed(
            f"the notes have at most {NOTE_CHARS_MAX} characters",
            zh=f"交接备注最长 {NOTE_CHARS_MAX} 字",
            fields={"note": "too long"},
        )
    return bare


def same_person(signing: Caller, by: Caller) -> None:
    """The outgoing officer signs with their own password; raises Refused for somebody else's."""
    if signing.person_id != by.person_id:
        raise Refused(
            "the first signature is that of who is signed in here; sign with your own login",
            zh="交班签名须由当前登录人员完成,请使用本人账号",
            fields={"login": "your own"},
        )


def fingerprint(page: Mapping[str, Any], note: str) -> bytes:
    """SHA-256 of the page and the notes: what both signed."""
    text = orjson.dumps({"page": page, "note": note}, option=orjson.OPT_SORT_KEYS)
    return hashlib.sha256(text).digest()
