"""What a phone asks before it offers to install an app, and what a first visit may weigh."""

from __future__ import annotations

import io
import os
import re
import subprocess
from urllib.parse import urljoin

import httpx
import pytest
from PIL import Image

from ops import environment, paths
from tests.running import Platform

pytestmark = pytest.mark.story
APPS = {"/": "/sw.js", "/field/": "/field/sw.js"}
"""The two apps of phones, with their service workers."""
MASK_SAFE = 0.1
"""A mask may take this share off each edge of a maskable icon (W3C Web Application Manifest, safe zone)."""


@pytest.mark.parametrize("start", list(APPS))
def test_a_phone_can_install_the_app(start: str, platform: Platform, web_build: None):
    with httpx.Client(base_url=platform.base, timeout=30) as http:
        page = http.get(start).text
        assert re.search(r'<html lang="\w+', page)
        assert 'name="viewport"' in page
        assert "maximum-scale" not in page
        assert "user-scalable" not in page
        assert "<noscript>" in page
        linked = re.search(r'rel="manifest" href="([^"]+)"', page)
        assert linked
        answer = http.get(linked[1])
        assert answer.headers["content-type"].startswith("application/manifest+json")
        manifest = answer.json()
        assert manifest["start_url"] == manifest["scope"] == manifest["id"] == start
        assert manifest["display"] == "standalone"
        assert all(
            manifest[name] for name in ("name", "short_name", "description", "lang", "theme_color", "background_color")
        )
        sizes = {(one["sizes"], one.get("purpose", "any")) for one in manifest["icons"]}
        assert {("192x192", "any"), ("512x512", "any"), ("512x512", "maskable")} <= sizes
        for icon in manifest["icons"]:
            told = http.get(urljoin(linked[1], icon["src"]))
            assert told.status_code == 200
            assert told.headers["content-type"].startswith(icon["type"])
            if icon["type"] == "image/png":
                image = Image.open(io.BytesIO(told.content)).convert("RGBA")
                assert f"{image.width}x{image.height}" == icon["sizes"]
                if icon["purpose"] == "maskable":
                    edge = round(image.width * MASK_SAFE)
                    assert min(image.getpixel((at, at))[3] for at in range(edge)) == 255, "a mask would show a hole"
        for shortcut in manifest.get("shortcuts", []):
            assert shortcut["url"].startswith(start)
            assert http.get(shortcut["url"]).status_code == 200
        worker = http.get(APPS[start])
        assert worker.status_code == 200
        assert "javascript" in worker.headers["content-type"]
        assert worker.headers["cache-control"] == "no-cache"


def test_the_first_loads_stay_within_their_budgets(web_build: None):
    command, env = environment.npm("run", "--silent", "budget")
    told = subprocess.run(command, cwd=paths.WEB, env=os.environ | env, capture_output=True, text=True, check=False)
    assert told.returncode == 0, told.stdout + told.stderr
    assert re.findall(r"^(\w+): [\d.]+ kB gzipped, within", told.stdout, re.MULTILINE) == [
        "console",
        "field",
        "citizen",
    ]
