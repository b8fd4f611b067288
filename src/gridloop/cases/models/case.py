"""Cases and their history. The tables are made by hand (migration 0002): partitioned, append-only, indexed for the measured paths."""

from __future__ import annotations

from django.contrib.postgres.fields import ArrayField
from django.db import models


class Case(models.Model):
    """The present state of a case, one wide row; its history stands in `Event`."""

    id = models.BigIntegerField(primary_key=True)
    number = models.TextField()
    version = models.IntegerField()
    seq = models.IntegerField()
    state = models.TextField()
    source = models.TextField()
    synthetic = models.BooleanField()
    title = models.TextField()
    text = models.TextField()
    address = models.TextField()
    lon = models.FloatField()
    lat = models.FloatField()
    place = models.TextField()
    grid = models.TextField()
    component = models.TextField(null=True)
    class_kind = models.TextField(null=True)
    class_code = models.TextField(null=True)
    rule_no = models.SmallIntegerField(null=True)
    urgency = models.TextField()
    tier = models.TextField()
    limit_value = models.FloatField(null=True)
    limit_unit = models.TextField(null=True)
    unit_id = models.BigIntegerField(null=True)
    past_units = ArrayField(models.BigIntegerField())
    reporter_id = models.BigIntegerField(null=True)
    handler_id = models.BigIntegerField(null=True)
    handler_unit_id = models.BigIntegerField(null=True)
    opened_at = models.DateTimeField()
    due_at = models.DateTimeField(null=True)
    stage_due_at = models.DateTimeField(null=True)
    dispatched_at = models.DateTimeField(null=True)
    finished_at = models.DateTimeField(null=True)
    closed_at = models.DateTimeField(null=True)
    paused_at = models.DateTimeField(null=True)
    paused_s = models.IntegerField()
    until_at = models.DateTimeField(null=True)
    returns = models.SmallIntegerField()
    reworks = models.SmallIntegerField()
    delays = models.SmallIntegerField()
    suspensions = models.SmallIntegerField()
    disputes = models.SmallIntegerField()
    urges = models.SmallIntegerField()
    level = models.SmallIntegerField()
    ruled = models.BooleanField()
    reports = models.SmallIntegerField()
    rating = models.SmallIntegerField(null=True)
    parent_id = models.BigIntegerField(null=True)
    merged_into = models.BigIntegerField(null=True)
    state_before = models.TextField(null=True)
    asked = models.JSONField()
    routing = models.JSONField()
    photo = models.TextField(null=True)
    guessed = models.BooleanField()
    changed_at = models.DateTimeField()

    class Meta:
        """Partitioned by state into open and closed ones."""

        managed = False
        db_table = "cases_case"


class Event(models.Model):
    """One thing that happened to a case; append-only, a trigger refuses any change."""

    pk = models.CompositePrimaryKey("case_id", "seq")
    case_id = models.BigIntegerField()
    seq = models.IntegerField()
    at = models.DateTimeField()
    verb = models.TextField()
    from_state = models.TextField(null=True)
    to_state = models.TextField()
    by_id = models.BigIntegerField(null=True)
    by_name = models.TextField()
    duty = models.TextField()
    grant_id = models.BigIntegerField(null=True)
    unit_id = models.BigIntegerField(null=True)
    note = models.TextField()
    photos = ArrayField(models.TextField())
    fields = models.JSONField()
    due_at = models.DateTimeField(null=True)
    stage_due_at = models.DateTimeField(null=True)
    class_kind = models.TextField(null=True)
    class_code = models.TextField(null=True)

    class Meta:
        """Has only its key: (case, seq)."""

        managed = False
        db_table = "cases_event"


class Idempotency(models.Model):
    """A key that a client sent with a writing request, so that the same request is done once."""

    pk = models.CompositePrimaryKey("who", "key")
    who = models.TextField()
    key = models.TextField()
    body_hash = models.BinaryField()
    case_id = models.BigIntegerField()
    version = models.IntegerField()
    at = models.DateTimeField()

    class Meta:
        """Cleaned by a timed job."""

        managed = False
        db_table = "cases_idempotency"


class Reporter(models.Model):
    """Somebody who reported this case or one that was merged into it; personal data, every look is an entry of the ledger."""

    id = models.BigAutoField(primary_key=True)
    case_id = models.BigIntegerField()
    person_id = models.BigIntegerField(null=True)
    name = models.TextField()
    contact = models.TextField()
    secret_hash = models.BinaryField(null=True)
    language = models.TextField()
    at = models.DateTimeField()

    class Meta:
        """Found by case and by person."""

        managed = False
        db_table = "cases_reporter"
