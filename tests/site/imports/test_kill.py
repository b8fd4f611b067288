"""An import that is killed goes on where it was: each batch came in whole or not at all."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from tests import city as cities

ROOT = Path(__file__).parents[3]
ARGUMENTS = ("import", "cases", "data/nyc311_animals/requests.csv", "--mapping", "data/mappings/nyc311.toml")
COUNTS = """
select (select count(*) from cases_imported), (select count(*) from cases_case where source = 'import'),
       (select count(*) from cases_event e join cases_imported i using (case_id) where e.verb = 'report'),
       (select count(distinct number) from cases_case where source = 'import')
"""


@pytest.mark.slow
def test_a_killed_import_of_new_york_goes_on_and_every_row_is_there_once(city, tmp_path):
    url = cities.copied(city, f"{cities.name_of(city.url)}_import", tmp_path / "var")
    env = cities.environment(url, tmp_path / "var")
    try:
        killed = subprocess.Popen(
            [sys.executable, "-m", "gridloop.site.manage", *ARGUMENTS],
            cwd=ROOT,
            env=env,
            stderr=subprocess.PIPE,
            text=True,
            stdout=subprocess.DEVNULL,
        )
        assert killed.stderr is not None
        assert "2,000 rows" in killed.stderr.readline()
        os.kill(killed.pid, signal.SIGKILL)
        killed.wait()
        killed.stderr.close()
        (before,) = cities.sql(url, COUNTS)
        assert len(set(before)) == 1
        assert 2000 <= before[0] < 4969
        done = subprocess.run(
            [sys.executable, "-m", "gridloop.site.manage", *ARGUMENTS],
            cwd=ROOT,
            env=env,
            capture_output=True,
            text=True,
            check=True,
        )
        account = json.loads(done.stdout.splitlines()[-1])
        assert (account["rows"], account["unchanged"], account["changed"], account["bad"]) == (4969, before[0], 0, 0)
        assert account["imported"] == 4969 - before[0]
        assert account["accounted"]
        assert cities.sql(url, COUNTS) == [(4969, 4969, 4969, 4969)]
    finally:
        cities.drop(url)
