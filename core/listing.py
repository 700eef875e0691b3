"""Lists: what stands in the address is read by a form, and what is wrong there is said."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django import forms
from django.core.paginator import InvalidPage, Page, Paginator
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext as _

PAGE_SIZE = 50


@dataclass(frozen=True, slots=True)
class Listing:
    """One page of rows, and what had to be ignored in the address."""

    page: Page[Any]
    notices: list[str]


class FilterForm(forms.Form):
    """Filters of a list. A field's ``initial`` serves where the address says nothing usable."""

    # No filter has to be filled in: its label need not say so.
    says_optional = False

    def kept(self, name: str) -> Any:
        value = None if name in self.errors else self.cleaned_data.get(name)
        return self.fields[name].initial if value in (None, "") else value


def listing(
    request: HttpRequest, form: FilterForm | None, rows: QuerySet[Any] | Sequence[Any]
) -> Listing:
    """The page asked for; the first one, with a notice, where there is no such page."""
    notices = []
    if form is not None and form.errors:
        notices.append(_("Part of this address cannot be read and was ignored."))
    pages = Paginator(rows, PAGE_SIZE)
    try:
        page = pages.page(request.GET.get("page", 1))
    except InvalidPage:
        notices.append(_("There is no such page: here is the first one."))
        page = pages.page(1)
    return Listing(page, notices)
