"""GeoReport v2 as pure functions: codes, times, formats and the shape of an answer. No database, no clock."""

from __future__ import annotations

import datetime as dt
import hashlib
import hmac
import re
from collections.abc import Mapping, Sequence
from typing import Any
from xml.etree.ElementTree import Element, SubElement, tostring

import orjson

from gridloop.cases.rules.masters import CaseClass, FilingRule
from gridloop.cases.rules.states import CLOSED_TYPE, State
from gridloop.kernel.errors import Malformed

SPECIFICATION = "http://wiki.open311.org/GeoReport_v2"
CONTENT_TYPES = {"json": "application/json; charset=utf-8", "xml": "text/xml; charset=utf-8"}
SPAN_MAX = dt.timedelta(days=90)  # GeoReport v2, GET Service Requests: at most 90 days or 1,000 requests
REQUESTS_MAX = 1000
LETTER = {"component": "C", "event": "E"}
KIND = {letter: kind for kind, letter in LETTER.items()}
SERVICE_CODE = re.compile(r"([CE])(\d{4})")
REQUEST_ID = re.compile(r"\d{8}-\d{6}")
ATTRIBUTE = re.compile(r"attribute\[([A-Za-z0-9_.-]{1,40})\](?:\[\])?")
ATTRIBUTES_MAX = 30
CONDITION, DETAILS = "CONDITION", "DETAILS"
CONTROL = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")  # XML 1.0, production 2
TOKEN_CHARS = 24
NATURAL_WINDOW_S = 900
Value = Any


def service_code(kind: str, code: str) -> str:
    """The service code of a class: C0101 for a component, E0101 for an event."""
    return LETTER[kind] + code


def class_of(code: str) -> tuple[str, str] | None:
    """Kind and code of a class from a service code, or None where it has another form."""
    match = SERVICE_CODE.fullmatch(code.strip().upper())
    return (KIND[match[1]], match[2]) if match else None


def service(one: CaseClass, language: str) -> dict[str, Value]:
    """One entry of the service list."""
    zh = language.startswith("zh")
    return {
        "service_code": service_code(one.kind, one.code),
        "service_name": one.zh if zh else one.en,
        "description": f"{one.class_zh} / {one.zh}" if zh else f"{one.class_en} / {one.en}",
        "metadata": True,
        "type": "realtime",
        "keywords": ", ".join(dict.fromkeys((one.zh, one.en, one.kind, one.urgency))),
        "group": one.class_zh if zh else one.class_en,
    }


def definition(code: str, conditions: Sequence[FilingRule], language: str) -> dict[str, Value]:
    """The attributes of a service: under which filing condition it stands, and free details."""
    zh = language.startswith("zh")
    values = [{"key": str(one.rule_no), "name": one.condition_zh if zh else one.condition_en} for one in conditions]
    condition = {
        "variable": True,
        "code": CONDITION,
        "datatype": "singlevaluelist",
        "required": False,
        "datatype_description": "选择最接近的一项" if zh else "Choose the closest one",
        "order": 1,
        "description": "是哪种情况?" if zh else "Which of these is it?",
        "values": values,
    }
    details = {
        "variable": True,
        "code": DETAILS,
        "datatype": "text",
        "required": False,
        "datatype_description": "还有什么有助于找到或修复" if zh else "What else helps to find or repair it",
        "order": 2,
        "description": "补充说明" if zh else "Details",
        "values": [],
    }
    return {"service_code": code, "attributes": [condition, details] if values else [details | {"order": 1}]}


def status_of(state: str) -> str:
    """`open` or `closed`."""
    return "closed" if State(state) in CLOSED_TYPE else "open"


def w3c(moment: dt.datetime | None) -> str | None:
    """A moment in W3C format, UTC, whole seconds."""
    return None if moment is None else moment.astimezone(dt.UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def moment(name: str, said: str) -> dt.datetime:
    """A W3C date or time; without a zone it is UTC. Raises Malformed."""
    try:
        found = dt.datetime.fromisoformat(said.strip().replace(" ", "+"))
        return (found if found.tzinfo else found.replace(tzinfo=dt.UTC)).astimezone(dt.UTC)
    except (ValueError, OverflowError):
        raise Malformed(
            f"{name} '{said[:40]}' is no W3C time; write 2026-11-22T00:00:00Z",
            zh=f"{name}“{said[:40]}”不是 W3C 时间格式,应为 2026-11-22T00:00:00Z",
            fields={name: "W3C time"},
        ) from None


def span(start: dt.datetime | None, end: dt.datetime | None, now: dt.datetime) -> tuple[dt.datetime, dt.datetime]:
    """From when to when is listed: 90 days at most, the last ones where nothing is said. Raises Malformed for a longer or empty one."""
    try:
        if end is None:
            end = now if start is None else min(now, start + SPAN_MAX)
        if start is None:
            start = end - SPAN_MAX
    except OverflowError:
        start, end = now, now - SPAN_MAX  # refused below like any other empty span
    if start > end:
        raise Malformed(
            "start_date is after end_date", zh="start_date 晚于 end_date", fields={"start_date": "after end_date"}
        )
    if end - start > SPAN_MAX:
        raise Malformed(
            "start_date and end_date may span 90 days at most; ask for shorter spans one after the other",
            zh="start_date 与 end_date 最多相隔 90 天,请分段查询",
            fields={"start_date": "more than 90 days"},
        )
    return start, end


def number(name: str, said: str, *, least: float, most: float) -> float:
    """A number within bounds; raises Malformed."""
    try:
        found = float(said)
    except ValueError:
        found = float("nan")
    if not least <= found <= most:
        raise Malformed(
            f"{name} '{said[:40]}' must be a number from {least:g} to {most:g}",
            zh=f"{name}“{said[:40]}”应为 {least:g} 到 {most:g} 之间的数字",
            fields={name: "out of range"},
        )
    return found


def listed(said: str) -> list[str]:
    """The parts of a comma-delimited parameter."""
    return [part.strip() for part in said.split(",") if part.strip()]


def token_of(request_id: str, secret: str) -> str:
    """The token of a request: its number and a signature, so that no table of tokens is needed."""
    signed = hmac.new(secret.encode(), f"open311:{request_id}".encode(), hashlib.sha256).hexdigest()[:TOKEN_CHARS]
    return f"{request_id}-{signed}"


def request_of(token: str, secret: str) -> str | None:
    """The request that a token stands for, or None when it is not one of ours."""
    request_id, _, _ = token.rpartition("-")
    if not REQUEST_ID.fullmatch(request_id) or not hmac.compare_digest(
        token_of(request_id, secret).encode(), token.encode()
    ):
        return None
    return request_id


def natural_key(said: Mapping[str, str], at: dt.datetime, *, windows_ago: int = 0) -> str:
    """The key of a report that came without one: the same words from the same client within a quarter of an hour are one report."""
    window = int(at.timestamp()) // NATURAL_WINDOW_S - windows_ago
    body = orjson.dumps(dict(sorted(said.items())))
    return f"natural:{window}:{hashlib.sha256(body).hexdigest()[:40]}"


def rendered(data: Value, form: str, names: tuple[str, ...]) -> bytes:
    """An answer on the wire. `names` are the XML elements from the root inwards: ("services", "service") for a list of services."""
    if form == "json":
        return orjson.dumps(data)
    root = Element(names[0])
    if isinstance(data, list):
        for item in data:
            _fill(SubElement(root, names[1]), item)
    else:
        _fill(root, data)
    body: bytes = tostring(root, encoding="utf-8", xml_declaration=False)
    return b'<?xml version="1.0" encoding="utf-8"?>\n' + body


ITEM = {
    "attributes": "attribute",
    "values": "value",
    "endpoints": "endpoint",
    "formats": "format",
    "extended_attributes": "attribute",
}
"""What one item of a list is called in XML."""


def _fill(element: Element, data: Value) -> None:
    if isinstance(data, Mapping):
        for name, value in data.items():
            _fill(SubElement(element, name), value)
    elif isinstance(data, list):
        for item in data:
            _fill(SubElement(element, ITEM.get(element.tag, "item")), item)
    elif isinstance(data, bool):
        element.text = "true" if data else "false"
    elif data is not None:
        element.text = CONTROL.sub("", str(data))
