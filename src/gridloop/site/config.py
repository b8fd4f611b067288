"""Every setting of the platform, in one place: its name, type, default and what it is for.

Read from the environment (`GRIDLOOP_*` and `DATABASE_URL`) over one TOML file over the defaults. The standard library is
enough to read it, because the launcher does so before anything is installed.
"""

from __future__ import annotations

import difflib
import os
import secrets
import tomllib
from contextlib import suppress
from dataclasses import MISSING, Field, dataclass, field, fields, is_dataclass, replace
from operator import attrgetter
from pathlib import Path
from typing import TYPE_CHECKING, get_type_hints

from gridloop.site.sections import (
    Basemap,
    City,
    Feeds,
    Fleet,
    Gateway,
    Jt809,
    Limits,
    Oidc,
    Photos,
    Push,
    Sms,
    Smtp,
    Storage,
    Walks,
    key,
)

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

ROOT = Path(__file__).resolve().parents[3]
PREFIX = "GRIDLOOP_"
SECRET_BYTES = 50
PROCESSES_MAX = 32
"""Evaluators, or gateways, on one machine."""
TRUE = frozenset({"1", "true", "yes", "on"})
FALSE = frozenset({"0", "false", "no", "off", ""})
CHOICES = {
    "log_level": ("debug", "info", "warning", "error"),
    "ledger_hash": ("sha256", "sm3"),
    "photos.public": ("checked", "masked", "never"),
}
# Read by the launcher itself before there is a configuration, and by the tests that take the pictures for the docs.
LAUNCHER_NAMES = frozenset({"GRIDLOOP_CONFIG", "GRIDLOOP_PYTHON", "GRIDLOOP_VENV", "GRIDLOOP_SCREENSHOTS"})


class Misconfigured(ValueError):
    """The configuration says something that cannot be followed; in English and Chinese."""

    def __init__(self, en: str, zh: str) -> None:
        super().__init__(en)
        self.en = en
        self.zh = zh


@dataclass(frozen=True)
class Config:
    """The whole configuration, checked and frozen."""

    database_url: str = key(
        "", "PostgreSQL with PostGIS: `postgresql://user:password@host/database`.", secret=True, env="DATABASE_URL"
    )
    secret_key: str = key("", "Signs cookies and links; empty means: made once in `var/keys/secret_key`.", secret=True)
    var: str = key(
        "",
        "Folder for what a run makes (logs, keys, photos), set in the environment only; empty means `var` in the checkout.",
    )
    public_url: str = key(
        "", "Address that people use, such as https://city.example; empty means http://localhost and the port."
    )
    allowed_hosts: tuple[str, ...] = key((), "Host names that are answered beside that of `public_url` and localhost.")
    bind: str = key("127.0.0.1", "Network address that the processes listen on.")
    port: int = key(8000, "Port of `web`.")
    live_port: int = key(0, "Port of `live`; 0 means one above `port`.")
    metrics_port: int = key(
        0, "Port on localhost where `worker` answers /healthz, /readyz and /metrics; 0 means three above `port`."
    )
    fleet_stream_port: int = key(
        0,
        "Port on `gateway.inner_bind` where `gateway` tells positions and warnings to `live`; 0 means one above its metrics port.",
    )
    live_url: str = key("", "Address of `live` for browsers; empty means the public host with `live_port`.")
    web_workers: int = key(2, "Worker processes of `web`.")
    web_threads: int = key(2, "Threads that answer requests in each of them.")
    behind_proxy: bool = key(False, "Trust X-Forwarded-For and X-Forwarded-Proto of the proxy in front.")
    session_hours: int = key(12, "Hours until a session ends.")
    ledger_interval_s: float = key(1.0, "Seconds between two sequencings of the ledger.")
    ledger_hash: str = key("sha256", "Hash of the ledger's tree, chosen before the first entry: sha256 or sm3.")
    ledger_origin: str = key("gridloop/ledger", "Name of this ledger in its signed checkpoints.")
    jurisdiction: str = key("xiamen.gov.cn", "Jurisdiction id of the Open311 door.")
    open311_key_required: bool = key(True, "Whether the Open311 door takes requests only from holders of an API key.")
    ogc_collections: tuple[str, ...] = key(
        ("divisions", "cells", "components", "cases"), "Collections that OGC API Features at /ogc/ gives to everybody."
    )
    demo: bool = key(False, "This is the demo: its log-ins are shown and its data is labelled synthetic.")
    log_level: str = key("info", "Least level that is logged: debug, info, warning or error.")
    city: City = field(default_factory=City)
    storage: Storage = field(default_factory=Storage)
    photos: Photos = field(default_factory=Photos)
    smtp: Smtp = field(default_factory=Smtp)
    sms: Sms = field(default_factory=Sms)
    push: Push = field(default_factory=Push)
    oidc: Oidc = field(default_factory=Oidc)
    basemap: Basemap = field(default_factory=Basemap)
    limits: Limits = field(default_factory=Limits)
    gateway: Gateway = field(default_factory=Gateway)
    fleet: Fleet = field(default_factory=Fleet)
    walks: Walks = field(default_factory=Walks)
    feeds: Feeds = field(default_factory=Feeds)
    jt809: Jt809 = field(default_factory=Jt809)

    @property
    def var_path(self) -> Path:
        """The folder for what a run makes."""
        return Path(self.var).absolute() if self.var else ROOT / "var"

    @property
    def photos_path(self) -> Path:
        """The folder for photos when no bucket is given."""
        return Path(self.storage.path).absolute() if self.storage.path else self.var_path / "photos"

    @property
    def keys_path(self) -> Path:
        """The folder for keys that are made here, readable by their owner alone."""
        return self.var_path / "keys"

    @property
    def fleet_streams(self) -> tuple[tuple[str, int], ...]:
        """Where positions and warnings are told once they are stored, host and port: of the gateway, or of each evaluator."""
        given = self.gateway
        ports = [self.fleet_stream_port]
        if given.shared:
            ports = [given.evaluator_ports(shard)[1] for shard in range(given.shards)]
        hosts = given.stream_hosts or (given.inner_host,)
        return tuple(zip(hosts * (len(ports) // len(hosts)), ports, strict=True))

    @property
    def address(self) -> str:
        """The address that people use, without a closing slash."""
        return (self.public_url or f"http://localhost:{self.port}").rstrip("/")


@dataclass(frozen=True)
class Setting:
    """One key of the schema, as the reader, the reference page and the doctor need it."""

    name: str
    env: str
    kind: str
    default: object
    en: str
    secret: bool


def schema() -> Iterator[Setting]:
    """Every key there is, sections by their dotted names ("smtp.host")."""
    hints = get_type_hints(Config)
    for one in fields(Config):
        section = hints[one.name]
        if is_dataclass(section):
            inner = get_type_hints(section)
            yield from (_setting(two, _kind(inner[two.name]), one.name) for two in fields(section))
        else:
            yield _setting(one, _kind(section), "")


def _setting(one: Field[object], kind: str, section: str) -> Setting:
    name = f"{section}.{one.name}" if section else one.name
    env = one.metadata["env"] or PREFIX + name.replace(".", "_").upper()
    default = None if one.default is MISSING else one.default
    return Setting(name, env, kind, default, one.metadata["en"], one.metadata["secret"])


def _kind(hint: object) -> str:
    kinds: dict[object, str] = {str: "text", int: "whole number", float: "number", bool: "yes or no"}
    return kinds.get(hint, "list of texts")


def load(environ: Mapping[str, str], toml_path: Path | None = None) -> Config:
    """The configuration of this process, with the secret key made the first time.

    Raises Misconfigured for an unknown name (with the nearest known one) and for a value of the wrong kind.
    """
    config = read(environ, toml_path)
    if config.secret_key:
        return config
    return replace(config, secret_key=_kept_secret(config.keys_path / "secret_key"))


def read(environ: Mapping[str, str], toml_path: Path | None = None) -> Config:
    """The configuration, environment over file over defaults; touches nothing, so the secret key may be empty."""
    known = {setting.name: setting for setting in schema()}
    path = toml_path or (Path(environ["GRIDLOOP_CONFIG"]) if environ.get("GRIDLOOP_CONFIG") else None)
    given = _from_file(path, known) if path else {}
    given |= _from_environment(environ, known)
    hints = get_type_hints(Config)
    parts: dict[str, object] = {}
    for one in fields(Config):
        section = hints[one.name]
        if is_dataclass(section) and isinstance(section, type):
            inside = {name.partition(".")[2]: value for name, value in given.items() if name.startswith(one.name + ".")}
            parts[one.name] = section(**inside)
        elif one.name in given:
            parts[one.name] = given[one.name]
    return _complete(Config(**parts))  # type: ignore[arg-type]  # each value was checked against its key's kind


def _complete(config: Config) -> Config:
    """Fill in what follows from other keys."""
    live_port = config.live_port or config.port + 1
    host = config.address.rpartition(":")[0] if config.address.count(":") > 1 else config.address
    for name, words in CHOICES.items():
        said = attrgetter(name)(config)
        if said not in words:
            raise Misconfigured(
                f"{name} '{said}' is none of {', '.join(words)}",
                f"{name}“{said}”无效,可用:{'、'.join(words)}",
            )
    gateway = replace(
        config.gateway,
        port=config.gateway.port or config.port + 6,
        bind=config.gateway.bind or config.bind,
        metrics_port=config.gateway.metrics_port or config.port + 4,
        shard_port=config.gateway.shard_port or config.port + 10,
    )
    for name, count in (("gateway.shards", gateway.shards), ("gateway.gateways", gateway.gateways)):
        if not 1 <= count <= PROCESSES_MAX:
            raise Misconfigured(
                f"{name} is {count}; it is at least 1 and at most {PROCESSES_MAX}",
                f"{name} 为 {count},应在 1 到 {PROCESSES_MAX} 之间",
            )
    _check_hosts(gateway)
    return replace(
        config,
        gateway=gateway,
        jt809=replace(config.jt809, down_port=config.jt809.down_port or config.port + 7),
        fleet_stream_port=config.fleet_stream_port or gateway.metrics_port + 1,
        live_port=live_port,
        metrics_port=config.metrics_port or config.port + 3,
        live_url=config.live_url or f"{host}:{live_port}",
    )


def _check_hosts(gateway: Gateway) -> None:
    """Whether the hosts fit the number of evaluators, and only one NATS server is named."""
    tellers = gateway.shards if gateway.shared else 1
    if len(gateway.stream_hosts) not in {0, 1, tellers}:
        raise Misconfigured(
            f"gateway.stream_hosts names {len(gateway.stream_hosts)} hosts; name one for each of {tellers}, or one for all",
            f"gateway.stream_hosts 填写了 {len(gateway.stream_hosts)} 个主机;应为 {tellers} 个(每个分片一个)或共用一个",
        )
    if gateway.nats_host and gateway.nats_url:
        raise Misconfigured(
            "gateway.nats_host says where our own NATS server runs and gateway.nats_url names another one; set one of them",
            "gateway.nats_host 是自带 NATS 服务的主机,gateway.nats_url 是外部服务的地址;两者只能设置一个",
        )


def _kept_secret(path: Path) -> str:
    """The secret in the file, made there once; when two processes come at the same time the first one's counts."""
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    if not path.exists():
        fresh = path.with_name(f".{path.name}.{os.getpid()}")
        descriptor = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        with os.fdopen(descriptor, "w") as file:
            file.write(secrets.token_urlsafe(SECRET_BYTES))
        with suppress(FileExistsError):  # another process was first
            path.hardlink_to(fresh)
        fresh.unlink()
    return path.read_text().strip()


def _from_file(path: Path, known: Mapping[str, Setting]) -> dict[str, object]:
    try:
        table = tomllib.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise Misconfigured(f"there is no configuration file {path}", f"配置文件 {path} 不存在") from None
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as wrong:
        raise Misconfigured(f"{path} is not TOML: {wrong}", f"{path} 不是有效的 TOML:{wrong}") from None
    flat: dict[str, object] = {}
    for name, value in table.items():
        if isinstance(value, dict):
            flat |= {f"{name}.{inner}": kept for inner, kept in value.items()}
        else:
            flat[name] = value
    if "var" in flat:  # status, stop and logs must find the folder without any file
        raise Misconfigured(
            f"{path}: 'var' is set in the environment only, as GRIDLOOP_VAR",
            f"{path}:var 只能用环境变量 GRIDLOOP_VAR 设置",
        )
    for name in flat:
        if name not in known:
            raise _unknown(f"{path}: '{name}'", f"{path} 中的“{name}”", name, known)
    return {name: _checked(known[name], value, name) for name, value in flat.items()}


def _from_environment(environ: Mapping[str, str], known: Mapping[str, Setting]) -> dict[str, object]:
    by_env = {setting.env: setting for setting in known.values()}
    given: dict[str, object] = {}
    for name, value in environ.items():
        if name in by_env:
            given[by_env[name].name] = _parsed(by_env[name], value)
        elif name.startswith(PREFIX) and name not in LAUNCHER_NAMES:
            raise _unknown(f"environment: '{name}'", f"环境变量“{name}”", name, by_env)
    return given


def _unknown(where_en: str, where_zh: str, name: str, known: Mapping[str, Setting]) -> Misconfigured:
    near = difflib.get_close_matches(name, known, n=1, cutoff=0.5)
    if not near:  # a section was forgotten or doubled: compare the last words
        last = name.rpartition(".")[2]
        near = [one for one in known if one.rpartition(".")[2] == last][:1]
    hint_en = f"; did you mean '{near[0]}'?" if near else "; docs/reference/configuration.md lists all keys"
    hint_zh = f";是否想写“{near[0]}”?" if near else ";全部配置项见 docs/reference/configuration.md"
    return Misconfigured(f"{where_en} is no setting{hint_en}", f"{where_zh}不是配置项{hint_zh}")


def _checked(setting: Setting, value: object, where: str) -> object:
    """A value out of TOML, which has kinds of its own."""
    good = {
        "text": isinstance(value, str),
        "whole number": isinstance(value, int) and not isinstance(value, bool),
        "number": isinstance(value, int | float) and not isinstance(value, bool),
        "yes or no": isinstance(value, bool),
        "list of texts": isinstance(value, list) and all(isinstance(one, str) for one in value),
    }[setting.kind]
    if not good:
        raise _wrong_kind(setting, where)
    if isinstance(value, list):
        return tuple(value)
    return float(value) if setting.kind == "number" and isinstance(value, int) else value


def _parsed(setting: Setting, text: str) -> object:
    """A value out of the environment, where everything is text; lists are parted by commas."""
    low = text.strip().lower()
    if setting.kind == "text":
        return text
    if setting.kind == "list of texts":
        return tuple(part.strip() for part in text.split(",") if part.strip())
    if setting.kind == "yes or no":
        if low in TRUE | FALSE:
            return low in TRUE
        raise _wrong_kind(setting, setting.env)
    try:
        return int(text) if setting.kind == "whole number" else float(text)
    except ValueError:
        raise _wrong_kind(setting, setting.env) from None


def _wrong_kind(setting: Setting, where: str) -> Misconfigured:
    zh = {
        "text": "文本",
        "whole number": "整数",
        "number": "数字",
        "yes or no": "是或否(true/false)",
        "list of texts": "文本列表",
    }
    return Misconfigured(f"{where} must be a {setting.kind}", f"{where} 应为{zh[setting.kind]}")
