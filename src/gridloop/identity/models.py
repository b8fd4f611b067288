"""What is kept of units, people, their grants and the doors they come in by. No secret stands here in the clear."""

from __future__ import annotations

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q

from gridloop.kernel.duties import DUTY_NAMES, Duty

DUTIES = [(duty.value, DUTY_NAMES[duty][1]) for duty in Duty]


class Unit(models.Model):
    """An organisation or a part of one; `path` has four characters a level, so that a subtree is a prefix."""

    code = models.TextField(unique=True)
    path = models.TextField(db_collation="C", unique=True)
    kind = models.TextField()
    name_zh = models.TextField()
    name_en = models.TextField()
    area = models.TextField(db_collation="C", db_default="")
    parent = models.ForeignKey("self", on_delete=models.PROTECT, null=True, related_name="children")
    phone = models.TextField(db_default="")
    email = models.TextField(db_default="")
    valid_from = models.DateTimeField()
    valid_to = models.DateTimeField(null=True)

    class Meta:
        """Found by kind and area when a case looks for its handler."""

        db_table = "identity_unit"
        indexes = [models.Index(fields=["kind", "area"], name="identity_unit_kind")]
        constraints = [
            models.CheckConstraint(condition=Q(path__regex=r"^([0-9a-z]{4})+$"), name="identity_unit_path_levels"),
            models.CheckConstraint(condition=Q(area__regex=r"^[0-9]*$"), name="identity_unit_area_digits"),
        ]


class Person(models.Model):
    """Somebody who works here or reports here; a telephone number is kept sealed and found by its keyed hash."""

    login = models.TextField(unique=True, null=True)
    name = models.TextField()
    name_en = models.TextField(db_default="")  # how the name is written in Latin letters, where somebody has said so
    title = models.TextField(db_default="")
    unit = models.ForeignKey(Unit, on_delete=models.PROTECT, null=True, related_name="people")
    phone_hash = models.BinaryField(unique=True, null=True)
    phone_sealed = models.BinaryField(null=True)
    email = models.TextField(db_default="")
    email_verified = models.BooleanField(db_default=False)
    language = models.TextField(db_default="zh")
    active = models.BooleanField(db_default=True)
    is_resident = models.BooleanField(db_default=False)
    password = models.TextField(db_default="")
    totp_sealed = models.BinaryField(null=True)
    totp_confirmed_at = models.DateTimeField(null=True)
    totp_last_step = models.BigIntegerField(db_default=0)
    created_at = models.DateTimeField()

    class Meta:
        """One person an e-mail address, once the address was verified."""

        db_table = "identity_person"
        constraints = [
            models.UniqueConstraint(fields=["email"], condition=Q(email_verified=True), name="identity_person_email"),
            models.CheckConstraint(condition=Q(language__in=["zh", "en"]), name="identity_person_language"),
        ]


class SignInGuard(models.Model):
    """Failures in a row for one login, whether anybody has it or not, so that a lock tells nothing about who exists."""

    login_hash = models.BinaryField(primary_key=True)
    failed = models.IntegerField()
    locked_until = models.DateTimeField(null=True)
    last_at = models.DateTimeField()

    class Meta:
        """Removed by a good sign-in, swept after a day."""

        db_table = "identity_sign_in_guard"


class OidcLink(models.Model):
    """The account of a person at an outside sign-in service."""

    person = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="oidc_links")
    issuer = models.TextField()
    sub = models.TextField()
    linked_at = models.DateTimeField()

    class Meta:
        """One person for an account."""

        db_table = "identity_oidc_link"
        constraints = [models.UniqueConstraint(fields=["issuer", "sub"], name="identity_oidc_link_once")]


class OidcAttempt(models.Model):
    """A sign-in that has gone to the outside service and not come back yet."""

    state_hash = models.BinaryField(primary_key=True)
    nonce = models.TextField()
    verifier = models.TextField()
    back_to = models.TextField()
    expires_at = models.DateTimeField()

    class Meta:
        """Used once, then removed."""

        db_table = "identity_oidc_attempt"


class Grant(models.Model):
    """A duty, within an area and a unit, for a time: the only thing that permits anything."""

    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="grants")
    duty = models.TextField(choices=DUTIES)
    area = models.TextField(db_collation="C", db_default="")
    unit = models.ForeignKey(Unit, on_delete=models.PROTECT, null=True, related_name="grants")
    purpose = models.TextField(db_default="")
    valid_from = models.DateTimeField()
    valid_to = models.DateTimeField(null=True)
    granted_by = models.ForeignKey(Person, on_delete=models.PROTECT, null=True, related_name="grants_given")
    delegated_from = models.ForeignKey("self", on_delete=models.PROTECT, null=True, related_name="delegations")
    created_at = models.DateTimeField()
    revoked_at = models.DateTimeField(null=True)
    revoked_by = models.ForeignKey(Person, on_delete=models.PROTECT, null=True, related_name="grants_revoked")

    class Meta:
        """A delegation always ends."""

        db_table = "identity_grant"
        indexes = [
            models.Index(fields=["person"], name="identity_grant_person", condition=Q(revoked_at__isnull=True)),
            models.Index(fields=["duty", "area"], name="identity_grant_duty", condition=Q(revoked_at__isnull=True)),
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(duty__in=[duty.value for duty in Duty]), name="identity_grant_duty_known"
            ),
            models.CheckConstraint(condition=Q(area__regex=r"^[0-9]*$"), name="identity_grant_area_digits"),
            models.CheckConstraint(
                condition=Q(valid_to__isnull=True) | Q(valid_to__gt=F("valid_from")), name="identity_grant_time"
            ),
            models.CheckConstraint(
                condition=Q(delegated_from__isnull=True) | Q(valid_to__isnull=False),
                name="identity_grant_delegation_ends",
            ),
        ]


class Session(models.Model):
    """A signed-in browser or app; the cookie holds the token, this row only its hash."""

    token_hash = models.BinaryField(primary_key=True)
    person = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="sessions")
    created_at = models.DateTimeField()
    last_seen_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    ip = models.TextField(db_default="")
    user_agent = models.TextField(db_default="")
    via = models.TextField()

    class Meta:
        """Swept when expired."""

        db_table = "identity_session"
        indexes = [models.Index(fields=["expires_at"], name="identity_session_expiry")]


class ApiKey(models.Model):
    """A connected system's way in: named scopes, within an area, for a time; shown once, kept as a hash."""

    token_hash = models.BinaryField(unique=True)
    prefix = models.TextField()
    name = models.TextField()
    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="keys")
    unit = models.ForeignKey(Unit, on_delete=models.PROTECT, null=True, related_name="keys")
    scopes = ArrayField(models.TextField())
    area = models.TextField(db_collation="C", db_default="")
    rate_per_minute = models.IntegerField(db_default=600)
    created_at = models.DateTimeField()
    valid_to = models.DateTimeField(null=True)
    revoked_at = models.DateTimeField(null=True)

    class Meta:
        """Held by the person who answers for it."""

        db_table = "identity_api_key"


class PhoneCode(models.Model):
    """A code on its way to a telephone; only its keyed hash is kept."""

    phone_hash = models.BinaryField(primary_key=True)
    phone_sealed = models.BinaryField()
    code_hash = models.BinaryField()
    attempts = models.IntegerField(db_default=0)
    created_at = models.DateTimeField()
    expires_at = models.DateTimeField()

    class Meta:
        """One open code a number."""

        db_table = "identity_phone_code"


class RateCount(models.Model):
    """How often something was tried in one fixed window of time."""

    pk = models.CompositePrimaryKey("key", "window")
    key = models.TextField()
    window = models.DateTimeField()
    count = models.IntegerField()

    class Meta:
        """Counted by one upsert; swept by a job."""

        db_table = "identity_rate_count"
        indexes = [models.Index(fields=["window"], name="identity_rate_window")]


class Device(models.Model):
    """A phone that keeps work of one person; its share of the key stands here sealed until it is wiped."""

    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="devices")
    token_hash = models.BinaryField(unique=True)
    name = models.TextField()
    proof_hash = models.BinaryField()
    share_sealed = models.BinaryField(null=True)
    failed = models.IntegerField(db_default=0)
    created_at = models.DateTimeField()
    last_seen_at = models.DateTimeField()
    share_until = models.DateTimeField(null=True)
    wipe_kind = models.TextField(db_default="")
    wipe_why = models.TextField(db_default="")
    wipe_asked_at = models.DateTimeField(null=True)
    wipe_asked_by = models.ForeignKey(Person, on_delete=models.PROTECT, null=True, related_name="wipes_asked")
    wiped_at = models.DateTimeField(null=True)

    class Meta:
        """A wipe takes the share away in the same change that asks for it."""

        db_table = "identity_device"
        indexes = [models.Index(fields=["person", "-id"], name="identity_device_person")]
        constraints = [
            models.CheckConstraint(
                condition=Q(wipe_kind__in=["", "lost", "drill", "wrong_pin", "replaced"]),
                name="identity_device_wipe_kind",
            ),
            models.CheckConstraint(
                condition=Q(wipe_kind="", wipe_asked_at__isnull=True, share_sealed__isnull=False)
                | (~Q(wipe_kind="") & Q(wipe_asked_at__isnull=False, share_sealed__isnull=True)),
                name="identity_device_share_or_wipe",
            ),
        ]
