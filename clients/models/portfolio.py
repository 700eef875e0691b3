"""The firm’s clients."""

from datetime import date
from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Count, Q
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from accounts.models import OrgUnit
from core.outgoing import UNREACHABLE, is_unreachable
from core.search import FoldedField, containing


def at_work(day: date) -> Q:
    """Somebody of ours is on a mission there that day.

    Missions live above; their tables are reached by name, never imported.
    """
    return (
        Q(missions__assignments__starts_on__lte=day)
        & (
            Q(missions__assignments__ends_on__isnull=True)
            | Q(missions__assignments__ends_on__gte=day)
        )
        & Q(missions__assignments__person__is_active=True)
    )


class ClientQuerySet(models.QuerySet["Client"]):
    """Clients by their place in time."""

    def current(self, day: date) -> "ClientQuerySet":
        return self.filter(Q(ended_on__isnull=True) | Q(ended_on__gte=day))

    def judged(self, day: date) -> "ClientQuerySet":
        """Those of today that the charter is about: an own product is no client."""
        return self.current(day).filter(kind=Client.Kind.EXTERNAL)

    def ended(self, day: date) -> "ClientQuerySet":
        return self.filter(ended_on__lt=day)

    def matching(self, text: str) -> "ClientQuerySet":
        """Those whose reference, name or sector holds every word, whatever the accents."""
        return self.filter(containing("search", text))

    def working(self, day: date) -> dict[int, int]:
        """How many people work at each client that day: a fact of staffing."""
        counted = self.filter(at_work(day)).order_by().values("pk")
        people = Count("missions__assignments__person", distinct=True)
        return dict(counted.annotate(people=people).values_list("pk", "people"))

    def with_few_people(self, day: date, *, below: int) -> "ClientQuerySet":
        """Those at which somebody works that day, and fewer than so many people."""
        people = Count("missions__assignments__person", filter=at_work(day), distinct=True)
        return self.annotate(people=people).filter(people__gt=0, people__lt=below)


class ListedClients(models.Manager["Client"]):
    """All but the product's own row, which stands for the time between two missions.

    It is a client in the tables alone: no list, form, file or count of the firm's has it, unless
    it asks for ``everything``.
    """

    def get_queryset(self) -> models.QuerySet["Client"]:
        return super().get_queryset().filter(is_standing=False)


class Client(models.Model):
    """A client of the firm, or one of its own products. Ended, never deleted."""

    class Kind(models.TextChoices):
        EXTERNAL = "external", _("Client")
        INTERNAL = "internal", _("Own product")

    ref = models.CharField(_("reference"), max_length=40, unique=True)
    name = models.CharField(_("name"), max_length=120)
    sector = models.CharField(_("sector"), max_length=80, blank=True)
    kind = models.CharField(_("kind"), max_length=10, choices=Kind, default=Kind.EXTERNAL)
    unit = models.ForeignKey(
        OrgUnit, models.PROTECT, related_name="clients", verbose_name=_("owning unit")
    )
    account_manager = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True,
        related_name="accounts_held", verbose_name=_("account manager"),
    )  # fmt: skip
    ended_on = models.DateField(_("last day"), null=True, blank=True)
    search = FoldedField(sources=("ref", "name", "sector"))

    # Made by the product for those who are on no mission (``missions/standing.py``).
    is_standing = models.BooleanField(default=False, db_default=False, editable=False)

    objects = ListedClients.from_queryset(ClientQuerySet)()
    everything = ClientQuerySet.as_manager()

    class Meta:
        ordering: ClassVar = ["name", "pk"]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["is_standing"], condition=Q(is_standing=True), name="one_standing_client"
            )
        ]

    def __str__(self) -> str:
        return self.label

    @property
    def label(self) -> str:
        """Its name; in the reader's language where the product has given it."""
        return gettext("Between two missions") if self.is_standing else self.name


class ContactQuerySet(models.QuerySet["Contact"]):
    """Contacts by whether they may be asked."""

    def current(self, day: date) -> "ContactQuerySet":
        return self.filter(Q(ended_on__isnull=True) | Q(ended_on__gt=day))

    def askable(self, day: date) -> "ContactQuerySet":
        """Declared, not left out by the firm, not declined by themselves, at a good address."""
        rows = self.current(day).filter(left_out_because="", declined_at__isnull=True)
        return rows.exclude(UNREACHABLE)


class Contact(models.Model):
    """Somebody at a client who may be asked what they think of the firm's work."""

    class Language(models.TextChoices):
        FR = "fr", _("French")
        EN = "en", _("English")

    client = models.ForeignKey(
        Client, models.PROTECT, related_name="contacts", verbose_name=_("client")
    )
    name = models.CharField(_("name"), max_length=120)
    email = models.EmailField(_("e-mail"))
    language = models.CharField(_("language"), max_length=2, choices=Language, default=Language.FR)
    # Who is never drawn has a reason, which is counted and read beside the figure.
    left_out_because = models.CharField(_("left out because"), max_length=300, blank=True)
    # By their own link, for good.
    declined_at = models.DateTimeField(null=True, blank=True, editable=False)
    # ``core.outgoing``
    refused_email = models.EmailField(default="", blank=True, editable=False)
    # From that day on nobody asks them.
    ended_on = models.DateField(_("no longer asked since"), null=True, blank=True)

    objects = ContactQuerySet.as_manager()

    class Meta:
        ordering: ClassVar = ["name", "pk"]
        constraints: ClassVar = [
            # A forgotten contact has none, and there may be several at a client.
            models.UniqueConstraint(
                fields=["client", "email"],
                condition=~Q(email=""),
                name="one_contact_per_known_address",
            )
        ]

    def __str__(self) -> str:
        return self.label

    @property
    def label(self) -> str:
        """Their name, as long as it is known."""
        return gettext("Former contact") if self.is_forgotten else self.name

    @property
    def is_forgotten(self) -> bool:
        """Ended so long ago that their name was erased (``clients.contacts``)."""
        return not self.name

    @property
    def ref(self) -> str:
        """How the audit log names it: the client's reference and a number, never a person."""
        return f"{self.client.ref}/{self.pk}"

    def is_current(self, day: date) -> bool:
        return self.ended_on is None or self.ended_on > day

    @property
    def is_unreachable(self) -> bool:
        """Their address gave a mail back for good."""
        return is_unreachable(self)
