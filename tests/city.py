"""The demo city for tests that come from outside: built once, kept as a database and a folder, copied for whoever needs one."""

from __future__ import annotations

import hashlib
import os
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

import psycopg

ROOT = Path(__file__).resolve().parent.parent
SOURCE = ROOT / "src" / "gridloop"
MADE_FROM = (
    "*/migrations/*.py",
    "*/sql/**/*.sql",
    "*/models*.py",
    "*/models/*.py",
    "cases/rules/*.py",
    "places/rules/*.py",
    "site/demo/**/*.py",
)
EXTENSIONS = ("postgis", "pg_trgm", "btree_gist")
SEED = "1"


@dataclass(frozen=True)
class City:
    """A database that is only ever copied, and the folder with its photos and keys."""

    url: str
    var: Path


def named(url: str, database: str) -> str:
    """The same server, another database."""
    return urlsplit(url)._replace(path=f"/{database}").geturl()


def name_of(url: str) -> str:
    """The database in an address."""
    return urlsplit(url).path.lstrip("/")


def sql(url: str, *statements: str) -> list[tuple[object, ...]]:
    """Run statements outside any transaction; the rows of the last one."""
    with psycopg.connect(url, autocommit=True) as connection:
        rows: list[tuple[object, ...]] = []
        for statement in statements:
            cursor = connection.execute(statement)
            rows = cursor.fetchall() if cursor.description else []
        return rows


def environment(url: str, var: Path, **settings: str) -> dict[str, str]:
    """The environment of a process that works on this database and keeps its files in `var`, and nothing of ours."""
    kept = {
        name: value for name, value in os.environ.items() if not name.startswith(("GRIDLOOP_", "PG", "DATABASE_URL"))
    }
    told = {f"GRIDLOOP_{name.upper()}": value for name, value in settings.items()}
    return (
        kept | {"PYTHONUNBUFFERED": "1", "DATABASE_URL": url, "GRIDLOOP_VAR": str(var), "GRIDLOOP_DEMO": "true"} | told
    )


def manage(env: dict[str, str], *arguments: str) -> str:
    """A management command to its end; its output, or an error that holds it."""
    done = subprocess.run(
        [sys.executable, "-m", "gridloop.site.manage", *arguments], env=env, capture_output=True, text=True, check=False
    )
    if done.returncode:
        raise RuntimeError(
            f"manage {' '.join(arguments)} ended with {done.returncode}:\n{done.stdout[-2000:]}\n{done.stderr[-4000:]}"
        )
    return done.stdout


def digest() -> str:
    """One hash over everything that a city is made from: another one means that it has to be built anew."""
    whole = hashlib.sha256()
    for pattern in MADE_FROM:
        for path in sorted(SOURCE.glob(pattern)):
            whole.update(path.as_posix().encode() + path.read_bytes())
    return whole.hexdigest()[:32]


def built(server_url: str, var: Path, *, reuse: bool) -> City:
    """The city in the database `<name>_city`, built now unless `reuse` finds one that was made from the same sources."""
    url = named(server_url, f"{name_of(server_url)}_city")
    note = "select shobj_description(oid, 'pg_database') from pg_database where datname = '{}'"
    there = sql(named(server_url, "postgres"), note.format(name_of(url)))
    if reuse and there and there[0][0] == digest() and var.is_dir():
        return City(url, var)
    forget(City(url, var))
    var.mkdir(parents=True)
    sql(named(server_url, "postgres"), f'create database "{name_of(url)}"')
    sql(url, *(f"create extension if not exists {extension}" for extension in EXTENSIONS))
    env = environment(url, var)
    manage(env, "migrate", "--noinput")
    manage(env, "demo_city", "--size", "tiny", "--seed", SEED)
    sql(named(server_url, "postgres"), f"comment on database \"{name_of(url)}\" is '{digest()}'")
    return City(url, var)


def forget(city: City) -> None:
    """Drop the city and its folder."""
    drop(city.url)
    shutil.rmtree(city.var, ignore_errors=True)


def drop(url: str) -> None:
    """Drop a database, whoever is still connected."""
    sql(named(url, "postgres"), f'drop database if exists "{name_of(url)}" with (force)')


def copied(city: City, database: str, var: Path) -> str:
    """A database of its own with the same content on the same server, with its own folder; returns its address."""
    url = named(city.url, database)
    drop(url)
    sql(named(city.url, "postgres"), f'create database "{database}" template "{name_of(city.url)}"')
    shutil.copytree(city.var, var, dirs_exist_ok=True)
    return url


def moved(city: City, url: str, var: Path) -> None:
    """Put the same content into an empty database of another server, with its own folder."""
    dump = subprocess.run(
        ["pg_dump", "--format=custom", "--compress=1", "--dbname", city.url], capture_output=True, check=True
    )
    put = ["pg_restore", "--no-owner", "--clean", "--if-exists", "--dbname", url]
    done = subprocess.run(put, input=dump.stdout, capture_output=True, check=False)
    if done.returncode and b"errors ignored" not in done.stderr:
        raise RuntimeError(done.stderr.decode())
    shutil.copytree(city.var, var, dirs_exist_ok=True)
