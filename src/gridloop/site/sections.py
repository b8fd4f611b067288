"""The sections of the configuration; standard library only, because the launcher reads it before anything is installed."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TypeVar

T = TypeVar("T")


def key(default: T, en: str, *, secret: bool = False, env: str = "") -> T:
    """One setting: its default, what it is for, whether it is a secret, and its environment name if not the usual one."""
    made: T = field(default=default, metadata={"en": en, "secret": secret, "env": env})
    return made


@dataclass(frozen=True)
class City:
    """The city that is governed here."""

    code: str = key("350200", "Division code of the city, six digits (GB/T 2260).")
    name_zh: str = key("厦门市", "Name of the city in Chinese.")
    name_en: str = key("Xiamen", "Name of the city in English.")


@dataclass(frozen=True)
class Storage:
    """Where photos are kept: a folder, or a bucket that speaks S3 when `s3_bucket` is given."""

    path: str = key("", "Folder for photos; empty means `photos` in `var`.")
    s3_endpoint: str = key("", "Address of the S3-compatible service; empty means AWS.")
    s3_bucket: str = key("", "Bucket for photos; empty means the folder.")
    s3_region: str = key("", "Region of the bucket.")
    s3_access_key: str = key("", "Access key of the bucket.", secret=True)
    s3_secret_key: str = key("", "Secret key of the bucket.", secret=True)


@dataclass(frozen=True)
class Smtp:
    """How e-mail leaves; without a host none is sent."""

    host: str = key("", "Mail server.")
    port: int = key(587, "Port of the mail server.")
    user: str = key("", "Account at the mail server.")
    password: str = key("", "Password of the account.", secret=True)
    starttls: bool = key(True, "Encrypt with STARTTLS; a server that does not offer it is refused.")
    sender: str = key("gridloop@localhost", "Address that mail comes from.")


@dataclass(frozen=True)
class Sms:
    """How text messages leave; without a gateway none is sent."""

    url: str = key("", "Address of the SMS gateway.")
    account: str = key("", "Account at the gateway.")
    signing_key: str = key("", "Key that signs requests to the gateway.", secret=True)
    sign: str = key("城市治理", "Signature that stands in front of each message.")


@dataclass(frozen=True)
class Push:
    """Notices on lock screens; needs no account anywhere, each browser brings its own push service."""

    contact: str = key(
        "",
        "Address that push services may write to about us, mailto: or https://; empty means `public_url`, else the sender of mail.",
    )
    private_services: bool = key(
        False, "Let browsers name push services without TLS and inside the house; for tests only."
    )


@dataclass(frozen=True)
class Oidc:
    """Signing in through the city's own identity provider; off without an issuer."""

    issuer: str = key("", "Address of the OpenID Connect issuer.")
    client_id: str = key("", "Client id at the issuer.")
    client_secret: str = key("", "Client secret at the issuer.", secret=True)
    label: str = key("", "Words on the sign-in button.")


@dataclass(frozen=True)
class Basemap:
    """The map under ours; without either the built-in one is drawn."""

    pmtiles: str = key("", "Path or address of a PMTiles archive.")
    wmts_url: str = key("", "Address template of a WMTS or XYZ service with {z}, {x}, {y} and {key}.")
    wmts_key: str = key("", "Key for the service; it is shown to browsers.")
    credit: str = key("", "Words that the map's owner wants shown on it.")


def reached_at(bind: str) -> str:
    """The address at which a process of this host reaches what listens there."""
    return {"": "127.0.0.1", "0.0.0.0": "127.0.0.1", "::": "::1"}.get(bind, bind)  # noqa: S104 - nothing is bound here


@dataclass(frozen=True)
class Gateway:
    """Where the terminals of vehicles knock, and how the gateway works."""

    port: int = key(0, "Port for JT/T 808 over TCP and UDP; 0 means six above the top `port`.")
    bind: str = key("", "Network address for terminals; empty means the top `bind`.")
    metrics_port: int = key(
        0,
        "Port on `inner_bind` where `gateway` answers /healthz, /readyz and /metrics; 0 means four above the top `port`.",
    )
    window_ms: int = key(100, "Positions are judged and stored together every so many milliseconds.")
    idle_minutes: int = key(15, "Minutes without a word after which a terminal's connection is closed.")
    silent_s: int = key(120, "Seconds that a connection may stand without signing in before it is closed and shown.")
    sockets_max: int = key(60_000, "Connections of terminals at once; the limit of open files must allow them.")
    frames_waiting_max: int = key(40_000, "Frames held in memory before the sockets are no longer read.")
    rebuild_minutes: int = key(10, "Minutes of stored positions read again after a crash to know who is inside what.")
    shards: int = key(1, "Evaluators that share the vehicles between them; 1 means that `gateway` judges by itself.")
    gateways: int = key(1, "Gateway processes on the terminals' port; more than one leave the judging to evaluators.")
    shard_port: int = key(
        0,
        "First of the ports on `inner_bind` that NATS, evaluators and further gateways use; 0 means ten above the top `port`.",
    )
    inner_bind: str = key(
        "127.0.0.1",
        "Network address of what only our own processes ask: health, metrics and live stream of gateways and evaluators, our NATS.",
    )
    stream_hosts: tuple[str, ...] = key(
        (),
        "Hosts that tell `live` what is stored, one a shard or one for all; empty means this one.",
    )
    nats_host: str = key("", "Host on which our own NATS server runs; empty means this one.")
    nats_url: str = key(
        "",
        "NATS server with JetStream where they meet, nats://user:password@host:4222; empty means our own.",
        secret=True,
    )
    pair_kinds: tuple[str, ...] = key(
        ("hazmat", "explosives"), "Kinds of vehicles that one evaluator judges, so that a rule may compare two of them."
    )

    @property
    def shared(self) -> bool:
        """Whether evaluators of their own judge."""
        return self.shards > 1 or self.gateways > 1

    @property
    def inner_host(self) -> str:
        """Where processes of this host ask what listens on `inner_bind`."""
        return reached_at(self.inner_bind)

    @property
    def nats_ports(self) -> tuple[int, int]:
        """Of our own NATS server: for clients, and for its health."""
        return self.shard_port, self.shard_port + 1

    def evaluator_ports(self, shard: int) -> tuple[int, int]:
        """Of an evaluator: for health and metrics, and for its live stream."""
        return self.shard_port + 2 + 2 * shard, self.shard_port + 3 + 2 * shard

    def metrics_port_of(self, number: int) -> int:
        """Where one of the gateways answers about itself."""
        return self.metrics_port if number == 0 else self.shard_port + 1 + 2 * self.shards + number


@dataclass(frozen=True)
class Feeds:
    """Ways in for vehicles besides JT/T 808; each is off until its first setting is given (docs/how-to/feeds.md)."""

    push: bool = key(True, "Take positions that other systems send to POST /api/v1/fleet/positions.")
    nmea_port: int = key(0, "Port for NMEA 0183 over TCP and UDP; 0 means off.")
    gtfs_rt: tuple[str, ...] = key((), "Addresses or files of GTFS-realtime vehicle positions.")
    gtfs_rt_every_s: int = key(15, "Seconds between two questions to each of them.")
    mqtt_url: str = key(
        "", "Broker: mqtt://user:password@host:1883, or mqtts:// for TLS; empty means off.", secret=True
    )
    mqtt_topics: tuple[str, ...] = key((), "Topics to subscribe; empty means gridloop/positions/+ and owntracks/+/+.")


@dataclass(frozen=True)
class Jt809:
    """Exchange with other supervision platforms (JT/T 809): as the upper one on `port`, as the lower one towards `above_host`."""

    port: int = key(0, "Port for the main links of lower platforms; 0 means off.")
    partners: tuple[str, ...] = key(
        (), "Lower platforms, each CENTRE:USER:PASSWORD[:wgs84|gcj02|flagged].", secret=True
    )
    edition: int = key(2011, "Edition that lower platforms speak here: 2011 or 2019.")
    keys: str = key("", "M1:IA1:IC1, the numbers agreed for encrypted bodies; empty means in the clear.", secret=True)
    above_host: str = key("", "The platform above; empty means that nothing is sent up.")
    above_port: int = key(0, "Port of its main link.")
    above_edition: int = key(2011, "Edition that it speaks: 2011 or 2019.")
    above_login: str = key("", "CENTRE:USER:PASSWORD that it gave us.", secret=True)
    above_coordinates: str = key("wgs84", "Coordinates that it expects: wgs84 or gcj02.")
    above_keys: str = key("", "M1:IA1:IC1 agreed with it; given, what we send is encrypted.", secret=True)
    down_host: str = key("", "Our address as the platform above sees it, for its sub link.")
    down_port: int = key(0, "Our port for its sub link; 0 means seven above the top `port`.")


@dataclass(frozen=True)
class Photos:
    """What residents see of photos that are not their own."""

    public: str = key(
        "masked",
        "Photos of others that residents see: masked (after the machine's masking), checked (after a person's check too) or never.",
    )


@dataclass(frozen=True)
class Limits:
    """How often one caller may knock."""

    sign_in_per_minute: int = key(10, "Attempts to sign in, per address and minute.")
    phone_code_per_hour: int = key(5, "Codes sent to one telephone number in an hour.")
    phone_code_per_address: int = key(
        20, "Codes sent for one address in an hour; more where many phones share one, as behind a mobile network's."
    )
    report_per_hour: int = key(30, "Reports of residents from one address in an hour.")
    photo_per_hour: int = key(60, "Photos of people who are not signed in from one address in an hour.")
    api_per_minute: int = key(6000, "Requests of one API key in a minute.")
    photo_mb_max: int = key(15, "Largest photo taken in, megabytes.")
    phone_share_hours: int = key(
        24, "How long a field phone opens without a network: the hours its share of the key may stay on it."
    )
    phone_pin_tries: int = key(5, "Wrong PINs in a row after which a field phone is emptied.")


@dataclass(frozen=True)
class Fleet:
    """How long positions of vehicles and the evidence of warnings are kept; the law's floor is checked before anything is let go."""

    database_days: int = key(7, "Days of positions in the database; older ones lie in the archive.")
    archive_days: int = key(200, "Days of positions in the archive, at least 183.")
    warning_days: int = key(1100, "Days that a warning keeps its evidence, at least 1,096.")


@dataclass(frozen=True)
class Walks:
    """Shifts on foot: positions of collectors are taken only while they are on one."""

    shift_hours: int = key(12, "Hours after which a shift ends by itself.")
    position_days: int = key(30, "Days that positions of workers are kept.")
    patrol_days: int = key(7, "Days without a visit after which a cell is offered for a patrol.")
