"""Input about stances and wishes."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, ClassVar, cast

from django import forms
from django.utils.translation import gettext_lazy as _

from clients.forms import offer
from clients.models import Client, ClientQuerySet, SectorWish, Stance, Wish
from core.text import on_one_line

if TYPE_CHECKING:
    ModelForm = forms.ModelForm[Any]
else:
    ModelForm = forms.ModelForm


class StanceForm(ModelForm):
    """Where one stands on one client."""

    class Meta:
        model = Stance
        fields: ClassVar = ["word", "wish", "sentence", "shared"]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        on_one_line(self)
        for name, choices in (("word", Stance.Word.choices), ("wish", Wish.choices)):
            field = cast("forms.ChoiceField", self.fields[name])
            field.widget = forms.RadioSelect()
            field.choices = [("", _("I say nothing")), *choices]

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if not data.get("word") and not data.get("wish"):
            self.add_error("word", _("Say one of the two, or take it back below."))
        return data


class ClientChoiceForm(forms.Form):
    """About which client one would like to say something."""

    client = forms.ModelChoiceField(Client.objects.none(), label=_("Client"))

    def __init__(self, *args: Any, clients: ClientQuerySet, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        offer(self.fields["client"], clients)


class SectorWishForm(forms.Form):
    """For or against one of the sectors of today's clients."""

    sector = forms.ChoiceField(label=_("Sector"))
    wish = forms.ChoiceField(label=_("My wish"), choices=Wish.choices, widget=forms.RadioSelect)
    shared = forms.BooleanField(
        label=SectorWish._meta.get_field("shared").verbose_name,  # noqa: SLF001 -- Django documents it for reading a model's fields
        required=False,
    )

    def __init__(self, *args: Any, sectors: Sequence[str], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = cast("forms.ChoiceField", self.fields["sector"])
        field.choices = [(sector, sector) for sector in sectors]
