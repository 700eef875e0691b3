"""What a form was sent with, and a verb that may refuse it."""

from collections.abc import Callable, Collection

from django.core.exceptions import ValidationError
from django.forms import BaseForm
from django.http import HttpRequest, QueryDict


def posted(request: HttpRequest) -> QueryDict | None:
    """What a form was sent with, an empty form included; None when it is only looked at."""
    return request.POST if request.method == "POST" else None


def accepted(form: BaseForm, verb: Callable[[], object]) -> bool:
    """Run a verb on a valid form; where it refuses, its reasons stand beside the fields."""
    if not form.is_valid():
        return False
    try:
        verb()
    except ValidationError as error:
        form.add_error(None, error)
        return False
    return True


def typed_values(request: HttpRequest, *, but: Collection[str] = ()) -> list[tuple[str, str]]:
    """Name and value of every field of a form, for hidden fields: never a password."""
    return [
        (name, value)
        for name, values in request.POST.lists()
        if name != "csrfmiddlewaretoken" and "password" not in name and name not in but
        for value in values
    ]
