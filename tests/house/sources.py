"""Reading the project's own files for the house tests."""

from __future__ import annotations

import ast
import subprocess
from functools import cache
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
PACKAGE = ROOT / "src" / "gridloop"
SKIPPED = frozenset({"migrations", "__pycache__", "node_modules", "dist"})
# Lowest first; a room sees only what stands before it, and names on one line do not see each other.
STOREYS = (("audit",), ("identity",), ("places", "notices"), ("cases",), ("fleet",))
ROOMS = tuple(name for storey in STOREYS for name in storey)


@cache
def python_files() -> tuple[Path, ...]:
    """Every Python file that people wrote, tests aside."""
    found = [file for top in ("src", "ops", "bench") for file in sorted((ROOT / top).rglob("*.py"))]
    return tuple(file for file in found if not SKIPPED & set(file.parts))


@cache
def web_files() -> tuple[Path, ...]:
    """Every TypeScript and Vue file that people wrote."""
    found = [file for kind in ("*.ts", "*.vue") for file in sorted((ROOT / "web").glob(f"*/src/**/{kind}"))]
    return tuple(file for file in found if not SKIPPED & set(file.parts) and not file.name.endswith(".gen.ts"))


@cache
def tree(file: Path) -> ast.Module:
    """The file, parsed."""
    return ast.parse(file.read_text(encoding="utf-8"), str(file))


def name(file: Path) -> str:
    """The file as a person would say it."""
    return file.relative_to(ROOT).as_posix()


def tracked() -> list[Path]:
    """Every file that ships: what git knows, or without git what lies there and is not made by a run."""
    listed = subprocess.run(
        ["git", "ls-files", "--cached", "--others", "--exclude-standard", "-z"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    if listed.returncode == 0 and listed.stdout:
        found = [ROOT / path for path in listed.stdout.split("\0") if path]
    else:
        made = SKIPPED | {".venv", "var", ".git"}
        found = [path for path in ROOT.rglob("*") if not made & set(path.relative_to(ROOT).parts)]
    return [path for path in found if path.is_file()]


def imports(file: Path) -> list[tuple[str, int]]:
    """Every module that the file imports, with the line; `from a import b` counts as a.b."""
    found: list[tuple[str, int]] = []
    for node in ast.walk(tree(file)):
        if isinstance(node, ast.Import):
            found += [(alias.name, node.lineno) for alias in node.names]
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            found += [(f"{node.module}.{alias.name}", node.lineno) for alias in node.names]
    return found
