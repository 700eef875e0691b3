"""Input about clients, filters of their list included."""

from collections.abc import Mapping
from datetime import date
from typing import TYPE_CHECKING, Any, ClassVar, cast

from django import forms
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db.models import Q, QuerySet
from django.utils.translation import gettext_lazy as _

from accounts.models import OrgUnit, User
from accounts.perms import Refused, units_visible_to
from clients.contacts import refuse_taken
from clients.models import Client, ClientQuerySet, Contact
from clients.perms import can_lead_client, owning_units_for
from core.listing import FilterForm
from core.text import REF_TAKEN, on_one_line

if TYPE_CHECKING:
    ModelForm = forms.ModelForm[Any]
else:
    ModelForm = forms.ModelForm

FIRST_DAY, LAST_DAY = date(1990, 1, 1), date(2099, 12, 31)


class DayField(forms.DateField):
    """A date in the browser's own picker, within the years that a firm may mean."""

    widget = forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"})

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.validators += [MinValueValidator(FIRST_DAY), MaxValueValidator(LAST_DAY)]


def offer(field: forms.Field, rows: QuerySet[Any]) -> None:
    """Give a choice field its rows; nothing chosen is a dash, not a row of them."""
    choice = cast("forms.ModelChoiceField[Any]", field)
    choice.queryset = rows
    if choice.empty_label is not None:
        choice.empty_label = "–"


def account_managers(current: int | None) -> QuerySet[User]:
    """People who may hold an account: present, and not administrators, who read no figure."""
    able = Q(is_active=True, is_administrator=False) & (Q(is_consultant=True) | Q(is_manager=True))
    return User.objects.filter(able | Q(pk=current))


class ClientForm(ModelForm):
    """A client, as far as the person who fills it in may decide."""

    class Meta:
        model = Client
        fields: ClassVar = ["ref", "name", "kind", "sector", "unit", "account_manager"]
        error_messages: ClassVar = REF_TAKEN

    def __init__(self, *args: Any, user: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        on_one_line(self)
        offer(self.fields["account_manager"], account_managers(self.instance.account_manager_id))
        units = owning_units_for(user)
        if self.instance.pk:
            self.fields["ref"].disabled = True
            self.fields["ref"].help_text = _("Files name the client by it, so it does not change.")
            units = OrgUnit.objects.filter(Q(pk__in=units) | Q(pk=self.instance.unit_id))
            self.fields["unit"].disabled = not can_lead_client(user, self.instance)
        offer(self.fields["unit"], units)


class ContactForm(ModelForm):
    """Somebody at a client: how to write to them, and why never, where that is so."""

    class Meta:
        model = Contact
        fields: ClassVar = ["name", "email", "language", "left_out_because"]
        help_texts: ClassVar = {
            "left_out_because": _(
                "Leave it empty, and chance decides whether this person is asked. A reason is "
                "counted, and read beside the client's satisfaction."
            ),
        }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        on_one_line(self)

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        if "email" in cleaned:
            self.instance.email = cleaned["email"]
            refuse_taken(self.instance)
        return cleaned


class EndForm(forms.Form):
    """The last day of something."""

    last_day = DayField(label=_("Last day"))


class ClientFilters(FilterForm):
    """What the list of clients can be narrowed to."""

    ORDERS: ClassVar[Mapping[str, tuple[str, ...]]] = {
        "name": ("name", "pk"),
        "-name": ("-name", "-pk"),
        "sector": ("sector", "name", "pk"),
        "unit": ("unit__name", "name", "pk"),
        "manager": ("account_manager__last_name", "account_manager__first_name", "name", "pk"),
    }

    q = forms.CharField(label=_("Search"), required=False, max_length=80, initial="")
    state = forms.ChoiceField(
        label=_("Show"), required=False, initial="current",
        choices=[
            ("current", _("Current clients")),
            ("ended", _("Ended clients")),
            ("all", _("All clients")),
        ],
    )  # fmt: skip
    unit = forms.ModelChoiceField(
        OrgUnit.objects.none(), label=_("Owning unit"), required=False, empty_label=_("All units")
    )
    sort = forms.ChoiceField(
        label=_("Sort by"), required=False, initial="name",
        choices=[
            ("name", _("Name")),
            ("-name", _("Name, from the end")),
            ("sector", _("Sector")),
            ("unit", _("Owning unit")),
            ("manager", _("Account manager")),
        ],
    )  # fmt: skip

    def __init__(self, *args: Any, user: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        offer(self.fields["unit"], units_visible_to(user))

    def clean(self) -> None:
        """A unit that is not the reader's is refused like any object that is not theirs."""
        asked = str(self.data.get("unit", ""))
        if "unit" in self.errors and asked.isdecimal():
            raise Refused("unit", asked)

    def rows(self, clients: ClientQuerySet, today: date) -> ClientQuerySet:
        """The clients that pass, own products after the others, in the order asked for."""
        found = clients.matching(self.kept("q"))
        if self.kept("state") == "current":
            found = found.current(today)
        elif self.kept("state") == "ended":
            found = found.ended(today)
        if self.kept("unit"):
            found = found.filter(unit=self.kept("unit"))
        order = self.ORDERS[self.kept("sort")]
        return found.select_related("unit", "account_manager").order_by("kind", *order)
