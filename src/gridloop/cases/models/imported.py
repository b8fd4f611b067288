"""Where a case that was imported comes from, so that importing the same file again finds it."""

from __future__ import annotations

from django.db import models


class Imported(models.Model):
    """One row of a foreign dataset that became a case; `said` is what the row said then, by the mapping's names of columns.

    `said_on_time` is the file's own flag; `on_time` is our verdict by the deadline of the case, `on_time_by_rules` the one by our class
    tables. All three are null where nothing can be said: no flag, or not closed when it came.
    """

    pk = models.CompositePrimaryKey("dataset", "foreign_id")
    dataset = models.TextField(db_collation="C")
    foreign_id = models.TextField(db_collation="C")
    case_id = models.BigIntegerField(unique=True)
    said = models.JSONField()
    said_on_time = models.BooleanField(null=True)
    on_time = models.BooleanField(null=True)
    on_time_by_rules = models.BooleanField(null=True)
    at = models.DateTimeField()

    class Meta:
        """A row of a dataset is one case."""

        db_table = "cases_imported"
