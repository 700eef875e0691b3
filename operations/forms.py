"""What an administrator gives to import a file."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from operations.imports.formats import PAGE_KINDS
from operations.imports.source import PAGE_LIMIT

KINDS = {
    "units": _("Units"),
    "people": _("People"),
    "clients": _("Clients"),
    "contacts": _("Contacts at clients"),
    "profiles": _("Mission profiles"),
    "skills": _("Skills"),
    "levels": _("Skill levels of people"),
    "missions": _("Missions"),
    "assignments": _("Assignments"),
    "absences": _("Absences"),
    "revenue": _("Revenue by client"),
}


class ImportForm(forms.Form):
    """The kind of table, and the file."""

    kind = forms.ChoiceField(
        label=_("What is in the file"), choices=[(kind, KINDS[kind]) for kind in PAGE_KINDS]
    )
    file = forms.FileField(
        label=_("File"),
        help_text=_("CSV or XLSX, 5 MB at most. Nothing is written before you have seen it."),
        # An empty file is told of like any other that cannot be read.
        allow_empty_file=True,
        widget=forms.FileInput(attrs={"accept": ".csv,.txt,.tsv,.xlsx"}),
    )

    def clean_file(self) -> Any:
        file = self.cleaned_data["file"]
        if (file.size or 0) > PAGE_LIMIT:
            raise forms.ValidationError(
                _(
                    "This file has more than 5 MB. Cut it into several files, or ask an operator "
                    "to import it from the command line."
                )
            )
        return file


class TokenForm(forms.Form):
    """The file that was checked on the page before."""

    token = forms.CharField(max_length=1000, widget=forms.HiddenInput)

    def kept(self) -> str:
        """The token, or nothing that could be one."""
        values: dict[str, Any] = self.cleaned_data if self.is_valid() else {}
        return str(values.get("token", ""))
