"""Logging in, keeping and closing the two links."""

from __future__ import annotations

from gridloop.fleet.jt808.frames import Edition
from gridloop.fleet.jt808.kinds import U8, U16, U32, U64, Text
from gridloop.fleet.jt808.records import Field, Record
from gridloop.fleet.jt809.tables.entry import Entry
from gridloop.fleet.jt809.tables.shapes import REASON_CODE

USER = Field("user", U32, "用户名")
PASSWORD = Field("password", Text(8), "密码")
VERIFY = Field("verify_code", U32, "校验码")
LOG_IN = Record(
    USER,
    PASSWORD,
    Field("centre", U32, "下级平台接入码", since=Edition.V2019),
    Field("down_host", Text(32), "从链路服务端 IP 地址"),
    Field("down_port", U16, "从链路服务端口"),
)
LOG_IN_RESULT = {
    0: ("done", "成功"),
    1: ("wrong address", "IP 地址不正确"),
    2: ("wrong access code", "接入码不正确"),
    3: ("unknown user", "用户没有注册"),
    4: ("wrong password", "密码错误"),
    5: ("busy", "资源紧张,稍后再连接"),
    6: ("other", "其他"),
}
SUB_RESULT = {0: ("done", "成功"), 1: ("wrong code", "校验码错误"), 2: ("busy", "资源紧张"), 3: ("other", "其他")}
LEAVE = Record(USER, PASSWORD)
LINKS = (
    Entry(0x1001, 0, "up", "main", "log in", "主链路登录请求", LOG_IN),
    Entry(
        0x1002,
        0,
        "down",
        "main",
        "log-in answer",
        "主链路登录应答",
        Record(Field("result", U8, "验证结果", words=LOG_IN_RESULT), VERIFY),
    ),
    Entry(0x1003, 0, "up", "main", "log out", "主链路注销请求", LEAVE),
    Entry(0x1004, 0, "down", "main", "log-out answer", "主链路注销应答"),
    Entry(0x1005, 0, "up", "main", "keep alive", "主链路连接保持请求"),
    Entry(0x1006, 0, "down", "main", "keep-alive answer", "主链路连接保持应答"),
    Entry(0x1007, 0, "up", "sub", "main link broken", "主链路断开通知", Record(REASON_CODE)),
    Entry(0x1008, 0, "up", "sub", "lower platform closes", "下级平台主动关闭链路通知", Record(REASON_CODE)),
    Entry(0x9001, 0, "down", "sub", "connect back", "从链路连接请求", Record(VERIFY)),
    Entry(
        0x9002,
        0,
        "up",
        "sub",
        "connect-back answer",
        "从链路连接应答",
        Record(Field("result", U8, "验证结果", words=SUB_RESULT)),
    ),
    Entry(0x9003, 0, "down", "sub", "close sub link", "从链路注销请求", Record(VERIFY)),
    Entry(0x9004, 0, "up", "sub", "close answer", "从链路注销应答"),
    Entry(0x9005, 0, "down", "sub", "keep alive", "从链路连接保持请求"),
    Entry(0x9006, 0, "up", "sub", "keep-alive answer", "从链路连接保持应答"),
    Entry(0x9007, 0, "down", "main", "sub link broken", "从链路断开通知", Record(REASON_CODE)),
    Entry(0x9008, 0, "down", "main", "upper platform closes", "上级平台主动关闭链路通知", Record(REASON_CODE)),
    Entry(
        0x9101,
        0,
        "down",
        "sub",
        "received so many",
        "接收定位信息数量通知",
        Record(Field("total", U32, "定位信息数量"), Field("start", U64, "起始时间"), Field("end", U64, "结束时间")),
    ),
)
