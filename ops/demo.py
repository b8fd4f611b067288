"""`gridloop demo`: from nothing to a city at work, with one command."""

from __future__ import annotations

import json
import urllib.error
import urllib.request
from typing import TYPE_CHECKING, Any

from ops import children, cluster, environment, packages, paths, processes, running
from ops.progress import Step
from ops.surroundings import DEMO_DATABASE, Surroundings, settled
from ops.words import Unable, pick, say, show

if TYPE_CHECKING:
    from argparse import Namespace

SEED = "1"
SIZES = {"tiny": 10, "small": 40, "tenth": 300, "city": 900, "triple": 3000}
"""How large a demo city can be, and how many seconds its progress bar expects; those of `city` are an estimate."""
LOADING = "demo city: loading"
LOADED = "demo city: "


def run(asked: Namespace) -> int:
    """Install, build, load, start and tell where to look."""
    say("Gridloop demo", "Gridloop 演示")
    running.refuse_second()
    prepare_machine()
    port = asked.port
    overrides = {
        "GRIDLOOP_DEMO": "1",
        "GRIDLOOP_PORT": str(port),
        "GRIDLOOP_BIND": asked.host,
        "GRIDLOOP_SMS_URL": f"http://127.0.0.1:{port + 2}",
        "GRIDLOOP_SMS_ACCOUNT": "gridloop-demo",
        "GRIDLOOP_SMS_SIGNING_KEY": "gridloop-demo-key",
        # the duty day's sixty seats all sign in from this machine
        "GRIDLOOP_LIMITS_SIGN_IN_PER_MINUTE": "600",
    }
    if asked.host not in {"127.0.0.1", "localhost", "::1"}:
        overrides["GRIDLOOP_ALLOWED_HOSTS"] = "*"  # a phone in the same network calls it by a number
    around = settled(overrides, None, demo=True)
    wanted = [processes.sms_gateway(port + 2), *processes.city(around.config)]
    if not asked.no_sim:
        wanted.append(processes.simulated_day(around.config))
    running.run(around, wanted, lambda: fill(around, asked.size, fresh=asked.fresh), lambda: hello(around))
    return 0


def prepare_machine(*, tests: bool = False) -> None:
    """System packages, Python environment and web apps; what is there already is left alone."""
    packages.install(packages.missing(tests=tests))
    environment.ensure(tests=tests)
    environment.ensure_web()


def fill(around: Surroundings, size: str, *, fresh: bool) -> None:
    """Load the demo city, once. The database itself carries the note of what is in it."""
    ours = around.cluster
    if ours is None:
        raise Unable("the demo runs on its own database only", "演示仅使用自带数据库")
    note = _note(around)
    if note == LOADING or (fresh and note):
        _start_over(around)
        note = ""
    if not note:
        ours.sql(f"comment on database {DEMO_DATABASE} is '{LOADING}'", "postgres")
        with Step(f"Loading the demo city ({size})", f"正在载入演示城市({size})", expect_s=SIZES[size]) as step:
            command = processes.manage("demo_city", "--size", size, "--seed", SEED)
            children.run(command, cwd=paths.ROOT, step=step, env=around.env, account=around.account)
        ours.sql(f"comment on database {DEMO_DATABASE} is '{LOADED}{size}'", "postgres")
    elif note != LOADED + size:
        there = note.removeprefix(LOADED)
        say(
            f"The city here is '{there}', made before; --fresh would make it anew as '{size}'.",
            f"当前演示城市规模为“{there}”;如需以“{size}”重建,请加 --fresh。",
        )


def _note(around: Surroundings) -> str:
    if around.cluster is None:
        return ""
    note = "select coalesce(shobj_description(oid, 'pg_database'), '') from pg_database"
    question = f"{note} where datname = '{DEMO_DATABASE}'"
    return around.cluster.sql(question, "postgres")


def _start_over(around: Surroundings) -> None:
    """Drop the demo's database: an interrupted load is worth nothing, and --fresh asks for it."""
    ours = around.cluster
    if ours is None:
        return
    with Step("Making the demo city's database anew", "正在重建演示数据库"):
        ours.sql(f"drop database {DEMO_DATABASE} with (force)", "postgres")
        cluster.create_database(ours, DEMO_DATABASE)
    running.migrate(around)


def hello(around: Surroundings) -> None:
    """Where to look, and whom to log in as."""
    address = around.config.address
    pages = [
        (pick("report a problem", "市民上报"), f"{address}/"),
        (pick("console", "工作台"), f"{address}/console/"),
        (pick("field app", "外勤端"), f"{address}/field/"),
        (pick("API", "接口文档"), f"{address}/docs/api"),
    ]
    show("")
    say("Gridloop is running.", "Gridloop 已启动。")
    for name, where in pages:
        show(f"  {where:<36} {name}")
    logins = _logins(around.config.port)
    if logins:
        show("")
        say("Log in as (the data is synthetic):", "可用以下账号登录(均为合成数据):")
        for one in logins:
            show("  " + _login_line(one))
    show("")
    say("Ctrl-C stops everything; ./gridloop logs shows what happens.", "按 Ctrl-C 全部停止;./gridloop logs 查看日志。")


def _logins(port: int) -> list[dict[str, Any]]:
    """The demo's log-ins, asked of the web process itself: what it offers is what works."""
    try:
        with urllib.request.urlopen(f"http://127.0.0.1:{port}/api/v1/site", timeout=10) as answer:
            offered = json.loads(answer.read())["demo_logins"]
    except (urllib.error.URLError, OSError, ValueError, KeyError) as wrong:
        say(f"The log-ins could not be read ({wrong}).", f"无法读取演示账号({wrong})。")
        return []
    return [row for row in offered if isinstance(row, dict) and "login" in row]


def _login_line(one: dict[str, Any]) -> str:
    what = one.get(pick("duty_en", "duty_zh")) or one.get("duty", "")
    return f"{one['login']:<18} {one.get('password', ''):<18} {what}".rstrip()
