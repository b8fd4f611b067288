"""The command table of `./gridloop`: every command, its options and its words in two languages."""

from __future__ import annotations

import argparse
import difflib
import sys
from dataclasses import dataclass
from typing import TYPE_CHECKING

from ops import (
    archive,
    checks,
    demo,
    doctor,
    locks,
    passing,
    reference,
    status,
    suites,
    up,
)
from ops.words import Unable, chinese, pick, show

if TYPE_CHECKING:
    from collections.abc import Callable

Run = "Callable[[argparse.Namespace], int]"


@dataclass(frozen=True)
class Command:
    """One word after ./gridloop."""

    name: str
    en: str
    zh: str
    run: Callable[[argparse.Namespace], int]
    options: Callable[[argparse.ArgumentParser], None] = lambda _parser: None
    passes_on: bool = False


def _demo_options(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--size",
        choices=demo.SIZES,
        default="small",
        help=pick("size of the demo city: small, tenth, city (small)", "演示城市规模:small、tenth、city(small)"),
    )
    parser.add_argument(
        "--port", type=_port, default=8000, help=pick("first of seven ports (8000)", "七个端口中的第一个(8000)")
    )
    parser.add_argument(
        "--host",
        default="127.0.0.1",
        help=pick("network address to listen on (127.0.0.1)", "监听的网络地址(127.0.0.1)"),
    )
    parser.add_argument("--no-sim", action="store_true", help=pick("no simulated duty day", "不播放模拟工作日"))
    parser.add_argument(
        "--fresh", action="store_true", help=pick("drop the demo city and make it anew", "丢弃现有演示城市并重建")
    )


def _up_options(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--config", help=pick("TOML file (gridloop.toml where there is one)", "TOML 配置文件(默认 gridloop.toml)")
    )
    parser.add_argument(
        "--port", type=_port, help=pick("port of web, instead of the configured one", "web 端口,优先于配置")
    )
    parser.add_argument(
        "--shards",
        type=int,
        help=pick(
            "evaluators that share the vehicles, instead of the configured number", "车辆分片研判进程数,优先于配置"
        ),
    )


def _run_options(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "process",
        help=pick(
            "web, worker, live, gateway; with shards also nats, evaluator-0 ...",
            "web、worker、live、gateway;分片时另有 nats、evaluator-0 等",
        ),
    )
    parser.add_argument("--config", help=pick("TOML file", "TOML 配置文件"))


def _test_options(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "paths", nargs="*", help=pick("only these tests; without: all suites", "只运行这些测试;不写则运行全部")
    )


def _check_options(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--no-web", action="store_true", help=pick("leave out vue-tsc", "跳过 vue-tsc"))


def _log_options(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "process", nargs="?", help=pick("web, worker, live, postgres ...", "web、worker、live、postgres 等")
    )
    parser.add_argument("-f", "--follow", action="store_true", help=pick("show what comes", "持续显示新日志"))
    parser.add_argument(
        "-n", "--lines", type=int, default=40, help=pick("how many lines back (40)", "向前显示的行数(40)")
    )


def _backup_options(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "file",
        nargs="?",
        help=pick("where to write (gridloop-TIME.tar here)", "备份文件路径(默认当前目录 gridloop-时间.tar)"),
    )
    parser.add_argument(
        "--with-keys",
        action="store_true",
        help=pick("also the keys; keep such a file like a key", "同时备份密钥;此类文件须妥善保管"),
    )


def _restore_options(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("file", help=pick("a file made by backup", "backup 生成的文件"))
    parser.add_argument(
        "--replace", action="store_true", help=pick("drop what is in the database now", "丢弃数据库中现有内容")
    )


def _lock_options(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--upgrade", action="store_true", help=pick("take the newest versions allowed", "升级到允许的最新版本")
    )


def _port(text: str) -> int:
    """Seven ports in a row are used: web, live, SMS gateway, metrics of worker and gateway, the fleet's stream, terminals."""
    if not text.isdigit() or not 0 < int(text) <= 65529:
        raise argparse.ArgumentTypeError(pick("a number from 1 to 65529", "应为 1 到 65529 的整数"))
    return int(text)


def _reference(_asked: argparse.Namespace) -> int:
    reference.write(usages())
    return 0


COMMANDS = (
    Command(
        "demo",
        "install, build, load the demo city and run it",
        "安装、构建、载入演示城市并运行",
        demo.run,
        _demo_options,
    ),
    Command(
        "up",
        "run for a real city, configured by environment and TOML",
        "按环境变量与 TOML 配置正式运行",
        up.run,
        _up_options,
    ),
    Command(
        "run",
        "run one process in the foreground (systemd, containers)",
        "在前台运行单个进程(供 systemd、容器使用)",
        up.one,
        _run_options,
    ),
    Command("build", "environment and web apps only, for images", "仅准备环境与网页端(供镜像构建)", up.build),
    Command("status", "what runs here", "查看运行状态", status.show_status),
    Command("stop", "stop what runs here, the database last", "停止运行(数据库最后停止)", status.stop),
    Command("logs", "show logs", "查看日志", status.logs, _log_options),
    Command("doctor", "look at the machine and say what is wrong", "检查环境并指出问题", doctor.run),
    Command(
        "backup", "database and photos into one file", "将数据库与照片备份为一个文件", archive.backup, _backup_options
    ),
    Command(
        "restore", "bring a backup back, and verify its ledger", "恢复备份并校验台账", archive.restore, _restore_options
    ),
    Command(
        "ledger", "the ledger: verify, export, checkpoint", "台账:校验、导出、检查点", passing.manage, passes_on=True
    ),
    Command("classes", "the class tables and filing rules", "分类表与立案条件", passing.manage, passes_on=True),
    Command(
        "import",
        "bring in cases, components, boundaries, units, vehicles, fences",
        "导入历史案件、部件、边界、单位、车辆、围栏",
        passing.manage_files,
        passes_on=True,
    ),
    Command(
        "classifier",
        "train or evaluate the class suggestions",
        "训练或评估类别建议",
        passing.manage_files,
        passes_on=True,
    ),
    Command(
        "replay",
        "send real input through the doors: nyc311",
        "通过接口重放真实数据:nyc311",
        passing.manage,
        passes_on=True,
    ),
    Command(
        "forecast",
        "who will be late: train, refresh, show",
        "超期预测:训练、更新、查看",
        passing.manage,
        passes_on=True,
    ),
    Command(
        "statistics",
        "figures: export, verify, monthly report",
        "评价数据:导出、重算校验、月报",
        passing.manage_files,
        passes_on=True,
    ),
    Command(
        "simulate",
        "other routing rules on past cases: routing FILE; vehicles on the road: fleet",
        "模拟:routing 方案文件(派遣规则回放);fleet(模拟车辆上路)",
        passing.manage_files,
        passes_on=True,
    ),
    Command(
        "jt808",
        "messages of vehicle terminals: decode, encode, ids",
        "车载终端报文(JT/T 808):decode、encode、ids",
        passing.jt808,
        passes_on=True,
    ),
    Command("bench", "measure: cases ...", "性能测试:cases 等", passing.bench, passes_on=True),
    Command(
        "manage", "any management command of the platform", "执行平台管理命令", passing.any_command, passes_on=True
    ),
    Command("check", "ruff, mypy, import-linter, house tests, vue-tsc", "代码检查", checks.run, _check_options),
    Command("test", "every test: Python, TypeScript, browser", "运行全部测试", suites.run, _test_options),
    Command("lock", "make the lock files anew", "重新生成锁文件", locks.run, _lock_options),
    Command(
        "reference",
        "write the configuration reference and the example file",
        "生成配置参考文档与示例文件",
        _reference,
    ),
)


def main(arguments: list[str]) -> int:
    """Run one command; the exit code."""
    for stream in (sys.stdout, sys.stderr):
        stream.reconfigure(line_buffering=True)  # type: ignore[union-attr]  # a text stream by now
    if not arguments or arguments[0] in {"-h", "--help", "help"}:
        show(overview())
        return 0
    command = {command.name: command for command in COMMANDS}.get(arguments[0])
    if command is None:
        show(_unknown(arguments[0]))
        return 2
    try:
        return command.run(_parse(command, arguments[1:]))
    except Unable as reason:
        show(pick("gridloop: ", "gridloop:") + str(reason))
        return 1
    except KeyboardInterrupt:
        return 130


def _parse(command: Command, rest: list[str]) -> argparse.Namespace:
    if command.passes_on:
        return argparse.Namespace(command=command.name, rest=rest)
    parser = argparse.ArgumentParser(
        prog=f"gridloop {command.name}", description=pick(command.en, command.zh), add_help=False, allow_abbrev=False
    )
    command.options(parser)
    parser.add_argument("-h", "--help", action="store_true", help=pick("this help", "显示本帮助"))
    if "-h" in rest or "--help" in rest:
        show(_translated(parser.format_help()))
        sys.exit(0)
    return parser.parse_args(rest)


def _translated(text: str) -> str:
    """argparse's own headings in the reader's language."""
    if not chinese():
        return text
    for en, zh in (("usage:", "用法:"), ("positional arguments:", "参数:"), ("options:", "选项:")):
        text = text.replace(en, zh)
    return text


def usages() -> list[tuple[str, str, str]]:
    """Every command as the reference page shows it: (usage, English, Chinese)."""
    return [(_usage(command), command.en, command.zh) for command in COMMANDS]


def _usage(command: Command) -> str:
    parser = argparse.ArgumentParser(prog=command.name, add_help=False, allow_abbrev=False)
    command.options(parser)
    usage = "" if command.passes_on else " ".join(parser.format_usage().split()[2:])
    return f"{command.name} {'...' if command.passes_on else usage}".replace("|", "\\|").rstrip()


def overview() -> str:
    """All commands, a line each."""
    head = pick(
        "Gridloop: a problem goes round, and comes to a proven close.", "Gridloop:问题上报、流转、办结,全程有据可查。"
    )
    lines = [head, "", pick("usage: ./gridloop COMMAND [options]", "用法:./gridloop 命令 [选项]"), ""]
    lines += [f"  {command.name:<9} {pick(command.en, command.zh)}" for command in COMMANDS]
    tail = pick("./gridloop COMMAND --help says more.", "./gridloop 命令 --help 查看详细用法。")
    return "\n".join([*lines, "", tail])


def _unknown(name: str) -> str:
    near = difflib.get_close_matches(name, [command.name for command in COMMANDS], n=1, cutoff=0.4)
    hint_en = f"did you mean '{near[0]}'?" if near else "./gridloop --help lists the commands"
    hint_zh = f"是否想用“{near[0]}”?" if near else "./gridloop --help 列出全部命令"
    return pick(f"gridloop: '{name}' is no command; {hint_en}", f"gridloop:没有命令“{name}”;{hint_zh}")
