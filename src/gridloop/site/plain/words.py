"""The words of the plain pages in Chinese and English."""

from __future__ import annotations

WORDS: dict[str, tuple[str, str]] = {
    "name": ("城市一起管·简版", "City Together, plain"),
    "skip": ("跳到正文", "Skip to the content"),
    "other": ("English", "中文"),
    "home": ("首页", "Start"),
    "app": ("完整版(需要脚本)", "Full version (needs scripts)"),
    "intro": (
        "不用账号、不用脚本就能报告城市里的问题,并一路看到办好。",
        "Report a problem in the city and follow it to its end, without an account and without scripts.",
    ),
    "call": ("也可以打 12345,全天有人接。", "You can also call 12345, day and night."),
    "report": ("报告问题", "Report a problem"),
    "find": ("查看报告", "Look up a report"),
    "near": ("附近在办的", "What is being handled nearby"),
    "news": ("通告", "Announcements"),
    "news_none": ("目前没有通告。", "Nothing is announced now."),
    "until": ("至", "to"),
    "what": ("发生了什么", "What is wrong?"),
    "what_hint": ("如:路灯不亮,晚上很黑", "Such as: the street light is out, it is very dark"),
    "town": ("街道或乡镇", "Township or subdistrict"),
    "choose": ("请选择", "Choose one"),
    "address": ("地址或路口", "Address or crossing"),
    "address_hint": (
        "如:湖滨南路 88 号,或“厦禾路与湖东路路口”",
        "Such as: 88 Hubin South Road, or the corner of two streets",
    ),
    "photos": ("照片(可不选,最多 3 张)", "Photos (optional, three at most)"),
    "contact": ("手机号或邮箱(可不填)", "Mobile number or e-mail (optional)"),
    "contact_hint": (
        "有进展时告诉您;只有经办人看得到,每次查看都有记录。",
        "We tell you how it goes; only those handling it see it, and every look is recorded.",
    ),
    "send": ("提交", "Send"),
    "done": ("已收到", "Received"),
    "number": ("编号", "Number"),
    "code": ("查询码", "Code"),
    "keep": (
        "请抄下编号和查询码:凭它们在任何设备上查看进展、评价。查询码只显示这一次。",
        "Write both down: with them you see progress and rate from any device. The code is shown only now.",
    ),
    "placed": ("地点按您写的定在:", "From your words the place is: "),
    "placed_town": (
        "没有找到您写的地址,先记在所选街道的中心;地址原文会一并交给值班员。",
        "The address was not found, so the place is the centre of the township; the desk also reads the address as you wrote it.",
    ),
    "look": ("查看", "Look"),
    "state": ("现在的状态", "State now"),
    "opened": ("报告时间", "Reported"),
    "due": ("办理时限", "Due"),
    "unit": ("负责单位", "Unit in charge"),
    "place": ("地点", "Place"),
    "yours": ("您写的", "Your words"),
    "story": ("经过", "What happened"),
    "note": ("说明(可不填)", "Words (optional)"),
    "note_must": ("说明", "Words"),
    "rate": ("评价", "Rate"),
    "stars": ("几星(1 很不满意,5 很满意)", "Stars (1 very poor, 5 very good)"),
    "dispute": ("没有修好,请重办", "Not fixed, do it again"),
    "withdraw": ("撤回报告", "Withdraw the report"),
    "appeal": ("不同意结果,申诉", "I disagree: appeal"),
    "comment": ("补充说明", "Add something"),
    "said": ("已送到。", "Delivered."),
    "open": ("正在办的", "Being handled"),
    "none": ("没有正在办的问题。", "Nothing is being handled here."),
    "public": ("能看到的是正在办的问题,看不到是谁报的。", "You see what is being handled, never who reported it."),
    "wrong": ("没有成功:", "That did not work: "),
    "again": ("请再核对后提交。", "Please compare and send again."),
}


def words(language: str) -> dict[str, str]:
    """Every word in one language."""
    return {name: pair[0 if language == "zh" else 1] for name, pair in WORDS.items()}
