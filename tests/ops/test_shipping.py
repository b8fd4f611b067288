"""The units, the image and the compose file say what they should; no engine is needed to look."""

from __future__ import annotations

import re
import shutil
import subprocess
from pathlib import Path

import jsonschema
import pytest
import yaml
from django.core.management import get_commands

from gridloop.site.config import read
from ops import processes
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
        "profiles": {"type": "array", "items": {"enum": ["shards"]}},
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


def ours(compose, *, profiles):
    """The services of our image that come up with these profiles."""
    return {
        name: service
        for name, service in compose["services"].items()
        if "gridloop:" in service["image"] and set(service.get("profiles", profiles)) <= set(profiles)
    }


def told(service, variables):
    """The environment of a container, its variables put in as an engine does."""

    def put_in(found):
        return variables.get(found["name"]) or found["default"] or "given"

    pattern = r"\$\{(?P<name>\w+)(?::-(?P<default>[^}]*)|:\?[^}]*)?\}"
    return {name: re.sub(pattern, put_in, str(value)) for name, value in service["environment"].items()}


def shards_env():
    lines = (OPS / "shards.env").read_text().splitlines()
    return dict(line.split("=", 1) for line in lines if not line.startswith("#"))


def accepted(command, config):
    """Whether the launcher takes it with this configuration: a process that there is, or a management command."""
    return {
        "run": command[1] in {process.name for process in processes.city(config)},
        "manage": command[1] in get_commands(),
    }[command[0]]


@pytest.mark.parametrize(
    ("profiles", "variables", "count"), [((), {}, 5), (("shards",), shards_env(), 9)], ids=["single", "shards"]
)
def test_each_container_runs_a_command_that_its_configuration_has(compose, profiles, variables, count):
    services = ours(compose, profiles=profiles)
    assert len(services) == count
    for name, service in services.items():
        config = read(told(service, variables))
        assert accepted(service["command"], config), name
    running = {tuple(service["command"]) for service in services.values()}
    assert {("run", process.name) for process in processes.city(config)} <= running


@pytest.mark.parametrize(("profiles", "variables"), [((), {}), (("shards",), shards_env())], ids=["single", "shards"])
def test_the_containers_meet_by_the_names_of_their_services(compose, profiles, variables):
    services = ours(compose, profiles=profiles)
    given = read(told(services["live"], variables)).gateway
    assert given.inner_bind == "0.0.0.0"
    tellers = [f"evaluator-{shard}" for shard in range(given.shards)] if given.shared else ["gateway"]
    assert [services[host]["command"] for host in given.stream_hosts] == [["run", name] for name in tellers]
    if given.shared:
        assert services[given.nats_host]["command"] == ["run", "nats"]


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


@pytest.mark.parametrize("unit", UNITS, ids=lambda unit: unit.name)
def test_units_start_processes_that_a_configuration_with_shards_has(unit):
    config = read(shards_env())
    for command in re.findall(r"ExecStart=/opt/gridloop/gridloop (.+)", unit.read_text()):
        assert accepted(command.replace("%i", "1").split(), config)


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
