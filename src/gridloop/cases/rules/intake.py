"""What a report must say, and what it becomes before anybody has looked at it."""

from __future__ import annotations

import hashlib
import hmac
import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import orjson

from gridloop.cases.rules.forms import CODE, PHOTOS_MAX
from gridloop.cases.rules.masters import Masters
from gridloop.kernel.errors import Malformed, Refused

TEXT_CHARS_MAX = 4000
ADDRESS_CHARS_MAX = 200
TITLE_CHARS = 40
CONTACT_CHARS_MAX = 60
KEY_CHARS_MAX = 100
SECRET_CHARS = 20
RECURRENCE = "recurrence"
"""A case that the platform opens itself, because a component fails again and again."""
SOURCES: dict[str, tuple[str, str]] = {
    "collector": ("采集员上报", "collector on patrol"),
    "hotline": ("热线", "hotline"),
    "citizen": ("市民应用", "residents' app"),
    "desk": ("坐席登记", "desk"),
    "video": ("视频巡查", "video"),
    "leader": ("领导批示", "leader's note"),
    "media": ("媒体曝光", "media"),
    "letter": ("信访", "letters and visits"),
    "sensor": ("物联感知", "sensor"),
    "vehicle": ("车辆监管", "vehicle supervision"),
    "system": ("其他系统", "other system"),
    "open311": ("Open311", "Open311"),
    "split": ("拆分子案", "split from a parent"),
    "import": ("历史导入", "import"),
    RECURRENCE: ("反复损坏", "recurrence"),
}
"""Where a report came from (workflow.json, sources; desk, vehicle, open311, split, import and recurrence are ours)."""


@dataclass(frozen=True, slots=True)
class Contact:
    """How somebody on whose behalf a report is made can be reached; personal data."""

    name: str = ""
    phone: str = ""
    email: str = ""
    language: str = "zh"

    @property
    def reach(self) -> str:
        """The number, or else the address of mail."""
        return self.phone or self.email


@dataclass(frozen=True, slots=True)
class Report:
    """What somebody reports: words, WGS-84 position, and whatever else is known. `own` says that the caller is the reporter."""

    text: str
    lon: float
    lat: float
    source: str = "desk"
    class_kind: str | None = None
    class_code: str | None = None
    rule_no: int | None = None
    title: str = ""
    address: str = ""
    photos: tuple[str, ...] = ()
    contact: Contact | None = None
    own: bool = False
    synthetic: bool = False
    attributes: Mapping[str, Any] = field(default_factory=dict)

    @property
    def class_key(self) -> tuple[str, str] | None:
        """Kind and code where both are known."""
        return (self.class_kind, self.class_code) if self.class_kind and self.class_code else None


def checked(said: Report, key: str) -> None:
    """Raises Malformed for what cannot be understood: an empty text, a place off the globe, too many photos, an unfit key."""
    fields = {}
    if not said.text.strip() or "\x00" in said.text + said.address + said.title:
        fields["text"] = "say what is wrong"
    if len(said.text) > TEXT_CHARS_MAX:
        fields["text"] = f"at most {TEXT_CHARS_MAX} characters"
    if not (math.isfinite(said.lon) and math.isfinite(said.lat) and -180 <= said.lon <= 180 and -85 <= said.lat <= 85):
        fields["lon"] = fields["lat"] = "WGS-84 degrees, longitude -180 to 180 and latitude -85 to 85"
    if len(said.address) > ADDRESS_CHARS_MAX:
        fields["address"] = f"at most {ADDRESS_CHARS_MAX} characters"
    if len(said.photos) > PHOTOS_MAX or not all(CODE.fullmatch(one) for one in said.photos):
        fields["photos"] = f"at most {PHOTOS_MAX} photo ids"
    if said.source not in SOURCES:
        fields["source"] = "one of " + ", ".join(SOURCES)
    if bool(said.class_kind) != bool(said.class_code):
        fields["class_code"] = "kind and code go together"
    if said.contact and max(len(said.contact.name), len(said.contact.reach)) > CONTACT_CHARS_MAX:
        fields["contact"] = f"at most {CONTACT_CHARS_MAX} characters"
    check_key(key)
    if fields:
        listed = "; ".join(f"{name}: {reason}" for name, reason in fields.items())
        raise Malformed(f"the report cannot be taken: {listed}", zh=f"上报内容有误:{'、'.join(fields)}", fields=fields)


def check_key(key: str) -> None:
    """Raises Malformed for an idempotency key that cannot be kept."""
    if len(key) > KEY_CHARS_MAX or not key.isprintable():
        raise Malformed(
            f"an Idempotency-Key has at most {KEY_CHARS_MAX} printable characters",
            zh=f"Idempotency-Key 最多 {KEY_CHARS_MAX} 个可见字符",
        )


def check_class(said: Report, masters: Masters) -> None:
    """Raises Refused for a class or filing rule that is not in the tables."""
    key = said.class_key
    if key is not None and key not in masters.classes:
        raise Refused(
            f"there is no class {key[0]}:{key[1]}",
            zh=f"没有类别 {key[0]}:{key[1]}",
            fields={"class_code": "not on the list"},
        )
    if said.rule_no is not None and (key is None or (*key, said.rule_no) not in masters.rules):
        raise Refused(
            f"the class has no filing rule {said.rule_no}",
            zh=f"该类别没有第 {said.rule_no} 条立案条件",
            fields={"rule_no": "not on the list"},
        )


def title_of(said: Report) -> str:
    """The title as given, or the first words of the text."""
    if said.title.strip():
        return said.title.strip()[: TITLE_CHARS * 2]
    line = said.text.strip().splitlines()[0]
    for end in "。!?;.!?":
        line = line.split(end, 1)[0] or line
    return line if len(line) <= TITLE_CHARS else line[: TITLE_CHARS - 1] + "…"


def body_hash(body: Mapping[str, Any] | Report) -> bytes:
    """SHA-256 of a request, to tell whether a key came with the same one again."""
    return hashlib.sha256(orjson.dumps(body, option=orjson.OPT_SORT_KEYS, default=str)).digest()


def secret_of(number: str, server_secret: str) -> str:
    """The code by which somebody without an account follows a report; the same for a repeated request."""
    return hmac.new(server_secret.encode(), f"report:{number}".encode(), hashlib.sha256).hexdigest()[:SECRET_CHARS]


def secret_hash(secret: str) -> bytes:
    """What is kept of the code."""
    return hashlib.sha256(secret.encode()).digest()


def same_request(number: str, key_hash: bytes, ours: bytes) -> None:
    """Raises Refused when a key was used for another request before."""
    if bytes(key_hash) != ours:
        raise Refused(
            f"this Idempotency-Key was used for another request ({number}); use a fresh key for a new one",
            zh=f"该 Idempotency-Key 已用于另一请求({number}),新的请求请使用新的键",
        )
