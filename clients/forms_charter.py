"""Input about the values charter: the choice, its wording, and the links that show it."""

from collections.abc import Collection, Sequence
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any, ClassVar, cast

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from clients.charter import called_alike, two_of_one_name
from clients.charter_bank import BANK, TEXTS
from clients.choosing import Opening, too_many
from clients.forms import DayField, offer
from clients.models import MOST_VALUES, Charter, CharterLink, CharterValue
from clients.models.charter import actions, spoken
from clients.perms import clients_visible_to
from core import wording
from core.text import one_line

if TYPE_CHECKING:
    ModelForm = forms.ModelForm[Any]
else:
    ModelForm = forms.ModelForm

MOST_LINES, LONGEST_LINE = 5, 160
USUAL_PLACES = 5
SHORTEST, USUAL, LONGEST = timedelta(days=1), timedelta(weeks=3), timedelta(weeks=13)


class LinesField(forms.CharField):
    """A few short texts, one a line; empty lines are dropped."""

    widget = forms.Textarea(attrs={"rows": 3})

    def to_python(self, value: Any) -> str:
        text = super().to_python(value) or ""
        lines = [line.strip() for line in text.splitlines() if line.strip()]
        return "\n".join(lines)

    def validate(self, value: str) -> None:
        super().validate(value)
        lines = value.splitlines()
        if len(lines) > MOST_LINES:
            raise ValidationError(
                _("%(count)d lines, %(most)d at most: keep those that prove the most."),
                params={"count": len(lines), "most": MOST_LINES},
            )
        for line in lines:
            one_line(line)
            if len(line) > LONGEST_LINE:
                raise ValidationError(
                    _("A line has %(count)d characters, %(most)d at most."),
                    params={"count": len(line), "most": LONGEST_LINE},
                )


def on_one_line(form: forms.BaseForm) -> None:
    """Every free text but those that stand on several lines."""
    for field in form.fields.values():
        if isinstance(field, forms.CharField) and not isinstance(field, LinesField):
            field.validators.append(one_line)


class OpeningForm(forms.Form):
    """A new version: how many values, until when one chooses, what is proposed at first."""

    places = forms.IntegerField(
        label=_("How many values there will be"),
        min_value=1, max_value=MOST_VALUES, initial=USUAL_PLACES,
        help_text=_("Seven at most, five are better: each person marks as many proposals."),
    )  # fmt: skip
    closes_on = DayField(
        label=_("Last day to propose and mark"),
        help_text=_("The day after, marks are counted and deleted."),
    )
    carried = forms.ModelMultipleChoiceField(
        CharterValue.objects.none(), label=_("Values of the version in force"),
        required=False, widget=forms.CheckboxSelectMultiple,
    )  # fmt: skip
    starters = forms.MultipleChoiceField(
        label=_("From the starter bank"), required=False, widget=forms.CheckboxSelectMultiple
    )

    def __init__(self, *args: Any, newest: Charter | None, today: date, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.today = today
        starters = cast("forms.MultipleChoiceField", self.fields["starters"])
        starters.choices = [(code, spoken(one.name_fr, one.name_en)) for code, one in BANK.items()]
        self.fields["closes_on"].initial = today + USUAL
        if newest is None:
            self.fields["starters"].initial = list(BANK)
            del self.fields["carried"]
        else:
            values = newest.proposals.filter(chosen=True)
            offer(self.fields["carried"], values)
            self.fields["carried"].initial = values

    def clean_closes_on(self) -> date:
        day: date = self.cleaned_data["closes_on"]
        if not self.today + SHORTEST <= day <= self.today + LONGEST:
            raise ValidationError(
                _("Between %(first)s and %(last)s, so that everybody has time."),
                params={
                    "first": wording.full_day(self.today + SHORTEST),
                    "last": wording.full_day(self.today + LONGEST),
                },
            )
        return day

    @property
    def opening(self) -> Opening:
        """What was asked for, once it is valid."""
        data = self.cleaned_data
        return Opening(
            data["places"],
            data["closes_on"],
            data["starters"],
            [value.pk for value in data.get("carried", ())],
        )


class ProposalForm(forms.Form):
    """A value in the words and the language of whoever proposes it."""

    name = forms.CharField(label=_("The value, in a few words"), max_length=80)
    asked = LinesField(
        label=_("What proves it at a client"),
        help_text=_("One action a line, such as “the agreed hours are the hours worked”."),
    )
    owed = LinesField(label=_("What we owe a client in return"), help_text=_("One action a line."))
    red_line = forms.CharField(
        label=_("Red line"), max_length=200, required=False,
        help_text=_("What would make us stop, if there is such a thing."),
    )  # fmt: skip

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        on_one_line(self)

    def value(self, charter: Charter) -> CharterValue:
        """The proposal, in the language in which the form was read."""
        end = "fr" if wording.language() == "fr" else "en"
        return CharterValue(
            charter=charter,
            **{f"{name}_{end}": self.cleaned_data[name] for name in self.fields},
        )


class WritingForm(ModelForm):
    """The wording of a value, in both languages."""

    asked_fr = LinesField(label=_("What we ask of a client, in French"))
    asked_en = LinesField(label=_("What we ask of a client, in English"))
    owed_fr = LinesField(label=_("What we owe a client, in French"))
    owed_en = LinesField(label=_("What we owe a client, in English"))

    class Meta:
        model = CharterValue
        fields: ClassVar = list(TEXTS)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        on_one_line(self)
        for name in ("name_fr", "name_en"):
            self.fields[name].required = True

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if bool(data.get("red_line_fr")) != bool(data.get("red_line_en")):
            empty = "red_line_en" if data.get("red_line_fr") else "red_line_fr"
            self.add_error(empty, _("Say it in both languages, or in none."))
        for side in ("asked", "owed"):
            french, english = data.get(f"{side}_fr", ""), data.get(f"{side}_en", "")
            if french and english and not actions(french, english):
                self.add_error(
                    f"{side}_en",
                    _("As many lines as in French, in the same order: people tick what they see."),
                )
        return data


class MarksForm(forms.Form):
    """One's own marks."""

    values = forms.MultipleChoiceField(label=_("Values that you mark"), required=False)

    def __init__(self, *args: Any, charter: Charter, values: Collection[int], **kw: Any) -> None:
        super().__init__(*args, **kw)
        self.places = charter.places
        choices = cast("forms.MultipleChoiceField", self.fields["values"])
        choices.choices = [(str(pk), str(pk)) for pk in values]

    def clean_values(self) -> list[int]:
        values = [int(pk) for pk in self.cleaned_data["values"]]
        if len(values) > self.places:
            raise ValidationError(too_many(self.places))
        return values


class SentenceForm(forms.Form):
    """One sentence: why one is against a value, or the answer to it."""

    sentence = forms.CharField(max_length=300, widget=forms.Textarea(attrs={"rows": 3}))

    def __init__(self, *args: Any, label: str, may_be_empty: bool = False, **kw: Any) -> None:
        super().__init__(*args, **kw)
        self.fields["sentence"].label = label
        self.fields["sentence"].required = not may_be_empty
        on_one_line(self)


class ChosenForm(forms.Form):
    """Which proposals the version holds, and in which order: a place each, or none."""

    def __init__(self, *args: Any, values: Sequence[CharterValue], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.values = values
        places = [("", "–"), *((str(n), str(n)) for n in range(1, MOST_VALUES + 1))]
        for value in values:
            self.fields[self.name(value)] = forms.ChoiceField(
                label=value.name, choices=places, required=False,
                initial=str(value.position) if value.chosen else "",
            )  # fmt: skip

    @staticmethod
    def name(value: CharterValue) -> str:
        return f"place_{value.pk}"

    @property
    def rows(self) -> list[tuple[CharterValue, forms.BoundField]]:
        return [(value, self[self.name(value)]) for value in self.values]

    def clean(self) -> None:
        taken: set[str] = set()
        for value in self.values:
            place = self.cleaned_data.get(self.name(value))
            if place and place in taken:
                self.add_error(self.name(value), _("Another value has this place."))
            taken.add(place or "")
        if not self.errors:
            by_pk = {value.pk: value for value in self.values}
            for value in called_alike([by_pk[pk] for pk in self.chosen]):
                self.add_error(self.name(value), two_of_one_name(value.name))

    @property
    def chosen(self) -> list[int]:
        """Values (ids) in the order of their places."""
        data = self.cleaned_data
        held = [(int(data[self.name(row)]), row.pk) for row in self.values if data[self.name(row)]]
        return [pk for _place, pk in sorted(held)]


class LinkForm(ModelForm):
    """For whom a personal link is, and in which language it opens."""

    class Meta:
        model = CharterLink
        fields: ClassVar = ["recipient", "client", "language"]
        help_texts: ClassVar = {
            "recipient": _("A person or a company, as you will find them in the list.")
        }

    def __init__(self, *args: Any, user: User, today: date, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        on_one_line(self)
        offer(self.fields["client"], clients_visible_to(user).current(today))


class AcknowledgeForm(forms.Form):
    """A client has read the charter and says so."""

    name = forms.CharField(label=_("Your name"), max_length=120)
    # The version that was read: another one may have come out meanwhile.
    number = forms.IntegerField(widget=forms.HiddenInput, min_value=1)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        on_one_line(self)
