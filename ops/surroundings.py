"""What every child process is told: the configuration of this run, as environment, kept for commands that come later."""

from __future__ import annotations

import json
import os
import subprocess
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from gridloop.site import config as configuration
from gridloop.site.config import Config, Misconfigured
from ops import accounts, cluster, paths, records
from ops.accounts import Account
from ops.words import Unable, say

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ops.cluster import Cluster

KEPT = "surroundings.json"
DEMO_DATABASE = "gridloop_demo"


@dataclass(frozen=True)
class Surroundings:
    """One run's configuration, environment and accounts; `cluster` is the private one, None with a database elsewhere."""

    config: Config
    told: dict[str, str]
    cluster: Cluster | None
    account: Account | None
    database_account: Account | None

    @property
    def env(self) -> dict[str, str]:
        """The whole environment of a child."""
        return environment_of(self.told)

    def keep(self) -> None:
        """Keep what was told for the commands that come later (`ledger`, `backup`, `manage`)."""
        path = paths.RUN / KEPT
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        with os.fdopen(descriptor, "w") as file:
            json.dump(self.told, file)


def environment_of(told: dict[str, str]) -> dict[str, str]:
    """This process's environment without what would mislead a child, and with what it is told."""
    env = {name: value for name, value in os.environ.items() if not name.startswith("PG") and name != "PYTHONPATH"}
    return env | {"PYTHONUNBUFFERED": "1", "DJANGO_SETTINGS_MODULE": "gridloop.site.settings"} | told


def settled(
    overrides: dict[str, str], config_file: Path | None, *, demo: bool = False, aloud: bool = True
) -> Surroundings:
    """Read the configuration, choose the accounts, make the folders. Nothing is started."""
    database_account = accounts.unprivileged()
    account = _who_runs(database_account, aloud=aloud)
    _make_folders(account)
    told = {name: value for name, value in os.environ.items() if name.startswith(configuration.PREFIX)}
    told |= {"GRIDLOOP_VAR": str(paths.VAR), **overrides}
    if config_file is not None:
        told["GRIDLOOP_CONFIG"] = str(config_file.absolute())
    given = load({**os.environ, **told})
    private = None
    if demo or not given.database_url:
        private = cluster.at(paths.VAR, database_account)
        told["DATABASE_URL"] = private.url(DEMO_DATABASE if demo else cluster.DATABASE)
    else:
        told["DATABASE_URL"] = given.database_url
    config = load({**os.environ, **told})
    accounts.give_tree(config.keys_path, account)
    return Surroundings(config, told, private, account, database_account)


def load(environ: dict[str, str]) -> Config:
    """The configuration, its refusal in the launcher's words."""
    try:
        return configuration.load(environ)
    except Misconfigured as wrong:
        raise Unable(wrong.en, wrong.zh) from None


def _who_runs(account: Account | None, *, aloud: bool) -> Account | None:
    """The account of our own processes: the unprivileged one, unless it cannot come at the checkout at all."""
    if account is None:
        return None
    accounts.give(paths.VAR, account, 0o755)
    reach = accounts.can(account, "-x", paths.VAR) and accounts.can(account, "-r", paths.SOURCE / "gridloop")
    if reach and _runs_python(account):
        return account
    if not aloud:
        return None
    say(
        f"Note: the account '{account.name}' cannot reach {paths.ROOT} or its Python, so web, worker and live run as root;"
        " in a place that all can read, such as /opt/gridloop, they would drop to it. The database never runs as root.",
        f"注意:账户“{account.name}”无法访问 {paths.ROOT} 或其 Python,因此 web、worker、live 以 root 运行;"
        "放到所有人可读的位置(如 /opt/gridloop)即可降权运行。数据库始终不以 root 运行。",
    )
    return None


def _runs_python(account: Account) -> bool:
    done = (
        subprocess.run(
            [paths.python(), "-c", "import gridloop, django"],
            capture_output=True,
            check=False,
            cwd="/",
            user=account.uid,
            group=account.gid,
            extra_groups=[],
            env=account.environment(dict(os.environ)),
        )
        if accounts.can(account, "-x", paths.python())
        else None
    )
    return done is not None and done.returncode == 0


def _make_folders(account: Account | None) -> None:
    if not paths.VAR.exists() or os.geteuid() == 0:  # a service manager may have made it, with a mode of its own
        accounts.give(paths.VAR, account or accounts.unprivileged(), 0o755)
    accounts.give(paths.RUN, account, 0o755)
    accounts.give(paths.LOGS, account, 0o755)
    for folder in (paths.KEYS, paths.PHOTOS):
        accounts.give(folder, account, 0o700)
        accounts.give_tree(folder, account)


def forget() -> None:
    """A database elsewhere is not this folder's to remember once the run is over: its address may hold a password."""
    (paths.RUN / KEPT).unlink(missing_ok=True)


def last() -> dict[str, str]:
    """What the running or last launcher told its processes; empty when there was none."""
    try:
        kept = json.loads((paths.RUN / KEPT).read_text())
    except (OSError, ValueError):
        return {}
    return {str(name): str(value) for name, value in kept.items()}


@contextmanager
def at_hand() -> Iterator[Surroundings]:
    """The surroundings of the running launcher, or of the last one with its private database started for a while."""
    told = last()
    if os.environ.get("DATABASE_URL"):
        told = {name: value for name, value in told.items() if name not in {"DATABASE_URL", "GRIDLOOP_CONFIG"}}
    found = settled({name: value for name, value in told.items() if name != "GRIDLOOP_VAR"}, None, aloud=False)
    ours = _private_of(found)
    if ours is None or cluster.ready(ours):
        yield found
        return
    if records.launcher():
        raise Unable("the database is restarting; try again in a moment", "数据库正在重启,请稍后再试")
    cluster.prepare(ours)
    with _for_a_while(ours):
        cluster.create_database(ours, found.config.database_url.partition("@/")[2].partition("?")[0])
        yield found


def _private_of(found: Surroundings) -> Cluster | None:
    """The private cluster, if that is where the configuration leads."""
    if not found.config.database_url.startswith(f"postgresql://{cluster.SUPERUSER}@/"):
        return None
    ours = found.cluster or cluster.at(paths.VAR, found.database_account)
    return ours if found.config.database_url.endswith(f"host={ours.socket}") else None


@contextmanager
def _for_a_while(ours: Cluster) -> Iterator[None]:
    """Run the private cluster for the length of one command."""
    ours.run("pg_ctl", "start", "-D", str(ours.data), "-w", "-s", "-l", str(ours.logs / "pg_ctl.log"))
    try:
        yield
    finally:
        ours.run("pg_ctl", "stop", "-D", str(ours.data), "-m", "fast", "-w", "-s", check=False)
