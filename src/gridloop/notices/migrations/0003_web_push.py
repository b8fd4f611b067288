"""Browsers that asked for pushes, and the way out of the house to each of them."""

from __future__ import annotations

from typing import ClassVar

import django.db.models.deletion
from django.db import migrations, models
from django.db.models import Q


class Migration(migrations.Migration):
    """Nobody is subscribed until they ask."""

    dependencies: ClassVar = [("identity", "0003_devices"), ("notices", "0002_digest")]
    operations: ClassVar = [
        migrations.CreateModel(
            name="Subscription",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("endpoint_hash", models.BinaryField()),
                ("box_sealed", models.BinaryField()),
                (
                    "person",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="push_subscriptions",
                        to="identity.person",
                    ),
                ),
                ("reader", models.TextField(db_default="")),
                ("language", models.TextField(db_default="zh")),
                ("created_at", models.DateTimeField()),
                ("last_ok_at", models.DateTimeField(null=True)),
                ("failures", models.IntegerField(db_default=0)),
            ],
            options={"db_table": "notices_push"},
        ),
        migrations.AddIndex(
            "subscription",
            models.Index(fields=["person"], name="notices_push_person", condition=Q(person__isnull=False)),
        ),
        migrations.AddIndex(
            "subscription", models.Index(fields=["reader"], name="notices_push_reader", condition=~Q(reader=""))
        ),
        migrations.AddConstraint(
            "subscription",
            models.UniqueConstraint(
                fields=["endpoint_hash", "person", "reader"], nulls_distinct=False, name="notices_push_once"
            ),
        ),
        migrations.AddConstraint(
            "subscription",
            models.CheckConstraint(
                condition=Q(person__isnull=False, reader="") | (Q(person__isnull=True) & ~Q(reader="")),
                name="notices_push_for_one",
            ),
        ),
        migrations.AddField(
            "delivery",
            "subscription",
            models.ForeignKey(
                null=True,
                on_delete=django.db.models.deletion.SET_NULL,
                related_name="deliveries",
                to="notices.subscription",
            ),
        ),
        migrations.RemoveConstraint("delivery", "notices_delivery_channel"),
        migrations.AddConstraint(
            "delivery",
            models.CheckConstraint(condition=Q(channel__in=("email", "sms", "push")), name="notices_delivery_channel"),
        ),
    ]
