"""How web process and gateway speak on the socket between them: a length (4 bytes, little endian), then JSON."""

from __future__ import annotations

import socket
import struct
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import orjson

from gridloop.kernel.errors import Refused

LENGTH = struct.Struct("<I")
MESSAGE_MAX = 4 << 20
ANSWER_WITHIN_S = 30.0


def packed(said: Mapping[str, Any]) -> bytes:
    """A message as it travels."""
    raw = orjson.dumps(said)
    return LENGTH.pack(len(raw)) + raw


def asked(path: Path, said: Mapping[str, Any], *, within_s: float = ANSWER_WITHIN_S) -> dict[str, Any]:
    """Ask the gateway and wait for its answer; Refused where it does not run or does not answer in time."""
    try:
        with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as line:
            line.settimeout(within_s)
            line.connect(str(path))
            line.sendall(packed(said))
            (size,) = LENGTH.unpack(_exactly(line, LENGTH.size))
            answer = orjson.loads(_exactly(line, min(size, MESSAGE_MAX)))
    except (OSError, EOFError, orjson.JSONDecodeError) as lost:
        raise Refused(
            "the gateway does not answer, nothing is known to be stored; send the same again later",
            zh="接入网关未应答,数据是否入库不明;请稍后原样重发",
        ) from lost
    return dict(answer)


def _exactly(line: socket.socket, size: int) -> bytes:
    held = bytearray()
    while len(held) < size:
        piece = line.recv(min(size - len(held), 1 << 16))
        if not piece:
            raise EOFError
        held += piece
    return bytes(held)
