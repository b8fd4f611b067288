"""The processes as the launcher starts them answer as one platform."""

from __future__ import annotations

import httpx

from gridloop.site.demo import organisation
from gridloop.site.drive.door import Door


def test_every_process_says_that_it_is_ready(platform):
    for name, process in platform.processes().items():
        answer = httpx.get(f"http://127.0.0.1:{process.port}{process.ready_path}")
        assert answer.status_code == 200, name


def test_the_desk_signs_in_and_finds_the_demo_history(platform):
    door = Door(platform.base)
    door.sign_in("desk", organisation.PASSWORD)
    page = door.get("/cases", state="any", limit=50)
    assert len(page["items"]) == 50
    card = door.get(f"/cases/{page['items'][0]['number']}")
    assert card["synthetic"] is True
    door.close()
