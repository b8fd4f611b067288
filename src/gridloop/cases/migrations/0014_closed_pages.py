"""Closed cases fill their pages: they are rated or disputed once at most, so room for updates was a third of the table for nothing."""

from __future__ import annotations

from typing import ClassVar

from django.db import migrations

FULL = "alter table cases_case_closed set (fillfactor = 95)"
ROOMY = "alter table cases_case_closed set (fillfactor = 60)"


class Migration(migrations.Migration):
    """For pages that are filled from now on; the older ones are filled as room in them is used."""

    dependencies: ClassVar = [("cases", "0013_masters_changes")]
    operations: ClassVar = [migrations.RunSQL(FULL, ROOMY)]
