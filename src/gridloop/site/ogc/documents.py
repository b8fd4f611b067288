"""The documents of the door besides features: landing page, conformance, collections, OpenAPI."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from gridloop.site.ogc.asking import LIMIT_DEFAULT, LIMIT_MAX
from gridloop.site.ogc.collections import Collection

JSON, HTML, GEOJSON = "application/json", "text/html", "application/geo+json"
OPENAPI = "application/vnd.oai.openapi+json;version=3.0"
PROBLEM = "application/problem+json"
CRS84 = "http://www.opengis.net/def/crs/OGC/1.3/CRS84"
CLASSES = tuple(
    f"http://www.opengis.net/spec/ogcapi-features-1/1.0/conf/{one}" for one in ("core", "oas30", "html", "geojson")
)
Document = dict[str, Any]
TITLES = {
    "landing": ("开放地图数据", "Open map data"),
    "about": (
        "本市公共图层,任何读取地图的程序均可使用。",
        "The public layers of this city, for any program that reads maps.",
    ),
    "collections": ("数据集", "Collections"),
    "conformance": ("符合性", "Conformance"),
    "api": ("接口说明", "API definition"),
    "items": ("要素", "Items"),
}
Bounds = tuple[float, float, float, float]


def words(key: str, language: str) -> str:
    """A title in the reader's language."""
    return TITLES[key][0 if language == "zh" else 1]


def link(href: str, rel: str, kind: str, title: str = "") -> Document:
    """One link."""
    made = {"href": href, "rel": rel, "type": kind}
    return made | {"title": title} if title else made


def both(href: str, form: str, kind: str = JSON) -> list[Document]:
    """The document itself and its other form."""
    here, there = (kind, HTML) if form == "json" else (HTML, kind)
    joined = "&" if "?" in href else "?"
    other = "html" if form == "json" else "json"
    return [link(f"{href}{joined}f={form}", "self", here), link(f"{href}{joined}f={other}", "alternate", there)]


def landing(base: str, form: str, language: str, city: str) -> Document:
    """Where everything is."""
    return {
        "title": f"{city} · {words('landing', language)}",
        "description": words("about", language),
        "links": [
            *both(f"{base}/", form),
            link(f"{base}/api?f=json", "service-desc", OPENAPI, words("api", language)),
            link(f"{base}/api?f=html", "service-doc", HTML, words("api", language)),
            link(f"{base}/conformance", "conformance", JSON, words("conformance", language)),
            link(f"{base}/collections", "data", JSON, words("collections", language)),
        ],
    }


def conformance(base: str, form: str) -> Document:
    """Which parts of the standard are kept."""
    return {"conformsTo": list(CLASSES), "links": both(f"{base}/conformance", form)}


def collection(one: Collection, base: str, form: str, language: str, bounds: Bounds) -> Document:
    """One collection."""
    href = f"{base}/collections/{one.id}"
    zh = language == "zh"
    return {
        "id": one.id,
        "title": one.zh if zh else one.en,
        "description": one.about_zh if zh else one.about_en,
        "itemType": "feature",
        "crs": [CRS84],
        "extent": {"spatial": {"bbox": [list(bounds)], "crs": CRS84}} | ({"temporal": {"interval": [[None, None]]}} if one.timed else {}),
        "links": [
            *both(href, form),
            link(f"{href}/items?f=json", "items", GEOJSON, words("items", language)),
            link(f"{href}/items?f=html", "items", HTML, words("items", language)),
        ],
    }  # fmt: skip


def collections(known: Mapping[str, Collection], base: str, form: str, language: str, bounds: Bounds) -> Document:
    """All of them."""
    return {
        "links": both(f"{base}/collections", form),
        "collections": [collection(one, base, form, language, bounds) for one in known.values()],
    }


def openapi(known: Mapping[str, Collection], base: str, language: str) -> Document:
    """The whole door as an OpenAPI 3.0 document, with the properties of each collection."""
    paths: Document = {
        "/": _get("getLandingPage", words("landing", language), JSON),
        "/conformance": _get("getConformance", words("conformance", language), JSON),
        "/api": _get("getApi", words("api", language), OPENAPI),
        "/collections": _get("getCollections", words("collections", language), JSON),
    }
    for one in known.values():
        title = one.zh if language == "zh" else one.en
        paths[f"/collections/{one.id}"] = _get(f"describe_{one.id}", title, JSON)
        paths[f"/collections/{one.id}/items"] = _get(
            f"items_{one.id}", title, GEOJSON, ("bbox", "datetime", "limit", "cursor"), schema=_page_schema(one)
        )
        paths[f"/collections/{one.id}/items/{{featureId}}"] = _get(
            f"item_{one.id}", title, GEOJSON, ("featureId",), missing=True, schema=_feature_schema(one)
        )
    return {
        "openapi": "3.0.3",
        "info": {"title": words("landing", language), "version": "1", "description": words("about", language)},
        "servers": [{"url": base}],
        "paths": paths,
        "components": {"parameters": PARAMETERS},
    }


PARAMETERS: Document = {
    "f": {"name": "f", "in": "query", "schema": {"type": "string", "enum": ["json", "html"]}},
    "bbox": {
        "name": "bbox", "in": "query", "style": "form", "explode": False,
        "schema": {"type": "array", "oneOf": [{"minItems": 4, "maxItems": 4}, {"minItems": 6, "maxItems": 6}], "items": {"type": "number"}},
    },
    "datetime": {"name": "datetime", "in": "query", "style": "form", "explode": False, "schema": {"type": "string"}},
    "limit": {
        "name": "limit", "in": "query", "style": "form", "explode": False,
        "schema": {"type": "integer", "minimum": 1, "maximum": LIMIT_MAX, "default": LIMIT_DEFAULT},
    },
    "cursor": {"name": "cursor", "in": "query", "schema": {"type": "string"}, "description": "as the link `next` says it"},
    "featureId": {"name": "featureId", "in": "path", "required": True, "schema": {"type": "string"}},
}  # fmt: skip


def _get(
    name: str, title: str, kind: str, parameters: tuple[str, ...] = (), *, missing: bool = False, schema: Document | None = None
) -> Document:  # fmt: skip
    content = {kind: {"schema": schema or {"type": "object"}}, HTML: {"schema": {"type": "string"}}}
    problem = {"content": {PROBLEM: {"schema": {"type": "object"}}}}
    responses = {"200": {"description": title, "content": content}, "400": {"description": "refused"} | problem}
    if missing:
        responses["404"] = {"description": "not there"} | problem
    listed = [{"$ref": f"#/components/parameters/{one}"} for one in (*parameters, "f")]
    return {"get": {"operationId": name, "summary": title, "parameters": listed, "responses": responses}}


def _feature_schema(one: Collection) -> Document:
    properties = {
        name: {"type": kind, "nullable": True, "description": about} for name, (kind, about) in one.properties.items()
    }
    return {
        "type": "object",
        "required": ["type", "geometry", "properties"],
        "properties": {
            "type": {"type": "string", "enum": ["Feature"]},
            "id": {"type": "string"},
            "geometry": {"type": "object", "nullable": True},
            "properties": {"type": "object", "properties": properties},
        },
    }


def _page_schema(one: Collection) -> Document:
    return {
        "type": "object",
        "required": ["type", "features"],
        "properties": {
            "type": {"type": "string", "enum": ["FeatureCollection"]},
            "features": {"type": "array", "items": _feature_schema(one)},
            "numberReturned": {"type": "integer"},
            "numberMatched": {"type": "integer"},
        },
    }
