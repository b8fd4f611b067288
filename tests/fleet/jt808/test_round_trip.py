"""Every message of every edition comes back as it was sent."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gridloop.fleet.jt808 import MESSAGES, Assembler, BadFrame, Code, Edition, Message, decode, encode_parts
from gridloop.fleet.jt808.frames import close_frame
from gridloop.fleet.jt808.message import encode_body
from tests.fleet.jt808.values import EDITIONS, messages

IDS = [pytest.param(entry, id=f"{entry.id:04x}") for entry in MESSAGES.values()]
HARMLESS = {Code.TIME, Code.PLACE, Code.DIGITS, Code.EDITION, Code.ITEM}


def received(frames: list[bytes], edition) -> Message:
    if len(frames) == 1:
        return decode(frames[0], edition=edition)
    assembler = Assembler()
    whole = [assembler.take(decode(frame), 0.0) for frame in frames]
    assert whole[:-1] == [None] * (len(frames) - 1)
    return whole[-1]


def has_own_2011(entry) -> bool:
    return any(field.until is Edition.V2011 or field.since is Edition.V2013 for field in entry.body.fields)


EVERY = [
    pytest.param(entry, edition, id=f"{entry.id:04x}-{int(edition)}")
    for entry in MESSAGES.values()
    for edition in EDITIONS
    if edition is not Edition.V2011 or has_own_2011(entry)
]


@pytest.mark.parametrize(("entry", "edition"), EVERY)
def test_what_is_sent_is_what_comes_back(entry, edition):
    @settings(max_examples=15, deadline=None, database=None)
    @given(messages(entry, edition))
    def every(message):
        frames = encode_parts(message)
        back = received(frames, edition)
        assert back.body == message.body
        assert back.header == message.header
        assert {mark.code for mark in back.marks} <= HARMLESS
        assert encode_parts(back) == frames

    every()


@pytest.mark.parametrize("entry", IDS)
def test_a_message_cut_anywhere_is_refused_or_read_but_never_crashes(entry):
    @settings(max_examples=10, deadline=None, database=None)
    @given(messages(entry, EDITIONS[-1]), st.data())
    def every(message, data):
        header = message.header
        body = encode_body(message)[:1000]
        cut = data.draw(st.integers(0, len(body)))
        read = decode(close_frame(header, body[:cut]), lenient=True)
        assert isinstance(read.body, dict)

    every()


LEAVES = (
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats()
    | st.text(max_size=9)
    | st.binary(max_size=9)
    | st.datetimes()
)
ANYTHING = st.recursive(
    LEAVES, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3)
)


@pytest.mark.parametrize("entry", IDS)
def test_a_body_of_nonsense_is_refused_or_written_but_never_crashes(entry):
    @settings(max_examples=12, deadline=None, database=None)
    @given(messages(entry, Edition.V2019), st.data())
    def every(message, data):
        body = dict(message.body)
        for name in data.draw(st.sets(st.sampled_from(sorted(body)), max_size=2)) if body else ():
            body[name] = data.draw(ANYTHING)
        try:
            frames = encode_parts(Message(message.header, body))
        except BadFrame as error:
            assert error.code is Code.VALUE  # noqa: PT017 - both outcomes are right
        else:
            assert all(frame[0] == frame[-1] == 0x7E for frame in frames)

    every()
