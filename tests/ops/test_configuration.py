"""The configuration is one schema; what it does not know, it refuses by name."""

from __future__ import annotations

import stat
import tomllib
from pathlib import Path

import pytest

from gridloop.site import config
from gridloop.site.config import Misconfigured, load, read, schema
from gridloop.site.sharding import nats_conf, nats_url
from ops import processes, reference
from ops.cli import usages


def test_defaults_alone_are_enough(tmp_path):
    found = load({"GRIDLOOP_VAR": str(tmp_path)})
    assert (found.port, found.live_port, found.metrics_port) == (8000, 8001, 8003)
    assert found.address == "http://localhost:8000"
    assert found.live_url == "http://localhost:8001"


def test_the_environment_goes_before_the_file_and_the_file_before_the_default(tmp_path):
    file = tmp_path / "city.toml"
    file.write_text('port = 9000\nsession_hours = 8\n[smtp]\nhost = "mail.city.example"\n')
    found = read({"GRIDLOOP_CONFIG": str(file), "GRIDLOOP_PORT": "9100"})
    assert (found.port, found.session_hours, found.smtp.host, found.smtp.port) == (9100, 8, "mail.city.example", 587)


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("prot = 1", "'prot' is no setting; did you mean 'port'?"),
        ('[smpt]\nhost = "x"', "'smpt.host' is no setting; did you mean 'smtp.host'?"),
        ("[smtp]\nhost = 3", "smtp.host must be a text"),
        ("port = true", "port must be a whole number"),
        ("port = ", "is not TOML"),
        ('var = "/srv"', "set in the environment only, as GRIDLOOP_VAR"),
        ('log_level = "loud"', "log_level 'loud' is none of debug, info, warning, error"),
    ],
)
def test_a_wrong_file_is_refused_with_a_sentence(tmp_path, text, sentence):
    file = tmp_path / "city.toml"
    file.write_text(text)
    with pytest.raises(Misconfigured) as refusal:
        read({}, file)
    assert sentence in refusal.value.en
    assert refusal.value.zh != refusal.value.en


def test_an_unknown_name_in_the_environment_is_refused_and_the_nearest_told():
    with pytest.raises(Misconfigured, match=r"GRIDLOOP_SMPT_HOST.*did you mean 'GRIDLOOP_SMTP_HOST'"):
        read({"GRIDLOOP_SMPT_HOST": "x"})


def test_a_missing_file_is_told():
    with pytest.raises(Misconfigured, match="there is no configuration file"):
        read({"GRIDLOOP_CONFIG": "/nowhere/city.toml"})


@pytest.mark.parametrize(("text", "value"), [("yes", True), ("0", False), ("TRUE", True), ("off", False)])
def test_yes_and_no_come_in_several_spellings(text, value):
    assert read({"GRIDLOOP_DEMO": text}).demo is value


def test_lists_in_the_environment_are_parted_by_commas():
    assert read({"GRIDLOOP_ALLOWED_HOSTS": "a.example, b.example"}).allowed_hosts == ("a.example", "b.example")


def test_the_secret_key_is_made_once_and_is_private(tmp_path):
    first = load({"GRIDLOOP_VAR": str(tmp_path)})
    again = load({"GRIDLOOP_VAR": str(tmp_path)})
    assert first.secret_key == again.secret_key
    assert len(first.secret_key) > 50
    assert stat.S_IMODE((tmp_path / "keys/secret_key").stat().st_mode) == 0o600


def test_reading_makes_no_files(tmp_path):
    assert read({"GRIDLOOP_VAR": str(tmp_path / "var")}).secret_key == ""
    assert not (tmp_path / "var").exists()


def test_no_two_settings_share_a_name():
    names = [setting.env for setting in schema()]
    assert len(names) == len(set(names))
    assert not config.LAUNCHER_NAMES & set(names)


def test_the_reference_pages_and_the_example_are_up_to_date():
    assert reference.COMMANDS_PAGE.read_text(encoding="utf-8") == reference.commands(usages()), (
        "run ./gridloop reference"
    )
    assert reference.PAGE.read_text(encoding="utf-8") == reference.page(), "run ./gridloop reference"
    assert reference.EXAMPLE.read_text(encoding="utf-8") == reference.example(), "run ./gridloop reference"


def test_the_example_is_valid_also_with_every_line_switched_on(tmp_path):
    lines = reference.example().splitlines()
    switched = [line.removeprefix("# ") if " = " in line else line for line in lines]
    file = tmp_path / "all.toml"
    file.write_text("\n".join(switched))
    tomllib.loads(file.read_text())
    assert read({}, file) == read({})


def test_more_shards_than_one_are_processes_with_ports_of_their_own():
    alone = processes.fleet(read({}))
    assert [one.name for one in alone] == ["gateway"]
    told = {"GRIDLOOP_GATEWAY_SHARDS": "2", "GRIDLOOP_GATEWAY_GATEWAYS": "2"}
    found = read(told)
    several = processes.fleet(found)
    assert [one.name for one in several] == ["nats", "evaluator-0", "evaluator-1", "gateway", "gateway-1"]
    ports = [one.port for one in several] + [found.gateway.nats_ports[0], *(port for _, port in found.fleet_streams)]
    assert len(set(ports)) == len(ports)
    elsewhere = processes.fleet(read(told | {"GRIDLOOP_GATEWAY_NATS_URL": "nats://nats.city.example"}))
    assert "nats" not in [one.name for one in elsewhere]
    with pytest.raises(Misconfigured, match=r"gateway\.shards is 0; it is at least 1"):
        read({"GRIDLOOP_GATEWAY_SHARDS": "0"})


def test_gateways_and_evaluators_meet_at_other_addresses_than_this_host():
    told = {"GRIDLOOP_GATEWAY_SHARDS": "2", "GRIDLOOP_SECRET_KEY": "k"}
    alone = read(told)
    assert alone.fleet_streams == (("127.0.0.1", 8013), ("127.0.0.1", 8015))
    apart = told | {"GRIDLOOP_GATEWAY_INNER_BIND": "0.0.0.0", "GRIDLOOP_GATEWAY_NATS_HOST": "10.0.0.1"}
    found = read(apart | {"GRIDLOOP_GATEWAY_STREAM_HOSTS": "10.0.0.2,10.0.0.3"})
    assert found.fleet_streams == (("10.0.0.2", 8013), ("10.0.0.3", 8015))
    assert read(apart | {"GRIDLOOP_GATEWAY_STREAM_HOSTS": "e"}).fleet_streams == (("e", 8013), ("e", 8015))
    assert nats_url(found) == nats_url(alone).replace("127.0.0.1", "10.0.0.1")
    assert 'listen: "0.0.0.0:8010"' in nats_conf(found, Path("/x"))
    assert 'http: "127.0.0.1:8011"' in nats_conf(found, Path("/x"))
    assert {one.asked_at for one in processes.fleet(found)} == {"127.0.0.1"}
    six = read(told | {"GRIDLOOP_GATEWAY_INNER_BIND": "fd00::1"})
    assert six.fleet_streams[0] == ("fd00::1", 8013)
    assert nats_url(six).endswith("@[fd00::1]:8010")
    assert {one.name: one.asked_at for one in processes.fleet(six)} == {
        "nats": "127.0.0.1", "evaluator-0": "fd00::1", "evaluator-1": "fd00::1", "gateway": "fd00::1",
    }  # fmt: skip


def test_hosts_that_do_not_fit_are_refused_with_what_would():
    told = {"GRIDLOOP_GATEWAY_SHARDS": "2"}
    with pytest.raises(Misconfigured, match=r"stream_hosts names 3 hosts; name one for each of 2, or one for all"):
        read(told | {"GRIDLOOP_GATEWAY_STREAM_HOSTS": "a,b,c"})
    with pytest.raises(Misconfigured, match=r"names 2 hosts; name one for each of 1"):
        read({"GRIDLOOP_GATEWAY_STREAM_HOSTS": "a,b"})
    with pytest.raises(Misconfigured, match="set one of them"):
        read(told | {"GRIDLOOP_GATEWAY_NATS_HOST": "a", "GRIDLOOP_GATEWAY_NATS_URL": "nats://b"})
