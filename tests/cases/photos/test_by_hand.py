"""A person covers what the machine missed, takes it back, and says that a photo was checked; others see it at once, the ledger has who."""

from __future__ import annotations

import io
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image

from gridloop.audit.models import Pending
from gridloop.cases.photos import actions, by_hand, masking, rules, sealing
from gridloop.cases.photos.models import Photo
from gridloop.cases.queries import residents
from gridloop.kernel.duties import Duty
from gridloop.kernel.errors import Malformed, NotAllowed, NotFound
from tests.builders import NOW, Crew, a_caller, a_client, a_person, a_report

BOX = (0.25, 0.25, 0.5, 0.5)
INSIDE = (180, 130, 300, 230)  # pixels well inside BOX in a picture of 640 x 480


@pytest.fixture(autouse=True)
def on_disk(settings: Any, tmp_path: Path) -> None:
    settings.GRIDLOOP_PHOTOS = {"driver": "disk", "root": str(tmp_path / "photos")}


def a_busy_picture() -> bytes:
    """Coarse noise: full of detail, and neither a face nor text for the machine."""
    coarse = np.random.default_rng(4).integers(0, 255, (240, 320, 3)).astype(np.uint8)
    out = io.BytesIO()
    Image.fromarray(coarse).resize((640, 480), Image.Resampling.NEAREST).save(out, "JPEG", quality=92)
    return out.getvalue()


@pytest.fixture
def of_a_case(crew: Crew) -> str:
    """A resident's photo, part of a case; it is written down that the machine found one plate in its lower right corner."""
    photo = actions.take_in(a_busy_picture(), by=crew.citizen, now=NOW).id
    sealing.declare_drawn([photo], now=NOW)  # the nets need not look: what they find is another test's matter
    plate = masking.Found((), (masking.Box(500, 400, 600, 440),))
    sealing.keep_found(Photo.objects.get(pk=photo), plate, (640, 480), now=NOW)
    a_report(by=crew.citizen, photos=(photo,))
    return photo


def detail(jpeg: bytes, box: tuple[int, int, int, int]) -> float:
    """How much neighbouring pixels differ inside."""
    part = np.asarray(Image.open(io.BytesIO(jpeg)).convert("L").crop(box), np.float64)
    return float(np.abs(np.diff(part, axis=1)).mean())


def test_boxes_are_shares_of_the_picture() -> None:
    assert rules.drawn([BOX]) == [rules.Share(*BOX)]
    for wrong in (
        [],
        [BOX] * 41,
        [(0.2, 0.2, 0.2, 0.4)],
        [(0.2, 0.2, 1.2, 0.4)],
        [(-0.1, 0, 0.5, 0.5)],
        [(0.5, 0.5, 0.1, 0.9)],
    ):
        with pytest.raises(Malformed):
            rules.drawn(wrong)
    assert rules.inside((-10, -10, 50, 50), 100, 200) == rules.Share(0, 0, 0.5, 0.25)
    assert rules.inside((120, 10, 150, 50), 100, 200) is None


@pytest.mark.parametrize(
    ("policy", "checked", "sees"),
    [("masked", False, True), ("checked", False, False), ("checked", True, True), ("never", True, False)],
)
def test_what_the_public_sees(policy: str, checked: bool, sees: bool) -> None:
    assert rules.public_sees(policy, checked=checked) is sees


def test_what_is_drawn_is_covered_at_once_and_uncovered_when_taken_back(crew: Crew, of_a_case: str) -> None:
    desk, leader = a_client(crew.acceptor.person_id), a_client(crew.shift_leader.person_id)
    full = f"/api/v1/photos/{of_a_case}/full"
    before = leader.get(full)
    answer = desk.post(f"/api/v1/photos/{of_a_case}/masks", {"boxes": [BOX]}, content_type="application/json")
    assert answer.status_code == 200, answer.content
    told = answer.json()
    assert [mask["source"] for mask in told["masks"]] == ["plate", "person"]
    assert told["masks"][1]["by"] == crew.acceptor.name
    seen = leader.get(full, headers={"If-None-Match": before.headers["ETag"]})
    assert seen.status_code == 200, "what a browser kept is not shown any more"
    assert detail(seen.content, INSIDE) < detail(before.content, INSIDE) / 3
    assert detail(seen.content, (20, 20, 120, 120)) > detail(before.content, (20, 20, 120, 120)) * 0.7
    assert desk.delete(f"/api/v1/photos/{of_a_case}/masks/{told['masks'][1]['id']}").status_code == 200
    again = leader.get(full).content
    assert detail(again, INSIDE) > detail(before.content, INSIDE) * 0.7
    assert detail(again, (510, 405, 590, 435)) < detail(again, INSIDE) / 3, "the machine's box stays"
    actions_written = list(Pending.objects.filter(action__startswith="photo.mask").values_list("action", flat=True))
    assert actions_written == ["photo.masked_by_hand", "photo.mask_undone"]


def test_what_the_machine_covered_is_uncovered_only_by_who_may_open_the_original(crew: Crew, of_a_case: str) -> None:
    plate = by_hand.masks_of(of_a_case, by=crew.acceptor).masks[0].id
    with pytest.raises(NotAllowed):
        by_hand.take_back(of_a_case, plate, by=crew.acceptor, now=NOW)
    assert by_hand.take_back(of_a_case, plate, by=crew.shift_leader, now=NOW).masks == []


def test_the_owner_masks_their_own_photo_and_nobody_elses(crew: Crew, of_a_case: str) -> None:
    assert len(by_hand.draw(of_a_case, [BOX], by=crew.citizen, now=NOW).masks) == 2
    with pytest.raises(NotFound):
        by_hand.draw(of_a_case, [BOX], by=a_caller(a_person(Duty.ACCEPTOR, area="3501")), now=NOW)
    with pytest.raises(NotAllowed):
        by_hand.draw(of_a_case, [BOX], by=crew.collector, now=NOW)
    with pytest.raises(NotAllowed):
        by_hand.check(of_a_case, said=True, by=crew.citizen, now=NOW)
    Photo.objects.filter(pk=of_a_case).update(case_id=None)
    assert len(by_hand.draw(of_a_case, [BOX], by=crew.citizen, now=NOW).masks) == 3, "before it belongs to a case, too"


def test_a_check_is_kept_and_falls_when_a_box_is_taken_back(crew: Crew, of_a_case: str) -> None:
    drawn = by_hand.draw(of_a_case, [BOX], by=crew.dispatcher, now=NOW)
    checked = by_hand.check(of_a_case, said=True, by=crew.shift_leader, now=NOW)
    assert (checked.checked_at, checked.checked_by) == (NOW, crew.shift_leader.name)
    assert Pending.objects.filter(action="photo.checked").count() == 1
    assert by_hand.take_back(of_a_case, drawn.masks[-1].id, by=crew.shift_leader, now=NOW).checked_at is None


def test_residents_see_the_photo_of_another_only_as_the_city_allows(crew: Crew, of_a_case: str, settings: Any) -> None:
    Photo.objects.filter(pk=of_a_case).update(
        owner_id=crew.acceptor.person_id
    )  # a photo of the desk's in the resident's case
    resident = a_client(crew.citizen.person_id)
    address = f"/api/v1/photos/{of_a_case}/full"
    assert resident.get(address).status_code == 200
    settings.GRIDLOOP_PHOTOS_PUBLIC = "checked"
    refused = resident.get(address)
    assert refused.status_code == 403
    assert a_client(crew.shift_leader.person_id).get(address).status_code == 200
    by_hand.check(of_a_case, said=True, by=crew.shift_leader, now=NOW)
    assert resident.get(address).status_code == 200
    settings.GRIDLOOP_PHOTOS_PUBLIC = "never"
    assert resident.get(address).status_code == 403


def test_a_residents_card_leaves_out_what_is_not_shown(settings: Any) -> None:
    photos: list[list[Any]] = [
        ["aa", "handle", None, None, None, 7, False],
        ["bb", "report", None, None, None, 3, False],
    ]
    card = {
        "photo": "/api/v1/photos/aa/thumb",
        "photos": [{"id": "aa"}, {"id": "bb"}],
        "history": [{"photos": [{"id": "aa"}]}],
    }
    assert residents.kept_back(photos, 3) == set()
    settings.GRIDLOOP_PHOTOS_PUBLIC = "checked"
    gone = residents.kept_back(photos, 3)
    assert gone == {"aa"}, "one's own is always shown"
    assert residents.without_photos(card, gone) == {
        "photo": None,
        "photos": [{"id": "bb"}],
        "history": [{"photos": []}],
    }
