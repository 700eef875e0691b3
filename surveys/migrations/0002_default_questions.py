"""The questionnaire that a new firm starts with."""

from typing import Any

from django.db import migrations

from surveys.defaults import install_questions


def install(apps: Any, schema_editor: Any) -> None:
    install_questions(get_model=apps.get_model)


class Migration(migrations.Migration):
    dependencies = [("surveys", "0001_initial")]

    operations = [migrations.RunPython(install, migrations.RunPython.noop)]
