"""System packages: what is needed, what is missing, and who may install it."""

from __future__ import annotations

import ctypes.util
import os
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path

from ops import cluster
from ops.progress import Step
from ops.words import Unable, pick, say

NO_QUESTIONS = {"DEBIAN_FRONTEND": "noninteractive"}
PG_OF = {("debian", "12"): "15", ("debian", "13"): "17", ("ubuntu", "24.04"): "16", ("ubuntu", "26.04"): "18"}


@dataclass(frozen=True)
class Need:
    """One thing the machine must have, and the packages that bring it."""

    what_en: str
    what_zh: str
    packages: tuple[str, ...]


def distribution() -> tuple[str, str]:
    """Id and version of the distribution, as /etc/os-release says: ("debian", "12")."""
    try:
        lines = Path("/etc/os-release").read_text(encoding="utf-8").splitlines()
    except OSError:
        return ("", "")
    values = dict(line.split("=", 1) for line in lines if "=" in line)
    return (values.get("ID", "").strip('"'), values.get("VERSION_ID", "").strip('"'))


def missing(*, tests: bool = False) -> list[Need]:
    """What is not there yet; judged by the thing itself, not by package names, so that other ways to install count."""
    needs = []
    if cluster.binaries() is None:
        version = PG_OF.get(distribution())
        names = (
            (f"postgresql-{version}", f"postgresql-{version}-postgis-3")
            if version
            else ("postgresql", "postgresql-postgis")
        )
        needs.append(Need("PostgreSQL with PostGIS", "带 PostGIS 的 PostgreSQL", names))
    if not (_library("gdal") and _library("geos_c")):
        needs.append(Need("GDAL and GEOS", "GDAL 与 GEOS", ("gdal-bin",)))  # it brings both libraries
    if base_python() is None:
        needs.append(Need("Python's venv", "Python 的 venv 模块", ("python3-venv",)))
    if tests and not shutil.which("ogrinfo"):
        needs.append(
            Need(
                "ogrinfo, the foreign client of OGC API Features",
                "ogrinfo(OGC API Features 的外部客户端)",
                ("gdal-bin",),
            )
        )
    if tests and chromium() is None:
        needs.append(Need("Chromium for browser tests", "用于浏览器测试的 Chromium", ("chromium",)))
    if tests and mosquitto() is None:
        needs.append(Need("the MQTT broker mosquitto for tests", "用于测试的 MQTT 代理 mosquitto", ("mosquitto",)))
    if tests and not shutil.which("ip", path=f"{os.environ.get('PATH', os.defpath)}:/usr/sbin:/sbin"):
        needs.append(Need("iproute2, which makes hosts for tests", "iproute2(为测试建立主机)", ("iproute2",)))
    if tests and not _chinese_font():
        needs.append(Need("a Chinese font for browser tests", "用于浏览器测试的中文字体", ("fonts-noto-cjk",)))
    return needs


def _library(name: str) -> bool:
    """GDAL and GEOS are looked for as Django does it: by the dynamic loader, also under a versioned name."""
    if ctypes.util.find_library(name):
        return True
    return any(next(folder.glob(f"lib{name}.so*"), None) for folder in Path("/usr/lib").glob("*-linux-gnu"))


def _chinese_font() -> bool:
    if not shutil.which("fc-list"):
        return any(Path("/usr/share/fonts").rglob("*CJK*"))
    listed = subprocess.run(["fc-list", ":lang=zh", "file"], capture_output=True, text=True, check=False)
    return bool(listed.stdout.strip())


def chromium() -> str | None:
    """The browser that the stories run in."""
    return shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")


def mosquitto() -> str | None:
    """The MQTT broker that the tests of the feed `mqtt` start for themselves; Debian keeps it among the programs of root."""
    return shutil.which("mosquitto", path=f"{os.environ.get('PATH', os.defpath)}:/usr/sbin:/usr/local/sbin")


def base_python() -> str | None:
    """A Python that can make environments: the system's first, because an unprivileged account can run that one too."""
    names = ("python3.11", "python3.12", "python3.13", "python3.14", "python3")
    asked = os.environ.get("GRIDLOOP_PYTHON")
    candidates = [asked] if asked else [*(f"/usr/bin/{name}" for name in names), *names]
    probe = "import sys, venv, ensurepip; sys.exit(sys.version_info < (3, 11))"
    for candidate in candidates:
        path = shutil.which(candidate)
        if path and subprocess.run([path, "-c", probe], capture_output=True, check=False).returncode == 0:
            return path
    return None


def install(needs: list[Need]) -> None:
    """Install what is missing by apt, as root or with a sudo that asks nothing; otherwise say the exact command."""
    names = sorted({name for need in needs for name in need.packages})
    if not names:
        return
    whats = pick(", ".join(n.what_en for n in needs), "、".join(n.what_zh for n in needs))
    command = f"apt-get install {' '.join(names)}"
    if not shutil.which("apt-get"):
        raise Unable(
            f"missing: {whats}; this is no Debian or Ubuntu, so install what corresponds to: {' '.join(names)}",
            f"缺少:{whats};本机不是 Debian 或 Ubuntu,请自行安装对应的软件包:{' '.join(names)}",
        )
    lead = _root_lead()
    if lead is None:
        raise Unable(
            f"missing: {whats}; have an administrator run: sudo apt-get update && sudo {command}",
            f"缺少:{whats};请由管理员执行:sudo apt-get update && sudo {command}",
        )
    say(f"System packages to install: {' '.join(names)}", f"需要安装的系统软件包:{' '.join(names)}")
    with Step("Reading the package lists", "正在读取软件包列表", expect_s=15) as step:
        _apt([*lead, "apt-get", "update"], step, names)
    with Step("Installing system packages", "正在安装系统软件包", expect_s=120) as step:
        keep_out = ["-o", "Dpkg::Options::=--force-confold", "--no-install-recommends", "-y"]
        # The package also makes a cluster of the distribution's own; ours is private, on a socket, and never meets it.
        _apt([*lead, "env", "DEBIAN_FRONTEND=noninteractive", "apt-get", "install", *keep_out, *names], step, names)


def _root_lead() -> list[str] | None:
    """What to put before a command that needs root; None when there is no way."""
    if os.geteuid() == 0:
        return []
    if (
        shutil.which("sudo")
        and subprocess.run(["sudo", "-n", "true"], capture_output=True, check=False).returncode == 0
    ):
        return ["sudo", "-n"]
    return None


def _apt(command: list[str], step: Step, names: list[str]) -> None:
    running = subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, env=dict(os.environ) | NO_QUESTIONS
    )
    lines: list[str] = []
    for line in running.stdout or ():
        lines.append(line.rstrip())
        step.heard(line)
    if running.wait():
        tail = "\n".join(lines[-8:])
        raise Unable(
            f"apt-get could not install {' '.join(names)}:\n{tail}", f"apt-get 无法安装 {' '.join(names)}:\n{tail}"
        )
