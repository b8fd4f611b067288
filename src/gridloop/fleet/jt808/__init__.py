"""JT/T 808, the protocol of vehicle terminals, editions 2011, 2013 and 2019: frames to messages and back."""

from gridloop.fleet.jt808.assembler import Assembler
from gridloop.fleet.jt808.frames import Edition, Header, Part
from gridloop.fleet.jt808.message import Message, decode, degrees, encode, encode_parts
from gridloop.fleet.jt808.records import Item
from gridloop.fleet.jt808.registry import MESSAGES
from gridloop.fleet.jt808.splitter import Splitter
from gridloop.fleet.jt808.verdicts import BadFrame, Code, Mark, Tally

__all__ = [
    "MESSAGES",
    "Assembler",
    "BadFrame",
    "Code",
    "Edition",
    "Header",
    "Item",
    "Mark",
    "Message",
    "Part",
    "Splitter",
    "Tally",
    "decode",
    "degrees",
    "encode",
    "encode_parts",
]
