"""The phone that the editor's pages show: what is asked, by the very template of the form."""

from dataclasses import replace
from typing import Any

from django.http import HttpRequest
from django.utils import translation

from accounts.perms import person_required
from surveys import perms
from surveys.calendar import item_of
from surveys.forms import ShownItem, Typed, shown_items
from surveys.forms_editor import LanguageForm
from surveys.models import QuestionVersion

PAGE = ["GET", "HEAD", "POST"]
administrator_required = person_required(perms.can_edit_questions)


def phone(request: HttpRequest, words: list[QuestionVersion]) -> dict[str, Any]:
    """These words as the check-in form shows them, in the language chosen for the preview."""
    form = LanguageForm(request.GET)
    language = form.kept("language") or translation.get_language()[:2]
    return {"language": language, "items": shown(words, language)}


def shown(words: list[QuestionVersion], language: str) -> list[ShownItem]:
    """Their fields are named after the language: two of these phones fit one page."""
    items = shown_items([item_of(one) for one in words], Typed(), language)
    return [replace(item, name=f"{language}-{item.name}") for item in items]
