"""A rule asked of the past: what its version in force and a proposed one would have told, and how they differ."""

from __future__ import annotations

from django.db import models


class RuleReplay(models.Model):
    """One question. `said` is the whole proposed rule, `areas` what the asker sees; `done` of `of` parts were judged so far.

    state: waiting, running, done or failed. totals: {only_old, only_new, both}; figures: days, vehicles and examples.
    """

    code = models.TextField()
    version = models.IntegerField()
    said = models.JSONField()
    since = models.DateTimeField()
    until = models.DateTimeField()
    areas = models.JSONField(default=list)
    by_id = models.BigIntegerField(null=True)
    at = models.DateTimeField()
    state = models.TextField(db_default="waiting")
    done = models.IntegerField(db_default=0)
    of = models.IntegerField(db_default=0)
    fixes = models.BigIntegerField(db_default=0)
    ended_at = models.DateTimeField(null=True)
    error_zh = models.TextField(db_default="")
    error_en = models.TextField(db_default="")
    totals = models.JSONField(default=dict)
    figures = models.JSONField(default=dict)

    class Meta:
        """Shown newest first beside the rule."""

        db_table = "fleet_rule_replay"
        indexes = [models.Index(fields=["code", "-id"], name="fleet_rule_replay_rule")]
