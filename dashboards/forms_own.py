"""What people choose about their own answers."""

from django import forms
from django.utils.translation import gettext_lazy as _

JSON, CSV = "json", "csv"
COMMENTS, ANSWERS = "comments", "answers"


class OwnFileForm(forms.Form):
    """One's own answers as a file; JSON unless a table is asked for."""

    format = forms.ChoiceField(choices=[(JSON, "JSON"), (CSV, "CSV")], required=False)


class EraseForm(forms.Form):
    """What goes for good."""

    what = forms.ChoiceField(
        choices=[(COMMENTS, ""), (ANSWERS, "")],
        error_messages={
            "required": _("Choose what is to be erased."),
            "invalid_choice": _("Choose what is to be erased."),
        },
    )
