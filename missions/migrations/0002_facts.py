"""The facts of declared demand that every firm starts with."""

from typing import Any

from django.db import migrations

from missions.defaults import install_facts


def install(apps: Any, schema_editor: Any) -> None:
    install_facts(apps.get_model("missions", "DemandFact"))


class Migration(migrations.Migration):
    dependencies = [("missions", "0001_initial")]

    operations = [migrations.RunPython(install, migrations.RunPython.noop)]
