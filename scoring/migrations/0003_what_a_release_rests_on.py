"""A release keeps which versions of the questions its figures rest on."""

from django.apps.registry import Apps
from django.db import migrations, models
from django.db.backends.base.schema import BaseDatabaseSchemaEditor


def fill(apps: Apps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    """Releases made before say it too: the questionnaires of their rounds are frozen."""
    rounds = apps.get_model("surveys", "Round").objects.filter(questionnaire__isnull=False)
    for release in apps.get_model("scoring", "Release").objects.all():
        asked: dict[str, list[list[list[object]]]] = {}
        of_period = rounds.filter(period=release.period_id).order_by("starts_on")
        for content in of_period.values_list("questionnaire__content", flat=True):
            for dimension, basis in bases(content).items():
                kept = asked.setdefault(dimension, [])
                if basis not in kept:
                    kept.append(basis)
        release.asked = asked
        release.save(update_fields=["asked"])


def bases(content: list[dict[str, object]]) -> dict[str, list[list[object]]]:
    found: dict[str, list[list[object]]] = {}
    for item in sorted(content, key=lambda one: str(one["code"])):
        labels = item["labels"]
        count = len(labels.get("fr", [])) if isinstance(labels, dict) else 0
        told = [item["code"], item["version"], count]
        found.setdefault(str(item["dimension"]), []).append(told)
        if item["role"] == "core":
            found.setdefault("overall", []).append(told)
    return found


class Migration(migrations.Migration):
    dependencies = [
        ("scoring", "0002_initial"),
        ("surveys", "0003_leaner_check_ins"),
    ]

    operations = [
        migrations.AddField(
            model_name="release",
            name="asked",
            field=models.JSONField(default=dict),
        ),
        migrations.RunPython(fill, migrations.RunPython.noop),
    ]
