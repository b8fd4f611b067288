"""What OASIS Common Alerting Protocol 1.2 demands of a message, read from its text: elements, their order, their values."""

from __future__ import annotations

import re
from xml.etree import ElementTree as ET

CAP = "{urn:oasis:names:tc:emergency:cap:1.2}"
MOMENT = re.compile(r"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d[-+]\d\d:\d\d$")
NAME = re.compile(r"^[^\s<&,]+$")
ALERT = (
    "identifier",
    "sender",
    "sent",
    "status",
    "msgType",
    "source",
    "scope",
    "restriction",
    "addresses",
    "code",
    "note",
    "references",
    "incidents",
    "info",
)
INFO = ("language", "category", "event", "responseType", "urgency", "severity", "certainty", "audience", "eventCode", "effective", "onset", "expires", "senderName",
        "headline", "description", "instruction", "web", "contact", "parameter", "resource", "area")  # fmt: skip
AREA = ("areaDesc", "polygon", "circle", "geocode", "altitude", "ceiling")
MUST = {
    "alert": ("identifier", "sender", "sent", "status", "msgType", "scope"),
    "info": ("category", "event", "urgency", "severity", "certainty"),
    "area": ("areaDesc",),
}
VALUES = {
    "status": {"Actual", "Exercise", "System", "Test", "Draft"},
    "msgType": {"Alert", "Update", "Cancel", "Ack", "Error"},
    "scope": {"Public", "Restricted", "Private"},
    "category": {"Geo", "Met", "Safety", "Security", "Rescue", "Fire", "Health", "Env", "Transport", "Infra", "CBRNE", "Other"},
    "urgency": {"Immediate", "Expected", "Future", "Past", "Unknown"},
    "severity": {"Extreme", "Severe", "Moderate", "Minor", "Unknown"},
    "certainty": {"Observed", "Likely", "Possible", "Unlikely", "Unknown"},
}  # fmt: skip
PAIR = re.compile(r"^-?\d+(\.\d+)?,-?\d+(\.\d+)?$")


def wrong_in(message: bytes) -> list[str]:
    """What breaks the standard, in words; nothing for a good message."""
    root = ET.fromstring(message)
    if root.tag != f"{CAP}alert":
        return [f"the root is {root.tag}"]
    found = _children(root, "alert", ALERT)
    for info in root.findall(f"{CAP}info"):
        found += _children(info, "info", INFO)
        for area in info.findall(f"{CAP}area"):
            found += _children(area, "area", AREA) + _shapes(area)
    for one in root.iter():
        name, text = one.tag.removeprefix(CAP), one.text or ""
        if name in VALUES and text not in VALUES[name]:
            found.append(f"{name} is {text}")
        if name in {"sent", "effective", "onset", "expires"} and not MOMENT.match(text):
            found.append(f"{name} is {text}: whole seconds and a zone in digits")
        if name in {"identifier", "sender"} and not NAME.match(text):
            found.append(f"{name} is {text}: no spaces, commas, < or &")
    references = root.findtext(f"{CAP}references")
    if root.findtext(f"{CAP}msgType") in {"Update", "Cancel"} and (
        not references
        or not all(len(one.split(",")) == 3 and MOMENT.match(one.split(",")[2]) for one in references.split())
    ):
        found.append("an Update or Cancel refers to sender,identifier,sent")
    return found


def _children(parent: ET.Element, name: str, order: tuple[str, ...]) -> list[str]:
    have = [one.tag.removeprefix(CAP) for one in parent]
    strange = [one for one in have if one not in order]
    if strange:
        return [f"{name} has {', '.join(strange)}"]
    wrong = [f"{name} lacks {one}" for one in MUST[name] if one not in have]
    at = [order.index(one) for one in have]
    return wrong + ([f"{name} has its elements in another order"] if at != sorted(at) else [])


def _shapes(area: ET.Element) -> list[str]:
    wrong = []
    for one in area.findall(f"{CAP}polygon"):
        pairs = (one.text or "").split()
        if len(pairs) < 4 or pairs[0] != pairs[-1] or not all(PAIR.match(pair) for pair in pairs):
            wrong.append("a polygon is four or more pairs, the last like the first")
    for one in area.findall(f"{CAP}circle"):
        middle, _, radius = (one.text or "").partition(" ")
        if not PAIR.match(middle) or not re.match(r"^\d+(\.\d+)?$", radius):
            wrong.append("a circle is a pair and a radius in kilometres")
    return wrong
