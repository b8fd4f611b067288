"""The streams between gateways and evaluators, on NATS JetStream: one a shard, kept in files, in the order of sending."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass

import nats
import orjson
import structlog
from nats.aio.client import Client
from nats.aio.msg import Msg
from nats.errors import Error as NatsError
from nats.js.api import AckPolicy, ConsumerConfig, DeliverPolicy, DiscardPolicy, StorageType, StreamConfig, StreamInfo
from nats.js.errors import NotFoundError

log = structlog.get_logger("gridloop.gateway")
PREFIX = "gridloop"
AGE_S = 1800.0
"""Letters are kept for half an hour: what an evaluator that was away for longer has missed, terminals send again."""
STREAM_BYTES_MAX = 4 << 30
AGAIN_S = 0.5
ASK_S = 5.0
UNREAD_MAX = 64
"""Letters on their way to an evaluator that it has not taken yet."""
INACTIVE_S = 30.0
WORDS_AT_ONCE = 1_000
GONE = (NatsError, OSError, TimeoutError)
Hear = Callable[[bytes], Awaitable[None]]


@dataclass(frozen=True, slots=True)
class Bed:
    """A stream as it stands: when it was made (another one counts anew), its first and last sequence."""

    made: str
    first: int
    last: int


class River:
    """One connection; a lost server is sought until it is there."""

    def __init__(self, url: str, name: str, shards: int) -> None:
        self._url, self._name, self.shards = url, name, shards
        self._client = Client()
        self._hearing: list[tuple[str, Hear]] = []
        self._words: asyncio.Queue[tuple[str, object]] = asyncio.Queue()

    async def open(self) -> None:
        """Connect, make the streams that are missing, and hear what was asked for."""
        while True:
            try:
                self._client = await nats.connect(
                    self._url, name=self._name, max_reconnect_attempts=-1, reconnect_time_wait=AGAIN_S, error_cb=_noted
                )
                for shard in range(self.shards):
                    await self._make(shard)
                break
            except GONE as lost:
                log.warning("the message server is out of reach", reason=str(lost).strip() or repr(lost))
                await self.close()
                await asyncio.sleep(AGAIN_S)
        for subject, hear in self._hearing:
            await self._subscribe(subject, hear)

    @property
    def well(self) -> bool:
        """Whether the server answers."""
        return self._client.is_connected

    async def close(self) -> None:
        """Send what was said, and go."""
        if self._client.is_connected:
            await self._pass_on([])
            await self._client.drain()
        elif not self._client.is_closed:
            await self._client.close()

    async def hear(self, subject: str, hear: Hear) -> None:
        """From now on (or from `open` on) do this with what is said there."""
        self._hearing.append((subject, hear))
        if self._client.is_connected:
            await self._subscribe(subject, hear)

    def say(self, subject: str, said: object) -> None:
        """Tell whoever listens then, in the order of saying; what is said at once arrives as one list."""
        self._words.put_nowait((subject, said))

    async def speak(self) -> None:
        """Pass on what is said, until cancelled."""
        while True:
            await self._pass_on([await self._words.get()])

    async def write(self, shard: int, raw: bytes, key: str) -> None:
        """Append to the stream of a shard, once, whatever happens meanwhile."""
        while True:
            try:
                await self._client.jetstream(timeout=ASK_S).publish(
                    self._subject(shard), raw, headers={"Nats-Msg-Id": key}
                )
            except GONE as lost:
                log.warning("a letter waits for the message server", shard=shard, reason=repr(lost))
                await asyncio.sleep(AGAIN_S)
                await self._make_again(shard)
            else:
                return

    async def bed(self, shard: int) -> Bed:
        """How a shard's stream stands; waits for the server."""
        while True:
            try:
                info: StreamInfo = await self._client.jetstream(timeout=ASK_S).stream_info(self._stream(shard))
            except GONE as lost:
                log.warning("the stream cannot be looked at yet", shard=shard, reason=repr(lost))
                await asyncio.sleep(AGAIN_S)
                await self._make_again(shard)
            else:
                made = info.created.isoformat() if info.created else ""
                return Bed(made, info.state.first_seq, info.state.last_seq)

    async def follow(
        self, shard: int, sequence: int, take: Callable[[Msg], Awaitable[None]]
    ) -> Callable[[], Awaitable[None]]:
        """Be given the letters from this sequence on, not too many at once; returns what ends it. Raises one of GONE."""
        inbox = self._client.new_inbox()
        mine = await self._client.subscribe(inbox, cb=take)
        asked = ConsumerConfig(
            deliver_subject=inbox,
            deliver_policy=DeliverPolicy.BY_START_SEQUENCE,
            opt_start_seq=sequence,
            ack_policy=AckPolicy.ALL,
            ack_wait=60.0,
            max_ack_pending=UNREAD_MAX,
            inactive_threshold=INACTIVE_S,
            mem_storage=True,
        )
        await self._client.jetstream(timeout=ASK_S).add_consumer(self._stream(shard), asked)
        return mine.unsubscribe

    async def _pass_on(self, words: list[tuple[str, object]]) -> None:
        while not self._words.empty() and len(words) < WORDS_AT_ONCE:
            words.append(self._words.get_nowait())
        for subject in dict.fromkeys(subject for subject, _ in words):
            said = [word for about, word in words if about == subject]
            try:
                await self._client.publish(f"{PREFIX}.{subject}", orjson.dumps(said))
            except GONE as lost:
                log.warning("not told", subject=subject, reason=repr(lost))

    async def _subscribe(self, subject: str, hear: Hear) -> None:
        async def heard(message: Msg) -> None:
            await hear(message.data)

        await self._client.subscribe(f"{PREFIX}.{subject}", cb=heard)

    async def _make_again(self, shard: int) -> None:
        try:
            await self._make(shard)
        except GONE:
            return

    async def _make(self, shard: int) -> None:
        stream = self._client.jetstream(timeout=ASK_S)
        try:
            await stream.stream_info(self._stream(shard))
        except NotFoundError:
            await stream.add_stream(
                StreamConfig(
                    name=self._stream(shard),
                    subjects=[self._subject(shard)],
                    storage=StorageType.FILE,
                    discard=DiscardPolicy.OLD,
                    max_age=AGE_S,
                    max_bytes=STREAM_BYTES_MAX,
                )
            )

    def _stream(self, shard: int) -> str:
        return f"{PREFIX}-{self.shards}-{shard}"

    def _subject(self, shard: int) -> str:
        return f"{PREFIX}.windows.{self.shards}.{shard}"


async def _noted(lost: Exception) -> None:
    log.warning("the message server", reason=repr(lost))
