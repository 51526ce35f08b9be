from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("tenants", "0002_clone_company")]

    operations = [
        migrations.AddField(
            model_name="domain",
            name="ends_at",
            field=models.DateTimeField(blank=True, db_index=True, null=True),
        ),
        migrations.AddConstraint(
            model_name="domain",
            constraint=models.CheckConstraint(
                condition=models.Q(("is_primary", False), ("ends_at__isnull", True), _connector="OR"),
                name="tenants_primary_never_ends",
            ),
        ),
    ]
