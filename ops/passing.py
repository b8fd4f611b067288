"""Commands that the platform itself carries out, with the configuration of this run and its database at hand."""

from __future__ import annotations

import subprocess
from pathlib import Path
from typing import TYPE_CHECKING

from ops import paths, processes
from ops.surroundings import Surroundings, at_hand
from ops.words import Unable, chinese

if TYPE_CHECKING:
    from argparse import Namespace

FILE_OPTIONS = frozenset({"--mapping", "--report", "--out", "--output", "--json", "--csv"})


def require_environment() -> None:
    """Nothing of the platform runs before it was installed."""
    if not paths.python().exists():
        raise Unable(
            "Gridloop is not installed here yet; run ./gridloop demo (or ./gridloop up) first",
            "尚未安装;请先执行 ./gridloop demo(或 ./gridloop up)",
        )


def manage(asked: Namespace) -> int:
    """`gridloop ledger verify` is the management command `ledger verify`."""
    return _run(processes.manage(asked.command, *asked.rest))


def manage_files(asked: Namespace) -> int:
    """Like `manage`, with the paths of files as seen from where the person stands, not from the project's folder."""
    here = Path.cwd()
    rest = []
    for before, word in zip(["", *asked.rest], asked.rest, strict=False):
        option, equals, value = word.partition("=")
        if option in FILE_OPTIONS and equals:
            rest.append(f"{option}={here / value}")
        elif before in FILE_OPTIONS or (not word.startswith("-") and (here / word).is_file()):
            rest.append(str(here / word))
        else:
            rest.append(word)
    return _run(processes.manage(asked.command, *rest))


def any_command(asked: Namespace) -> int:
    """`gridloop manage ...` passes everything on."""
    return _run(processes.manage(*asked.rest))


def jt808(asked: Namespace) -> int:
    """`gridloop jt808 decode ...`: the codec by itself, from where the person stands; no configuration, no database."""
    require_environment()
    language = "zh" if chinese() else "en"
    command = [str(paths.python()), "-P", "-m", "gridloop.fleet.jt808", "--language", language, *asked.rest]
    return subprocess.run(command, check=False).returncode


def bench(asked: Namespace) -> int:
    """`gridloop bench cases` runs bench/cases.py; without a name, says which there are."""
    files = sorted((paths.ROOT / "bench").glob("[a-z]*.py"))
    names = [file.stem for file in files if "\ndef main(" in file.read_text(encoding="utf-8")]
    if not asked.rest or asked.rest[0] not in names:
        listed = ", ".join(names) or "-"
        raise Unable(f"which benchmark? There are: {listed}", f"请指定性能测试;现有:{listed}")
    return _run([str(paths.python()), "-m", f"bench.{asked.rest[0]}", *asked.rest[1:]])


def _run(command: list[str]) -> int:
    require_environment()
    with at_hand() as around:
        return foreground(command, around)


def foreground(command: list[str], around: Surroundings) -> int:
    """Run with this terminal as its own, as the account that our processes run as; the exit code."""
    account = around.account
    env = around.env
    done = subprocess.run(
        command,
        cwd=paths.ROOT,
        env=account.environment(env) if account else env,
        check=False,
        user=account.uid if account else None,
        group=account.gid if account else None,
        extra_groups=[] if account else None,
    )
    return done.returncode
