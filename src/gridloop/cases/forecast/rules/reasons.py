"""Why a case is likely late: what weighs most against the average case, told with the figures it was judged by."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from gridloop.cases.forecast.rules.features import FEATURES, GROUPS, Known
from gridloop.engines.lateness import Chances

REASONS_MAX = 3
WEIGHT_LEAST = 0.1  # of log odds: less changes no probability by more than 2.5 points
OVERDUE = "overdue"
LEADS: dict[str, tuple[str, ...]] = {
    "time": ("used",), "unit": ("unit_record",), "class": ("class_record",), "queue": ("open", "days_of_work"), "ahead": ("ahead",),
    "arrivals": ("arrivals_day",), "untaken": ("untaken",), "sent_back": ("returns", "reworks"), "delay": ("delay_asked", "delays"),
}  # fmt: skip
"""Of these features one at least is above the average where the reason is told: "it got none" would be no reason to anybody."""

WORDS: dict[str, tuple[str, str]] = {
    "time": ("时限已用去 {0:.0f}%", "{0:.0f} % of the limit is used"),
    "unit": ("该单位近期超期率 {0:.0f}%", "its unit finished {0:.0f} % of its cases late"),
    "class": ("该类别近期超期率 {0:.0f}%", "of its class {0:.0f} % were finished late"),
    "queue": (
        "单位在办 {0:.0f} 件,每工作日办结 {1:.1f} 件",
        "its unit has {0:.0f} in hand and finishes {1:.1f} a working day",
    ),
    "ahead": ("单位另有 {0:.0f} 件更早到期", "{0:.0f} of its unit are due before it"),
    "arrivals": ("近 24 小时单位新接 {0:.0f} 件", "its unit got {0:.0f} in the last 24 hours"),
    "hour": ("此时段的案件超期较多", "at this hour of the day more cases end late"),
    "kind": ("此类紧急程度和时限超期较多", "with this urgency and limit more cases end late"),
    "source": ("此来源的案件超期较多", "of this source more cases end late"),
    "untaken": ("单位尚未接单", "its unit has not accepted it yet"),
    "sent_back": ("已回退 {0:.0f} 次、返工 {1:.0f} 次", "returned {0:.0f} times, reworked {1:.0f} times"),
    "delay": ("已申请延期", "a delay was asked for"),
    OVERDUE: ("已超过时限", "its deadline has passed"),
}
"""Chinese and English sentence of each reason; the numbers are its figures."""


@dataclass(frozen=True, slots=True)
class Reason:
    """One reason as it is shown."""

    code: str
    zh: str
    en: str


def reasons(chances: Chances, known: Known) -> list[list[list[str | float]]]:
    """For each row up to three reasons that raise its probability most, as [code, figures...]; none where nothing stands out."""
    added = chances.contributions(known.table)
    codes = list(GROUPS)
    number = {name: at for at, name in enumerate(FEATURES)}
    by_group = np.column_stack([added[:, [number[name] for name in GROUPS[code]]].sum(axis=1) for code in codes])
    above = chances.standardised(known.table) > 0
    for at, code in enumerate(codes):
        if code in LEADS:
            by_group[~above[:, [number[name] for name in LEADS[code]]].any(axis=1), at] = 0.0
    first = np.argsort(-by_group, axis=1, kind="stable")[:, :REASONS_MAX]
    found = []
    for row in range(len(known.table)):
        chosen = [codes[at] for at in first[row].tolist() if by_group[row, at] >= WEIGHT_LEAST]
        found.append([_told(code, known, row) for code in chosen])
    return found


def _told(code: str, known: Known, row: int) -> list[str | float]:
    return [code, *(round(float(figure[row]), 1) for figure in known.figures.get(code, ()))]


def in_words(kept: Sequence[Sequence[str | float]]) -> list[Reason]:
    """Kept reasons in words; one that this version does not know is left out."""
    found = []
    for code, *figures in kept:
        if code in WORDS:
            zh, en = WORDS[str(code)]
            found.append(Reason(str(code), zh.format(*figures), en.format(*figures)))
    return found
