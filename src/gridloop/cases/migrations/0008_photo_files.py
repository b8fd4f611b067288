from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("cases", "0007_classifier_model"),
    ]

    operations = [
        migrations.AddField(
            model_name="photo", name="files", field=models.TextField(blank=True, db_default="", default="")
        ),
    ]
