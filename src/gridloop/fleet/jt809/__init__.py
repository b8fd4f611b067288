"""JT/T 809, the protocol between supervision platforms, editions 2011 and 2019: frames to messages and back."""

from gridloop.fleet.jt808.frames import Edition
from gridloop.fleet.jt808.verdicts import BadFrame, Code, Mark, Tally
from gridloop.fleet.jt809.frames import Header, Keys
from gridloop.fleet.jt809.message import Message, decode, encode
from gridloop.fleet.jt809.registry import FAMILIES, MESSAGES
from gridloop.fleet.jt809.splitter import Splitter

__all__ = [
    "FAMILIES",
    "MESSAGES",
    "BadFrame",
    "Code",
    "Edition",
    "Header",
    "Keys",
    "Mark",
    "Message",
    "Splitter",
    "Tally",
    "decode",
    "encode",
]
