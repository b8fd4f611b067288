"""The shapes in which units and people are handed to other rooms: plain values, no models."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class UnitView:
    """One unit; everything under it has a `path` that starts with its own."""

    id: int
    code: str
    path: str
    kind: str
    name_zh: str
    name_en: str
    area: str
    parent_id: int | None

    def name(self, language: str) -> str:
        """Its name in `zh` or, for any other language, in English."""
        return self.name_zh if language.startswith("zh") else self.name_en


@dataclass(frozen=True, slots=True)
class PersonView:
    """One person, as those who must be told or named."""

    id: int
    login: str | None
    name: str
    title: str
    unit_id: int | None
    email: str
    language: str
    is_resident: bool
