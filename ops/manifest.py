"""What is in a backup: each file with its size and SHA-256, so that a damaged one is told before anything is touched."""

from __future__ import annotations

import hashlib
import io
import json
import os
import tarfile
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path, PurePosixPath
from typing import IO, TYPE_CHECKING

from ops.words import Unable

if TYPE_CHECKING:
    from ops.progress import Step

NAME = "manifest.json"
DUMP = "database.dump"
FORMAT = 1
CHUNK = 2**20


@dataclass
class Manifest:
    """The list that closes a backup; `files` maps a name in the tar to (bytes, SHA-256)."""

    city: str
    storage: str
    made_at: str = field(default_factory=lambda: datetime.now(UTC).isoformat(timespec="seconds"))
    files: dict[str, tuple[int, str]] = field(default_factory=dict)

    def add(self, tar: tarfile.TarFile, path: Path, name: str) -> None:
        """Put one file in, hashed while it is read."""
        info = tar.gettarinfo(path, name)
        info.uid = info.gid = 0
        info.uname = info.gname = ""
        with path.open("rb") as file:
            reader = _Hashing(file)
            tar.addfile(info, reader)
        self.files[name] = (info.size, reader.digest.hexdigest())

    def write(self, tar: tarfile.TarFile) -> None:
        """Put the manifest itself in, last: a file cut short has none."""
        body = {
            "format": FORMAT,
            "city": self.city,
            "storage": self.storage,
            "made_at": self.made_at,
            "files": self.files,
        }
        text = json.dumps(body, indent=1).encode()
        info = tarfile.TarInfo(NAME)
        info.size = len(text)
        info.mode = 0o600
        tar.addfile(info, io.BytesIO(text))


class _Hashing(io.RawIOBase):
    """A reader that keeps the hash of what went through."""

    def __init__(self, file: IO[bytes]) -> None:
        super().__init__()
        self.file = file
        self.digest = hashlib.sha256()

    def read(self, size: int = -1) -> bytes:
        """Read on, and hash."""
        data = self.file.read(size)
        self.digest.update(data)
        return data


def add_files(tar: tarfile.TarFile, manifest: Manifest, folder: Path, under: str, step: Step) -> None:
    """Put a whole folder in; half-written files (their names begin with a dot) stay out."""
    found = [Path(at, name) for at, _, names in os.walk(folder) for name in names if not name.startswith(".")]
    for number, path in enumerate(sorted(found)):
        if path.is_file() and not path.is_symlink():
            manifest.add(tar, path, f"{under}/{path.relative_to(folder).as_posix()}")
        step.at(number + 1, len(found))
    step.note = str(len(found))


def checked(source: Path, step: Step) -> Manifest:
    """Read a backup from end to end and compare every hash; raises Unable for anything amiss."""
    if not source.is_file():
        raise Unable(f"there is no file {source}", f"没有文件 {source}")
    seen: dict[str, tuple[int, str]] = {}
    manifest: Manifest | None = None
    total = source.stat().st_size
    try:
        with tarfile.open(source, "r:") as tar:
            for member in tar:
                step.at(member.offset, total)
                file = tar.extractfile(member) if member.isreg() else None
                if file is None or not _decent(member.name):
                    raise _damaged(source, member.name)
                if member.name == NAME:
                    manifest = _read(file, source)
                else:
                    seen[member.name] = (member.size, _digest(file))
    except (tarfile.TarError, OSError, EOFError) as wrong:
        raise _damaged(source, str(wrong)) from None
    if manifest is None:
        raise _damaged(source, "manifest.json")
    for name in sorted(set(seen) | set(manifest.files)):
        if seen.get(name) != manifest.files.get(name):
            raise _damaged(source, name)
    if DUMP not in seen:
        raise _damaged(source, DUMP)
    return manifest


def _digest(file: IO[bytes]) -> str:
    whole = hashlib.sha256()
    while chunk := file.read(CHUNK):
        whole.update(chunk)
    return whole.hexdigest()


def _read(file: IO[bytes], source: Path) -> Manifest:
    try:
        body = json.loads(file.read())
        if body["format"] != FORMAT:
            raise Unable(
                f"{source} has format {body['format']}, this version reads {FORMAT}; restore it with the version that made it",
                f"{source} 的格式版本为 {body['format']},当前版本只能读取 {FORMAT};请用生成它的版本恢复",
            )
        files = {name: (int(size), str(digest)) for name, (size, digest) in body["files"].items()}
        return Manifest(body["city"], body["storage"], body["made_at"], files)
    except (ValueError, KeyError, TypeError, AttributeError):
        raise _damaged(source, NAME) from None


def _decent(name: str) -> bool:
    """Only our own names come out of a backup, and none that climbs out of its folder."""
    path = PurePosixPath(name)
    known = name in {NAME, DUMP} or path.parts[0] in {"photos", "fleet", "keys"}
    return known and not path.is_absolute() and ".." not in path.parts


def _damaged(source: Path, what: str) -> Unable:
    return Unable(
        f"{source} is damaged or no backup of Gridloop ({what}); nothing was changed, take another backup",
        f"{source} 已损坏或不是 Gridloop 备份({what});未做任何改动,请换用其他备份",
    )


def unpack(source: Path, manifest: Manifest, folder: Path, step: Step) -> None:
    """Write the files of a checked backup into a private folder."""
    with tarfile.open(source, "r:") as tar:
        for number, (name, (size, _)) in enumerate(manifest.files.items()):
            target = folder / name
            target.parent.mkdir(parents=True, exist_ok=True)
            inside = tar.extractfile(name)
            if inside is None:
                raise _damaged(source, name)
            with target.open("wb") as file:
                while chunk := inside.read(CHUNK):
                    file.write(chunk)
            if target.stat().st_size != size:
                raise _damaged(source, name)
            step.at(number + 1, len(manifest.files))
