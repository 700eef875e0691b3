"""A person's own pages: home and thank you. Nobody else sees them."""

from dataclasses import dataclass
from datetime import datetime

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.timezone import localdate
from django.views.decorators.cache import never_cache

from accounts.models import FirmSettings, User
from accounts.perms import manager_of, person_required, signed_in
from accounts.threshold import profile_need
from balancing.reading import own_rotations
from clients.models import Charter
from clients.perms import can_see_clients, reads_staffing
from dashboards.edition import label
from dashboards.standing import late_sentence
from followup.reading import alerts_about, closed_for
from followup.talks import said_to_have_talked
from missions.models import Assignment, Mission
from scoring.publication import published_periods
from surveys import leaving, own, reviewing
from surveys.calendar import next_close, next_opening, period_label, round_label
from surveys.intake import Asked, asked
from surveys.models import Round

DAYS_A_WEEK = 5


@dataclass(frozen=True, slots=True)
class OwnMission:
    """One line of "your missions": how many days a week, and the check-in asked now, if any."""

    mission: Mission
    share: int
    asked: Asked | None

    @property
    def days_a_week(self) -> float:
        return self.share * DAYS_A_WEEK / 100


@never_cache
@person_required()
def home(request: HttpRequest) -> HttpResponse:
    """What is asked of me now; people of whom nothing is asked land on their own work."""
    person = signed_in(request)
    now = timezone.now()
    lines = asked(person=person, now=now)
    landing = _landing(person)
    to_judge = reviewing.asked(person=person, now=now)
    if not lines and not to_judge and landing:
        return redirect(landing)
    todo = [line for line in lines if not line.is_done]
    said = closed_for(person, now)
    drafts = own.begun(person=person, rounds={line.round.pk for line in todo})
    period, latest = next_close(now=now), next(iter(published_periods(limit=1)), None)
    shown = label(latest) if latest else ""
    context = {
        "now": now,
        "todo": [(line, drafts.get((line.round.pk, line.mission.pk))) for line in todo],
        "to_judge": to_judge,
        "missions": _missions(person, lines, now),
        "is_asked": bool(lines),
        "has_left": not lines and leaving.has_left(person),
        "period": period,
        "period_label": period_label(period) if period else "",
        "shown": {"label": shown, "published_at": latest.published_at} if latest else None,
        "late": late_sentence(now, latest, shown),
        "next_round": next_opening(now=now),
        "about_me": alerts_about(person, now),
        "rotations": own_rotations(person),
        "said": [one for one in said if one.from_answers],
        "decided": [one for one in said if not one.from_answers],
        "talks": said_to_have_talked(person, now),
        "accounts": not reads_staffing(person) and can_see_clients(person),
        "choosing": Charter.objects.choosing(localdate(now)),
    }
    return render(request, "dashboards/home.html", context)


def _landing(person: User) -> str:
    """Where somebody goes who has nothing to check in on."""
    if person.is_administrator:
        is_set_up = FirmSettings.current().first_round_on is not None
        return "accounts:settings_edit" if is_set_up else "operations:first_steps"
    return "dashboards:overview" if person.is_manager or person.is_referent else ""


def _missions(person: User, lines: list[Asked], now: datetime) -> list[OwnMission]:
    """Those of today, and those which the open rounds still ask about."""
    found = {line.mission.pk: OwnMission(line.mission, line.share_of_time, line) for line in lines}
    today = localdate(now)
    held = Assignment.objects.filter(person=person).during(today, today)
    for one in held.select_related("mission__client").order_by("starts_on", "pk"):
        found.setdefault(one.mission_id, OwnMission(one.mission, one.share, None))
    return sorted(found.values(), key=lambda row: (-row.share, row.mission.client.name))


@never_cache
@person_required()
def thanks(request: HttpRequest, round_pk: int, mission_pk: int) -> HttpResponse:
    """After the sending: what one's manager will see of it, and until when it may change."""
    person = signed_in(request)
    now = timezone.now()
    sent = own.one(person=person, round_id=round_pk, mission_id=mission_pk, now=now)
    if sent is None:
        # Not ``Refused``: a line in the audit log would tell its readers who has not answered,
        # or has taken their answers back.
        raise Http404
    round_ = Round.objects.select_related("period").get(pk=round_pk)
    lines = asked(person=person, now=now)
    flow = [line for line in lines if line.round.pk == round_.pk]
    context = {
        "draft_key": f"{person.pk}-{round_pk}-{mission_pk}",
        "step": sum(line.is_done for line in flow) + 1,
        "steps": len(flow),
        "sent": sent,
        "round": round_,
        "round_label": round_label(round_),
        "period_label": period_label(round_.period),
        "manager": manager_of(person),
        "profile_need": profile_need(FirmSettings.current().anonymity_threshold),
        "others": [line for line in lines if not line.is_done],
        "to_judge": [one for one in reviewing.asked(person=person, now=now) if not one.is_done],
    }
    return render(request, "dashboards/thanks.html", context)
