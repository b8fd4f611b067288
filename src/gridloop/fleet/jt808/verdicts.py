"""What can be wrong with a frame: three degrees, one error, and the counting of both."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from enum import StrEnum

from gridloop.kernel.errors import Malformed


class Code(StrEnum):
    """Why a frame is refused or marked."""

    SHORT = "short"
    LONG = "long"
    DELIMITER = "delimiter"
    ENCRYPTED = "encrypted"
    ESCAPE = "escape"
    CHECKSUM = "checksum"
    LENGTH = "length"
    PART = "part"
    BODY_SHORT = "body_short"
    BODY_LONG = "body_long"
    UNKNOWN_ID = "unknown_id"
    EDITION = "edition"
    TIME = "time"
    TEXT = "text"
    DIGITS = "digits"
    PLACE = "place"
    ITEM = "item"
    VALUE = "value"


HOPELESS = frozenset({Code.SHORT, Code.LONG, Code.DELIMITER, Code.ENCRYPTED})
"""Refused in both modes: nothing trustworthy can be read."""
DEFECTS = frozenset({Code.ESCAPE, Code.CHECKSUM, Code.LENGTH, Code.PART, Code.BODY_SHORT, Code.BODY_LONG})
"""The frame breaks its own rules: the strict mode refuses, the lenient mode accepts and marks."""
ODDITIES = frozenset({Code.UNKNOWN_ID, Code.EDITION, Code.TIME, Code.TEXT, Code.DIGITS, Code.PLACE, Code.ITEM})
"""The frame is whole, a value in it is strange: marked in both modes, and kept as it came."""

SENTENCES: dict[Code, tuple[str, str]] = {
    Code.SHORT: ("the frame is too short for a header and its check", "帧长度不足以容纳消息头和校验码"),
    Code.LONG: ("the message is longer than a frame can carry; send it in parts", "消息超过单帧长度,请分包发送"),
    Code.DELIMITER: ("a delimiter stands inside the frame; split the stream first", "帧内出现标识位,请先按标识位切分"),
    Code.ENCRYPTED: (
        "the body is encrypted and no key is agreed here; let it be sent in the clear",
        "消息体已加密,本平台未约定密钥;请对方改为不加密",
    ),
    Code.ESCAPE: ("an escape byte is followed by neither 0x01 nor 0x02", "转义字节之后不是 0x01 或 0x02"),
    Code.CHECKSUM: ("the check does not fit the bytes before it", "校验码与报文不符"),
    Code.LENGTH: ("the header names another body length than there is", "消息头中的消息体长度与实际不符"),
    Code.PART: ("the packet number is not between 1 and the total", "包序号不在 1 到总包数之间"),
    Code.BODY_SHORT: ("the body ends before this field is complete", "消息体在该字段之前结束"),
    Code.BODY_LONG: ("bytes are left over after the last field", "最后一个字段之后仍有剩余字节"),
    Code.UNKNOWN_ID: ("no such message in the tables; its body is kept raw", "消息表中没有该消息,消息体按原样保留"),
    Code.EDITION: ("the message does not belong to this edition", "该版本标准中没有此消息"),
    Code.TIME: ("no such date or time; kept as it came", "日期或时间不存在,按原样保留"),
    Code.TEXT: ("the text is not GBK throughout", "文本不全是 GBK 编码"),
    Code.DIGITS: ("a digit is not decimal", "BCD 码中有非十进制数字"),
    Code.PLACE: ("no such place on earth", "经纬度超出范围"),
    Code.ITEM: ("the item's length does not fit its kind; kept raw", "附加项长度与定义不符,按原样保留"),
    Code.VALUE: ("the value cannot be written into this field", "该值无法写入此字段"),
}


@dataclass(frozen=True, slots=True)
class Mark:
    """One thing that is wrong with an accepted message: `offset` counts from the message id, after unescaping."""

    code: Code
    offset: int
    field: str = ""

    def sentence(self, language: str = "en") -> str:
        """What is wrong, in `zh` or English, with field and offset."""
        en, zh = SENTENCES[self.code]
        if language.startswith("zh"):
            return f"第 {self.offset} 字节{f'({self.field})' if self.field else ''}:{zh}"
        return f"byte {self.offset}{f' ({self.field})' if self.field else ''}: {en}"


class BadFrame(Malformed):
    """A frame that is refused, or a message that cannot be written."""

    def __init__(self, code: Code, offset: int = 0, field: str = "", *, detail: tuple[str, str] = ("", "")) -> None:
        """`offset` counts from the message id, after unescaping; `detail` adds to the sentence (English, Chinese)."""
        mark = Mark(code, offset, field)
        en, zh = (f"; {detail[0]}" if detail[0] else ""), (f";{detail[1]}" if detail[1] else "")
        super().__init__(mark.sentence("en") + en, zh=mark.sentence("zh") + zh)
        self.code = code
        self.offset = offset
        self.field = field


class Tally:
    """How many frames were accepted, marked and refused, by reason."""

    def __init__(self) -> None:
        self.accepted = 0
        self.refused: Counter[Code] = Counter()
        self.marked: Counter[Code] = Counter()

    def accept(self, marks: tuple[Mark, ...] = ()) -> None:
        """Count a message that was read, and each reason it is marked for once."""
        self.accepted += 1
        if marks:
            self.marked.update({mark.code for mark in marks})

    def refuse(self, error: BadFrame) -> None:
        """Count a frame that was not read."""
        self.refused[error.code] += 1
