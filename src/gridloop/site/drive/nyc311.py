"""Real input: 4,969 requests of New York's 311 about animals, moved onto Xiamen, sent through Open311 and driven to the close.

The file is `data/nyc311_animals/requests.csv` (MIT, see its README). Positions are moved by one fixed shift, so that their pattern stays as
it is; a request without a position takes the mean position of its postal district, its borough or, failing both, of all requests.
"""

from __future__ import annotations

import csv
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

FILE = Path(__file__).resolve().parents[4] / "data" / "nyc311_animals" / "requests.csv"
SHIFT_LON, SHIFT_LAT = 192.06, -16.19
"""Degrees from New York (-73.94, 40.67) to Xiamen Island (118.12, 24.48)."""
SERVICES = {
    "Animal-Abuse": "E0118", "Dead Animal": "E0117", "Animal in a Park": "E0106", "Unsanitary Animal Pvt Property": "E0103",
    "Illegal Animal Kept as Pet": "E0118", "Animal Facility - No Permit": "E0501", "Illegal Animal Sold": "E0501", "Pet Shop": "E0504",
    "Unsanitary Animal Facility": "E0103",
}  # fmt: skip
"""Our class for each complaint type; ours, by the nearest meaning."""
OTHERWISE = "E0699"


@dataclass(frozen=True, slots=True)
class Request:
    """One row as it is sent; `placed_by` says where its position comes from."""

    key: str
    created: str
    service: str
    lon: float
    lat: float
    placed_by: str
    words: str
    address: str


def requests(file: Path = FILE, *, limit: int | None = None) -> list[Request]:
    """The requests in their own order of time, oldest first."""
    with file.open(encoding="utf-8", newline="") as source:
        rows = sorted(csv.DictReader(source), key=lambda row: (row["Created Date"], row["Unique Key"]))
    means = _means(rows)
    return [_request(row, means) for row in rows[:limit]]


Point = tuple[float, float]


def _means(rows: Iterable[dict[str, str]]) -> dict[tuple[str, str], Point]:
    sums: dict[tuple[str, str], list[float]] = defaultdict(lambda: [0.0, 0.0, 0.0])
    for row in rows:
        if not row["Longitude"]:
            continue
        for key in (("district", row["Incident Zip"]), ("borough", row["Borough"]), ("all", "")):
            total = sums[key]
            total[0] += float(row["Longitude"])
            total[1] += float(row["Latitude"])
            total[2] += 1
    return {key: (lon / count, lat / count) for key, (lon, lat, count) in sums.items()}


def _request(row: dict[str, str], means: dict[tuple[str, str], Point]) -> Request:
    placed_by = "row"
    if row["Longitude"]:
        lon, lat = float(row["Longitude"]), float(row["Latitude"])
    else:
        key = next(
            key for key in (("district", row["Incident Zip"]), ("borough", row["Borough"]), ("all", "")) if key in means
        )
        placed_by, (lon, lat) = key[0], means[key]
    words = " - ".join(part for part in (row["Complaint Type"], row["Descriptor"], row["Location Type"]) if part)
    return Request(
        key=row["Unique Key"],
        created=row["Created Date"],
        service=SERVICES.get(row["Complaint Type"], OTHERWISE),
        lon=round(lon + SHIFT_LON, 7),
        lat=round(lat + SHIFT_LAT, 7),
        placed_by=placed_by,
        words=words,
        address=row["Incident Address"] or row["Street Name"],
    )
