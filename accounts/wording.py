"""Sentences of sign-in, and the words of the audit log."""

from django.utils.translation import gettext_lazy as _

ACCOUNT_ENDED = _("Account disabled: see your well-being referent.")
SIGN_IN_AGAIN = _("Your session has ended. Please sign in again.")

ACTIONS = {
    "create": _("created"),
    "edit": _("changed"),
    "end": _("ended"),
    "reopen": _("reopened"),
    "remove": _("removed"),
    "import": _("imported"),
    "export": _("exported"),
    "refused": _("access refused"),
}
KINDS = {
    "person": _("person"),
    "unit": _("unit"),
    "settings": _("settings of the firm"),
    "talk_contact": _("person to talk to"),
    "page": _("page"),
    "client": _("client"),
    "contact": _("client's contact"),
    "mission": _("mission"),
    "profile": _("mission profile"),
    "assignment": _("assignment"),
    "absence": _("absence"),
    "demand_fact": _("fact of demand"),
    "dimension": _("dimension"),
    "question": _("question"),
    "questionnaire": _("questionnaire"),
    "alert": _("alert"),
    "release": _("release"),
    "import": _("file"),
    "export": _("file"),
}
# Changed fields, as the audit log calls them.
FIELDS = {
    "ref": _("reference"),
    "email": _("e-mail"),
    "first_name": _("first name"),
    "last_name": _("last name"),
    "name": _("name"),
    "unit": _("unit"),
    "manager": _("manager"),
    "parent": _("Under"),
    "is_consultant": _("consultant"),
    "is_manager": _("manager’s role"),
    "is_referent": _("well-being referent"),
    "is_administrator": _("administrator"),
    "is_active": _("active"),
    "language": _("language"),
    "time_zone": _("time zone"),
    "starts_on": _("arrival"),
    "ends_on": _("departure"),
    "ended_on": _("last day"),
    "consulted_on": _("date of the staff council's consultation"),
    "first_round_on": _("first day of the first round"),
    "cadence_weeks": _("weeks between two rounds"),
    "open_days": _("days a round stays open"),
    "opens_at": _("hour of opening"),
    "rounds_per_period": _("rounds in a period"),
    "anonymity_threshold": _("people needed for a figure"),
    "demand_maximum": _("points of the most demanding mission"),
}
