from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("identity", "0003_devices"),
    ]

    operations = [
        migrations.AddField(
            model_name="person",
            name="name_en",
            field=models.TextField(db_default=""),
        ),
    ]
