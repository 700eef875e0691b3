"""What is left to do before people are invited, each thing done or not by what is stored."""

from dataclasses import dataclass
from datetime import date, datetime

from django.db.models import Max
from django.urls import reverse
from django.utils.translation import gettext as _

from accounts.audit import Act, record
from accounts.models import AuditEntry, FirmSettings, TalkContact, User
from clients.models import Client
from core.wording import full_day
from missions.models import Assignment
from surveys.models import Question, Round


@dataclass(frozen=True, slots=True)
class Step:
    """One thing to do: what, why, where, and whether it is done."""

    title: str
    text: str
    is_done: bool
    url: str = ""
    action: str = ""


def steps(*, today: date) -> list[Step]:
    """In the order in which a firm goes through them."""
    firm = FirmSettings.current()
    return [
        _name(firm),
        _people(today),
        _staffing(today),
        _questions(),
        _contacts(),
        _consultation(firm, today),
        _first_round(firm),
        _announcement(),
    ]


def _name(firm: FirmSettings) -> Step:
    return Step(
        _("Name the firm"),
        _("%(name)s. A figure needs %(people)s people: two people can raise it, nobody lowers it.")
        % {"name": firm.name or _("No name yet"), "people": firm.anonymity_threshold},
        bool(firm.name),
        reverse("accounts:settings_edit"),
        _("Settings"),
    )


def _people(today: date) -> Step:
    count = User.objects.present(today).consultants().count()
    return Step(
        _("Bring in units and people"),
        _("%(count)s consultants so far. Import a file, or type them in; a sample is there.")
        % {"count": count},
        count > 0,
        f"{reverse('operations:import_page')}?kind=people",
        _("Import"),
    )


def _staffing(today: date) -> Step:
    clients = Client.objects.count()
    assigned = Assignment.objects.during(today, today).values("person").distinct().count()
    said = {"clients": clients, "people": assigned}
    return Step(
        _("Bring in clients, missions and assignments"),
        _("%(clients)s clients so far, and %(people)s people on a mission today.") % said,
        clients > 0 and assigned > 0,
        f"{reverse('operations:import_page')}?kind=clients",
        _("Import"),
    )


def _questions() -> Step:
    """Read in both languages, and not changed since."""
    log = AuditEntry.objects
    read = log.filter(object_kind="questionnaire", action="review").aggregate(at=Max("at"))["at"]
    changed = log.filter(object_kind="question").aggregate(at=Max("at"))["at"]
    asked = Question.objects.kept().count()
    text = _("%(count)s questions, in French and in English.") % {"count": asked}
    if read and changed and changed > read:
        text = _("Changed since they were read on %(day)s.") % {"day": full_day(read)}
    elif read:
        text = _("Read in both languages on %(day)s.") % {"day": full_day(read)}
    return Step(
        _("Read the questions again"),
        text,
        bool(read) and (changed is None or changed <= read),
        reverse("surveys:question_preview"),
        _("Read"),
    )


def _contacts() -> Step:
    return Step(
        _("Say whom one may talk to"),
        _("A well-being referent keeps this list: give somebody that role, and let them know."),
        TalkContact.objects.exists(),
        reverse("accounts:person_list"),
        _("People"),
    )


def _consultation(firm: FirmSettings, today: date) -> Step:
    text = _("No round opens before that date.")
    if firm.consulted_on:
        text = _("Entered: %(day)s. No round opens before it.") % {
            "day": full_day(firm.consulted_on)
        }
    return Step(
        _("Date the staff council's consultation"),
        text,
        firm.consulted_on is not None and firm.consulted_on <= today,
        reverse("accounts:settings_edit"),
        _("Enter the date"),
    )


def _first_round(firm: FirmSettings) -> Step:
    text = _("People are asked from that day on; nothing is sent before it.")
    if firm.first_round_on:
        text = _("Chosen: %(day)s.") % {"day": full_day(firm.first_round_on)}
    return Step(
        _("Choose the first day of the first round"),
        text,
        firm.first_round_on is not None,
        reverse("surveys:calendar_edit"),
        _("Choose the day"),
    )


def _announcement() -> Step:
    """Said to have been presented; or people have been asked, and it is too late to ask."""
    said = AuditEntry.objects.filter(object_kind="announcement", action="review")
    at = said.aggregate(at=Max("at"))["at"]
    text = _("A text to announce it is ready in both languages: read it with the staff council.")
    if at:
        text = _("Presented, as noted on %(day)s.") % {"day": full_day(at)}
    return Step(
        _("Present it to everybody, then invite"),
        text,
        at is not None or Round.objects.filter(opened_at__isnull=False).exists(),
        reverse("operations:announcement"),
        _("See the text"),
    )


def note_presented(*, actor: User, now: datetime) -> None:
    """Somebody says that people have been told what it is for."""
    record(Act("review", "announcement"), actor=actor, now=now)
