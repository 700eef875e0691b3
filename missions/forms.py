"""Input about missions, profiles, assignments and absences, filters included. About facts:
``forms_facts``."""

from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any, ClassVar

from django import forms
from django.db.models import Q, QuerySet
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from clients.forms import DayField, ModelForm, offer
from clients.models import Client
from core.listing import FilterForm
from core.text import REF_TAKEN, on_one_line
from missions import absences, lifecycle, staffing
from missions.forms_facts import FactsField
from missions.models import (
    Absence,
    Assignment,
    DemandFact,
    Mission,
    MissionProfile,
    MissionQuerySet,
    Preference,
)

PAST = _("Past dates are not edited.")
# Said where an end is entered, since no later round makes up for it (``surveys.occasions``).
ASKED_BY_THEN = _(
    "Questions about the end of a mission are asked in the last round that opens by that day. "
    "Entered once that round is closed, the end is asked of nobody."
)
BY_DEMAND = ("-points", "title", "pk")


class DatedForm(ModelForm):
    """Dates in order, and some fields fixed because they are past.

    A stale page that sends another value for a fixed field is told so, not ignored.
    """

    def freeze(self, names: Iterable[str], why: Any) -> None:
        for name in names:
            self.fields[name].disabled = True
            self.fields[name].help_text = why

    def clean(self) -> dict[str, Any]:
        data: dict[str, Any] = super().clean() or self.cleaned_data
        for name, field in self.fields.items():
            sent = self.data.get(self.add_prefix(name))
            kept = self.get_initial_for_field(field, name)
            if field.disabled and sent is not None and sent != _as_sent(kept):
                self.add_error(name, field.help_text)
        first, last = data.get("starts_on"), data.get("ends_on")
        if first and last and last < first:
            self.add_error("ends_on", _("The last day comes before the first."))
        return data


def _as_sent(value: Any) -> str:
    return "" if value is None else str(getattr(value, "pk", value))


# --- profiles --------------------------------------------------------------------------------


class ProfileForm(ModelForm):
    """A kind of mission, named in both languages."""

    class Meta:
        model = MissionProfile
        fields: ClassVar = ["ref", "name_fr", "name_en"]
        error_messages: ClassVar = REF_TAKEN

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        on_one_line(self)
        if self.instance.pk:
            self.fields["ref"].disabled = True
            self.fields["ref"].help_text = _("Files name it by this, so it does not change.")


# --- missions --------------------------------------------------------------------------------


class MissionForm(DatedForm):
    """A mission. What is past is shown, and no longer changes."""

    starts_on = DayField(label=_("Starts on"))
    ends_on = DayField(label=_("Last day"), required=False)

    class Meta:
        model = Mission
        fields: ClassVar = ["ref", "title", "client", "profile", "place", "starts_on", "ends_on"]
        error_messages: ClassVar = REF_TAKEN

    def __init__(self, *args: Any, clients: QuerySet[Client], today: date, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        on_one_line(self)
        known = Q(pk=self.instance.client_id)
        open_clients = Client.objects.filter(known | Q(pk__in=clients.values("pk")))
        offer(self.fields["client"], open_clients.filter(known | open_end(today)))
        same = Q(pk=self.instance.profile_id)
        offer(self.fields["profile"], MissionProfile.objects.filter(same | open_end(today)))
        if self.instance.pk:
            self.freeze(["ref"], _("Files name it by this, so it does not change."))
            self.freeze(
                lifecycle.frozen_fields(self.instance, today),
                _("This mission has started: end it and start another."),
            )


def open_end(today: date) -> Q:
    """Not ended, or ending today or later."""
    return Q(ended_on__isnull=True) | Q(ended_on__gte=today)


class NewMissionForm(MissionForm):
    """A new mission comes with its declared demand."""

    facts = FactsField(DemandFact.objects.current(), label=_("Declared demand"), required=False)


class EndMissionForm(forms.Form):
    """The last day of a mission, and of the assignments that would outlive it."""

    ends_on = DayField(label=_("Last day"), help_text=ASKED_BY_THEN)
    with_people = forms.BooleanField(
        label=_("End its assignments on that day too; those not started are cancelled"),
        required=False,
        initial=True,
    )


class MissionFilters(FilterForm):
    """What the list of missions can be narrowed to."""

    ORDERS: ClassVar[Mapping[str, tuple[str, ...]]] = {
        "title": ("title", "pk"),
        "client": ("client__name", "title", "pk"),
        "profile": ("profile__name_fr", "title", "pk"),
        "-demand": BY_DEMAND,
        "-start": ("-starts_on", "title", "pk"),
    }

    q = forms.CharField(label=_("Search"), required=False, max_length=80, initial="")
    state = forms.ChoiceField(
        label=_("Show"), required=False, initial="current",
        choices=[
            ("current", _("Current missions")),
            ("upcoming", _("Missions to come")),
            ("ended", _("Ended missions")),
            ("all", _("All missions")),
        ],
    )  # fmt: skip
    client = forms.ModelChoiceField(
        Client.objects.none(), label=_("Client"), required=False, empty_label=_("All clients")
    )
    profile = forms.ModelChoiceField(
        MissionProfile.objects.all(), label=_("Profile"), required=False,
        empty_label=_("All profiles"),
    )  # fmt: skip
    sort = forms.ChoiceField(
        label=_("Sort by"), required=False, initial="client",
        choices=[
            ("client", _("Client")),
            ("title", _("Title")),
            ("profile", _("Profile")),
            ("-demand", _("Declared demand, highest first")),
            ("-start", _("Start, latest first")),
        ],
    )  # fmt: skip

    def __init__(self, *args: Any, missions: MissionQuerySet, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.missions = missions
        clients = Client.objects.filter(pk__in=missions.order_by().values("client"))
        offer(self.fields["client"], clients)

    def rows(self, today: date) -> MissionQuerySet:
        """The missions that pass, with their points, in the order asked for."""
        found = self.missions.matching(self.kept("q")).with_points()
        if self.kept("client"):
            found = found.filter(client=self.kept("client"))
        if self.kept("profile"):
            found = found.filter(profile=self.kept("profile"))
        state = self.kept("state")
        if state != "all":
            found = {
                "current": found.current,
                "upcoming": found.upcoming,
                "ended": found.ended,
            }[state](today)
        found = found.select_related("client", "profile")
        return found.order_by(*self.ORDERS[self.kept("sort")])


class PreferenceForm(ModelForm):
    """Stay or move; by when is for those who would rather move."""

    by = DayField(label=_("By when"), required=False)

    class Meta:
        model = Preference
        fields: ClassVar = ["kind", "by", "sentence", "shared"]
        widgets: ClassVar = {"kind": forms.RadioSelect}

    def __init__(self, *args: Any, today: date, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.today = today
        self.fields["kind"] = forms.ChoiceField(
            label=_("What would you rather do?"),
            choices=Preference.Kind.choices,
            widget=forms.RadioSelect,
        )
        on_one_line(self)

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        by = data.get("by")
        if by and data.get("kind") == Preference.Kind.STAY:
            self.add_error("by", _("A date goes with moving only."))
        elif by and by <= self.today:
            self.add_error("by", _("Choose a day after today."))
        return data


# --- assignments -----------------------------------------------------------------------------


class AssignForm(DatedForm):
    """Who works on the mission, from when to when, for which share of their time."""

    starts_on = DayField(label=_("Starts on"))
    ends_on = DayField(label=_("Last day"), required=False)

    class Meta:
        model = Assignment
        fields: ClassVar = ["person", "starts_on", "ends_on", "share"]

    def __init__(self, *args: Any, people: QuerySet[User], today: date, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        staying = Q(ends_on__isnull=True) | Q(ends_on__gte=today)
        offer(self.fields["person"], people.filter(staying, is_active=True))

    def terms(self) -> staffing.Terms:
        return terms_of(self)


class ReshapeForm(DatedForm):
    """Dates and share of an assignment."""

    starts_on = DayField(label=_("Starts on"))
    ends_on = DayField(label=_("Last day"), required=False, help_text=ASKED_BY_THEN)

    class Meta:
        model = Assignment
        fields: ClassVar = ["starts_on", "ends_on", "share"]

    def __init__(self, *args: Any, today: date, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["share"].help_text = _(
            "Another share of a started assignment counts from today; the days before keep theirs."
        )
        self.freeze(staffing.frozen_fields(self.instance, today), PAST)

    def terms(self) -> staffing.Terms:
        return terms_of(self)


def terms_of(form: AssignForm | ReshapeForm) -> staffing.Terms:
    """The dates and share of a valid form."""
    data = form.cleaned_data
    return staffing.Terms(data["starts_on"], data["ends_on"], data["share"])


class EndAssignmentForm(forms.Form):
    """The last day of an assignment."""

    ends_on = DayField(label=_("Last day"), help_text=ASKED_BY_THEN)


# --- absences --------------------------------------------------------------------------------


class AbsenceForm(DatedForm):
    """First and last day, and nothing else."""

    starts_on = DayField(label=_("First day"))
    ends_on = DayField(label=_("Last day"))

    class Meta:
        model = Absence
        fields: ClassVar = ["person", "starts_on", "ends_on"]

    def __init__(self, *args: Any, people: QuerySet[User], today: date, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if self.instance.pk:
            del self.fields["person"]
            self.freeze(absences.frozen_fields(self.instance, today), PAST)
        else:
            offer(self.fields["person"], people.filter(is_active=True))


class AbsenceFilters(FilterForm):
    """Whose absences, and when."""

    person = forms.ModelChoiceField(
        User.objects.none(), label=_("Person"), required=False, empty_label=_("Everybody")
    )
    state = forms.ChoiceField(
        label=_("Show"), required=False, initial="coming",
        choices=[
            ("coming", _("Now and to come")),
            ("past", _("Past absences")),
            ("all", _("All absences")),
        ],
    )  # fmt: skip

    def __init__(self, *args: Any, people: QuerySet[User], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        offer(self.fields["person"], people)

    def rows(self, visible: QuerySet[Absence], today: date) -> QuerySet[Absence]:
        """The absences that pass, the nearest first."""
        if self.kept("person"):
            visible = visible.filter(person=self.kept("person"))
        if self.kept("state") == "coming":
            return visible.filter(ends_on__gte=today).order_by("starts_on", "pk")
        if self.kept("state") == "past":
            visible = visible.filter(ends_on__lt=today)
        return visible.order_by("-starts_on", "pk")
