"""Announcements as machines read them: one Common Alerting Protocol 1.2 message each, an Atom feed and GeoJSON. No database, no clock."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from xml.etree import ElementTree as ET

from gridloop.cases.announcements.rules.words import CATEGORIES

CAP = "urn:oasis:names:tc:emergency:cap:1.2"
ATOM = "http://www.w3.org/2005/Atom"
CITY = dt.timezone(dt.timedelta(hours=8))
LANGUAGES = (("zh-CN", "zh"), ("en", "en"))
SOON = dt.timedelta(hours=1)  # "Expected" in CAP 1.2: within the next hour
GEOCODE = "GB/T 2260"
"""The numbering of counties that codes of divisions begin with."""


@dataclass(frozen=True, slots=True)
class Origin:
    """Where messages come from: the sender's name in them, the address of the pages, and whether the city is an exercise."""

    sender: str
    base: str
    exercise: bool


def moment(at: dt.datetime) -> str:
    """A moment as CAP 1.2 writes it: whole seconds and the zone in digits, never a Z."""
    return at.astimezone(CITY).isoformat(timespec="seconds")


def identifier(announcement_id: int, mark: int) -> str:
    """Unique with its sender: the announcement is message 1, its end or withdrawal message 2."""
    return f"announcement-{announcement_id}.{mark}"


def alert(row: Mapping[str, Any], origin: Origin) -> bytes:
    """The newest message about a published announcement: Alert, Update when it was ended early, Cancel when it was withdrawn."""
    root = ET.Element("alert", xmlns=CAP)
    kind = "Cancel" if row["withdrawn_at"] else "Update" if row["ended_at"] else "Alert"
    sent = row["withdrawn_at"] or row["ended_at"] or row["published_at"]
    _add(root, "identifier", identifier(row["id"], 1 if kind == "Alert" else 2))
    _add(root, "sender", origin.sender)
    _add(root, "sent", moment(sent))
    _add(root, "status", "Exercise" if origin.exercise else "Actual")
    _add(root, "msgType", kind)
    _add(root, "scope", "Public")
    if origin.exercise:
        _add(root, "note", "Synthetic data of a demo city")
    if kind != "Alert":
        _add(root, "references", f"{origin.sender},{identifier(row['id'], 1)},{moment(row['published_at'])}")
    for tag, language in LANGUAGES:
        _info(root, row, tag, language, sent, origin)
    return _document(root)


def _info(root: ET.Element, row: Mapping[str, Any], tag: str, language: str, sent: dt.datetime, origin: Origin) -> None:
    category = CATEGORIES[row["category"]]
    info = ET.SubElement(root, "info")
    _add(info, "language", tag)
    _add(info, "category", category.cap)
    _add(info, "event", category.zh if language == "zh" else category.en)
    _add(info, "urgency", _urgency(row, sent))
    _add(info, "severity", row["severity"])
    _add(info, "certainty", "Observed" if row["starts_at"] <= sent else "Likely")
    _add(info, "onset", moment(row["starts_at"]))
    _add(info, "expires", moment(row["ends_at"]))
    if row[f"unit_{language}"]:
        _add(info, "senderName", row[f"unit_{language}"])
    _add(info, "headline", row[f"title_{language}"])
    _add(info, "description", row[f"text_{language}"])
    _add(info, "web", f"{origin.base}/news/{row['id']}")
    area = ET.SubElement(info, "area")
    _add(area, "areaDesc", "、".join(one["zh"] for one in row["areas"]) if language == "zh" else ", ".join(one["en"] for one in row["areas"]))  # fmt: skip
    _where(area, row)
    for one in row["areas"]:
        code = ET.SubElement(area, "geocode")
        _add(code, "valueName", GEOCODE)
        _add(code, "value", one["code"])


def _where(area: ET.Element, row: Mapping[str, Any]) -> None:
    """The outline or circle, latitude first as CAP has it; the radius in kilometres."""
    shape = row["shape"]
    if shape is None:
        return
    if shape["type"] == "Polygon":
        _add(area, "polygon", " ".join(f"{lat:.6f},{lon:.6f}" for lon, lat in shape["coordinates"][0]))
    else:
        lon, lat = shape["coordinates"]
        _add(area, "circle", f"{lat:.6f},{lon:.6f} {row['radius_m'] / 1000:g}")


def _urgency(row: Mapping[str, Any], sent: dt.datetime) -> str:
    if row["ends_at"] <= sent:
        return "Past"
    if row["starts_at"] <= sent:
        return "Immediate"
    return "Expected" if row["starts_at"] - sent <= SOON else "Future"


def _add(parent: ET.Element, name: str, text: str) -> None:
    ET.SubElement(parent, name).text = text


def atom(rows: Sequence[Mapping[str, Any]], origin: Origin, *, title: str, language: str, now: dt.datetime) -> bytes:
    """The feed of published announcements in one language, newest act first; each entry links to its CAP message (type application/cap+xml)."""
    feed = ET.Element("feed", {"xmlns": ATOM, "xml:lang": "zh-CN" if language == "zh" else "en"})
    _add(feed, "id", f"{origin.base}/api/v1/announcements.atom")
    _add(feed, "title", title)
    _add(feed, "updated", moment(max((_acted(row) for row in rows), default=now)))
    author = ET.SubElement(feed, "author")
    _add(author, "name", origin.sender)
    ET.SubElement(feed, "link", rel="self", href=f"{origin.base}/api/v1/announcements.atom?lang={language}")
    for row in rows:
        entry = ET.SubElement(feed, "entry")
        _add(entry, "id", f"{origin.base}/news/{row['id']}")
        _add(entry, "title", f"[{row[f'phase_{language}']}] {row[f'title_{language}']}")
        _add(entry, "updated", moment(_acted(row)))
        _add(entry, "published", moment(row["published_at"]))
        _add(entry, "summary", row[f"text_{language}"])
        ET.SubElement(entry, "category", term=row["category"])
        ET.SubElement(entry, "link", rel="alternate", type="text/html", href=f"{origin.base}/news/{row['id']}")
        ET.SubElement(entry, "link", rel="related", type="application/cap+xml", href=f"{origin.base}/api/v1/announcements/{row['id']}/cap")  # fmt: skip
    return _document(feed)


def _document(root: ET.Element) -> bytes:
    return f'<?xml version="1.0" encoding="UTF-8"?>\n{ET.tostring(root, encoding="unicode")}'.encode()


def _acted(row: Mapping[str, Any]) -> dt.datetime:
    acted: dt.datetime = row["withdrawn_at"] or row["ended_at"] or row["published_at"]
    return acted


def geojson(rows: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    """The same as GeoJSON (RFC 7946); a circle is its middle with `radius_m`, one for whole divisions has no geometry."""
    return {
        "type": "FeatureCollection",
        "features": [
            {"type": "Feature", "id": row["id"], "geometry": row["shape"],
             "properties": {name: value for name, value in row.items() if name not in {"id", "shape"}}}
            for row in rows
        ],
    }  # fmt: skip
