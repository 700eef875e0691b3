"""Whom the form named stands beside each answer; so far that was the account manager of today."""

from django.apps.registry import Apps
from django.conf import settings
from django.db import migrations, models
from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.models import OuterRef, Subquery


def fill(apps: Apps, _editor: BaseDatabaseSchemaEditor | None) -> None:
    """Nothing tells who held an account before: today's is the nearest there is."""
    rows = apps.get_model("surveys", "Opinion").objects.all()
    own = apps.get_model("surveys", "Asking").objects.filter(pk=OuterRef("asking"))
    rows.update(reader=Subquery(own.values("contact__client__account_manager")[:1]))


class Migration(migrations.Migration):

    dependencies = [
        ("clients", "0010_revenue"),
        ("surveys", "0017_review_counted_at"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.AddField(
            model_name="opinion",
            name="reader",
            field=models.ForeignKey(
                blank=True, null=True, on_delete=models.deletion.PROTECT,
                related_name="+", to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.RunPython(fill, migrations.RunPython.noop),
    ]
