"""How a place is named in words when nobody gave an address."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Nearby:
    """The street at a point and the landmark near it; None where none is known within reach."""

    street_zh: str | None = None
    street_en: str | None = None
    near_zh: str | None = None
    near_en: str | None = None
    near_kind: str | None = None


@dataclass(frozen=True, slots=True)
class Address:
    """An address in words, empty where nothing is known."""

    zh: str
    en: str


def address(nearby: Nearby, village_zh: str = "", village_en: str = "") -> Address:
    """`湖滨南路 近文灶站`; without a street the community stands in its place."""
    first_zh, first_en = nearby.street_zh or village_zh, nearby.street_en or village_en
    near_zh, near_en = nearby.near_zh, nearby.near_en
    if near_zh and nearby.near_kind == "metro":
        near_zh = near_zh if near_zh.endswith("站") else f"{near_zh}站"
        near_en = near_en if near_en and near_en.endswith("Station") else f"{near_en} Station"
    return Address(
        zh=" ".join(part for part in (first_zh, f"近{near_zh}" if near_zh else "") if part),
        en=", ".join(part for part in (first_en, f"near {near_en}" if near_zh else "") if part),
    )
