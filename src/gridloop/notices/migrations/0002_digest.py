"""A person can choose one letter a day or a week in place of single e-mails, and the hour at which it comes."""

from __future__ import annotations

from typing import ClassVar

from django.db import migrations, models
from django.db.models import Q


class Migration(migrations.Migration):
    """Who has a row already keeps single e-mails until they choose otherwise."""

    dependencies: ClassVar = [("notices", "0001_tables")]
    operations: ClassVar = [
        migrations.AddField("preference", "digest", models.TextField(db_default="")),
        migrations.AddField("preference", "digest_hour", models.SmallIntegerField(db_default=8)),
        migrations.AddField("preference", "digest_on", models.DateField(null=True)),
        migrations.AddConstraint(
            "preference",
            models.CheckConstraint(condition=Q(digest__in=("", "daily", "weekly")), name="notices_preference_digest"),
        ),
        migrations.AddConstraint(
            "preference",
            models.CheckConstraint(condition=Q(digest_hour__range=(0, 23)), name="notices_preference_digest_hour"),
        ),
    ]
