"""The units, the image and the compose file say what they should; no engine is needed to look."""

from __future__ import annotations

import re
import shutil
import subprocess
from pathlib import Path

import jsonschema
import pytest
import yaml

from ops.cli import COMMANDS

OPS = Path(__file__).resolve().parents[2] / "ops"
UNITS = sorted((OPS / "systemd").iterdir())
NAMES = {command.name for command in COMMANDS}
INSTRUCTIONS = frozenset("FROM RUN WORKDIR COPY ENV USER VOLUME EXPOSE ENTRYPOINT CMD".split())  # noqa: SIM905 - a list of words
TEXT_OR_LIST = {"anyOf": [{"type": "string"}, {"type": "array", "items": {"type": "string"}}]}
# The part of the Compose Specification that the file uses, closed, so that a misspelt key is found.
SERVICE = {
    "type": "object",
    "additionalProperties": False,
    "required": ["image"],
    "properties": {
        "image": {"type": "string"},
        "build": {
            "type": "object",
            "additionalProperties": False,
            "properties": {"context": {"type": "string"}, "dockerfile": {"type": "string"}},
        },
        "command": TEXT_OR_LIST,
        "environment": {"type": "object", "additionalProperties": {"type": ["string", "number", "null"]}},
        "volumes": {"type": "array", "items": {"type": "string", "pattern": r"^[a-z]+:/"}},
        "ports": {"type": "array", "items": {"type": "string", "pattern": r"^127\.0\.0\.1:\d+:\d+$"}},
        "restart": {"enum": ["no", "always", "on-failure", "unless-stopped"]},
        "read_only": {"type": "boolean"},
        "tmpfs": {"type": "array", "items": {"type": "string"}},
        "security_opt": {"type": "array", "items": {"type": "string"}},
        "cap_drop": {"type": "array", "items": {"type": "string"}},
        "shm_size": {"type": "string", "pattern": r"^\d+[kmg]b$"},
        "stop_signal": {"type": "string", "pattern": "^SIG[A-Z]+$"},
        "stop_grace_period": {"type": "string", "pattern": r"^\d+s$"},
        "healthcheck": {
            "type": "object",
            "additionalProperties": False,
            "required": ["test"],
            "properties": {
                "test": TEXT_OR_LIST,
                "interval": {"type": "string"},
                "timeout": {"type": "string"},
                "retries": {"type": "integer"},
            },
        },
        "depends_on": {
            "type": "object",
            "additionalProperties": {
                "type": "object",
                "required": ["condition"],
                "properties": {
                    "condition": {"enum": ["service_started", "service_healthy", "service_completed_successfully"]}
                },
            },
        },
    },
}
COMPOSE = {
    "type": "object",
    "additionalProperties": False,
    "required": ["services"],
    "patternProperties": {"^x-": {}},
    "properties": {
        "name": {"type": "string", "pattern": "^[a-z0-9_-]+$"},
        "services": {"type": "object", "additionalProperties": SERVICE},
        "volumes": {"type": "object"},
    },
}


@pytest.fixture(scope="module")
def compose():
    return yaml.safe_load((OPS / "compose.yaml").read_text())


def test_the_compose_file_keeps_to_the_specification(compose):
    jsonschema.Draft202012Validator(COMPOSE).validate(compose)


def test_the_compose_file_names_only_what_it_has(compose):
    for name, service in compose["services"].items():
        assert set(service.get("depends_on", {})) <= set(compose["services"]), name
        assert {volume.partition(":")[0] for volume in service.get("volumes", [])} <= set(compose["volumes"]), name


def test_each_container_runs_a_command_that_there_is(compose):
    commands = [service["command"][0] for service in compose["services"].values() if "gridloop:" in service["image"]]
    assert len(commands) == 5
    assert set(commands) <= NAMES


def instructions():
    text = re.sub(r"\\\n", " ", (OPS / "Containerfile").read_text())
    return [line.split(None, 1) for line in text.splitlines() if line and not line.startswith("#")]


def test_the_image_is_made_of_known_instructions_and_runs_unprivileged():
    found = instructions()
    assert {word for word, _ in found} <= INSTRUCTIONS
    assert found[0][0] == "FROM"
    assert [rest for word, rest in found if word == "USER"][-1] == "10001:10001"
    assert ("ENTRYPOINT", '["/opt/gridloop/gridloop"]') in [tuple(one) for one in found]


def test_the_image_calls_only_commands_that_there_are():
    called = re.findall(r"\./gridloop (\w+)", (OPS / "Containerfile").read_text())
    assert called
    assert set(called) <= NAMES


@pytest.mark.parametrize("unit", UNITS, ids=lambda unit: unit.name)
def test_units_start_commands_that_there_are_and_take_no_more_rights_than_they_need(unit):
    text = unit.read_text()
    for command in re.findall(r"ExecStart=/opt/gridloop/gridloop (\w+)", text):
        assert command in NAMES
        assert "User=gridloop" in text
        assert "NoNewPrivileges=yes" in text
        assert "ProtectSystem=strict" in text


def test_systemd_itself_finds_no_fault(tmp_path):
    if not shutil.which("systemd-analyze"):
        pytest.skip("systemd-analyze is not installed")
    for unit in UNITS:  # the verifier wants the program to exist: point it at this checkout
        (tmp_path / unit.name).write_text(
            unit.read_text().replace("/opt/gridloop/gridloop", str(OPS.parent / "gridloop"))
        )
    done = subprocess.run(
        ["systemd-analyze", "verify", "--man=no", *sorted(tmp_path.iterdir())],
        capture_output=True,
        text=True,
        check=False,
    )
    assert (done.returncode, done.stderr) == (0, "")
