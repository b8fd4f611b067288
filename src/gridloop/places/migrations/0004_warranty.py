"""When a component was put up, and whose warranty repairs it until when."""

from __future__ import annotations

from django.db import migrations, models


class Migration(migrations.Migration):
    """Three columns; the default lets rows that say nothing be copied in as before."""

    dependencies = [("places", "0003_imported")]
    operations = [
        migrations.AddField("component", "installed_on", models.DateField(null=True)),
        migrations.AddField("component", "warranty_contractor", models.TextField(blank=True, db_default="")),
        migrations.AddField("component", "warranty_until", models.DateField(null=True)),
    ]
