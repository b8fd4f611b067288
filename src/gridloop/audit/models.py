"""What the ledger keeps. Entries, nodes and checkpoints are append-only: triggers refuse any change (migration 0002)."""

from __future__ import annotations

from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.db import models
from django.db.models import Q


class Pending(models.Model):
    """An entry written with somebody's change, not yet given its position (about a second)."""

    id = models.BigAutoField(primary_key=True)
    at = models.DateTimeField()
    actor_id = models.BigIntegerField(null=True)
    action = models.TextField()
    subject = models.TextField()
    area = models.TextField(db_collation="C", db_default="")
    unit_id = models.BigIntegerField(null=True)
    looked = models.BooleanField(db_default=False)
    body = models.BinaryField()

    class Meta:
        """Read and emptied in the order of `id`."""

        db_table = "audit_pending"


class Entry(models.Model):
    """One thing that somebody did or saw, at its place in the ledger; `body` is what the leaf hash covers."""

    position = models.BigIntegerField(primary_key=True)
    at = models.DateTimeField()
    sequenced_at = models.DateTimeField()
    actor_id = models.BigIntegerField(null=True)
    action = models.TextField()
    subject = models.TextField()
    area = models.TextField(db_collation="C")
    unit_id = models.BigIntegerField(null=True)
    looked = models.BooleanField()
    people = ArrayField(models.BigIntegerField(), null=True)
    body = models.BinaryField()
    leaf = models.BinaryField()

    class Meta:
        """Read by position, by subject, by actor and by the people whose data was looked at."""

        db_table = "audit_entry"
        indexes = [
            models.Index(fields=["subject", "position"], name="audit_entry_subject"),
            models.Index(
                fields=["actor_id", "position"], name="audit_entry_actor", condition=Q(actor_id__isnull=False)
            ),
            models.Index(fields=["area", "position"], name="audit_entry_area"),
            GinIndex(fields=["people"], name="audit_entry_people", condition=Q(people__isnull=False)),
        ]


class Node(models.Model):
    """The hash of a complete subtree of 256^tier leaves: tier 1 stands over 256 entries, tier 2 over 65,536."""

    pk = models.CompositePrimaryKey("tier", "index")
    tier = models.SmallIntegerField()
    index = models.BigIntegerField()
    hash = models.BinaryField()

    class Meta:
        """Proofs read at most one run of 256 per tier."""

        db_table = "audit_node"


class Checkpoint(models.Model):
    """A signed statement of the ledger's size and root; `leaves` keeps a second copy of the leaf hashes of its own batch."""

    size = models.BigIntegerField(primary_key=True)
    first = models.BigIntegerField()
    root = models.BinaryField()
    algorithm = models.TextField()
    at = models.DateTimeField()
    note = models.TextField()
    leaves = models.BinaryField()

    class Meta:
        """Checkpoints follow each other without a gap: the next one's `first` is this one's `size`."""

        db_table = "audit_checkpoint"
        constraints = [
            models.CheckConstraint(
                condition=Q(size__gt=models.F("first"), first__gte=0), name="audit_checkpoint_grows"
            ),
            models.UniqueConstraint(fields=["first"], name="audit_checkpoint_no_fork"),
        ]


class Witness(models.Model):
    """Somebody else's signature under one of our checkpoints (a C2SP `cosignature/v1` line)."""

    id = models.BigAutoField(primary_key=True)
    checkpoint = models.ForeignKey(Checkpoint, on_delete=models.PROTECT, related_name="witnesses")
    name = models.TextField()
    key = models.BinaryField()
    line = models.TextField()
    at = models.DateTimeField()

    class Meta:
        """One signature of a witness for a checkpoint."""

        db_table = "audit_witness"
        constraints = [models.UniqueConstraint(fields=["checkpoint", "name"], name="audit_witness_once")]
