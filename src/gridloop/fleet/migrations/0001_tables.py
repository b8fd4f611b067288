"""Vehicles, terminals, fences, rules, permits, routes, occasions, warnings, orders and uploads."""

import django.contrib.gis.db.models.fields
import django.contrib.postgres.fields
import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    """The tables of the room but for positions."""

    initial = True

    dependencies = []

    operations = [
        migrations.CreateModel(
            name="Occasion",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("code", models.TextField(unique=True)),
                ("name_zh", models.TextField()),
                ("name_en", models.TextField(db_default="")),
                ("spans", models.JSONField(default=list)),
            ],
        ),
        migrations.CreateModel(
            name="VehicleList",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("code", models.TextField(unique=True)),
                ("name_zh", models.TextField()),
                ("name_en", models.TextField(db_default="")),
                ("note", models.TextField(db_default="")),
            ],
        ),
        migrations.CreateModel(
            name="DeclaredRoute",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("number", models.TextField(unique=True)),
                ("vehicle_id", models.BigIntegerField()),
                ("line", django.contrib.gis.db.models.fields.LineStringField(srid=4326)),
                ("width_m", models.FloatField(db_default=200.0)),
                ("starts_at", models.DateTimeField()),
                ("ends_at", models.DateTimeField()),
                ("document", models.TextField(db_default="")),
                ("synthetic", models.BooleanField(db_default=False)),
            ],
            options={
                "indexes": [models.Index(fields=["vehicle_id", "ends_at"], name="fleet_route_vehicle")],
            },
        ),
        migrations.CreateModel(
            name="Fence",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("code", models.TextField()),
                ("version", models.IntegerField(db_default=1)),
                ("name_zh", models.TextField()),
                ("name_en", models.TextField(db_default="")),
                ("shape", models.TextField(choices=[("area", "area"), ("circle", "circle"), ("corridor", "corridor")])),
                ("geom", django.contrib.gis.db.models.fields.GeometryField(srid=4326)),
                ("radius_m", models.FloatField(null=True)),
                ("width_m", models.FloatField(null=True)),
                ("area", models.TextField(db_collation="C", db_default="")),
                ("note", models.TextField(db_default="")),
                ("valid_from", models.DateTimeField()),
                ("valid_to", models.DateTimeField(null=True)),
                ("made_by_id", models.BigIntegerField(null=True)),
                ("synthetic", models.BooleanField(db_default=False)),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(fields=("code", "version"), name="fleet_fence_version"),
                    models.UniqueConstraint(
                        condition=models.Q(("valid_to", None)), fields=("code",), name="fleet_fence_today"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("valid_to", None), ("valid_to__gt", models.F("valid_from")), _connector="OR"
                        ),
                        name="fleet_fence_valid",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Order",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("vehicle_id", models.BigIntegerField()),
                ("verb", models.TextField()),
                ("said", models.JSONField(default=dict)),
                ("state", models.TextField(db_default="waiting")),
                ("answer", models.JSONField(default=dict)),
                ("asked_by_id", models.BigIntegerField(null=True)),
                ("asked_at", models.DateTimeField()),
                ("sent_at", models.DateTimeField(null=True)),
                ("answered_at", models.DateTimeField(null=True)),
                ("warning_id", models.BigIntegerField(null=True)),
                ("key", models.TextField(null=True, unique=True)),
            ],
            options={
                "indexes": [
                    models.Index(condition=models.Q(("state", "waiting")), fields=["id"], name="fleet_order_waiting"),
                    models.Index(fields=["vehicle_id", "-id"], name="fleet_order_vehicle"),
                ],
            },
        ),
        migrations.CreateModel(
            name="Permit",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("number", models.TextField(unique=True)),
                ("kind", models.TextField()),
                ("vehicle_id", models.BigIntegerField()),
                (
                    "fences",
                    django.contrib.postgres.fields.ArrayField(base_field=models.TextField(), db_default=[], size=None),
                ),
                ("weekly", models.JSONField(default=list)),
                ("valid_from", models.DateTimeField()),
                ("valid_to", models.DateTimeField()),
                ("issuer", models.TextField(db_default="")),
                ("revoked_at", models.DateTimeField(null=True)),
                ("revoked_why", models.TextField(db_default="")),
                ("synthetic", models.BooleanField(db_default=False)),
            ],
            options={
                "indexes": [models.Index(fields=["vehicle_id", "valid_to"], name="fleet_permit_vehicle")],
            },
        ),
        migrations.CreateModel(
            name="Rule",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("code", models.TextField()),
                ("version", models.IntegerField(db_default=1)),
                (
                    "kind",
                    models.TextField(
                        choices=[
                            ("no_go", "no-go"),
                            ("stay_within", "stay within"),
                            ("speed", "speed"),
                            ("dwell", "dwell"),
                            ("gathering", "gathering"),
                            ("off_route", "off the declared route"),
                            ("off_time", "outside the declared time"),
                            ("rest", "rest times"),
                            ("silence", "silent inside"),
                            ("jump", "jump"),
                            ("clone", "cloned terminal"),
                            ("breach_ahead", "about to enter"),
                        ]
                    ),
                ),
                ("name_zh", models.TextField()),
                ("name_en", models.TextField(db_default="")),
                (
                    "fences",
                    django.contrib.postgres.fields.ArrayField(base_field=models.TextField(), db_default=[], size=None),
                ),
                (
                    "kinds",
                    django.contrib.postgres.fields.ArrayField(base_field=models.TextField(), db_default=[], size=None),
                ),
                (
                    "firms",
                    django.contrib.postgres.fields.ArrayField(base_field=models.TextField(), db_default=[], size=None),
                ),
                (
                    "lists",
                    django.contrib.postgres.fields.ArrayField(base_field=models.TextField(), db_default=[], size=None),
                ),
                (
                    "plates",
                    django.contrib.postgres.fields.ArrayField(base_field=models.TextField(), db_default=[], size=None),
                ),
                ("params", models.JSONField(default=dict)),
                ("weekly", models.JSONField(default=list)),
                ("holidays", models.TextField(db_default="")),
                ("occasion", models.TextField(db_default="")),
                (
                    "permit_kinds",
                    django.contrib.postgres.fields.ArrayField(base_field=models.TextField(), db_default=[], size=None),
                ),
                (
                    "severity",
                    models.TextField(
                        choices=[("critical", "critical"), ("high", "high"), ("medium", "medium"), ("info", "info")],
                        db_default="high",
                    ),
                ),
                ("case_class", models.TextField(db_default="")),
                ("source", models.TextField(db_default="")),
                ("confidence", models.TextField(db_default="constructed")),
                ("area", models.TextField(db_collation="C", db_default="")),
                ("valid_from", models.DateTimeField()),
                ("valid_to", models.DateTimeField(null=True)),
                ("made_by_id", models.BigIntegerField(null=True)),
                ("synthetic", models.BooleanField(db_default=False)),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(fields=("code", "version"), name="fleet_rule_version"),
                    models.UniqueConstraint(
                        condition=models.Q(("valid_to", None)), fields=("code",), name="fleet_rule_today"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            (
                                "kind__in",
                                [
                                    "no_go",
                                    "stay_within",
                                    "speed",
                                    "dwell",
                                    "gathering",
                                    "off_route",
                                    "off_time",
                                    "rest",
                                    "silence",
                                    "jump",
                                    "clone",
                                    "breach_ahead",
                                ],
                            )
                        ),
                        name="fleet_rule_kind",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Stranger",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("protocol", models.TextField()),
                ("name", models.TextField()),
                ("address", models.TextField(db_default="")),
                ("reason", models.TextField()),
                ("said_zh", models.TextField()),
                ("said_en", models.TextField()),
                ("first_at", models.DateTimeField()),
                ("last_at", models.DateTimeField()),
                ("times", models.BigIntegerField(db_default=1)),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(fields=("protocol", "name", "reason"), name="fleet_stranger_once")
                ],
            },
        ),
        migrations.CreateModel(
            name="Upload",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("vehicle_id", models.BigIntegerField()),
                ("terminal_item", models.BigIntegerField()),
                ("media", models.TextField()),
                ("format", models.TextField()),
                ("event", models.SmallIntegerField(db_default=0)),
                ("channel", models.SmallIntegerField(db_default=0)),
                ("file", models.TextField()),
                ("size", models.BigIntegerField()),
                ("lon", models.FloatField(null=True)),
                ("lat", models.FloatField(null=True)),
                ("taken_at", models.DateTimeField(null=True)),
                ("received_at", models.DateTimeField()),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        fields=("vehicle_id", "terminal_item", "taken_at"), name="fleet_upload_once"
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="Vehicle",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("plate", models.TextField(unique=True)),
                ("plate_colour", models.SmallIntegerField(db_default=2)),
                (
                    "kind",
                    models.TextField(
                        choices=[
                            ("hazmat", "hazardous-goods truck"),
                            ("explosives", "explosives truck"),
                            ("coach", "coach"),
                            ("school_bus", "school bus"),
                            ("bus", "bus"),
                            ("taxi", "taxi"),
                            ("ride_hailing", "ride-hailing car"),
                            ("truck", "heavy truck"),
                            ("construction", "construction-waste truck"),
                            ("sanitation", "sanitation truck"),
                            ("police", "police car"),
                            ("fire", "fire engine"),
                            ("ambulance", "ambulance"),
                            ("other", "other vehicle"),
                        ]
                    ),
                ),
                ("firm", models.TextField(db_default="")),
                ("firm_unit_id", models.BigIntegerField(null=True)),
                ("area", models.TextField(db_collation="C", db_default="")),
                ("vin", models.TextField(db_default="")),
                (
                    "lists",
                    django.contrib.postgres.fields.ArrayField(base_field=models.TextField(), db_default=[], size=None),
                ),
                ("in_service", models.BooleanField(db_default=True)),
                ("speed_limit_kmh", models.SmallIntegerField(null=True)),
                ("note", models.TextField(db_default="")),
                ("synthetic", models.BooleanField(db_default=False)),
                ("registered_at", models.DateTimeField()),
                ("changed_at", models.DateTimeField()),
            ],
            options={
                "indexes": [
                    models.Index(fields=["kind", "id"], name="fleet_vehicle_kind_id"),
                    models.Index(fields=["area", "id"], name="fleet_vehicle_area_id"),
                ],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            (
                                "kind__in",
                                [
                                    "hazmat",
                                    "explosives",
                                    "coach",
                                    "school_bus",
                                    "bus",
                                    "taxi",
                                    "ride_hailing",
                                    "truck",
                                    "construction",
                                    "sanitation",
                                    "police",
                                    "fire",
                                    "ambulance",
                                    "other",
                                ],
                            )
                        ),
                        name="fleet_vehicle_kind",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("area__regex", "^[0-9]*$")), name="fleet_vehicle_area_digits"
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="VehicleWarning",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("key", models.TextField(unique=True)),
                ("rule_code", models.TextField()),
                ("rule_version", models.IntegerField()),
                ("rule_kind", models.TextField()),
                ("severity", models.TextField()),
                ("fence_code", models.TextField(db_default="")),
                ("fence_version", models.IntegerField(null=True)),
                ("vehicle_id", models.BigIntegerField()),
                ("other_vehicle_id", models.BigIntegerField(null=True)),
                (
                    "stage",
                    models.TextField(
                        choices=[
                            ("suspected", "suspected"),
                            ("confirmed", "confirmed"),
                            ("ended", "ended"),
                            ("withdrawn", "withdrawn"),
                        ]
                    ),
                ),
                ("lon", models.FloatField()),
                ("lat", models.FloatField()),
                ("place", models.TextField(db_collation="C", db_default="")),
                ("suspected_at", models.DateTimeField()),
                ("confirmed_at", models.DateTimeField(null=True)),
                ("ended_at", models.DateTimeField(null=True)),
                ("received_at", models.DateTimeField()),
                ("decided_at", models.DateTimeField()),
                ("delivered_at", models.DateTimeField(null=True)),
                ("late", models.BooleanField(db_default=False)),
                ("positions", models.JSONField(default=list)),
                ("permit", models.JSONField(default=dict)),
                ("detail", models.JSONField(default=dict)),
                ("acknowledged_by_id", models.BigIntegerField(null=True)),
                ("acknowledged_at", models.DateTimeField(null=True)),
                ("shelved_until", models.DateTimeField(null=True)),
                ("false_reason", models.TextField(db_default="")),
                ("false_note", models.TextField(db_default="")),
                ("false_by_id", models.BigIntegerField(null=True)),
                ("false_at", models.DateTimeField(null=True)),
                ("case_number", models.TextField(db_default="")),
            ],
            options={
                "db_table": "fleet_warning",
                "indexes": [
                    models.Index(fields=["vehicle_id", "-id"], name="fleet_warning_vehicle"),
                    models.Index(fields=["rule_code", "-id"], name="fleet_warning_rule"),
                    models.Index(
                        condition=models.Q(("stage__in", ["suspected", "confirmed"])),
                        fields=["id"],
                        name="fleet_warning_open",
                    ),
                    models.Index(
                        condition=models.Q(("case_number", ""), ("false_reason", ""), ("stage", "confirmed")),
                        fields=["id"],
                        name="fleet_warning_uncased",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Terminal",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "protocol",
                    models.TextField(
                        choices=[
                            ("jt808", "jt808"),
                            ("jt809", "jt809"),
                            ("mqtt", "mqtt"),
                            ("gtfs_rt", "gtfs_rt"),
                            ("nmea", "nmea"),
                            ("http", "http"),
                        ]
                    ),
                ),
                ("name", models.TextField()),
                ("maker", models.TextField(db_default="")),
                ("model", models.TextField(db_default="")),
                ("device", models.TextField(db_default="")),
                ("edition", models.SmallIntegerField(null=True)),
                ("auth_hash", models.BinaryField(db_default=b"")),
                ("blocked", models.BooleanField(db_default=False)),
                ("frames_per_min_max", models.IntegerField(db_default=600)),
                ("registered_at", models.DateTimeField(null=True)),
                ("last_seen_at", models.DateTimeField(null=True)),
                ("last_address", models.TextField(db_default="")),
                (
                    "vehicle",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="terminals",
                        to="fleet.vehicle",
                    ),
                ),
            ],
            options={
                "constraints": [models.UniqueConstraint(fields=("protocol", "name"), name="fleet_terminal_name")],
            },
        ),
    ]
