"""The same documents for people: plain pages without a script."""

from __future__ import annotations

from html import escape
from typing import Any

STYLE = (
    "body{font:15px/24px system-ui,sans-serif;max-width:1100px;margin:24px auto;padding:0 16px;color:#12202b;background:#fff}"
    "table{border-collapse:collapse;width:100%}th,td{text-align:left;padding:4px 8px;border-bottom:1px solid #cbd6de;vertical-align:top}"
    ".box{overflow:auto}a{color:#0a5f94}nav{color:#4c5f6d}"
)
COLUMNS_MAX = 12


def page(title: str, body: str, *, language: str, home: str) -> bytes:
    """One whole page."""
    up = f'<nav><a href="{escape(home)}?f=html">OGC API Features</a></nav>'
    return (
        f'<!doctype html><html lang="{"zh-CN" if language == "zh" else "en"}"><head><meta charset="utf-8">'
        f'<meta name="viewport" content="width=device-width"><title>{escape(title)}</title><style>{STYLE}</style></head>'
        f"<body>{up}<main><h1>{escape(title)}</h1>{body}</main></body></html>"
    ).encode()


def document(data: dict[str, Any]) -> str:
    """The members of a document, links as links, lists of collections as a table."""
    parts = []
    if data.get("description"):
        parts.append(f"<p>{escape(str(data['description']))}</p>")
    parts.extend(f"<p>{escape(one)}</p>" for one in data.get("conformsTo", ()))
    for one in data.get("collections", ()):
        href = next(link["href"] for link in one["links"] if link["rel"] == "self")
        parts.append(f'<h2><a href="{escape(href)}">{escape(one["title"])}</a></h2><p>{escape(one["description"])}</p>')
    for path, verbs in data.get("paths", {}).items():
        parts.append(f"<p><b>GET {escape(path)}</b> {escape(verbs['get']['summary'])}</p>")
    return "".join(parts) + links(data.get("links", ()))


def links(listed: Any) -> str:
    """Links as a list."""
    rows = (
        f'<li><a href="{escape(one["href"])}">{escape(one.get("title") or one["rel"])}</a> <small>{escape(one["type"])}</small></li>'
        for one in listed
    )
    return f"<ul>{''.join(rows)}</ul>"


def features(data: dict[str, Any]) -> str:
    """Features as a table, each with a link to itself."""
    rows = data.get("features", [data])
    names = list(rows[0]["properties"])[:COLUMNS_MAX] if rows else []
    head = "".join(f"<th>{escape(name)}</th>" for name in ("id", *names))
    base = next(one["href"] for one in data["links"] if one["rel"] == "collection").partition("?")[0]
    body = "".join(
        f'<tr><td><a href="{escape(base)}/items/{escape(str(row["id"]))}?f=html">{escape(str(row["id"]))}</a></td>'
        + "".join(f"<td>{escape(_cell(row['properties'].get(name)))}</td>" for name in names)
        + "</tr>"
        for row in rows
    )
    return f'<div class="box"><table><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table></div>{links(data["links"])}'


def _cell(value: object) -> str:
    return "" if value is None else str(value)
