"""What is kept of telling people: the notice, each way it is delivered, and how a person wants to be told."""

from __future__ import annotations

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.db.models.functions import Now

from gridloop.notices.rules import DIGEST_HOUR, DIGESTS

CHANNELS = ("email", "sms")
"""Ways out of the house to an address; the bell of the console needs no delivery, the notice itself is what it shows."""
PUSH = "push"
"""The way to a browser that asked for it: whatever rings the bell goes there too."""
WAYS = (*CHANNELS, PUSH)
STATUSES = ("queued", "sent", "failed", "skipped")


class Notice(models.Model):
    """One thing that one person is told; without a person it goes to the sealed address of its deliveries."""

    person = models.ForeignKey("identity.Person", on_delete=models.CASCADE, null=True, related_name="notices")
    kind = models.TextField()
    subject = models.TextField()
    title_zh = models.TextField()
    title_en = models.TextField()
    text_zh = models.TextField()
    text_en = models.TextField()
    params = models.JSONField(default=dict, db_default={})
    language = models.TextField(db_default="")
    on_bell = models.BooleanField(db_default=True)
    key = models.TextField(unique=True)
    created_at = models.DateTimeField(db_default=Now())
    read_at = models.DateTimeField(null=True)

    class Meta:
        """Read newest first by person; the unread ones have a small index of their own."""

        db_table = "notices_notice"
        indexes = [
            models.Index(fields=["person", "-id"], name="notices_notice_person", condition=Q(on_bell=True)),
            models.Index(
                fields=["person"], name="notices_notice_unread", condition=Q(on_bell=True, read_at__isnull=True)
            ),
        ]


class Subscription(models.Model):
    """One browser that asked for pushes, for a person or for one reader without an account; endpoint and keys are sealed.

    `reader` names that reader in the words of the room that knows them ("reporter:81"); it is empty for a person.
    """

    endpoint_hash = models.BinaryField()
    box_sealed = models.BinaryField()
    person = models.ForeignKey(
        "identity.Person", on_delete=models.CASCADE, null=True, related_name="push_subscriptions"
    )
    reader = models.TextField(db_default="")
    language = models.TextField(db_default="zh")
    created_at = models.DateTimeField()
    last_ok_at = models.DateTimeField(null=True)
    failures = models.IntegerField(db_default=0)

    class Meta:
        """A browser asks once for the same person or reader."""

        db_table = "notices_push"
        indexes = [
            models.Index(fields=["person"], name="notices_push_person", condition=Q(person__isnull=False)),
            models.Index(fields=["reader"], name="notices_push_reader", condition=~Q(reader="")),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["endpoint_hash", "person", "reader"], nulls_distinct=False, name="notices_push_once"
            ),
            models.CheckConstraint(
                condition=Q(person__isnull=False, reader="") | (Q(person__isnull=True) & ~Q(reader="")),
                name="notices_push_for_one",
            ),
        ]


class Delivery(models.Model):
    """One way out of the house for a notice; `key` is the idempotency id that the mail server or SMS provider sees."""

    notice = models.ForeignKey(Notice, on_delete=models.CASCADE, related_name="deliveries")
    subscription = models.ForeignKey(Subscription, on_delete=models.SET_NULL, null=True, related_name="deliveries")
    channel = models.TextField()
    address_sealed = models.BinaryField(null=True)
    status = models.TextField(db_default="queued")
    attempts = models.IntegerField(db_default=0)
    last_error = models.TextField(db_default="")
    key = models.TextField(unique=True)
    provider_id = models.TextField(db_default="")
    created_at = models.DateTimeField(db_default=Now())
    sent_at = models.DateTimeField(null=True)

    class Meta:
        """Those that failed for good stay in sight until somebody sends them again or gives them up."""

        db_table = "notices_delivery"
        indexes = [models.Index(fields=["-id"], name="notices_delivery_dead", condition=Q(status="failed"))]
        constraints = [
            models.CheckConstraint(condition=Q(channel__in=WAYS), name="notices_delivery_channel"),
            models.CheckConstraint(condition=Q(status__in=STATUSES), name="notices_delivery_status"),
        ]


class Preference(models.Model):
    """How a person wants to be told, where it differs from the usual: channels kept silent, kinds not wanted outside the bell, a digest.

    `digest_hour` is an hour of the city; `digest_on` the last day of the city whose digest was dealt with.
    """

    person = models.OneToOneField(
        "identity.Person", on_delete=models.CASCADE, primary_key=True, related_name="notice_preference"
    )
    muted_channels = ArrayField(models.TextField(), db_default=[])
    muted_kinds = ArrayField(models.TextField(), db_default=[])
    digest = models.TextField(db_default="")
    digest_hour = models.SmallIntegerField(db_default=DIGEST_HOUR)
    digest_on = models.DateField(null=True)

    class Meta:
        """A person without a row gets everything, each at once."""

        db_table = "notices_preference"
        constraints = [
            models.CheckConstraint(condition=Q(digest__in=("", *DIGESTS)), name="notices_preference_digest"),
            models.CheckConstraint(condition=Q(digest_hour__range=(0, 23)), name="notices_preference_digest_hour"),
        ]
