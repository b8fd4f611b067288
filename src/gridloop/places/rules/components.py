"""What can be said of a component."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, fields

from gridloop.kernel.errors import Malformed

STATES = {
    "intact": ("完好", "intact"),
    "broken": ("破损", "broken"),
    "lost": ("丢失", "lost"),
    "abandoned": ("废弃", "abandoned"),
    "moved": ("移位", "moved"),
}
"""The states of the standard in Chinese and English."""

SOURCES = {"measured": ("实测", "measured"), "map": ("地形图", "map"), "other": ("其他", "other")}


def in_warranty(until: dt.date | None, on: dt.date) -> bool:
    """Whether a contractor still repairs free of charge on that day; the last day counts."""
    return until is not None and on <= until


@dataclass(frozen=True, slots=True)
class Change:
    """What is to be changed; None stays as it is."""

    state: str | None = None
    name: str | None = None
    note: str | None = None
    owner_unit_id: int | None = None
    maintain_unit_id: int | None = None
    authority_unit_id: int | None = None
    installed_on: dt.date | None = None
    warranty_contractor: str | None = None
    warranty_until: dt.date | None = None

    def said(self) -> dict[str, str | int | dt.date]:
        """The changes by column; Malformed if nothing is said or the state is none of the standard's."""
        said = {field.name: value for field in fields(self) if (value := getattr(self, field.name)) is not None}
        if not said:
            raise Malformed(
                "nothing was said to change; name a state, name, note or unit",
                zh="未填写任何修改内容;请填写状态、名称、备注或单位",
            )
        if self.state is not None and self.state not in STATES:
            raise Malformed(
                f"'{self.state}' is not a state of a component; it is one of {', '.join(STATES)}",
                zh=f"“{self.state}”不是部件状态;应为 {'、'.join(name for name, _ in STATES.values())} 之一",
                fields={"state": ", ".join(STATES)},
            )
        return said
