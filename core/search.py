"""Finding names whatever their accents, their case and the way they were typed."""

import unicodedata
from typing import Any

from django.db import models

# Letters that no decomposition takes apart, and the curled apostrophes.
ALIKE = str.maketrans({"œ": "oe", "æ": "ae", "ø": "o", "ł": "l", "đ": "d", "’": "'", "‘": "'"})


def fold(text: str) -> str:
    """Bring a text to the form in which it is compared: no accent, no case, single spaces.

    >>> fold("Hélène  N’GUESSAN") == fold("He\\u0301lene n'guessan") == "helene n'guessan"
    True
    """
    decomposed = unicodedata.normalize("NFKD", text).casefold().translate(ALIKE)
    bare = "".join(letter for letter in decomposed if not unicodedata.combining(letter))
    return " ".join(bare.split())


def containing(field: str, text: str) -> models.Q:
    """Rows whose folded field holds every word of a text."""
    found = models.Q()
    for word in fold(text).split():
        found &= models.Q(**{f"{field}__contains": word})
    return found


class FoldedField(models.TextField):  # type: ignore[type-arg]  # -- no generic at run time
    """The folded words of other fields of the row, kept up to date by every save and bulk insert.

    ``QuerySet.update`` and ``bulk_update`` go past it: name it there too.
    """

    def __init__(self, *args: Any, sources: tuple[str, ...] = (), **kwargs: Any) -> None:
        self.sources = tuple(sources)
        settled: dict[str, Any] = {"editable": False, "default": "", "blank": True}
        super().__init__(*args, **settled | kwargs)

    def deconstruct(self) -> Any:
        name, path, args, kwargs = super().deconstruct()
        return name, path, args, kwargs | {"sources": self.sources}

    def pre_save(self, model_instance: models.Model, add: bool) -> str:
        words = fold(" ".join(str(getattr(model_instance, name) or "") for name in self.sources))
        setattr(model_instance, self.attname, words)
        return words
