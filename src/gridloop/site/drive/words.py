"""What the scripted people write: short sentences of the kind that residents, desks and crews use. All of it made up."""

from __future__ import annotations

from random import Random

NOTES: dict[str, tuple[str, ...]] = {
    "finish": (
        "已处置完毕,现场恢复正常。",
        "更换到位,已清理现场。",
        "已修复,围挡已撤除。",
        "班组到场处理完成,请核查。",
    ),
    "return": ("经现场查看不属本单位管养范围。", "权属为其他单位,已电话核实。"),
    "rule": ("依据设施移交清单,由该单位负责。",),
    "ask_delay": ("需调配材料,请予延期。", "降雨影响施工,申请延期。"),
    "ask_suspend": ("需等待管线交底,申请挂账。",),
    "fail": ("现场仍有残留,请返工。", "周边未恢复平整,退回重办。"),
    "not_found": ("现场未发现所述问题。",),
    "dispute": ("问题还在,没有解决。", "今天又看到同样的情况。"),
    "reopen": ("异议属实,请重新办理。",),
    "uphold": ("经复核已按标准处置,维持结论。",),
    "pass": ("现场已恢复。", "与结案条件一致。"),
    "send_back": ("照片与案点不符,请补拍。",),
    "void": ("测试上报,作废。",),
    "rate": ("处理很快,谢谢。", "", "", "好。"),
}
"""Notes by verb."""

LEADS = ("", "", "群众反映,", "巡查发现,", "路过看到,", "请尽快处理:")


def note(rng: Random, verb: str) -> str:
    """A note that goes with this verb, or an empty text."""
    return rng.choice(NOTES.get(verb, ("",)))


def report(rng: Random, class_zh: str, condition_zh: str, address: str) -> str:
    """What somebody writes who reports a problem of this class."""
    where = f"{address}," if address else ""
    return f"{rng.choice(LEADS)}{where}{class_zh}:{condition_zh}。"
