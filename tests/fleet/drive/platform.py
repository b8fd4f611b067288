"""A platform as terminals meet it: lets registered numbers in, acknowledges when it may, and gives orders. Speaks through the codec."""

from __future__ import annotations

import asyncio
from contextlib import asynccontextmanager

from gridloop.fleet.jt808 import Assembler, Message, Splitter, decode, encode

CODE = "T0P-SECRET"


class Session(asyncio.Protocol, asyncio.DatagramProtocol):
    def __init__(self, platform) -> None:
        self.platform = platform
        self.splitter = Splitter()
        self.assembler = Assembler(timeout_s=60)
        self.reply = None

    def connection_made(self, transport) -> None:
        self.transport = transport
        self.platform.sessions.append(self)

    def data_received(self, data) -> None:
        self.reply = self.transport.write
        self.frames(data)

    def datagram_received(self, data, addr) -> None:
        self.reply = lambda frame: self.transport.sendto(frame, addr)
        self.frames(data)

    def frames(self, data) -> None:
        for frame in self.splitter.feed(data):
            message = decode(frame)
            self.platform.frames.append(message)
            whole = self.assembler.take(message, 0.0) if message.header.part else message
            if whole is not None:
                self.platform.take(self, whole)


class Platform:
    def __init__(self, known=()) -> None:
        self.known = set(known)
        self.acking = True
        self.sessions: list[Session] = []
        self.frames: list[Message] = []
        self.messages: list[Message] = []
        self.serial = 0

    def of(self, message_id: int) -> list[Message]:
        return [message for message in self.messages if message.header.id == message_id]

    def take(self, session, message) -> None:
        self.messages.append(message)
        header = message.header
        if header.id == 0x0100:
            result = 0 if header.subscriber in self.known else 4
            body = {"acked_serial": header.serial, "result": result} | ({"code": CODE} if result == 0 else {})
            self.send(session, header, 0x8100, body)
        elif header.id == 0x0102:
            self.ack(session, header, 0 if message.body["code"] == CODE else 1)
        elif header.id == 0x0801:
            if self.acking:
                self.send(session, header, 0x8800, {"media": message.body["media"]})
        elif self.acking and header.id not in {0x0001, 0x0104, 0x0107, 0x0201}:
            self.ack(session, header, 0)

    def ack(self, session, header, result) -> None:
        self.send(session, header, 0x8001, {"acked_serial": header.serial, "acked_id": header.id, "result": result})

    def send(self, session, header, message_id, body) -> None:
        self.serial += 1
        answer = type(header)(message_id, header.phone, self.serial, header.edition)
        session.reply(encode(Message(answer, body)))

    def order(self, message_id, body) -> None:
        self.send(self.sessions[-1], self.messages[-1].header, message_id, body)

    def hang_up(self) -> None:
        for session in self.sessions:
            session.transport.close()
        self.sessions.clear()


@asynccontextmanager
async def listening(*known, udp=False):
    """(platform, port) on this machine, until the block ends."""
    platform = Platform(known)
    loop = asyncio.get_running_loop()
    if udp:
        transport, _ = await loop.create_datagram_endpoint(lambda: Session(platform), local_addr=("127.0.0.1", 0))
        yield platform, transport.get_extra_info("sockname")[1]
        transport.close()
    else:
        server = await loop.create_server(lambda: Session(platform), "127.0.0.1", 0)
        yield platform, server.sockets[0].getsockname()[1]
        server.close()
        platform.hang_up()
    await asyncio.sleep(0)


async def until(holds, *, within_s=10.0) -> None:
    """Wait until it holds; fails where it never does."""
    end = asyncio.get_running_loop().time() + within_s
    while not holds():
        assert asyncio.get_running_loop().time() < end, "it never happened"
        await asyncio.sleep(0.01)
