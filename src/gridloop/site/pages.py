"""The pages: three web apps out of `web/dist`, the map archive, and the API's own documentation."""

from __future__ import annotations

from pathlib import Path

import ninja
from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase

from gridloop.site import files, problems

DIST = Path(settings.ROOT) / "web" / "dist"
VIEWER = Path(ninja.__file__).parent / "static" / "ninja"  # Swagger UI, which comes with Ninja's package
OWN = Path(__file__).parent / "static"
BUILT_IN_MAP = Path(settings.ROOT) / "data" / "basemap" / "xiamen.pmtiles"
FOREVER = "public, max-age=31536000, immutable"  # names of built files carry a hash of what is in them
ALWAYS_ASK = "no-cache"
VIEWER_FILES = frozenset({"swagger-ui.css", "swagger-ui-bundle.js", "favicon.png"})
NOT_FOUND_PAGE = """<!doctype html><html lang="{language}"><meta charset="utf-8"><meta name="viewport" content="width=device-width">
<title>{title}</title><h1>{title}</h1><p>{text}</p><p><a href="/">{home}</a></p></html>"""


def app(request: HttpRequest, name: str, rest: str = "") -> HttpResponseBase:
    """The page of one web app at any of its addresses, or a file that belongs to it (its service worker, its manifest)."""
    if rest and "." in rest.rpartition("/")[2]:
        return files.send(request, files.inside(DIST / name, rest), cache=ALWAYS_ASK)
    page = DIST / name / "index.html"
    if not page.is_file():
        return _words(
            request,
            503,
            ("页面尚未构建", f"找不到 {name} 的页面文件,请运行 ./gridloop up 或在 web/ 下执行 npm run build", "首页"),
            (
                "The pages are not built yet",
                f"there is no {name} page in web/dist; run ./gridloop up, or npm run build in web/",
                "Start",
            ),
        )
    return files.send(request, page, cache=ALWAYS_ASK)


def asset(request: HttpRequest, name: str) -> HttpResponseBase:
    """A built file; it never changes under its name."""
    return files.send(request, files.inside(DIST / "assets", name), cache=FOREVER)


def root_file(request: HttpRequest, name: str) -> HttpResponseBase:
    """A file that browsers look for at the top: robots.txt, the icon, a manifest, a worker."""
    return files.send(request, files.inside(DIST, name), cache=ALWAYS_ASK)


def basemap(request: HttpRequest) -> HttpResponseBase:
    """The map archive, read by ranges."""
    chosen = settings.CONFIG.basemap.pmtiles
    path = Path(chosen) if chosen and not chosen.startswith("http") else BUILT_IN_MAP
    if not path.is_file():
        raise Http404
    return files.send(request, path, cache="public, max-age=3600")


def api_docs(request: HttpRequest) -> HttpResponseBase:
    """The API's documentation, all of it from here."""
    return files.send(request, OWN / "api_docs.html", cache=ALWAYS_ASK)


def viewer_file(request: HttpRequest, name: str) -> HttpResponseBase:
    """A file of the documentation viewer."""
    folder = VIEWER if name in VIEWER_FILES else OWN
    return files.send(request, files.inside(folder, name), cache="public, max-age=86400")


def not_found(request: HttpRequest, exception: Exception | None = None) -> HttpResponseBase:  # noqa: ARG001 - Django's signature
    """There is nothing here: a page for people, a problem for programs."""
    if request.path.startswith(("/api/", "/open311/", "/ogc/")):
        return problems.problem(request, problems.nothing_here())
    return _words(
        request,
        404,
        ("找不到页面", "此地址没有内容,可能已被移动或删除。", "返回首页"),
        ("Page not found", "There is nothing at this address; it may have been moved or removed.", "To the start page"),
    )


def broken(request: HttpRequest) -> HttpResponseBase:
    """Our own defect, outside the API."""
    return problems.problem(request, problems.our_defect(request))


def _words(request: HttpRequest, status: int, zh: tuple[str, str, str], en: tuple[str, str, str]) -> HttpResponse:
    """A plain page in the language of the request."""
    language = problems.language_of(request)
    title, text, home = zh if language == "zh" else en
    return HttpResponse(NOT_FOUND_PAGE.format(language=language, title=title, text=text, home=home), status=status)
