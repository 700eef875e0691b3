"""The firm's rule for the status of clients, and its aim."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.http import QueryDict
from django.utils.translation import gettext_lazy as _

from balancing.maths.status import DEFAULT
from balancing.models import StatusRule


class StatusRuleForm(forms.ModelForm):  # type: ignore[type-arg]  # -- generic at type time only
    """A next version, from the one that was shown: ``seen`` is its number."""

    seen = forms.IntegerField(widget=forms.HiddenInput, min_value=0)

    class Meta:
        model = StatusRule
        fields = ("virtuous_from", "at_risk_under", "target")
        help_texts = {  # noqa: RUF012 -- Django's own declaration
            "virtuous_from": _("80 means 4 values of 5."),
            "at_risk_under": _("60 means fewer than 3 values of 5."),
            "target": _("Of the days spent with clients. Empty: no aim has been chosen."),
        }

    def show_on(self, rule: StatusRule | None) -> None:
        """Somebody else wrote a version since: keep what was typed, to be sent again after it."""
        typed = QueryDict(mutable=True)
        typed.update(self.data)
        typed["seen"] = str(rule.number if rule else 0)
        self.data = typed
        self.add_error(None, _("Somebody else has just written a version: look, then send again."))

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        first, second = data.get("virtuous_from"), data.get("at_risk_under")
        if first and second and second > first:
            self.add_error("at_risk_under", ValidationError(_("No more than “virtuous from”.")))
        return data


def rule_form(data: Any, before: StatusRule | None) -> StatusRuleForm:
    """Filled with what is in force."""
    initial = {
        "virtuous_from": before.virtuous_from if before else DEFAULT.virtuous_from,
        "at_risk_under": before.at_risk_under if before else DEFAULT.at_risk_under,
        "target": before.target if before else None,
        "seen": before.number if before else 0,
    }
    return StatusRuleForm(data, initial=initial)
