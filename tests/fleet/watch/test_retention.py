"""Days go into the archive and are read from there as before; nothing is let go that the law wants kept."""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import Any

import pytest
from django.db import connection

from gridloop.fleet.actions import retention as actions
from gridloop.fleet.actions import tracks
from gridloop.fleet.models import ArchivedDay
from gridloop.fleet.rules import retention as rules
from gridloop.fleet.rules.retention import Retention
from gridloop.kernel.errors import Malformed
from tests.builders import MONDAY, SPOT, Crew, a_warning
from tests.fleet.watch.test_tracks import RING, drive

AFTER = MONDAY + dt.timedelta(days=10)
SPAN = (MONDAY, MONDAY + dt.timedelta(hours=12))


def test_the_laws_floor_is_not_to_be_configured_away():
    for asked, why in (
        (Retention(archive_days=100), "183 days"), (Retention(warning_days=365), "1096 days"), (Retention(database_days=1), "3 days"),
    ):  # fmt: skip
        with pytest.raises(Malformed, match=why):
            rules.checked(asked)


def test_only_whole_days_older_than_the_database_keeps_are_archived():
    days = [dt.date(2026, 11, day) for day in (10, 11, 12, 20)]
    now = dt.datetime(2026, 11, 19, 12, tzinfo=dt.UTC)
    assert rules.to_archive(days, {days[0]}, retention=Retention(database_days=7), now=now) == [days[1]]
    assert rules.to_forget(days, retention=Retention(archive_days=183), now=now) == []


def test_an_archived_day_is_read_as_before_and_its_partition_is_gone(crew: Crew, settings: Any, tmp_path: Path):
    settings.VAR = tmp_path
    vehicle = a_warning().vehicle_id
    drive(vehicle, MONDAY, 400, lon=SPOT[0] - 0.05)
    _, before = tracks.look_at_track(vehicle, *SPAN, by=crew.dispatcher, now=AFTER, reason="x")
    here = tracks.look_who_was_here(RING, *SPAN, purpose="x", by=crew.dispatcher, now=AFTER)
    done = actions.keep_in_order(Retention(), AFTER)
    assert done["archived"] >= 1
    kept = ArchivedDay.objects.get(day=MONDAY.date())
    assert (kept.rows, sorted(kept.files)) == (400, ["02", "03", "04"])
    with connection.cursor() as cursor:
        cursor.execute("select to_regclass('fleet_position_20261123')")
        assert cursor.fetchone() == (None,)
    _, after = tracks.look_at_track(vehicle, *SPAN, by=crew.dispatcher, now=AFTER, reason="x")
    for name in ("at_ms", "lon", "lat", "speed", "heading", "marks"):
        assert getattr(after, name).tolist() == getattr(before, name).tolist()
    assert tracks.look_who_was_here(RING, *SPAN, purpose="x", by=crew.dispatcher, now=AFTER) == here
    assert actions.keep_in_order(Retention(), AFTER)["archived"] == 0


def test_after_its_time_an_archived_day_is_forgotten_with_a_line_in_the_ledger(
    crew: Crew, settings: Any, tmp_path: Path
):
    settings.VAR = tmp_path
    drive(a_warning().vehicle_id, MONDAY, 5, lon=SPOT[0])
    actions.keep_in_order(Retention(), AFTER)
    files = tmp_path / "fleet" / "archive" / "2026-11-23"
    assert [path.name for path in files.iterdir()] == ["02.parquet"]
    # the day, and the empty ones that were made with it or by tests before
    assert actions.keep_in_order(Retention(), MONDAY + dt.timedelta(days=300))["forgotten"] >= 2
    assert not files.exists()
    assert ArchivedDay.objects.get(day=MONDAY.date()).gone_at is not None


def test_days_are_made_ahead_once(db: None):
    later = MONDAY + dt.timedelta(days=400)
    assert actions.make_days(later) == 5
    assert actions.make_days(later) == 0
