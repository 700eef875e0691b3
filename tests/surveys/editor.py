"""A question of the editor by its code, its pages, and words that change its meaning."""

from django.urls import reverse

from surveys.editing import Words
from surveys.models import Question

LIST = "surveys:question_list"
NEW = Words(
    text={"fr": "Votre rythme est…", "en": "Your pace is…"},
    labels={"fr": list("abcde"), "en": list("vwxyz")},
)


def question(code: str) -> Question:
    return Question.objects.get(code=code)


def url(page: str, code: str = "load") -> str:
    return reverse(f"surveys:question_{page}", kwargs={"pk": question(code).pk})
