"""What stands in a resident's own file and how it reads. No database, no clock."""

from __future__ import annotations

import datetime as dt
import html
import io
import json
import zipfile
from collections.abc import Mapping, Sequence
from typing import Any

KEPT = dt.timedelta(hours=24)
"""How long a finished file can be fetched before it is removed."""
LINK_LIVES_S = 900
PHOTOS_BYTES_MAX = 60 * 1024 * 1024
"""Photos beyond this stay out of the file and are named in it; they can be seen at each report."""
PAGE = """<!doctype html><html lang="zh"><meta charset="utf-8"><meta name="viewport" content="width=device-width">
<title>我的数据 My data</title><style>body{{font:16px/1.6 system-ui,sans-serif;max-width:46rem;margin:1rem auto;padding:0 1rem}}
table{{border-collapse:collapse;width:100%}}td,th{{border:1px solid #889;padding:.3rem .5rem;text-align:left;vertical-align:top}}</style>
<h1>我的数据 <span lang="en">My data</span></h1><p>{at}</p>{parts}</html>"""
TITLES = {
    "person": ("账号", "Account"),
    "sessions": ("登录", "Sign-ins"),
    "reports": ("报告", "Reports"),
    "notices": ("通知", "Notices"),
    "pushes": ("推送", "Pushes"),
    "areas": ("关注的区域", "Areas followed"),
    "looks": ("谁查看过", "Who looked"),
    "photos": ("照片", "Photos"),
    "left_out": ("未放入的照片", "Photos left out"),
}
SHOWN_OF_REPORT = ("number", "title", "state_zh", "state_en", "opened_at", "address", "text")


def packed(found: Mapping[str, Any], photos: Sequence[tuple[str, bytes]], at: dt.datetime) -> bytes:
    """The ZIP: `data.json` with everything, `index.html` to read, `photos/` as they were taken."""
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as packing:
        packing.writestr("data.json", json.dumps(found, ensure_ascii=False, indent=1, default=str))
        packing.writestr("index.html", readable(found, at))
        for name, data in photos:
            packing.writestr(zipfile.ZipInfo(f"photos/{name}.jpg"), data)
    return file.getvalue()


def readable(found: Mapping[str, Any], at: dt.datetime) -> str:
    """Everything as one page that any browser opens; every word that somebody wrote is escaped."""
    parts = []
    for name, value in found.items():
        zh, en = TITLES.get(name, (name, name))
        rows = value if isinstance(value, list) else [value]
        shown = (
            [{key: row[key] for key in SHOWN_OF_REPORT if key in row} for row in rows] if name == "reports" else rows
        )
        parts.append(f'<h2>{zh} <span lang="en">{en}</span></h2>{_table(shown)}')
    return PAGE.format(at=html.escape(f"{at:%Y-%m-%d %H:%M}"), parts="".join(parts))


def _table(rows: Sequence[Any]) -> str:
    if not rows:
        return "<p>无 None</p>"
    if not isinstance(rows[0], Mapping):
        return "<p>" + html.escape(", ".join(str(one) for one in rows)) + "</p>"
    names = list(rows[0])
    head = "".join(f"<th>{html.escape(name)}</th>" for name in names)
    body = "".join(
        "<tr>" + "".join(f"<td>{html.escape(_said(row.get(name)))}</td>" for name in names) + "</tr>" for row in rows
    )
    return f"<table><tr>{head}</tr>{body}</table>"


def _said(value: object) -> str:
    return (
        ""
        if value is None
        else json.dumps(value, ensure_ascii=False, default=str)
        if isinstance(value, dict | list)
        else str(value)
    )
