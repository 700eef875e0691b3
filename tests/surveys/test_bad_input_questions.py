"""Bad inputs at the door of questions: nothing lost, nothing half written, nothing of the past."""

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client as Browser
from django.urls import reverse
from django.utils import timezone

from accounts.models import AuditEntry
from surveys import editing
from surveys.models import Question, Questionnaire, QuestionVersion, Round
from surveys.models.answers import CheckIn
from tests import make
from tests.surveys.asking import open_round, send
from tests.world import World

HOSTILE = "{{ settings.SECRET_KEY }}{% debug %}${7*7}"


@pytest.fixture
def admin(world: World) -> Browser:
    browser = Browser()
    browser.force_login(world.administrator)
    return browser


@pytest.fixture
def answered(world: World) -> Round:
    """A round open now, with an answer to every question."""
    row = open_round(timezone.now())
    codes = [item.code for item in row.questionnaire.items]
    send(world.consultant, world.mission, row, **dict.fromkeys(codes, 75))
    return row


def question(code: str = "load") -> Question:
    return Question.objects.get(code=code)


def form(code: str = "load", **rest: Any) -> dict[str, Any]:
    """What the page of a question sends when nothing is changed."""
    stored = editing.newest(question(code))
    values = {
        "token": editing.token_of(stored),
        "change": "meaning",
        "role": stored.question.role,
    }
    for language in ("fr", "en"):
        values[f"text_{language}"] = stored.text[language]
        for place, label in enumerate(stored.labels[language], start=1):
            values[f"label_{language}_{place}"] = label
    return values | rest


def new_form(**rest: Any) -> dict[str, Any]:
    values = form() | {
        "text_fr": "Votre rythme est…",
        "text_en": "Your pace is…",
        "name_fr": "Rythme",
        "name_en": "Pace",
        "role": "core",
    }
    return values | rest


def edit_url(code: str = "load") -> str:
    return reverse("surveys:question_edit", kwargs={"pk": question(code).pk})


def stored_rows() -> list[Any]:
    return [
        list(Question.objects.order_by("pk").values()),
        list(QuestionVersion.objects.order_by("pk").values()),
        list(Questionnaire.objects.order_by("pk").values()),
        list(CheckIn.objects.order_by("pk").values()),
        AuditEntry.objects.filter(object_kind__in=["question", "dimension"]).count(),
    ]


# --- Q01 -------------------------------------------------------------------------------------


@pytest.mark.parametrize("places", [range(1, 5), range(1, 7), range(1, 201)])
@pytest.mark.parametrize("address", ["surveys:question_create", "surveys:question_edit"])
def test_bad_input_Q01(admin: Browser, places: range, address: str) -> None:
    """Another number of answers than five is refused, naming the rule; all else comes back."""
    is_new = address.endswith("create")
    typed = {k: v for k, v in (new_form() if is_new else form()).items() if "label_fr" not in k}
    typed |= {f"label_fr_{place}": f"Choix {place}" for place in places}
    before = stored_rows()
    response = admin.post(reverse(address) if is_new else edit_url(), typed)
    text = response.content.decode()
    assert response.status_code == 200
    assert "exactly five answers" in text or "exactement cinq réponses" in text
    assert "Choix 3" in text
    assert typed["text_fr"] in text
    assert text.split("<title>")[1].startswith(("Error", "Erreur"))
    assert stored_rows() == before


def test_bad_input_Q01_one_language_missing(admin: Browser) -> None:
    before = stored_rows()
    response = admin.post(reverse("surveys:question_create"), new_form(text_en="", name_en=""))
    assert {"text_en", "name_en"} == set(response.context["form"].errors)
    assert 'aria-describedby="id_text_en_error"' in response.content.decode()
    assert stored_rows() == before


def test_bad_input_Q01_two_answers_that_say_the_same(admin: Browser) -> None:
    response = admin.post(edit_url(), form(label_fr_2="INTENABLE"))
    assert list(response.context["form"].errors) == ["label_fr_2"]


# --- Q02 -------------------------------------------------------------------------------------


def test_bad_input_Q02(admin: Browser, answered: Round) -> None:
    """A question with answers is not deleted: it can be retired, and its answers stay."""
    before = stored_rows()
    pk = question().pk
    response = admin.post(reverse("surveys:question_delete", kwargs={"pk": pk}))
    text = response.content.decode()
    assert response.status_code == 409
    assert reverse("surveys:question_retire", kwargs={"pk": pk}) in text
    assert 'role="alert"' in text
    assert stored_rows() == before
    admin.post(reverse("surveys:question_retire", kwargs={"pk": pk}))
    assert question().retired_on is not None
    assert CheckIn.objects.get().answers["load"] == 75
    assert "load" in [item.code for item in Round.objects.get().questionnaire.items]


# --- Q03 -------------------------------------------------------------------------------------


def test_bad_input_Q03(admin: Browser, world: World) -> None:
    """Template code in a label is text: in the editor, the preview, the form and the log."""
    admin.post(edit_url(), form(label_fr_1=HOSTILE, text_fr=HOSTILE))
    assert editing.newest(question()).labels["fr"][0] == HOSTILE
    row = open_round(timezone.now())
    consultant = Browser()
    consultant.force_login(world.consultant)
    check_in = reverse(
        "surveys:checkin", kwargs={"round_pk": row.pk, "mission_pk": world.mission.pk}
    )
    pages = [admin.get(edit_url()), consultant.get(check_in)] + [
        admin.get(reverse(f"surveys:question_{page}")) for page in ("list", "preview")
    ]
    for response in pages:
        text = response.content.decode()
        assert HOSTILE in text
        assert "<script>" not in text


def test_bad_input_Q03_markup(admin: Browser) -> None:
    admin.post(edit_url(), form(label_fr_1="<b>x</b>"))
    text = admin.get(reverse("surveys:question_preview")).content.decode()
    assert "&lt;b&gt;x&lt;/b&gt;" in text
    assert "<b>x</b>" not in text


# --- Q04 -------------------------------------------------------------------------------------


def test_bad_input_Q04(admin: Browser, answered: Round, world: World) -> None:
    """New labels are a version of the next period; what was asked and answered is unchanged."""
    coming = make.period(timezone.localdate() + timedelta(days=27))
    before = stored_rows()
    response = admin.post(edit_url(), form(label_fr_1="Écrasante", text_fr="Votre charge ?"))
    assert response.status_code == 302
    version = editing.newest(question())
    assert (version.number, version.starts_on) == (2, coming.starts_on)
    after = stored_rows()
    assert after[1][: len(before[1]) + 1] != before[1]
    old = [row for row in after[1] if row["id"] != version.pk]
    assert [after[0], old, after[2], after[3]] == before[:4]


# --- Q05 -------------------------------------------------------------------------------------


def test_bad_input_Q05(admin: Browser, answered: Round, world: World) -> None:
    """Two administrators: the second sees both texts and chooses; neither is lost."""
    first = form(text_fr="Texte de la première")
    second = form(text_fr="Texte de la seconde")
    admin.post(edit_url(), first)
    response = admin.post(edit_url(), second)
    text = response.content.decode()
    assert response.status_code == 409
    assert "Texte de la première" in text
    assert "Texte de la seconde" in text
    assert world.administrator.full_name in text
    assert text.split("<title>")[1].startswith(("Error", "Erreur"))
    assert editing.newest(question()).text["fr"] == "Texte de la première"
    chosen = second | {"token": response.context["form"]["token"].value()}
    assert admin.post(edit_url(), chosen).status_code == 302
    assert editing.newest(question()).text["fr"] == "Texte de la seconde"
    entry = AuditEntry.objects.filter(object_ref="load").order_by("-pk")[0]
    assert entry.changes["text_fr"] == ["Texte de la première", "Texte de la seconde"]


def test_bad_input_Q05_a_form_sent_twice(admin: Browser) -> None:
    """The same words a second time are no conflict."""
    typed = form(text_fr="Votre charge ?")
    assert [admin.post(edit_url(), typed).status_code for _time in range(2)] == [302, 302]
    assert AuditEntry.objects.filter(object_ref="load").count() == 1


# --- M01 and what its rule calls for -----------------------------------------------------------


@pytest.mark.parametrize(
    ("value", "named"),
    [
        ("Bilan\r\nBcc: tous@example.org", "U+000D"),
        ("Bilan\nBcc: tous@example.org", "U+000A"),
        ("a\x00b", "U+0000"),
        ("a\tb", "U+0009"),
        ("a\u202eb", "U+202E"),
    ],
)
@pytest.mark.parametrize("field", ["text_fr", "label_en_3"])
def test_bad_input_M01(admin: Browser, value: str, named: str, field: str) -> None:
    before = stored_rows()
    response = admin.post(edit_url(), form(**{field: value}))
    assert list(response.context["form"].errors) == [field]
    assert named in response.content.decode()
    assert response.context["form"][field].value() == value
    assert stored_rows() == before


@pytest.mark.parametrize(("field", "limit"), [("text_en", 200), ("label_fr_5", 60)])
def test_too_long_is_refused_with_both_numbers(admin: Browser, field: str, limit: int) -> None:
    response = admin.post(edit_url(), form(**{field: "é" * (limit + 1)}))
    (said,) = response.context["form"].errors[field]
    assert str(limit) in said
    assert str(limit + 1) in said


@pytest.mark.parametrize(
    ("label", "is_warned"),
    [
        ("Partenaire", False),
        ("Parte\u00adnaire", False),
        ("Équitablement", True),
        ("Un peu trop", False),
        ("Ni trop ni trop peu pour en juger", True),
        ("Assez utile", False),
    ],
)
def test_long_labels_are_warned_of_and_accepted(
    admin: Browser, label: str, is_warned: bool
) -> None:
    response = admin.post(edit_url(), form(label_fr_5=label), follow=True)
    assert editing.newest(question()).labels["fr"][4] == label
    said = [str(message) for message in response.context["messages"]]
    assert (len(said) == 2) is is_warned
    assert any(label in message for message in said) is is_warned
