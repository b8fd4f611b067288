"""NMEA 0183: sentences, dates, and a receiver over TCP and UDP."""

from __future__ import annotations

import asyncio
import math
from datetime import UTC, datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gridloop.engines.fences.fixes import Mark
from gridloop.fleet.feeds.nmea.feed import NmeaFeed
from gridloop.fleet.feeds.nmea.sentences import Receiver, degrees_of, moment_of, sentence_of, sum_of
from gridloop.fleet.intake import NO_MOMENT, STATUS_POSITIONED, Source
from gridloop.kernel.errors import Malformed
from tests.fleet.feeds.ends import Committing, Registered, a_known, serving, until

NOW = datetime(2026, 11, 22, 0, 0, 2, tzinfo=UTC)
RMC = "GPRMC,235959.50,A,2430.0000,N,11806.0000,E,23.2,271.5,211126,,,A"
GGA = "BDGGA,000001.00,2430.0000,N,11806.0000,E,1,08,0.9,45.4,M,8.1,M,,"


def line(text: str, tag: str = "") -> str:
    lead = f"\\{tag}*{sum_of(tag):02X}\\" if tag else ""
    return f"{lead}${text}*{sum_of(text):02X}"


def ms(*parts) -> int:
    return int(datetime(*parts, tzinfo=UTC).timestamp() * 1000)


def test_an_rmc_sentence_is_a_whole_position():
    one = Receiver().take(sentence_of(line(RMC)), NOW)
    assert (one.lon, one.lat) == pytest.approx((118.1, 24.5))
    assert one.at_ms == ms(2026, 11, 21, 23, 59, 59) + 500
    assert one.speed_kmh == pytest.approx(23.2 * 1.852)
    assert one.heading == 271.5
    assert one.status & STATUS_POSITIONED


def test_gga_has_no_date_and_takes_the_nearest_also_over_midnight():
    one = Receiver().take(sentence_of(line(GGA)), datetime(2026, 11, 21, 23, 59, 58, tzinfo=UTC))
    assert one.at_ms == ms(2026, 11, 22, 0, 0, 1)
    assert one.altitude_m == 45.4


def test_gga_only_adds_its_height_where_rmc_speaks():
    receiver = Receiver()
    assert receiver.take(sentence_of(line(RMC)), NOW) is not None
    assert receiver.take(sentence_of(line(GGA)), NOW) is None
    assert receiver.take(sentence_of(line(RMC)), NOW).altitude_m == 45.4
    assert receiver.take(sentence_of(line("GPGSV,1,1,00")), NOW) is None


def test_a_void_fix_is_kept_without_a_place():
    one = Receiver().take(sentence_of(line("GNRMC,235959,V,,,,,,,211126,,,N")), NOW)
    assert math.isnan(one.lon)
    assert not one.status & STATUS_POSITIONED


@pytest.mark.parametrize(
    ("clock", "date", "at"),
    [
        ("120000", "220426", ms(2026, 4, 22, 12)),
        ("120000", "080407", ms(2026, 11, 22, 12)),  # 1,024 weeks ago: the receiver's week has rolled over
        ("120000", "310299", NO_MOMENT),
        ("250000", "220426", NO_MOMENT),
        ("", "220426", NO_MOMENT),
        ("120000", "2204", NO_MOMENT),
    ],
)
def test_dates_roll_over_and_impossible_ones_are_none(clock, date, at):
    assert moment_of(clock, date, datetime(2026, 11, 22, 12, 0, 5, tzinfo=UTC)) == at


def test_degrees_have_their_half():
    assert degrees_of("3356.5", "S") == pytest.approx(-33.941667, abs=1e-6)
    assert degrees_of("07030.0", "W") == -70.5
    assert math.isnan(degrees_of("abc", "N"))


@pytest.mark.parametrize("wrong", ["", "hello", "$GPRMC,1", line(RMC)[:-1] + "X", line(RMC)[:-3], line(RMC, "s:a")[1:]])
def test_what_is_no_sentence_or_has_a_wrong_checksum_is_refused(wrong):
    with pytest.raises(Malformed):
        sentence_of(wrong)


@settings(max_examples=300, deadline=None, database=None)
@given(
    st.text(max_size=120) | st.builds(lambda text: line("GPRMC," + text), st.text("0123456789.,ANESWV", max_size=90))
)
def test_nothing_that_comes_in_does_harm(text):
    try:
        Receiver().take(sentence_of(text), NOW)
    except Malformed as wrong:
        assert wrong.zh  # noqa: PT017


def test_receivers_speak_over_tcp_and_udp_and_strangers_are_noted():
    async def story():
        window = Committing()
        register = Registered({("nmea", "boat7"): a_known(7), ("nmea", "127.0.0.1"): a_known(8)})
        feed = NmeaFeed("127.0.0.1", 0)
        async with serving(feed, window, register):
            _, writer = await asyncio.open_connection("127.0.0.1", feed.port)
            text = "\r\n".join([line(RMC, "s:boat7"), line(RMC), line(RMC, "s:nobody"), "junk", line(GGA), ""])
            writer.write(text.encode())
            transport, _ = await asyncio.get_running_loop().create_datagram_endpoint(
                asyncio.DatagramProtocol, remote_addr=("127.0.0.1", feed.port)
            )
            transport.sendto((line("GPRMC,235959,V,,,,,,,211126,,,N", "s:boat7") + "\r\n").encode())
            await until(lambda: feed.counts.received == 6 and len(window.rows) == 3)
            writer.close()
            transport.close()
            await until(lambda: feed.counts.connections == 0)
        rows = window.rows
        assert sorted(rows["vehicle"].tolist()) == [7, 7, 8]
        assert set(rows["source"].tolist()) == {Source.NMEA}
        assert sorted(rows["marks"].tolist()) == [0, 0, Mark.PLACE]
        assert register.refused == [("nmea", "nobody", "unregistered")]
        assert feed.counts.refused == {"form": 1, "unregistered": 1}
        assert feed.counts.stored == 3

    asyncio.run(story())
