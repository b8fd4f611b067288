"""Which days of positions lie in the archive, and which of them have left the database."""

from __future__ import annotations

from django.db import models


class ArchivedDay(models.Model):
    """A day (UTC) of positions as Parquet files, one an hour. `dropped_at` is set when its partition was let go, `gone_at` when the files were."""

    day = models.DateField(primary_key=True)
    rows = models.BigIntegerField()
    bytes = models.BigIntegerField()
    files = models.JSONField(default=dict)  # hour -> {rows, bytes, sha256}
    archived_at = models.DateTimeField()
    dropped_at = models.DateTimeField(null=True)
    gone_at = models.DateTimeField(null=True)

    class Meta:
        """A row a day."""

        db_table = "fleet_archived_day"
