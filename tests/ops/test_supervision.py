"""Processes are kept running, each on its own, and stopped in order."""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
import time

import pytest

from ops import logfiles, processes, records
from ops.processes import Process
from ops.supervisor import Supervisor
from ops.words import Unable

WAIT_S = 60


def python(name, code, **more):
    return Process(name, [sys.executable, "-u", "-c", code], **more)


def until(true, tend=lambda: None):
    end = time.monotonic() + WAIT_S
    while not true():
        assert time.monotonic() < end, "it did not happen in time"
        tend()
        time.sleep(0.02)


@pytest.fixture
def supervisor(var):
    made = Supervisor(dict(os.environ), None, None)
    yield made
    made.stop()


def test_a_killed_process_is_started_again(supervisor):
    kept = supervisor.start(python("web", "import time; time.sleep(60)"))
    first = kept.running.pid
    os.kill(first, signal.SIGKILL)
    until(lambda: kept.running.pid != first, supervisor.tend)
    assert kept.running.poll() is None
    assert records.read("web").pid == kept.running.pid


def test_failures_in_a_row_wait_longer_each_time(supervisor):
    kept = supervisor.start(python("web", "raise SystemExit(3)"))
    until(lambda: kept.failures == 2, supervisor.tend)
    assert kept.next_start - time.monotonic() > 0.5


def test_a_process_that_is_done_is_left_alone(supervisor):
    kept = supervisor.start(python("day", "print('played')", once=True))
    until(lambda: kept.done, supervisor.tend)
    assert kept.failures == 0
    assert records.read("day") is None


def test_one_failing_process_leaves_the_others_running(supervisor):
    steady = supervisor.start(python("web", "import time; time.sleep(60)"))
    falling = supervisor.start(python("live", "raise SystemExit(1)"))
    until(lambda: falling.failures == 1, supervisor.tend)
    assert steady.running.poll() is None
    assert steady.failures == 0


def test_children_of_a_killed_process_do_not_outlive_it(supervisor, var):
    child = "import subprocess, sys, time; p = subprocess.Popen([sys.executable, '-c', 'import time; time.sleep(60)']); print(p.pid); time.sleep(60)"
    kept = supervisor.start(python("web", child))
    log = var / "log" / "web.log"
    until(lambda: any(json.loads(line)["event"].isdigit() for line in log.read_text().splitlines()))
    grandchild = next(
        int(e) for e in (json.loads(line)["event"] for line in log.read_text().splitlines()) if e.isdigit()
    )
    os.kill(kept.running.pid, signal.SIGKILL)
    until(lambda: kept.failures == 1, supervisor.tend)
    until(lambda: records.started_of(grandchild) is None)


def test_stopping_goes_backwards_and_the_database_is_last(var):
    order = var / "order"
    code = "import signal, sys, time, pathlib\ndef end(*_):\n    open({0!r}, 'a').write({1!r} + ' '); sys.exit(0)\nsignal.signal(signal.SIGTERM, end); signal.signal(signal.SIGINT, end)\nprint('up')\ntime.sleep(60)"
    made = Supervisor(dict(os.environ), None, None)
    for name in ("postgres", "web", "live"):
        made.start(python(name, code.format(str(order), name), as_cluster=name == "postgres"))
        log = var / "log" / f"{name}.log"
        until(lambda log=log: '"up"' in log.read_text())
    made.stop()
    assert order.read_text().split() == ["live", "web", "postgres"]
    assert records.everything() == []


def test_what_a_killed_launcher_left_is_found_and_stopped(var):
    left = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(60)"], start_new_session=True)
    records.write("worker", left.pid)
    assert records.clear_orphans() == ["worker"]
    assert left.wait(WAIT_S) != 0
    assert records.everything() == []


def test_a_stale_record_stops_no_stranger(var):
    stranger = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(60)"], start_new_session=True)
    started = records.started_of(stranger.pid)
    (var / "run" / "web.json").write_text(json.dumps({"name": "web", "pid": stranger.pid, "started": started - 100}))
    assert records.clear_orphans() == []
    assert stranger.poll() is None
    stranger.kill()
    stranger.wait()


def test_a_torn_record_counts_as_none(var):
    (var / "run" / "web.json").write_text('{"name": "we')
    assert records.read("web") is None


def test_a_taken_port_is_told_before_anything_starts():
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        port = other.getsockname()[1]
        with pytest.raises(Unable, match=f"port {port} .for web. is taken by another program"):
            processes.refuse_taken([python("web", "", port=port)], "127.0.0.1")


def test_a_process_that_never_gets_ready_is_told_with_its_last_words(supervisor):
    kept = supervisor.start(
        python("web", "print('no database here'); raise SystemExit(1)", port=1, ready_path="/readyz")
    )
    with pytest.raises(Unable, match="no database here"):
        supervisor.wait_ready(kept, 3)


def test_every_line_of_a_log_is_json_and_the_file_turns_over(var, monkeypatch):
    monkeypatch.setattr(logfiles, "SIZE_MAX", 2000)
    log = logfiles.LogFile(var / "log" / "web.log", "web")
    for number in range(60):
        log.write(b'{"event": "its own"}\n' if number % 2 else f"plain 行 {number}\n".encode())
    log.close()
    files = sorted((var / "log").glob("web.log*"))
    assert len(files) > 1
    entries = [json.loads(line) for file in files for line in file.read_text().splitlines()]
    assert len(entries) == 60
    assert {"plain 行 0", "its own"} <= {entry["event"] for entry in entries}
