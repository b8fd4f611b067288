"""What may be asked of a terminal, and what must be said with it; pure."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from gridloop.kernel.errors import Malformed, Refused

TEXT_BYTES_MAX = 1_000  # a JT/T 808 body holds 1,023 bytes; the words go out in GBK
TRACK_MINUTES_MAX, TRACK_INTERVAL_S = 240, (5, 60)
MANY_MAX = 2_000
FAILED = frozenset({"refused", "unreachable"})
"""States after which a text is sent again."""
FLAG_URGENT, FLAG_DISPLAY, FLAG_SPEAK = 1, 4, 8  # JT/T 808-2019, table 40: bits 0, 2 and 3
ORDER_VERBS: dict[str, tuple[str, str]] = {
    "text": ("下发文字", "text to the driver"),
    "locate": ("立即定位", "locate now"),
    "track": ("临时跟踪", "follow for some minutes"),
    "picture": ("拍照", "picture"),
}
ORDER_STATES: dict[str, tuple[str, str]] = {
    "waiting": ("待下发", "waiting"),
    "sent": ("已下发", "sent"),
    "done": ("终端已应答", "answered"),
    "refused": ("终端拒绝", "refused"),
    "unreachable": ("终端不可达", "not reached"),
}


def checked(verb: str, said: Mapping[str, Any]) -> dict[str, Any]:
    """What the gateway is told of an order; Malformed for an unknown verb or for what it must say and does not."""
    if verb == "text":
        return {"text": _text(str(said.get("text", ""))), "flags": _flags(said)}
    if verb == "locate":
        return {}
    if verb == "track":
        return _track(said)
    if verb == "picture":
        channel = said.get("channel", 1)
        if not (isinstance(channel, int) and 1 <= channel <= 64):
            raise Malformed(
                "a camera's channel is a number from 1 to 64", zh="摄像头通道为 1 至 64", fields={"channel": "1 to 64"}
            )
        return {"channel": channel, "pictures": 1}
    raise Malformed(
        f"there is no order '{verb[:20]}'; there are: {', '.join(ORDER_VERBS)}",
        zh=f"没有指令“{verb[:20]}”;可用:{'、'.join(ORDER_VERBS)}",
        fields={"verb": "one of " + ", ".join(ORDER_VERBS)},
    )


def confirmed(typed: str, count: int) -> None:
    """Raises Refused unless the sender typed how many vehicles the text goes to: nobody writes to hundreds of drivers by a slip."""
    if typed.strip() != str(count):
        raise Refused(
            f"this text goes to {count} vehicles; type {count} to send it",
            zh=f"该文字将发往 {count} 辆车;请输入 {count} 确认",
            fields={"typed": f"type {count}"},
        )


def _text(words: str) -> str:
    bare = words.strip()
    try:
        size = len(bare.encode("gbk"))
    except UnicodeEncodeError as wrong:
        letter = bare[wrong.start]
        raise Malformed(
            f"terminals cannot show '{letter}'; write it with Chinese or plain letters",
            zh=f"终端无法显示“{letter}”,请改用汉字或常用字符",
            fields={"text": "GBK only"},
        ) from None
    if not bare or size > TEXT_BYTES_MAX:
        raise Malformed(
            f"a text has 1 to {TEXT_BYTES_MAX} bytes (about {TEXT_BYTES_MAX // 2} Chinese characters)",
            zh=f"文字为 1 至 {TEXT_BYTES_MAX // 2} 个汉字",
            fields={"text": "too long or empty"},
        )
    return bare


def _flags(said: Mapping[str, Any]) -> int:
    """The driver hears it read out and sees it; an urgent one goes before others."""
    return FLAG_DISPLAY | FLAG_SPEAK | (FLAG_URGENT if said.get("urgent") else 0)


def _track(said: Mapping[str, Any]) -> dict[str, Any]:
    minutes, interval_s = said.get("minutes", 10), said.get("interval_s", 5)
    low, high = TRACK_INTERVAL_S
    whole = isinstance(minutes, int) and isinstance(interval_s, int)
    if not (whole and 1 <= minutes <= TRACK_MINUTES_MAX and low <= interval_s <= high):
        raise Malformed(
            f"a vehicle is followed for 1 to {TRACK_MINUTES_MAX} minutes, every {low} to {high} seconds",
            zh=f"临时跟踪时长为 1 至 {TRACK_MINUTES_MAX} 分钟,间隔 {low} 至 {high} 秒",
            fields={"minutes": f"1 to {TRACK_MINUTES_MAX}"},
        )
    return {"interval_s": interval_s, "lasts_s": 60 * minutes}
