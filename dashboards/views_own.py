"""A person's own pages: home, thank you, history. Nobody else sees them."""

from dataclasses import dataclass
from datetime import datetime

from django.core.paginator import Page, Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.timezone import localdate
from django.views.decorators.cache import never_cache

from accounts.models import FirmSettings, User
from accounts.perms import manager_of, person_required, signed_in
from balancing.reading import own_rotations
from dashboards.edition import label
from dashboards.own_change import gone_down
from dashboards.own_curve import own_curve
from dashboards.own_load import own_load_line
from dashboards.standing import late_sentence
from followup.reading import alerts_about, closed_for
from missions.models import Assignment, Mission
from scoring.publication import published_periods
from surveys import own
from surveys.calendar import next_close, next_opening, period_label, round_label
from surveys.intake import Asked, asked
from surveys.models import Round

PER_PAGE = 12
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
    if not lines and landing:
        return redirect(landing)
    period, latest = next_close(now=now), next(iter(published_periods(limit=1)), None)
    shown = label(latest) if latest else ""
    context = {
        "now": now,
        "todo": [line for line in lines if not line.is_done],
        "missions": _missions(person, lines, now),
        "is_asked": bool(lines),
        "period": period,
        "period_label": period_label(period) if period else "",
        "shown": {"label": shown, "published_at": latest.published_at} if latest else None,
        "late": late_sentence(now, latest, shown),
        "next_round": next_opening(now=now),
        "about_me": alerts_about(person, now),
        "rotations": own_rotations(person),
        "said": closed_for(person, now),
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
    context = {
        "sent": sent,
        "round": round_,
        "round_label": round_label(round_),
        "period_label": period_label(round_.period),
        "manager": manager_of(person),
        "others": [line for line in asked(person=person, now=now) if not line.is_done],
    }
    return render(request, "dashboards/thanks.html", context)


@never_cache
@person_required()
def history(request: HttpRequest) -> HttpResponse:
    """One's own check-ins, and one's own curve."""
    person, now = signed_in(request), timezone.now()
    check_ins = own.history(person=person, now=now)
    page: Page[own.OwnCheckIn] = Paginator(check_ins, PER_PAGE).get_page(request.GET.get("page"))
    context = {
        "page": page,
        "total": len(check_ins),
        "curve": own_curve(check_ins),
        "own": own_load_line(person, now),
        "gone_down": gone_down(check_ins, now),
        "talk_to": manager_of(person),
    }
    return render(request, "dashboards/history.html", context)
