"""What terminals are told about a window: refusals at once, acknowledgements after the commit."""

from __future__ import annotations

import time
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from gridloop.fleet.gateway import counts, reading
from gridloop.fleet.gateway.register import Terminals
from gridloop.fleet.gateway.strangers import BAD_FRAMES_MOST, Strangers, name_of
from gridloop.fleet.gateway.talk import Talk
from gridloop.fleet.gateway.wire import Inbox, Peer
from gridloop.fleet.intake import MARK_CLONE
from gridloop.fleet.jt808 import BadFrame, Header, Message, encode
from gridloop.fleet.jt808.acks import joined
from gridloop.fleet.jt808.frames import open_frame
from gridloop.fleet.jt808.registry import PLATFORM_ACK

DONE, FAILED, BAD_MESSAGE, NOT_SUPPORTED = 0, 1, 2, 3
"""Results of 0x8001."""
MINUTE_S = 60.0
REFUSED_MOST = 200
"""Positions refused on a connection on which nobody has signed in, until it is closed: it will not hear."""
Numbers = npt.NDArray[Any]


@dataclass(frozen=True, slots=True)
class Heard:
    """What a window says that may be said.

    fixes: FIX rows with extras_at, extras_sizes in `data`; acked, conns, vehicles: rows (ROW) to acknowledge when they are stored, where,
    and whose;
    refused, refused_conns: rows to refuse now.
    """

    fixes: npt.NDArray[np.void]
    extras_at: Numbers
    extras_sizes: Numbers
    data: bytes
    acked: npt.NDArray[np.void]
    conns: Numbers
    vehicles: Numbers
    refused: npt.NDArray[np.void]
    refused_conns: Numbers


class Answers:
    """Judges who may speak, and answers."""

    def __init__(self, inbox: Inbox, terminals: Terminals, talk: Talk, strangers: Strangers) -> None:
        self.inbox, self.terminals, self.talk, self.strangers = inbox, terminals, talk, strangers
        self._minute = 0

    def hear(self, read: reading.Read) -> Heard:
        """Take the messages that are no positions, then the positions of those who may speak."""
        for frame, message in read.others:
            peer = self.inbox.peers.get(int(read.conn[frame]))
            if peer is not None:
                self.talk.take(peer, message, int(read.received[frame]))
        for frame, error in read.refused:
            self._bad(int(read.conn[frame]), read.frames[frame], error)
        may = reading.may_speak(read, self.terminals)
        cloned: list[int] = []
        if not may.all():
            cloned = self._others_of_a_phone(read, may)
        chosen = np.flatnonzero(may)
        fixes = reading.fixes_of(read, chosen, self.terminals)
        if cloned:
            fixes["marks"][np.isin(chosen, cloned)] |= MARK_CLONE
        rows = read.decoded.rows
        first = rows["item"] == 0
        self._limit(read.slot[may & first], read.conn[rows["frame"][may & first]])
        acked, refused = rows[may & first], rows[~may & first]
        mine = rows[chosen]
        return Heard(
            fixes,
            mine["extras_at"].astype(np.int64),
            mine["extras_size"].astype(np.int64),
            read.decoded.data,
            acked,
            read.conn[acked["frame"]],
            self.terminals.slots.vehicle[read.slot[may & first]],
            refused,
            read.conn[refused["frame"]],
        )

    def acknowledge(self, rows: npt.NDArray[np.void], conns: Numbers) -> None:
        """These are stored."""
        self._answer(rows, conns, DONE)
        counts.ACKS.inc(len(rows))

    def refuse_now(self, heard: Heard) -> None:
        """These are not taken."""
        self._answer(heard.refused, heard.refused_conns, FAILED)

    def _answer(self, rows: npt.NDArray[np.void], conns: Numbers, result: int) -> None:
        """One write a connection."""
        if not len(rows):
            return
        order = np.argsort(conns, kind="stable")
        rows, conns = rows[order], conns[order]
        whole, edges = joined(rows, self.talk.serials(len(rows)), result)
        starts = np.concatenate([[0], np.flatnonzero(conns[1:] != conns[:-1]) + 1])
        cuts = [*edges[starts].tolist(), len(whole)]
        peers = self.inbox.peers
        for number, start, stop in zip(conns[starts].tolist(), cuts, cuts[1:], strict=False):
            peer = peers.get(number)
            if peer is not None:
                peer.write(whole[start:stop])

    def _others_of_a_phone(self, read: reading.Read, may: npt.NDArray[np.bool_]) -> list[int]:
        """Rows of terminals that signed in here and later elsewhere too, which may speak (`may` is changed); all others become strangers.

        What came before the other signed in, or after it has gone, is no sign of a copy.
        """
        cloned: list[int] = []
        rows, columns = read.decoded.rows, self.terminals.slots
        for row in np.flatnonzero(~may).tolist():
            frame = int(rows["frame"][row])
            slot, peer = int(read.slot[row]), self.inbox.peers.get(int(read.conn[frame]))
            if peer is None:
                continue
            if slot >= 0 and (self.talk.speaks_again(peer, slot) or columns.speaker[slot] == peer.number):
                may[row] = True
            elif slot >= 0 and slot in peer.slots and columns.speaker[slot]:
                may[row] = True
                if read.received[frame] > columns.since[slot]:
                    cloned.append(row)
                    self._clone(peer, slot)
            elif rows["item"][row] == 0:
                self._stranger(peer, slot, rows["phone"][row].decode().lstrip("0"))
        return cloned

    def _clone(self, peer: Peer, slot: int) -> None:
        other = self.inbox.peers.get(int(self.terminals.slots.speaker[slot]))
        known = self.terminals.known_at[slot]
        where = other.where if other else "?"
        said = (
            f"this number speaks from {peer.where} and from {where} at the same time; one of the two terminals is a copy",
            f"该号码同时从 {peer.where} 与 {where} 上报,其中一台为克隆终端",
        )
        self.strangers.note("jt808", self.terminals.name_at(slot), peer.where, "clone", said)
        counts.REFUSED.labels("clone_kept").inc()
        if known is None:  # taken out of the register a moment ago
            peer.slots.discard(slot)

    def _stranger(self, peer: Peer, slot: int, name: str) -> None:
        known = self.terminals.known_at[slot] if slot >= 0 else None
        reason, said = name_of(known, name)
        counts.REFUSED.labels(reason).inc()
        self.strangers.note("jt808", name, peer.where, reason, said)
        peer.refused += 1
        if peer.refused == REFUSED_MOST and not peer.slots:
            peer.close()

    def _bad(self, number: int, frame: bytes, error: BadFrame) -> None:
        """A frame that could not be read: counted, answered where its header can be trusted; who sends many of them is shown."""
        counts.REFUSED.labels(f"frame_{error.code}").inc()
        peer = self.inbox.peers.get(number)
        if peer is None:
            return
        peer.bad += 1
        answer = refusal_of(frame, int(self.talk.serials(1)[0]))
        if answer is not None:
            peer.write(answer)
        if peer.bad == BAD_FRAMES_MOST:
            said = (f"sends frames that cannot be read, the last one: {error}", f"报文无法解析,最近一帧:{error.zh}")
            self.strangers.note(
                "jt808", self.terminals.name_of_any(peer.slots) or peer.where, peer.where, "bad_frames", said
            )
            peer.bad = 0

    def _limit(self, slots: Numbers, conns: Numbers) -> None:
        """Count frames by terminal; over its limit the connection is not read until the minute is over."""
        columns = self.terminals.slots
        now_s = time.monotonic()
        if int(now_s // MINUTE_S) != self._minute:
            self._minute = int(now_s // MINUTE_S)
            columns.said[:] = 0
        np.add.at(columns.said, slots, 1)
        over = np.flatnonzero(columns.said[slots] > columns.most[slots])
        for place in np.unique(slots[over], return_index=True)[1].tolist() if len(over) else ():
            slot, peer = int(slots[over[place]]), self.inbox.peers.get(int(conns[over[place]]))
            if peer is not None:
                self._flood(peer, slot, (self._minute + 1) * MINUTE_S)

    def _flood(self, peer: Peer, slot: int, until_s: float) -> None:
        most = int(self.terminals.slots.most[slot])
        self.inbox.pause(peer, "flood", until_s)
        said = (
            f"sends more than its {most} frames a minute; it is read again when the minute is over",
            f"每分钟报文数超过限额 {most},本分钟内暂停接收",
        )
        self.strangers.note("jt808", self.terminals.name_at(slot), peer.where, "flood", said)


def refusal_of(frame: bytes, serial: int) -> bytes | None:
    """0x8001 "bad message" for a frame whose header can be trusted though its body cannot; None for all others."""
    try:
        header = open_frame(frame).header
    except BadFrame:
        return None
    if header.part is not None or not header.phone.isdecimal():
        return None
    answer = Header(PLATFORM_ACK, header.phone, serial & 0xFFFF, header.edition)
    return encode(Message(answer, {"acked_serial": header.serial, "acked_id": header.id, "result": BAD_MESSAGE}))
