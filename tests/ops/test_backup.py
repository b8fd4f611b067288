"""A backup brings a city back: rows, photos, keys; a damaged one touches nothing."""

from __future__ import annotations

import io
import json
import os
import shutil
import subprocess
import tarfile
import tempfile
from pathlib import Path

import pytest

from ops import accounts, cluster

ROOT = Path(__file__).resolve().parents[2]
PHOTO = bytes(range(256)) * 40
FLEET = ("archive/2026-11-20/07.parquet", "uploads/202611/shot.jpg")


def call(var, *arguments, good=True):
    env = {
        name: value
        for name, value in os.environ.items()
        if not name.startswith(("GRIDLOOP_", "PG", "DATABASE_URL", "LANG"))
    }
    done = subprocess.run(
        [ROOT / "gridloop", *arguments],
        env=env | {"GRIDLOOP_VAR": str(var), "LANG": "C.UTF-8"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert not good or done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def sql(var, statement):
    """Ask the private cluster, started for the question."""
    ours = cluster.at(var, accounts.unprivileged())
    ours.run("pg_ctl", "start", "-D", str(ours.data), "-w", "-s", "-l", str(ours.logs / "pg_ctl.log"))
    try:
        return ours.sql(statement)
    finally:
        ours.run("pg_ctl", "stop", "-D", str(ours.data), "-m", "fast", "-w", "-s")


@pytest.fixture(scope="module")
def city():
    """A migrated city with a row and a photo, and its backup with keys."""
    if cluster.binaries() is None:
        pytest.skip("PostgreSQL with PostGIS is not installed")
    folder = Path(tempfile.mkdtemp(prefix="gl-", dir="/tmp"))
    folder.chmod(0o755)
    var = folder / "var"
    call(var, "manage", "migrate", "--noinput")
    sql(var, "create table keepsake (said text); insert into keepsake values ('the lamp is out · 路灯不亮')")
    photo = var / "photos" / "ab" / "lamp.webp"
    photo.parent.mkdir(parents=True)
    photo.write_bytes(PHOTO)
    for name in FLEET:
        (var / "fleet" / name).parent.mkdir(parents=True, exist_ok=True)
        (var / "fleet" / name).write_bytes(PHOTO)
    (var / "fleet" / "held").write_bytes(b"what the judge remembers is made anew")
    call(var, "backup", str(folder / "city.tar"), "--with-keys")
    yield folder
    shutil.rmtree(folder, ignore_errors=True)


def test_a_restored_city_is_the_same_also_on_a_new_machine(city):
    elsewhere = city / "elsewhere"
    said = call(elsewhere, "restore", str(city / "city.tar"))
    assert "Restored from" in said
    assert sql(elsewhere, "select said from keepsake") == "the lamp is out · 路灯不亮"
    assert (elsewhere / "photos/ab/lamp.webp").read_bytes() == PHOTO
    assert all((elsewhere / "fleet" / name).read_bytes() == PHOTO for name in FLEET)
    assert not (elsewhere / "fleet/held").exists()
    assert (elsewhere / "keys/secret_key").read_text() == (city / "var/keys/secret_key").read_text()
    question = "select count(*) from django_migrations"
    assert sql(elsewhere, question) == sql(city / "var", question) != "0"


def test_a_city_at_work_is_not_overwritten_unless_asked(city):
    sql(city / "var", "update keepsake set said = 'newer'")
    refusal = call(city / "var", "restore", str(city / "city.tar"), good=False)
    assert "--replace drops them" in refusal
    assert sql(city / "var", "select said from keepsake") == "newer"
    call(city / "var", "restore", str(city / "city.tar"), "--replace")
    assert sql(city / "var", "select said from keepsake") == "the lamp is out · 路灯不亮"


def test_a_backup_does_not_overwrite_another_one(city):
    before = (city / "city.tar").read_bytes()
    assert "is there already" in call(city / "var", "backup", str(city / "city.tar"), good=False)
    assert (city / "city.tar").read_bytes() == before


def test_a_backup_without_keys_has_none_and_is_private(city):
    target = city / "plain.tar"
    call(city / "var", "backup", str(target))
    with tarfile.open(target) as tar:
        names = tar.getnames()
    assert "database.dump" in names
    assert "photos/ab/lamp.webp" in names
    assert not [name for name in names if name.startswith("keys")]
    assert target.stat().st_mode & 0o077 == 0


def damage_bit(path):
    with tarfile.open(path) as tar:
        place = tar.getmember("photos/ab/lamp.webp").offset_data + 17
    data = bytearray(path.read_bytes())
    data[place] ^= 1
    path.write_bytes(data)


def damage_cut(path):
    path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])


def damage_climb(path):
    with tarfile.open(path, "a") as tar:
        info = tarfile.TarInfo("photos/../../evil")
        info.size = 3
        tar.addfile(info, io.BytesIO(b"out"))


def damage_link(path):
    with tarfile.open(path, "a") as tar:
        info = tarfile.TarInfo("photos/link")
        info.type = tarfile.SYMTYPE
        info.linkname = "/etc/passwd"
        tar.addfile(info)


def damage_text(path):
    path.write_text("no tar at all")


@pytest.mark.parametrize(
    "damage", [damage_bit, damage_cut, damage_climb, damage_link, damage_text], ids=lambda d: d.__name__
)
def test_a_damaged_backup_is_told_before_anything_is_touched(city, damage):
    broken = city / f"{damage.__name__}.tar"
    shutil.copy(city / "city.tar", broken)
    damage(broken)
    untouched = city / f"for-{damage.__name__}"
    assert "is damaged or no backup of Gridloop" in call(untouched, "restore", str(broken), good=False)
    assert not (untouched / "pg").exists()
    assert not (city / "evil").exists()


def test_a_backup_of_a_later_format_is_told(city):
    later = city / "later.tar"
    with tarfile.open(city / "city.tar") as old, tarfile.open(later, "w") as new:
        for member in old:
            body = old.extractfile(member).read()
            if member.name == "manifest.json":
                body = json.dumps(json.loads(body) | {"format": 2}).encode()
                member.size = len(body)
            new.addfile(member, io.BytesIO(body))
    assert "has format 2, this version reads 1" in call(city / "nowhere", "restore", str(later), good=False)
