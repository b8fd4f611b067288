"""The private cluster is real: made, started, used and stopped here."""

from __future__ import annotations

import os
import stat
import subprocess
from pathlib import Path

import pytest

from ops import accounts, cluster
from ops.words import Unable


@pytest.fixture
def ours(var):
    if cluster.binaries() is None:
        pytest.skip("PostgreSQL with PostGIS is not installed")
    account = accounts.unprivileged()
    made = cluster.at(var, account)
    cluster.prepare(made)
    made.run("pg_ctl", "start", "-D", str(made.data), "-w", "-s", "-l", str(made.logs / "pg_ctl.log"))
    yield made
    made.run("pg_ctl", "stop", "-D", str(made.data), "-m", "immediate", "-w", "-s", check=False)


def test_it_keeps_checksums_syncs_and_listens_on_its_socket_alone(ours):
    cluster.create_database(ours)
    assert ours.sql("show data_checksums") == "on"
    assert ours.sql("show fsync") == "on"
    assert ours.sql("show full_page_writes") == "on"
    assert ours.sql("show listen_addresses") == ""
    assert ours.sql("show wal_compression") == "lz4"
    assert stat.S_IMODE(ours.socket.stat().st_mode) == 0o700
    assert ours.sql("select datcollate from pg_database where datname = 'gridloop'") == "C.UTF-8"
    assert set(cluster.EXTENSIONS) <= set(ours.sql("select extname from pg_extension").split())


def test_it_never_runs_as_root(ours):
    pid = int((ours.data / "postmaster.pid").read_text().split()[0])
    assert Path(f"/proc/{pid}").stat().st_uid != 0


def test_preparing_again_changes_nothing_that_runs(ours):
    cluster.create_database(ours)
    ours.sql("create table kept (n int)")
    assert cluster.prepare(ours) is False
    cluster.create_database(ours)
    assert ours.sql("select count(*) from kept") == "0"


def test_it_comes_back_after_its_server_was_killed(ours):
    cluster.create_database(ours)
    ours.sql("create table kept (n int); insert into kept values (7)")
    pid = int((ours.data / "postmaster.pid").read_text().split()[0])
    os.kill(pid, 9)
    start = ["pg_ctl", "start", "-D", str(ours.data), "-w", "-s", "-l", str(ours.logs / "pg_ctl.log")]
    for _ in range(50):  # the killed server's children let go of its memory one by one
        if ours.run(*start, check=False).returncode == 0:
            break
    assert ours.sql("select n from kept") == "7"


def test_a_long_path_gets_a_short_private_socket(var):
    if cluster.binaries() is None:
        pytest.skip("PostgreSQL with PostGIS is not installed")
    long = var / ("street-" * 14)
    found = cluster.at(long, accounts.unprivileged())
    assert str(found.socket).startswith("/tmp/gridloop-")
    assert len(str(found.socket / ".s.PGSQL.5432")) <= cluster.SOCKET_PATH_MAX


def test_a_folder_that_holds_something_else_is_not_overwritten(var):
    if cluster.binaries() is None:
        pytest.skip("PostgreSQL with PostGIS is not installed")
    made = cluster.at(var, accounts.unprivileged())
    made.data.mkdir(parents=True)
    (made.data / "letter.txt").write_text("mine")
    with pytest.raises(Unable, match="move it away"):
        cluster.prepare(made)
    assert (made.data / "letter.txt").read_text() == "mine"


def test_a_closed_folder_above_sends_the_cluster_to_var_lib(var):
    if os.geteuid() != 0:
        pytest.skip("only root drops to another account")
    closed = var / "home"
    closed.mkdir(mode=0o700)
    inside = closed / "checkout" / "var"
    inside.mkdir(parents=True)
    found = cluster.at(inside, accounts.unprivileged())
    try:
        assert str(found.data).startswith("/var/lib/gridloop/")
        assert (inside / "pg").is_symlink()
    finally:
        subprocess.run(["rm", "-r", "--", found.data.parent], check=True)
