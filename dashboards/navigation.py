"""The menu of each role, and what the frame of every page needs to know.

Roles add up: a manager who is also a consultant has both. Everything is worked out when a page
asks for it, so that an error page or a public page costs no query.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import SimpleLazyObject
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from accounts.models import FirmSettings, User
from balancing.perms import can_read_loads
from clients.perms_prospects import can_meet_prospects
from dashboards import standing
from dashboards.names import Names
from followup.reading import to_handle_count

COUNTED = "followup:alert_list"
CHARTER = "clients:charter"
CHARTER_PAGES = (
    "clients:charter_version", "clients:charter_choosing", "clients:charter_open",
    "clients:value_propose", "clients:value_against", "clients:value_write",
    "clients:charter_choose", "clients:objection_answer", "clients:charter_link_list",
    "clients:charter_link_create",
)  # fmt: skip
PROSPECT_PAGES = (
    "clients:prospect_create", "clients:prospect_detail", "clients:prospect_edit",
    "clients:prospect_screen",
    "clients:prospect_accept", "clients:prospect_refuse", "clients:prospect_lose",
    "clients:prospect_path", "clients:path_list", "clients:path_create", "clients:path_edit",
    "clients:path_ask", "clients:path_end", "clients:request_answer", "clients:request_edit",
    "dashboards:path",
    "dashboards:exceptions", "clients:exception_create", "clients:exception_look",
    "clients:stance_list", "clients:stance_edit", "clients:sector_wish", "clients:stance_team",
    "clients:sheet_list", "clients:sheet_detail", "clients:sheet_write",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Place:
    """A page of the menu: where it leads, and the other pages that it stands for."""

    name: str
    label: Any
    icon: str
    also: tuple[str, ...] = ()
    allowed: Callable[[User], bool] = lambda user: True
    # Has it room at the bottom of a phone? Else it stands in the person's own menu there.
    on_phone: bool = True


@dataclass(frozen=True, slots=True)
class Item:
    """A line of the menu, ready to be shown."""

    label: Any
    url: str
    icon: str
    current: bool
    count: int = 0
    on_phone: bool = True


def reads_all(user: User) -> bool:
    return user.is_manager or user.is_referent


def reads_own(user: User) -> bool:
    """A consultant's own figures; whoever reads all has them in the overview."""
    return user.is_consultant and not reads_all(user) and not user.is_administrator


OWN = (
    Place(
        "dashboards:home", _("Home"), "home",
        ("dashboards:thanks", "surveys:checkin", "surveys:client_review"),
    ),
    Place(
        "dashboards:history", _("My history"), "clock",
        ("dashboards:history_erase", "dashboards:history_leave"),
    ),
    Place(
        "dashboards:firm", _("Figures"), "trend",
        ("dashboards:client", "dashboards:profile"), reads_own,
    ),
    Place("dashboards:load_own", _("My load"), "scales"),
    Place(
        "missions:mission_list", _("My missions"), "layers",
        (
            "missions:mission_detail", "missions:skill_list", "missions:skills_own",
            "missions:restriction_list",
        ),
        reads_own,
    ),
    Place(
        "dashboards:enough", _("Our clients"), "star", ("dashboards:status_rule",), reads_own,
        on_phone=False,
    ),
    Place(
        CHARTER, _("Charter"), "flag", (*CHARTER_PAGES, "clients:prospect_list", *PROSPECT_PAGES),
        reads_own, on_phone=False,
    ),
)  # fmt: skip
STEER = (
    Place("dashboards:overview", _("Overview"), "grid", ("dashboards:firm_comments",)),
    Place(COUNTED, _("To handle"), "bell", ("followup:alert_detail",)),
    Place(
        "dashboards:client_list",
        _("Clients"),
        "building",
        ("dashboards:client", "dashboards:client_comments"),
    ),
    Place("dashboards:symmetry", _("Symmetry"), "swap"),
    Place("dashboards:enough", _("Virtuous clients"), "star", ("dashboards:status_rule",)),
    Place(
        "dashboards:profile_list",
        _("Mission profiles"),
        "layers",
        ("dashboards:profile", "dashboards:profile_comments"),
    ),
    Place(
        "dashboards:load",
        _("Balance of loads"),
        "scales",
        (
            "dashboards:rotation_list",
            "dashboards:rotation_detail",
            "dashboards:scenario",
            "dashboards:who_could",
            "dashboards:points_preview",
        ),
        can_read_loads,
    ),
    Place("dashboards:portfolio", _("Portfolio"), "pie"),
)
PROMISES = Place(
    "followup:promise_list", _("Our promises"), "check",
    (
        "followup:promise_create", "followup:promise_edit", "followup:idea_create",
        "followup:idea_answer",
    ),
)  # fmt: skip
# What everybody reads, for whoever has no other page that leads there.
READ_BY_ALL = (PROMISES, Place("dashboards:exceptions", _("Exceptions and refusals"), "flag"))
SUPPORT = (
    Place("followup:wish_list", _("Wishes to talk"), "chat"),
    PROMISES,
    Place(
        "accounts:talk_contact_list", _("People to talk to"), "people",
        ("accounts:talk_contact_edit", "accounts:talk_contact_create"),
        lambda user: user.is_referent,
    ),
)  # fmt: skip
ORGANISE = (
    Place(
        "missions:mission_list", _("Missions"), "list",
        ("missions:mission_detail", "missions:mission_edit", "missions:mission_create"),
    ),
    Place(
        "clients:client_list", _("Client files"), "archive",
        (
            "clients:client_edit", "clients:client_create", "clients:client_history",
            "clients:contact_list", "clients:contact_create", "clients:contact_edit",
        ),
    ),
    Place(
        "missions:skill_list", _("Skills"), "star",
        (
            "missions:skills_team", "missions:skills_own", "missions:skill_create",
            "missions:skill_edit", "missions:restriction_list", "missions:restriction_create",
        ),
    ),
    Place(CHARTER, _("Values charter"), "flag", CHARTER_PAGES),
    Place(
        "clients:prospect_list", _("Prospects and paths"), "search", PROSPECT_PAGES,
        can_meet_prospects,
    ),
    Place("missions:absence_list", _("Absences"), "calendar"),
    Place("accounts:person_list", _("People"), "people", ("accounts:person_detail",)),
    Place("accounts:unit_list", _("Units"), "link", ("accounts:unit_edit",)),
)  # fmt: skip
REVIEWS = Place("surveys:review_plan", _("Reviews of clients"), "check")
SET_UP = (
    Place("operations:first_steps", _("Getting started"), "flag"),
    Place(
        "surveys:question_list", _("Questions"), "help",
        (
            "surveys:question_edit", "surveys:question_create", "surveys:question_retire",
            "surveys:question_preview", "surveys:round_list",
        ),
    ),
    Place("surveys:satisfaction_plan", _("Surveys of clients"), "chat"),
    REVIEWS,
    Place("missions:profile_list", _("Mission profiles"), "layers", ("missions:profile_edit",)),
    Place(
        "missions:fact_list", _("Facts of demand"), "scales",
        (
            "missions:fact_edit", "missions:fact_create", "missions:fact_retire",
            "missions:points_edit", "dashboards:points_preview",
        ),
    ),
    Place("operations:import_page", _("Import"), "upload", ("operations:import_confirm",)),
    Place("operations:export_page", _("Export"), "download"),
    Place(
        "accounts:settings_edit", _("Settings"), "settings", ("accounts:threshold_edit",)
    ),
)  # fmt: skip
JOBS = (
    Place(
        "operations:mail_list",
        _("E-mails"),
        "mail",
        (
            "operations:mail_detail",
            "surveys:mail_settings",
            "surveys:unit_slot",
            "surveys:mail_trial",
        ),
    ),
    Place("operations:job_list", _("Background jobs"), "clock"),
    Place("followup:quality", _("How alerts fare"), "pie"),
)
ROUNDS = (
    REVIEWS,
    Place("surveys:round_list", _("Rounds and periods"), "calendar"),
)
THRESHOLD = (Place("accounts:threshold_edit", _("People a figure needs"), "lock"),)
AUDIT = (Place("accounts:audit_list", _("Audit log"), "shield"),)

Groups = tuple[tuple[Any, tuple[Place, ...]], ...]


def places_of(user: User) -> Groups:
    """Titles and pages of a person's menu; empty for a consultant, who has tabs."""
    groups: list[tuple[Any, tuple[Place, ...]]] = []
    if reads_all(user):
        groups += [
            (pgettext_lazy("menu", "Steer"), STEER),
            (pgettext_lazy("menu", "Support"), SUPPORT),
        ]
    if reads_all(user) or user.is_administrator:
        also = () if reads_all(user) else READ_BY_ALL
        groups += [(pgettext_lazy("menu", "Organise"), (*ORGANISE, *also))]
    if user.is_administrator:
        groups += [(pgettext_lazy("menu", "Set up"), (*SET_UP, *JOBS, *AUDIT))]
    elif user.is_referent:
        groups += [(pgettext_lazy("menu", "Check"), (*ROUNDS, *THRESHOLD, *AUDIT))]
    if groups and user.is_consultant:
        groups += [(pgettext_lazy("menu", "For me"), OWN)]
    return tuple(groups)


def menu(request: HttpRequest, user: User, count: int | None = None) -> list[dict[str, Any]]:
    """The side bar; ``count`` = things to handle, where the page knows already."""
    groups = places_of(user)
    if count is None and reads_all(user):
        count = to_handle_count(user, timezone.now())
    return [
        {"title": title, "items": _items(request, user, places, count or 0)}
        for title, places in groups
    ]


def tabs(request: HttpRequest, user: User) -> list[Item]:
    """What a consultant has at the top, or at the bottom of a phone."""
    return _items(request, user, OWN, 0)


def _items(request: HttpRequest, user: User, places: Iterable[Place], count: int) -> list[Item]:
    here = request.resolver_match.view_name if request.resolver_match else ""
    return [
        Item(
            label=place.label,
            url=reverse(place.name),
            icon=place.icon,
            current=here == place.name or here in place.also,
            count=count if place.name == COUNTED else 0,
            on_phone=place.on_phone,
        )
        for place in places
        if place.allowed(user)
    ]


def role_of(user: User, firm: str) -> str:
    """« Responsable · Atelier Lumen »."""
    roles = {
        pgettext_lazy("role", "Manager"): user.is_manager,
        pgettext_lazy("role", "Well-being referent"): user.is_referent,
        pgettext_lazy("role", "Administrator"): user.is_administrator,
        pgettext_lazy("role", "Consultant"): user.is_consultant,
    }
    held = [str(word) for word, holds in roles.items() if holds]
    return " · ".join([", ".join(held[:1] + [word.lower() for word in held[1:]]), firm]).strip(
        " ·"
    )


def shared(user: User, names: Names) -> dict[str, Any]:
    """What the frame needs of the firm, where a page has it already."""
    return {
        "firm_name": names.firm,
        "help_email": names.help_email,
        "person_role": role_of(user, names.firm),
    }


def navigation(request: HttpRequest) -> dict[str, Any]:
    """Context of every page. Nothing is looked up before a template asks for it."""
    user = getattr(request, "user", None)
    firm = SimpleLazyObject(FirmSettings.current)
    found: dict[str, Any] = {
        "firm_name": SimpleLazyObject(lambda: firm.name),
        "help_email": SimpleLazyObject(lambda: firm.help_email),
        **standing.of_everybody(firm),
    }
    if not isinstance(user, User):
        return found
    return found | {
        "navigation": SimpleLazyObject(lambda: menu(request, user)),
        "tabs": SimpleLazyObject(lambda: tabs(request, user)),
        "person_name": user.full_name,
        "person_role": SimpleLazyObject(lambda: role_of(user, firm.name)),
        **standing.of_person(user),
    }
