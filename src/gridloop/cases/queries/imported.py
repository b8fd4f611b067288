"""What is known of imported datasets: how many cases, and how far our verdicts agree with the file's own flags."""

from __future__ import annotations

from dataclasses import dataclass

from gridloop.cases import sql

VERDICTS_SQL = """
select i.said_on_time, i.on_time, i.on_time_by_rules, coalesce(c.class_kind, ''), coalesce(c.class_code, ''), count(*)
from cases_imported i join cases_case c on c.id = i.case_id
where i.dataset = %s
group by 1, 2, 3, 4, 5 order by 6 desc, 4, 5
"""


@dataclass(frozen=True, slots=True)
class Verdicts:
    """So many cases of a class with the same three verdicts; None where one cannot be given."""

    said_on_time: bool | None
    on_time: bool | None
    on_time_by_rules: bool | None
    class_kind: str
    class_code: str
    cases: int


def verdicts(dataset: str) -> list[Verdicts]:
    """Every combination of the file's flag and our verdicts in a dataset; one statement."""
    return [Verdicts(*row) for row in sql.run(VERDICTS_SQL, [dataset])]
