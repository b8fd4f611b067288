"""The account of an import: every row ends in exactly one of four ways, and what is wrong is written down with its line."""

from __future__ import annotations

import csv
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path
from types import TracebackType
from typing import Any, Self

REPORT_COLUMNS = ("line", "id", "account", "column", "value", "reason", "reason_zh")
VALUE_CHARS = 80
SHOWN = 12


class Ending(StrEnum):
    """How a row ended."""

    IMPORTED = "imported"
    UNCHANGED = "unchanged"
    CHANGED = "changed"
    BAD = "bad"


ZH = {Ending.IMPORTED: "导入", Ending.UNCHANGED: "未变", Ending.CHANGED: "有变化", Ending.BAD: "有误"}


@dataclass(frozen=True, slots=True)
class Fault:
    """What is wrong with a row: the column (empty for the row as a whole), a sentence in English and Chinese, and the value met."""

    column: str
    reason: str
    zh: str
    value: str = ""


@dataclass
class Account:
    """Rows by ending, and reasons by column; `extra` holds what one kind of import adds."""

    what: str
    dataset: str
    dry_run: bool = False
    endings: Counter[Ending] = field(default_factory=Counter)
    reasons: Counter[str] = field(default_factory=Counter)
    rows: int = 0
    seconds: float = 0.0
    extra: dict[str, Any] = field(default_factory=dict)

    @property
    def whole(self) -> bool:
        """Whether every row read is accounted for."""
        return sum(self.endings.values()) == self.rows

    def as_json(self) -> dict[str, Any]:
        """What the last line of the output says."""
        counts = {str(ending): self.endings[ending] for ending in Ending}
        pace = round(self.rows / self.seconds, 1) if self.seconds else 0.0
        return {
            "import": self.what, "dataset": self.dataset, "dry_run": self.dry_run, "rows": self.rows, **counts,
            "accounted": self.whole, "seconds": round(self.seconds, 2), "rows_per_s": pace, **self.extra,
        }  # fmt: skip

    def told(self) -> list[str]:
        """The account in lines for a person."""
        would = " (dry run: nothing was written / 试运行,未写入)" if self.dry_run else ""
        lines = [f"{self.what} '{self.dataset}': {self.rows} rows in {self.seconds:.1f} s{would}"]
        lines += [f"  {ending:<10} {self.endings[ending]:>9}  {ZH[ending]}" for ending in Ending]
        lines.append("  every row is accounted for" if self.whole else "  ROWS ARE MISSING FROM THIS ACCOUNT")
        for reason, count in self.reasons.most_common(SHOWN):
            lines.append(f"    {count:>7} x {reason}")
        return lines


class ReportFile:
    """The CSV of rows that were not taken as they are; written as they come, so that it is there even after a crash."""

    def __init__(self, path: Path | None) -> None:
        """Without a path nothing is written."""
        self.file = path.open("w", encoding="utf-8-sig", newline="") if path else None
        self.writer = csv.writer(self.file) if self.file else None
        if self.writer:
            self.writer.writerow(REPORT_COLUMNS)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, wrong: BaseException | None, at: TracebackType | None) -> None:
        if self.file:
            self.file.close()

    def write(self, line: int, foreign_id: str, ending: Ending, faults: list[Fault]) -> None:
        """One line for each fault of the row."""
        if self.writer:
            for fault in faults:
                said = (foreign_id, str(ending), fault.column, fault.value[:VALUE_CHARS], fault.reason, fault.zh)
                self.writer.writerow([line, *map(_cell, said)])


def _cell(text: str) -> str:
    """Text from a file, so that no spreadsheet takes it for a formula."""
    return f"'{text}" if text[:1] in {"=", "+", "-", "@"} else text


class Tally:
    """Counts rows into an account and writes down those that were not taken."""

    def __init__(self, account: Account, report: ReportFile) -> None:
        self.account = account
        self.report = report

    def read(self, rows: int) -> None:
        """So many rows came out of the file; each must end."""
        self.account.rows += rows

    def ended(self, line: int, foreign_id: str, ending: Ending, faults: list[Fault] | None = None) -> None:
        """One row is done."""
        self.account.endings[ending] += 1
        for fault in faults or []:
            self.account.reasons[f"{fault.column}: {fault.reason}" if fault.column else fault.reason] += 1
        if faults:
            self.report.write(line, foreign_id, ending, faults)


def table_lines(title: str, rows: Mapping[str, int]) -> list[str]:
    """A small table of counts, the largest first."""
    ordered = sorted(rows.items(), key=lambda pair: (-pair[1], pair[0]))
    return [title, *(f"    {count:>7}  {name}" for name, count in ordered)]
