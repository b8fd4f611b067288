"""What Open311 clients do: send a request, send an update."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, field

from django.conf import settings

from gridloop.cases import sql
from gridloop.cases.actions.report import Reported, report
from gridloop.cases.actions.step import Moved, take_step
from gridloop.cases.open311 import queries, rules
from gridloop.cases.photos import actions as photos
from gridloop.cases.queries import masters as masters_now
from gridloop.cases.rules.intake import Contact, Report
from gridloop.cases.rules.keys import sender
from gridloop.kernel.caller import Caller
from gridloop.kernel.errors import Malformed, NotFound
from gridloop.places import queries as places

TEXTS_MAX = {
    "description": 4000, "address_string": 200, "address_id": 40, "email": 60, "first_name": 30, "last_name": 30, "phone": 20,
    "device_id": 200, "account_id": 100, "media_url": 500,
}  # fmt: skip
KEPT = ("device_id", "account_id", "media_url", "address_id")
"""What a client said beside the report, kept in its first event."""
KEY_USED = "select 1 from cases_idempotency where who = %s and key = %s"
SENT_BY = "select e.by_id, c.source from cases_case c join cases_event e on e.case_id = c.id and e.seq = 1 where c.number = %s order by c.id desc limit 1"


@dataclass(frozen=True, slots=True)
class Form:
    """What was posted: plain fields, attributes by code (several values for a list), and photos that were sent along."""

    fields: Mapping[str, str]
    attributes: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    media: tuple[bytes, ...] = ()

    def get(self, name: str) -> str:
        """A field without its blanks; "" where it was not sent."""
        return self.fields.get(name, "").strip()


def send_request(form: Form, *, by: Caller, now: dt.datetime, key: str = "") -> Reported:
    """Take a request. `media_url` is kept as a link and never fetched by the server; photos sent along are taken in."""
    _check_texts(form)
    kind, code = queries.known_service(_needed(form, "service_code"), now)
    lon, lat, address = _where(form)
    rule_no = _condition(form, kind, code, now)
    taken = tuple(photos.take_in(one, by=by, now=now).id for one in form.media)
    said = Report(
        text=_words(form, kind, code, now),
        lon=lon,
        lat=lat,
        source="open311",
        class_kind=kind,
        class_code=code,
        rule_no=rule_no,
        address=address,
        photos=taken,
        contact=_contact(form, by.language),
        attributes=_attributes(form),
    )
    return report(said, by=by, now=now, key=key or _natural_key(form, by, now))


def send_update(form: Form, *, by: Caller, now: dt.datetime) -> Moved:
    """Take an update of a request that this client sent: it becomes a comment of the case, once for each `update_id`."""
    _check_texts(form)
    number = _needed(form, "service_request_id")
    queries.request(number, by=by, now=now)
    rows = sql.run(SENT_BY, [number])
    own = bool(rows) and by.person_id is not None and rows[0][0] == by.person_id and rows[0][1] == "open311"
    status = form.get("status").upper()
    words = " ".join(
        part for part in (f"[{status}]" if status else "", form.get("title"), form.get("description")) if part
    )
    if not words:
        raise Malformed(
            "say something: description or status",
            zh="请填写 description 或 status",
            fields={"description": "required"},
        )
    if form.get("media_url"):
        words += f"\n{form.get('media_url')}"
    update_id = form.get("update_id")
    key = f"update:{update_id}" if update_id else rules.natural_key(form.fields, now)
    return take_step(number, "comment", {"note": words[:2000]}, by=by, now=now, key=key[:100], as_reporter=own)


def _needed(form: Form, name: str) -> str:
    value = form.get(name)
    if not value:
        raise Malformed(f"{name} was not provided", zh=f"缺少 {name}", fields={name: "required"})
    return value


def _check_texts(form: Form) -> None:
    for name, value in form.fields.items():
        most = TEXTS_MAX.get(name, 2000)
        if len(value) > most or "\x00" in value:
            raise Malformed(
                f"{name} has {len(value)} characters; at most {most} printable ones are taken",
                zh=f"{name} 有 {len(value)} 个字符,最多 {most} 个可见字符",
                fields={name: "too long"},
            )
    url = form.get("media_url")
    if url and not url.lower().startswith(("http://", "https://")):
        raise Malformed(
            "media_url must begin with http:// or https://",
            zh="media_url 须以 http:// 或 https:// 开头",
            fields={"media_url": "no web address"},
        )


def _where(form: Form) -> tuple[float, float, str]:
    """Longitude, latitude and address: from the position, the id of a component, or an address that the city's search knows."""
    address = form.get("address_string")
    lat, lon = form.get("lat"), form.get("long")
    if lat or lon:
        return (
            rules.number("long", lon, least=-180, most=180),
            rules.number("lat", lat, least=-85, most=85),
            address,
        )
    if form.get("address_id"):
        try:
            thing = places.component(form.get("address_id"))
        except NotFound as unknown:
            raise Malformed(unknown.en, zh=unknown.zh, fields={"address_id": "unknown"}) from unknown
        return thing.lon, thing.lat, address
    if address:
        for found in places.search(address, 5):
            if found.lon is not None and found.lat is not None:
                return found.lon, found.lat, address
        raise Malformed(
            f"the address '{address[:60]}' was not found; send lat and long with it",
            zh=f"找不到地址“{address[:60]}”,请同时提供 lat 和 long",
            fields={"address_string": "unknown"},
        )
    raise Malformed(
        "say where: lat and long, address_string or address_id",
        zh="请说明位置:lat 和 long、address_string 或 address_id",
        fields={"lat": "required"},
    )


def _condition(form: Form, kind: str, code: str, now: dt.datetime) -> int | None:
    said = form.attributes.get(rules.CONDITION, ())
    if not said or not said[0]:
        return None
    numbers = {str(one.rule_no): one.rule_no for one in masters_now.current(now).rules_of(kind, code)}
    if said[0] not in numbers:
        raise Malformed(
            f"attribute[{rules.CONDITION}] '{said[0][:20]}' is not one of {', '.join(numbers) or 'none'}",
            zh=f"attribute[{rules.CONDITION}]“{said[0][:20]}”无效,可选:{'、'.join(numbers) or '无'}",
            fields={f"attribute[{rules.CONDITION}]": "not on the list"},
        )
    return numbers[said[0]]


def _words(form: Form, kind: str, code: str, now: dt.datetime) -> str:
    """The description with the details; a request without any is told by the name of its class."""
    parts = [form.get("description"), *(one.strip()[:1000] for one in form.attributes.get(rules.DETAILS, ())[:1])]
    words = "\n".join(part for part in parts if part)
    if words:
        return words[:4000]
    one = masters_now.current(now).classes[kind, code]
    return one.zh if settings.LANGUAGE_CODE.startswith("zh") else one.en


def _contact(form: Form, language: str) -> Contact | None:
    name = " ".join(part for part in (form.get("first_name"), form.get("last_name")) if part)
    contact = Contact(name=name[:60], phone=form.get("phone"), email=form.get("email"), language=language)
    return contact if name or contact.reach else None


def _attributes(form: Form) -> dict[str, object]:
    kept: dict[str, object] = {name: form.get(name) for name in KEPT if form.get(name)}
    others = {
        code: list(values) if len(values) > 1 else values[0]
        for code, values in form.attributes.items()
        if code not in {rules.CONDITION, rules.DETAILS} and values
    }
    return kept | ({"attribute": others} if others else {})


def _natural_key(form: Form, by: Caller, now: dt.datetime) -> str:
    """The key of this window, or of the one before where the same words came in then."""
    said = {**form.fields, **{f"attribute[{code}]": "\x1f".join(values) for code, values in form.attributes.items()}}
    said.pop("api_key", None)
    before = rules.natural_key(said, now, windows_ago=1)
    return before if sql.run(KEY_USED, [sender(by), before]) else rules.natural_key(said, now)
