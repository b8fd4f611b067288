"""Where photo files lie: on a disk of ours or in S3-compatible storage, behind one interface."""

from __future__ import annotations

import os
import re
import secrets
from pathlib import Path
from typing import Any, Protocol

from django.conf import settings

_KEY = re.compile(r"[0-9a-f]{32}/(full|medium|thumb|sealed)")


class Store(Protocol):
    """Keeps files under keys `<photo id>/<size>`; `sealed` is the original of a masked photo, under our key."""

    def put(self, key: str, data: bytes) -> None:
        """Keep `data`; when this returns, it survives a power cut."""

    def get(self, key: str) -> bytes | None:
        """The bytes under `key`, or None."""

    def delete(self, key: str) -> None:
        """Forget `key`; no error if it is gone already."""


class DiskStore:
    """Files below a folder, spread over 256 folders; written aside, synced and renamed, so that none is ever half there."""

    def __init__(self, root: Path) -> None:
        self._root = root

    def _path(self, key: str) -> Path:
        if not _KEY.fullmatch(key):
            raise ValueError(f"{key!r} is no photo key")
        photo, _, size = key.partition("/")
        return self._root / photo[:2] / f"{photo}-{size}.{'box' if size == 'sealed' else 'jpg'}"

    def put(self, key: str, data: bytes) -> None:
        """Write, sync the file, rename, sync the folder."""
        path = self._path(key)
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o750)
        aside = path.with_name(f".{path.name}.{secrets.token_hex(4)}")
        with aside.open("wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        aside.rename(path)
        folder = os.open(path.parent, os.O_RDONLY)
        try:
            os.fsync(folder)
        finally:
            os.close(folder)

    def get(self, key: str) -> bytes | None:
        """The file's bytes, or None."""
        try:
            return self._path(key).read_bytes()
        except FileNotFoundError:
            return None

    def delete(self, key: str) -> None:
        """Unlink the file."""
        self._path(key).unlink(missing_ok=True)


class S3Store:
    """Objects in a bucket of any S3-compatible service."""

    def __init__(self, *, endpoint: str, bucket: str, key_id: str, secret: str, region: str = "us-east-1") -> None:
        # read here and not above: a third of a second and 30 MB of every process, and most keep their photos on a disk
        import boto3
        from botocore.config import Config
        from botocore.exceptions import ClientError

        self._bucket = bucket
        self._failure = ClientError
        self._client: Any = boto3.client(
            "s3",
            endpoint_url=endpoint,
            aws_access_key_id=key_id,
            aws_secret_access_key=secret,
            region_name=region,
            config=Config(
                connect_timeout=3,
                read_timeout=15,
                retries={"max_attempts": 3, "mode": "standard"},
                s3={"addressing_style": "path"},
            ),
        )

    def put(self, key: str, data: bytes) -> None:
        """Store the object; S3 answers only when it is durable."""
        self._client.put_object(
            Bucket=self._bucket,
            Key=key,
            Body=data,
            ContentType="application/octet-stream" if key.endswith("/sealed") else "image/jpeg",
            CacheControl="private, max-age=31536000, immutable",
        )

    def get(self, key: str) -> bytes | None:
        """The object's bytes, or None."""
        try:
            return bytes(self._client.get_object(Bucket=self._bucket, Key=key)["Body"].read())
        except self._failure as failure:
            if failure.response.get("Error", {}).get("Code") in ("NoSuchKey", "404"):
                return None
            raise

    def delete(self, key: str) -> None:
        """Delete the object."""
        self._client.delete_object(Bucket=self._bucket, Key=key)


_open: dict[str, Store] = {}


def store() -> Store:
    """The storage that `GRIDLOOP_PHOTOS` names: {"driver": "disk", "root"} or {"driver": "s3", endpoint, bucket, key_id, secret, region}."""
    chosen: dict[str, str] = getattr(settings, "GRIDLOOP_PHOTOS", {}) or {
        "driver": "disk",
        "root": str(settings.VAR / "photos"),
    }
    name = repr(sorted(chosen.items()))
    if name not in _open:
        _open[name] = _opened(chosen)
    return _open[name]


def _opened(chosen: dict[str, str]) -> Store:
    if chosen["driver"] == "disk":
        return DiskStore(Path(chosen["root"]))
    if chosen["driver"] == "s3":
        return S3Store(
            endpoint=chosen["endpoint"],
            bucket=chosen["bucket"],
            key_id=chosen["key_id"],
            secret=chosen["secret"],
            region=chosen.get("region", "us-east-1"),
        )
    raise ValueError(f"photo storage {chosen['driver']!r} is unknown; use disk or s3")
