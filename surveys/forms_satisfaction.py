"""How often clients are asked, and how many people at each."""

from typing import TYPE_CHECKING, Any, ClassVar

from django import forms
from django.utils.translation import gettext_lazy as _

from surveys.models import SatisfactionPlan

if TYPE_CHECKING:
    ModelForm = forms.ModelForm[Any]
else:
    ModelForm = forms.ModelForm


class PlanForm(ModelForm):
    """The firm's choices; a survey that is open keeps those it opened with."""

    class Meta:
        model = SatisfactionPlan
        fields: ClassVar = ["months", "most", "head_start_days"]
        help_texts: ClassVar = {
            "months": _("Each survey goes with the nearest round. 0: clients are not asked."),
            "most": _("Drawn by the software among the declared contacts."),
            "head_start_days": _(
                "Where one or two of our people work at a client, the result is easily read as "
                "being about them: they see it before managers do."
            ),
        }
