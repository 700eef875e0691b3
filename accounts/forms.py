"""Every input of accounts."""

import unicodedata
from datetime import date
from typing import Any, ClassVar, cast
from zoneinfo import available_timezones

from allauth.account.forms import LoginForm as AllauthLoginForm
from django import forms
from django.core.exceptions import ValidationError
from django.db.models import Q, QuerySet
from django.utils.translation import gettext_lazy as _

from accounts.adapter import PASSWORD_LIMIT
from accounts.firm import SETTINGS
from accounts.models import FirmSettings, OrgUnit, TalkContact, ThresholdChange, User
from accounts.people import is_last_administrator, managers_cycle
from accounts.stopping import KINDS, not_sent_to
from accounts.units import parents_cycle, what_keeps
from core.listing import FilterForm
from core.text import REF_TAKEN, on_one_line

EMAIL_LIMIT = 254
TOO_LONG = _("Too long: %(limit_value)s characters at most.")
ROLES = [
    ("is_consultant", _("Consultant")),
    ("is_manager", _("Manager")),
    ("is_referent", _("Well-being referent")),
    ("is_administrator", _("Administrator")),
]


class DayInput(forms.DateInput):
    """A native date field, which reads and writes ISO dates in every language."""

    input_type = "date"

    def __init__(self) -> None:
        super().__init__(format="%Y-%m-%d")


# --- signing in ------------------------------------------------------------------------------


class SignInEmailField(forms.EmailField):
    """Measured before anything else is looked at; comes back cut to its limit."""

    def clean(self, value: Any) -> Any:
        if value and len(value) > EMAIL_LIMIT:
            raise ValidationError(TOO_LONG, params={"limit_value": EMAIL_LIMIT})
        return unicodedata.normalize("NFKC", super().clean(value)).casefold()

    def bound_data(self, data: Any, initial: Any) -> Any:
        return data[:EMAIL_LIMIT] if isinstance(data, str) else data


class LoginForm(AllauthLoginForm):
    """E-mail and password, both measured before any hash is computed."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["login"] = SignInEmailField(
            label=_("Professional e-mail address"),
            widget=forms.EmailInput(attrs={"autocomplete": "username"}),
        )
        self.fields["password"] = forms.CharField(
            label=_("Password"),
            strip=False,
            widget=forms.PasswordInput(attrs={"autocomplete": "current-password"}),
        )
        self.order_fields(["login", "password"])

    def clean_password(self) -> str:
        password: str = self.cleaned_data["password"]
        if len(password) > PASSWORD_LIMIT:
            raise ValidationError(TOO_LONG, params={"limit_value": PASSWORD_LIMIT})
        return password


# --- choices of rows -------------------------------------------------------------------------


def choose_among(form: forms.BaseForm, name: str, rows: QuerySet[Any]) -> None:
    """Offer these rows in a field of choice."""
    cast("forms.ModelChoiceField[Any]", form.fields[name]).queryset = rows


def open_units(current: int | None) -> QuerySet[OrgUnit]:
    """Units that go on, and the one already chosen."""
    return OrgUnit.objects.filter(Q(ended_on=None) | Q(pk=current))


def leaders(current: int | None) -> QuerySet[User]:
    """Managers who stay, and the one already chosen."""
    able = Q(is_manager=True, ends_on=None, is_active=True)
    return User.objects.filter(able | Q(pk=current))


# --- people ----------------------------------------------------------------------------------


class PersonSearchForm(FilterForm):
    """Filters of the list of people."""

    q = forms.CharField(label=_("Name or reference"), max_length=120, required=False)
    unit = forms.ModelChoiceField(
        OrgUnit.objects.none(), label=_("Unit"), required=False, empty_label=_("All units")
    )
    role = forms.ChoiceField(
        label=_("Role"), choices=[("", _("All roles")), *ROLES], required=False
    )
    gone = forms.BooleanField(label=_("With people who have left"), required=False)

    def __init__(self, *args: Any, units: QuerySet[OrgUnit], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choose_among(self, "unit", units)

    def narrowed(self, people: QuerySet[User], day: date) -> QuerySet[User]:
        """The people asked for; a filter that makes no sense narrows nothing."""
        self.is_valid()
        wanted = {name: self.kept(name) for name in self.fields}
        if wanted.get("q"):
            people = people.filter(pk__in=User.objects.named(wanted["q"]))
        if wanted.get("unit"):
            people = people.filter(unit=wanted["unit"])
        if wanted.get("role"):
            people = people.filter(**{wanted["role"]: True})
        if not wanted.get("gone"):
            people = people.filter(Q(ends_on=None) | Q(ends_on__gte=day), is_active=True)
        return people


class PersonForm(forms.ModelForm):  # type: ignore[type-arg]  # -- no generic at run time
    """A person as an administrator sets them up."""

    class Meta:
        model = User
        fields = (
            "ref", "first_name", "last_name", "email", "unit", "manager", "is_consultant",
            "is_manager", "is_referent", "is_administrator", "language", "starts_on", "is_active",
        )  # fmt: skip
        widgets: ClassVar = {"starts_on": DayInput()}
        error_messages: ClassVar = REF_TAKEN | {
            "email": {"unique": _("Somebody else already has this address.")}
        }
        help_texts: ClassVar = {
            "ref": _("The firm’s own number or short name for this person."),
            "is_administrator": _("Sets up and reads nothing: neither manager nor referent."),
            "is_active": _("Without it, this person can no longer sign in."),
        }

    def __init__(self, *args: Any, today: date, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.today = today
        on_one_line(self)
        if self.instance.pk:
            self.fields["ref"].disabled = True
            self.fields["ref"].help_text = _("Files name the person by it, so it does not change.")
        self.was_last_administrator = is_last_administrator(self.instance, today)
        kept = self.instance
        choose_among(self, "unit", open_units(kept.unit_id))
        choose_among(self, "manager", leaders(kept.manager_id).exclude(pk=kept.pk))

    def clean_email(self) -> str:
        return str(self.cleaned_data["email"]).casefold()

    def clean_manager(self) -> User | None:
        manager: User | None = self.cleaned_data["manager"]
        cycle = managers_cycle(self.instance, manager) if self.instance.pk else []
        if cycle:
            raise ValidationError(
                _("This would go round in a circle: %(refs)s."),
                params={"refs": " → ".join([*cycle, cycle[0]])},
            )
        return manager

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        stays = cleaned.get("is_administrator") and cleaned.get("is_active")
        if self.instance.pk and self.was_last_administrator and not stays:
            raise ValidationError(_("This is the last administrator. Name another one first."))
        return cleaned


class PersonEndForm(forms.Form):
    """A person's last day."""

    last_day = forms.DateField(label=_("Last day at the firm"), widget=DayInput())

    def __init__(self, *args: Any, person: User, today: date, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.person = person
        self.today = today

    def clean_last_day(self) -> date:
        day: date = self.cleaned_data["last_day"]
        if self.person.starts_on and day < self.person.starts_on:
            raise ValidationError(_("The last day cannot come before the first."))
        if is_last_administrator(self.person, self.today):
            raise ValidationError(_("This is the last administrator. Name another one first."))
        return day


class ProfileForm(forms.ModelForm):  # type: ignore[type-arg]  # -- no generic at run time
    """What a person chooses for themself."""

    time_zone = forms.ChoiceField(
        label=_("Time zone"),
        help_text=_("Used for the hour at which a mail reaches you, and for nothing else."),
        choices=lambda: [(name, name) for name in sorted(available_timezones()) if "/" in name],
    )

    class Meta:
        model = User
        fields = ("language", "time_zone", *KINDS.values())

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name in not_sent_to(self.instance):
            del self.fields[name]


# --- units -----------------------------------------------------------------------------------


class UnitForm(forms.ModelForm):  # type: ignore[type-arg]  # -- no generic at run time
    """A unit of the firm's tree."""

    class Meta:
        model = OrgUnit
        fields = ("ref", "name", "parent", "manager")
        error_messages: ClassVar = REF_TAKEN
        labels: ClassVar = {"parent": _("Under"), "manager": _("Manager")}
        help_texts: ClassVar = {
            "parent": _("Empty for the firm itself: its manager is the direction.")
        }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        on_one_line(self)
        kept = self.instance
        if kept.pk:
            self.fields["ref"].disabled = True
            self.fields["ref"].help_text = _("Files name the unit by it, so it does not change.")
        choose_among(self, "parent", open_units(kept.parent_id).exclude(pk=kept.pk))
        choose_among(self, "manager", leaders(kept.manager_id))

    def clean_parent(self) -> OrgUnit | None:
        parent: OrgUnit | None = self.cleaned_data["parent"]
        cycle = parents_cycle(self.instance, parent) if self.instance.pk else []
        if cycle:
            raise ValidationError(
                _("This would go round in a circle: %(refs)s."),
                params={"refs": " → ".join([*cycle, cycle[0]])},
            )
        return parent


class UnitEndForm(forms.Form):
    """A unit's last day."""

    last_day = forms.DateField(label=_("Last day of the unit"), widget=DayInput())

    def __init__(self, *args: Any, unit: OrgUnit, today: date, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.unit = unit
        self.today = today

    def clean(self) -> dict[str, Any]:
        people, below = what_keeps(self.unit, self.today)
        if people or below:
            raise ValidationError(
                _("First move its people (%(people)s) and its open sub-units (%(below)s)."),
                params={"people": people, "below": below},
            )
        return super().clean() or {}


# --- the firm --------------------------------------------------------------------------------


class FirmForm(forms.ModelForm):  # type: ignore[type-arg]  # -- no generic at run time
    """The firm's settings; its calendar has a page of its own, beside the rounds."""

    class Meta:
        model = FirmSettings
        fields = SETTINGS
        widgets: ClassVar = {
            "consulted_on": DayInput(),
            "digest_at": forms.TimeInput(attrs={"type": "time"}, format="%H:%M"),
        }
        help_texts: ClassVar = {
            "consulted_on": _("No round opens before this date is entered."),
            "participation_floor": _("Two rounds running; from 30 to 90."),
            "digest_at": _("In each person’s own time zone, from 6:00 to 19:00."),
        }

    def __init__(self, *args: Any, today: date, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        on_one_line(self)
        self.today = today
        self.fields["name"].required = True

    def clean_consulted_on(self) -> date | None:
        day: date | None = self.cleaned_data["consulted_on"]
        if day and day > self.today:
            raise ValidationError(_("Enter it once the consultation has taken place."))
        return day


class ThresholdForm(forms.Form):
    """A proposal: how many people a figure needs, and why. Raised only."""

    people = forms.IntegerField(
        label=_("People needed for a figure"),
        error_messages={"invalid": _("Write a whole number, such as 6.")},
    )
    reason = forms.CharField(
        label=_("Reason"),
        max_length=300,
        help_text=_("The referent reads it before deciding."),
    )

    def __init__(self, *args: Any, now: int, consultants: int, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        on_one_line(self)
        self.now, self.consultants = now, consultants
        limits = {"min": now + 1, "max": ThresholdChange.HIGHEST, "inputmode": "numeric"}
        self.fields["people"].widget.attrs |= limits

    def clean_people(self) -> int:
        people: int = self.cleaned_data["people"]
        if people <= self.now:
            raise ValidationError(
                _("It can be raised, never lowered: %(now)s people today."),
                params={"now": self.now},
            )
        if people > ThresholdChange.HIGHEST:
            raise ValidationError(
                _("%(most)s at most: beyond that hardly any figure could ever come out again."),
                params={"most": ThresholdChange.HIGHEST},
            )
        if 0 < self.consultants < people:
            raise ValidationError(
                _("The firm has %(consultants)s consultants: no figure would ever come out."),
                params={"consultants": self.consultants},
            )
        return people


class TalkContactForm(forms.ModelForm):  # type: ignore[type-arg]  # -- no generic at run time
    """Somebody one may ask to talk to, and how they are introduced."""

    class Meta:
        model = TalkContact
        fields = ("person", "title_fr", "title_en", "position")
        labels: ClassVar = {"person": _("Person"), "position": _("Place in the list")}

    def __init__(self, *args: Any, today: date, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        on_one_line(self)
        able = User.objects.present(today).filter(is_administrator=False)
        own = Q(pk=self.instance.person_id)
        choose_among(self, "person", User.objects.filter(Q(pk__in=able) | own))
