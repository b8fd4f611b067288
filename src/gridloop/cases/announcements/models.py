"""What is kept of an announcement: its words in both languages, where and when it holds, who wrote it and who let it go out."""

from __future__ import annotations

from django.contrib.gis.db.models import GeometryField
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q

from gridloop.cases.announcements.rules.steps import State


class Announcement(models.Model):
    """One announcement, from a draft to its end.

    `areas` are divisions (prefixes of digits); `geom` is a spot with `radius_m`, an outline, or nothing where whole divisions are meant.
    `lon` and `lat` are where it is marked on a map.

    `ends_at` moves when it is ended early, and `ended_at` then says when that was done. `said_key` belongs to the last step, so that a
    repeated request finds it done. `mark` counts what went out: 1 the announcement, 2 its end or withdrawal.
    """

    state = models.TextField(default="draft")
    version = models.IntegerField(default=1)
    category = models.TextField()
    severity = models.TextField()
    title_zh = models.TextField()
    title_en = models.TextField()
    text_zh = models.TextField()
    text_en = models.TextField()
    areas = ArrayField(models.TextField(db_collation="C"))
    geom = GeometryField(srid=4326, geography=True, null=True)
    radius_m = models.IntegerField(null=True)
    lon = models.FloatField(null=True)
    lat = models.FloatField(null=True)
    starts_at = models.DateTimeField()
    ends_at = models.DateTimeField()
    unit_id = models.BigIntegerField(null=True)
    by_id = models.BigIntegerField()
    by_name = models.TextField()
    made_at = models.DateTimeField()
    made_key = models.TextField(db_default="")
    said_key = models.TextField(db_default="")
    asked_by_id = models.BigIntegerField(null=True)
    asked_at = models.DateTimeField(null=True)
    approved_by_id = models.BigIntegerField(null=True)
    approved_name = models.TextField(db_default="")
    published_at = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)
    withdrawn_at = models.DateTimeField(null=True)
    note = models.TextField(db_default="")
    mark = models.IntegerField(db_default=0)

    class Meta:
        """A key is its sender's own; a spot has a radius, an outline none."""

        app_label = "cases"
        db_table = "cases_announcement"
        indexes = [models.Index(fields=["ends_at"], name="cases_announcement_ends", condition=~Q(published_at=None))]
        constraints = [
            models.UniqueConstraint(
                fields=["by_id", "made_key"], condition=~Q(made_key=""), name="cases_announcement_key"
            ),
            models.CheckConstraint(condition=Q(state__in=[str(one) for one in State]), name="cases_announcement_state"),
            models.CheckConstraint(condition=Q(ends_at__gt=F("starts_at")), name="cases_announcement_time"),
            models.CheckConstraint(
                condition=Q(radius_m=None) | Q(geom__isnull=False), name="cases_announcement_radius"
            ),
        ]
