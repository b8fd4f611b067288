"""What is asked of terminals, and what they send besides positions."""

from __future__ import annotations

from django.db import models


class Order(models.Model):
    """Something a person asks of a vehicle's terminal: a text to the driver, locate now, temporary tracking, parameters, a picture.

    The gateway takes waiting ones (NOTIFY fleet_orders), sends them and writes what the terminal answered.
    """

    vehicle_id = models.BigIntegerField()
    verb = models.TextField()  # text | locate | track | parameters | ask_parameters | picture
    said = models.JSONField(default=dict)
    state = models.TextField(db_default="waiting")  # waiting | sent | done | refused | unreachable
    answer = models.JSONField(default=dict)
    asked_by_id = models.BigIntegerField(null=True)
    asked_at = models.DateTimeField()
    sent_at = models.DateTimeField(null=True)
    answered_at = models.DateTimeField(null=True)
    warning_id = models.BigIntegerField(null=True)
    key = models.TextField(unique=True, null=True)  # idempotency
    batch = models.TextField(db_default="")  # texts that were sent together carry one name

    class Meta:
        """Waiting ones first."""

        indexes = [
            models.Index(fields=["id"], condition=models.Q(state="waiting"), name="fleet_order_waiting"),
            models.Index(fields=["vehicle_id", "-id"], name="fleet_order_vehicle"),
            models.Index(fields=["batch", "id"], condition=~models.Q(batch=""), name="fleet_order_batch"),
        ]


class Upload(models.Model):
    """A multimedia item of a terminal (0x0801): where its file lies in the photo store's way of keeping, and the fix it was taken at."""

    vehicle_id = models.BigIntegerField()
    terminal_item = models.BigIntegerField()  # multimedia id of the terminal
    media = models.TextField()  # image | audio | video
    format = models.TextField()
    event = models.SmallIntegerField(db_default=0)
    channel = models.SmallIntegerField(db_default=0)
    file = models.TextField()  # below VAR/fleet
    size = models.BigIntegerField()
    lon = models.FloatField(null=True)
    lat = models.FloatField(null=True)
    taken_at = models.DateTimeField(null=True)
    received_at = models.DateTimeField()

    class Meta:
        """Sent twice is kept once."""

        constraints = [
            models.UniqueConstraint(fields=["vehicle_id", "terminal_item", "taken_at"], name="fleet_upload_once"),
        ]
