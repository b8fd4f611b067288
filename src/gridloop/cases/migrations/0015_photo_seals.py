"""Whether faces and plates of a photo were made unrecognisable, how many there were, and a way to find those not looked at yet."""

from __future__ import annotations

from typing import ClassVar

from django.db import migrations, models
from django.db.models import Q


class Migration(migrations.Migration):
    """Three columns and one partial index."""

    dependencies: ClassVar = [("cases", "0014_closed_pages")]
    operations: ClassVar = [
        migrations.AddField("photo", "masked_at", models.DateTimeField(null=True)),
        migrations.AddField("photo", "faces", models.SmallIntegerField(null=True)),
        migrations.AddField("photo", "plates", models.SmallIntegerField(null=True)),
        migrations.AddIndex(
            "photo",
            models.Index(
                fields=["uploaded_at"],
                name="cases_photo_unmasked",
                condition=Q(masked_at__isnull=True, files="", state="kept"),
            ),
        ),
    ]
