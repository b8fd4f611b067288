"""What is kept of an area that somebody follows."""

from __future__ import annotations

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q


class Watch(models.Model):
    """One area: a division (`place`, a prefix of digits), or a circle round a spot that is rounded to about 100 m.

    `classes` are "event:01" or "event:0103", a large class or one class of it; none means all. `seen_at`: told up to this moment.
    """

    person_id = models.BigIntegerField()
    place = models.TextField(db_collation="C", db_default="")
    lon = models.FloatField(null=True)
    lat = models.FloatField(null=True)
    radius_m = models.IntegerField(null=True)
    classes = ArrayField(models.TextField(), db_default=[])
    created_at = models.DateTimeField()
    seen_at = models.DateTimeField()

    class Meta:
        """A division or a circle, never both."""

        app_label = "cases"
        db_table = "cases_watch"
        indexes = [models.Index(fields=["person_id"], name="cases_watch_person")]
        constraints = [
            models.CheckConstraint(
                condition=(~Q(place="") & Q(lon__isnull=True, lat__isnull=True, radius_m__isnull=True))
                | Q(place="", lon__isnull=False, lat__isnull=False, radius_m__isnull=False),
                name="cases_watch_area_or_circle",
            )
        ]
