"""When the demo city's components were put up, and whose warranty still repairs them; all of it made up."""

from __future__ import annotations

import datetime as dt
import zlib

CONTRACTORS = {
    "01": "示范市政工程公司(虚构)", "02": "示范交通设施公司(虚构)", "03": "示范环卫设备公司(虚构)", "04": "示范园林绿化公司(虚构)", "05": "示范建设公司(虚构)",
}  # fmt: skip
"""Who built what, by class of component; invented names."""
WARRANTY_YEARS = 2
"""Pipes, lines and equipment: two years (建设工程质量管理条例, Art. 40); the demo takes it for everything."""
AGE_DAYS_MAX = 15 * 365
YEAR_DAYS = 365


def built(lon: float, lat: float, subclass: str, on: dt.date) -> tuple[dt.date, str, dt.date]:
    """The day on which a component at this spot was put up, its contractor and the last day of the warranty; the same spot gives the same answer."""
    share = zlib.crc32(f"{subclass}:{lon:.6f}:{lat:.6f}".encode()) / 2**32
    installed = on - dt.timedelta(
        days=30 + int(AGE_DAYS_MAX * share * share)
    )  # young streets are commoner than old ones
    until = installed + dt.timedelta(days=WARRANTY_YEARS * YEAR_DAYS)
    return installed, CONTRACTORS.get(subclass[:2], CONTRACTORS["05"]), until
