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
