"""Sending files: whole, packed or a part (map archives are read by ranges), with tags, so that what is known is not sent again."""

from __future__ import annotations

import mimetypes
import re
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO

from django.http import FileResponse, Http404, HttpRequest, HttpResponse, HttpResponseNotModified, StreamingHttpResponse
from django.http.response import HttpResponseBase

RANGE = re.compile(r"^bytes=(\d*)-(\d*)$")
WEIGHT = re.compile(r"^q=(\d(?:\.\d{0,3})?)$")
CHUNK_BYTES = 64 * 1024
TYPES = {
    ".js": "text/javascript",
    ".mjs": "text/javascript",
    ".pmtiles": "application/vnd.pmtiles",
    ".webmanifest": "application/manifest+json",
}


def inside(folder: Path, name: str) -> Path:
    """The file of this name within the folder; 404 for one outside it or none at all."""
    path = (folder / name).resolve()
    if not path.is_relative_to(folder.resolve()) or not path.is_file():
        raise Http404
    return path


def send(request: HttpRequest, path: Path, *, cache: str) -> HttpResponseBase:
    """The file, 304 if the browser has it, or the range that it asks for (RFC 9110, 14.2); `cache` is its Cache-Control.

    Where the build left it packed beside itself (`NAME.gz`), browsers that unpack get that one: a first load is a third as long on the wire.
    """
    facts = path.stat()
    packed = path.with_name(f"{path.name}.gz")
    has_packed = packed.is_file() and packed.stat().st_mtime_ns >= facts.st_mtime_ns
    sends_packed = has_packed and "Range" not in request.headers and unpacks(request.headers.get("Accept-Encoding", ""))
    tag = f'"{facts.st_mtime_ns:x}-{facts.st_size:x}{"-gz" if sends_packed else ""}"'
    kind = TYPES.get(path.suffix) or mimetypes.guess_type(path.name)[0] or "application/octet-stream"
    asked = RANGE.match(request.headers.get("Range", ""))
    response: HttpResponseBase
    if request.headers.get("If-None-Match", "") == tag:
        response = HttpResponseNotModified()
    elif asked and request.headers.get("If-Range", tag) == tag:
        response = _part(path, facts.st_size, asked.group(1), asked.group(2), kind)
    elif sends_packed:
        response = FileResponse(packed.open("rb"), content_type=kind, headers={"Content-Encoding": "gzip"})
    else:
        response = FileResponse(path.open("rb"), content_type=kind)
    if has_packed:
        response.headers["Vary"] = "Accept-Encoding"
    response.headers["Accept-Ranges"] = "none" if sends_packed else "bytes"
    response.headers["ETag"] = tag
    response.headers["Cache-Control"] = cache
    return response


def unpacks(accepted: str) -> bool:
    """Whether an Accept-Encoding takes gzip (RFC 9110, 12.5.3): named or by `*`, and not with a weight of zero."""
    weights: dict[str, float] = {}
    for one in accepted.lower().split(","):
        name, _, weight = one.strip().partition(";")
        found = WEIGHT.match(weight.strip())
        weights[name.strip()] = float(found.group(1)) if found else 1.0
    return weights.get("gzip", weights.get("*", 0.0)) > 0


def _part(path: Path, size: int, first_text: str, last_text: str, kind: str) -> HttpResponseBase:
    """One range of a file, or 416 when it lies outside."""
    if first_text:
        first, last = int(first_text), min(int(last_text or size - 1), size - 1)
    else:
        first, last = max(size - int(last_text or 0), 0), size - 1
    if first > last or first >= size:
        return HttpResponse(status=416, headers={"Content-Range": f"bytes */{size}"})
    response = StreamingHttpResponse(_chunks(path.open("rb"), first, last - first + 1), status=206, content_type=kind)
    response.headers["Content-Range"] = f"bytes {first}-{last}/{size}"
    response.headers["Content-Length"] = str(last - first + 1)
    return response


def _chunks(file: BinaryIO, first: int, length: int) -> Iterator[bytes]:
    """The bytes of a range, a piece at a time."""
    with file:
        file.seek(first)
        left = length
        while left > 0 and (piece := file.read(min(CHUNK_BYTES, left))):
            left -= len(piece)
            yield piece
