"""Text that people type into a field: one visible line of it."""

import unicodedata

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

REFUSED = frozenset({"Cc", "Cs", "Zl", "Zp"})
# They turn the reading direction of what follows, so a name could show another text.
TURNING = frozenset("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")
# The same words for every table that the firm names by a code of its own.
REF_TAKEN = {"ref": {"unique": _("This reference is taken: choose another one.")}}


def one_line(value: str) -> None:
    """Refuse control characters, line breaks and marks that turn the reading direction."""
    if any(unicodedata.category(letter) in REFUSED or letter in TURNING for letter in value):
        raise ValidationError(
            _("Write this on one line, without line breaks, tabs or control characters."),
            code="one_line",
        )


def on_one_line(form: forms.BaseForm) -> None:
    """Make every free text of the form one visible line."""
    for field in form.fields.values():
        if isinstance(field, forms.CharField):
            field.validators.append(one_line)
