"""Pictures, sounds and films of terminals (0x0801), kept as files with a row each."""

from __future__ import annotations

import datetime as dt
import hashlib
import os
from pathlib import Path
from typing import Any

from gridloop.fleet.gateway.desk import Connection
from gridloop.fleet.jt808 import degrees

MEDIA = {0: "image", 1: "audio", 2: "video"}
FORMATS = {0: "jpeg", 1: "tiff", 2: "mp3", 3: "wav", 4: "wmv"}
KEEP_SQL = """
insert into fleet_upload (vehicle_id, terminal_item, media, format, event, channel, file, size, lon, lat, taken_at, received_at)
values (%s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, now()) on conflict (vehicle_id, terminal_item, taken_at) do nothing
"""
SAME_SQL = "select exists (select from fleet_upload where vehicle_id = %s and terminal_item = %s and taken_at is null and size = %s)"


class Uploads:
    """`folder`: VAR/fleet; files lie below it in uploads/YYYYMM, named by their content."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def keep(self, connection: Connection, vehicle: int, body: dict[str, Any]) -> None:
        """Write the file, then the row; sent twice is kept once."""
        data: bytes = body["data"]
        position = body.get("position") or {}
        time = position.get("time")
        taken_at = time if isinstance(time, dt.datetime) else None
        lon, lat = degrees(position) if position else (None, None)
        media, form = MEDIA.get(body["kind"], "image"), FORMATS.get(body["format"], "bin")
        if taken_at is None:
            row = connection.execute(SAME_SQL, (vehicle, body["media"], len(data))).fetchone()
            if row and row[0]:
                return
        file = self._written(data, form)
        values = (
            vehicle,
            body["media"],
            media,
            form,
            min(body["event"], 32_767),
            body["channel"],
            file,
            len(data),
            lon,
            lat,
            taken_at,
        )
        connection.execute(KEEP_SQL, values)

    def _written(self, data: bytes, form: str) -> str:
        """The file's path below the folder; durable before it is named in the table."""
        month = dt.datetime.now(dt.UTC).strftime("%Y%m")
        name = f"uploads/{month}/{hashlib.sha256(data).hexdigest()}.{form}"
        path = self.folder / name
        if not path.exists():
            path.parent.mkdir(parents=True, exist_ok=True)
            fresh = path.with_name(f".{path.name}.{os.getpid()}")
            with fresh.open("wb") as file:
                file.write(data)
                file.flush()
                os.fsync(file.fileno())
            fresh.rename(path)
        return name
