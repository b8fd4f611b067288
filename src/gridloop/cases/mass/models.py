"""What is kept of a mass action: who asked for what, and how it went with each case."""

from __future__ import annotations

from django.db import models


class Mass(models.Model):
    """One verb said to many cases. `asked` are the words of the request, `acting` the grants it is done under; counts are by outcome."""

    by_id = models.BigIntegerField()
    at = models.DateTimeField()
    verb = models.TextField()
    key = models.TextField()
    asked = models.JSONField()
    acting = models.JSONField()
    total = models.IntegerField()
    counts = models.JSONField(default=dict)
    ended_at = models.DateTimeField(null=True)
    undo_at = models.DateTimeField(null=True)
    undone_at = models.DateTimeField(null=True)
    undo_counts = models.JSONField(default=dict)

    class Meta:
        """A key is its sender's own."""

        app_label = "cases"
        db_table = "cases_mass"
        constraints = [models.UniqueConstraint(fields=["by_id", "key"], name="cases_mass_key")]


class MassItem(models.Model):
    """One case of a mass action: the version that was seen, where it stood, how it went, and how taking it back went."""

    mass = models.ForeignKey(Mass, on_delete=models.CASCADE, related_name="items")
    place = models.IntegerField()
    number = models.TextField()
    seen = models.IntegerField(null=True)
    outcome = models.TextField(default="waiting")
    en = models.TextField(default="")
    zh = models.TextField(default="")
    from_state = models.TextField(default="")
    to_state = models.TextField(default="")
    version = models.IntegerField(null=True)
    undo = models.TextField(default="")
    undo_en = models.TextField(default="")
    undo_zh = models.TextField(default="")

    class Meta:
        """A case is in a mass action once."""

        app_label = "cases"
        db_table = "cases_mass_item"
        constraints = [models.UniqueConstraint(fields=["mass", "number"], name="cases_mass_item_once")]
