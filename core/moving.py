"""Moves of something that several people may move: each names the version that its author saw.

A verb raises `OvertakenError` where somebody else was first. The page is then shown again as it
is now, with what was typed, on the version that is shown.
"""

from collections.abc import Callable
from typing import Any, Protocol

from django import forms
from django.core.exceptions import ValidationError
from django.http import QueryDict

from core.text import on_one_line


class OvertakenError(Exception):
    """Somebody else has moved it since it was shown."""


class Versioned(Protocol):
    """A row that counts its moves."""

    version: int


class VersionedForm(forms.Form):
    """What is typed for one move; several of these forms stand on one page."""

    name = "move"
    version = forms.IntegerField(widget=forms.HiddenInput, min_value=0)

    def __init__(self, *args: Any, subject: Versioned, **rest: Any) -> None:
        rest["auto_id"] = f"{self.name}_%s"
        super().__init__(*args, **rest)
        self.subject = subject
        self.fields["version"].initial = subject.version
        on_one_line(self)

    def carries_out(self, verb: Callable[[], object]) -> bool:
        """Run it on the version that was shown; False where the form then says what is wrong.

        Raises `OvertakenError`.
        """
        if not self.is_valid():
            return False
        self.subject.version = self.cleaned_data["version"]
        try:
            verb()
        except ValidationError as error:
            self.add_error(None, error.messages)
            return False
        return True

    def show_on(self, version: int) -> None:
        """Keep what was typed, to be sent again on the version that is shown now."""
        typed = QueryDict(mutable=True)
        typed.update(self.data)
        typed["version"] = str(version)
        self.data = typed
