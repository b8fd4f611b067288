"""Writes the reference pages of configuration and commands, and gridloop.example.toml, out of what the code knows."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from gridloop.site.config import Setting, schema
from ops import paths

if TYPE_CHECKING:
    from collections.abc import Iterable

PAGE = paths.ROOT / "docs" / "reference" / "configuration.md"
COMMANDS_PAGE = paths.ROOT / "docs" / "reference" / "commands.md"
EXAMPLE = paths.ROOT / "gridloop.example.toml"
HEAD = """# Configuration

*Made from `src/gridloop/site/config.py` by `./gridloop reference`; change the schema there.*

A setting is taken from the environment, then from the TOML file (`--config FILE`, `GRIDLOOP_CONFIG`, or `gridloop.toml` in the
checkout), then from its default. A name that is not in this table is refused, with the nearest one that is.
Lists in the environment are parted by commas. Secrets are better kept out of the file: put them into the environment.

The launcher itself also reads `GRIDLOOP_CONFIG` (the file), `GRIDLOOP_PYTHON` (the Python to make the environment with) and
`GRIDLOOP_VENV` (where the environment lies).

"""
COMMANDS_HEAD = """# Commands

*Made from `ops/cli.py` by `./gridloop reference`.* `./gridloop COMMAND --help` says more, in English or Chinese by `LANG`.
"""
EXAMPLE_HEAD = """# Gridloop's configuration: copy to gridloop.toml and change what differs for your city.
# Every key is shown with its default. docs/reference/configuration.md says more.
# Better in the environment than here: DATABASE_URL and everything secret.
"""


def page() -> str:
    """The reference page."""
    lines = [HEAD.rstrip("\n"), ""]
    for section, settings in _sections().items():
        title = f"`[{section}]`" if section else "At the top of the file"
        lines += [f"## {title}", "", "| key | environment | kind | default | what for |", "|---|---|---|---|---|"]
        lines += [_row(setting) for setting in settings]
        lines.append("")
    return "\n".join(lines)


def _row(setting: Setting) -> str:
    kind = setting.kind + (", secret" if setting.secret else "")
    last = setting.name.rpartition(".")[2]
    return f"| `{last}` | `{setting.env}` | {kind} | {_shown(setting.default)} | {setting.en} |"


def _shown(value: object) -> str:
    if value in ("", ()):
        return "empty"
    return f"`{_toml(value)}`"


def _toml(value: object) -> str:
    """A value as TOML writes it; JSON does the same for the kinds that we have."""
    return json.dumps(list(value) if isinstance(value, tuple) else value, ensure_ascii=False)


def _sections() -> dict[str, list[Setting]]:
    found: dict[str, list[Setting]] = {}
    for setting in schema():
        found.setdefault(setting.name.rpartition(".")[0], []).append(setting)
    return found


def example() -> str:
    """The example file: every key, commented out, with its default."""
    lines = [EXAMPLE_HEAD]
    for section, settings in _sections().items():
        if section:
            lines.append(f"[{section}]")
        for setting in settings:
            if setting.name == "var":
                continue  # the environment's alone
            lines += [f"# {setting.en}", f"# {setting.name.rpartition('.')[2]} = {_toml(setting.default)}"]
        lines.append("")
    return "\n".join(lines).rstrip("\n") + "\n"


def commands(lines: Iterable[tuple[str, str, str]]) -> str:
    """The page of commands, out of (usage, English, Chinese)."""
    rows = [f"| `./gridloop {usage}` | {en} | {zh} |" for usage, en, zh in lines]
    return "\n".join([COMMANDS_HEAD.rstrip("\n"), "", "| command | | |", "|---|---|---|", *rows, ""])


def write(lines: Iterable[tuple[str, str, str]]) -> None:
    """Write all three files."""
    PAGE.parent.mkdir(parents=True, exist_ok=True)
    PAGE.write_text(page(), encoding="utf-8")
    COMMANDS_PAGE.write_text(commands(lines), encoding="utf-8")
    EXAMPLE.write_text(example(), encoding="utf-8")
