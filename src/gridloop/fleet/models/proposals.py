"""Changes of critical rules that wait for a second pair of eyes, and answers to requests that may be sent twice."""

from __future__ import annotations

from django.db import models


class RuleProposal(models.Model):
    """A change of a critical rule, from the first word to what became of it; never deleted. `said` is the whole rule as it shall be, or {} where it ends."""

    code = models.TextField()
    base_version = models.IntegerField(null=True)  # the version it was made from; null for a new rule
    ends = models.BooleanField(db_default=False)
    said = models.JSONField(default=dict)
    why = models.TextField(db_default="")
    area = models.TextField(db_collation="C", db_default="")
    state = models.TextField(db_default="proposed")  # proposed | confirmed | rejected | withdrawn
    by_id = models.BigIntegerField()
    at = models.DateTimeField()
    decided_by_id = models.BigIntegerField(null=True)
    decided_at = models.DateTimeField(null=True)
    note = models.TextField(db_default="")

    class Meta:
        """One waits for each rule, and nobody confirms alone."""

        db_table = "fleet_rule_proposal"
        constraints = [
            models.UniqueConstraint(
                fields=["code"], condition=models.Q(state="proposed"), name="fleet_rule_proposal_waits_once"
            ),
            models.CheckConstraint(
                condition=~models.Q(state="confirmed", decided_by_id=models.F("by_id")),
                name="fleet_rule_proposal_four_eyes",
            ),
        ]
        indexes = [models.Index(fields=["code", "-id"], name="fleet_rule_proposal_rule")]


class AnsweredRequest(models.Model):
    """A key that a client sent with a request, what it asked (SHA-256) and what was answered, so that the same request is done once."""

    who = models.TextField()
    key = models.TextField()
    asked = models.BinaryField()
    status = models.SmallIntegerField(null=True)
    answer = models.JSONField(null=True)
    at = models.DateTimeField()

    class Meta:
        """A key is its sender's own."""

        db_table = "fleet_answered_request"
        constraints = [models.UniqueConstraint(fields=["who", "key"], name="fleet_answered_request_once")]
        indexes = [models.Index(fields=["at"], name="fleet_answered_request_at")]
