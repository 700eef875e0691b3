"""The shipped questions that make sense on no mission are asked between two missions too."""

from django.apps.registry import Apps
from django.db import migrations
from django.db.backends.base.schema import BaseDatabaseSchemaEditor

from surveys.defaults import ask_everywhere


def forwards(apps: Apps, _editor: BaseDatabaseSchemaEditor) -> None:
    ask_everywhere(get_model=apps.get_model)


class Migration(migrations.Migration):
    dependencies = [
        ("surveys", "0012_comments_of_a_round"),
    ]

    operations = [migrations.RunPython(forwards, migrations.RunPython.noop)]
