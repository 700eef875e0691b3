"""Words, numbers and dates as the product writes them, in the language in force.

French: comma and non-breaking space in numbers (``1 250,5``), ``80 %``, ``lundi 23 novembre``,
``8 h 42``. English: ``1,250.5``, ``80%``, ``Monday 23 November``, ``8:42``.
"""

from datetime import date, datetime, time

from django.utils.dateformat import format as formatted
from django.utils.formats import number_format
from django.utils.timezone import is_aware, localtime
from django.utils.translation import get_language, gettext_lazy, pgettext_lazy
from django.utils.translation import gettext as _

NBSP = "\u00a0"
MINUS = "\u2212"
EN_DASH = "\u2013"

LEVELS = {
    1: pgettext_lazy("score level", "Gruelling"),
    2: pgettext_lazy("score level", "Strained"),
    3: pgettext_lazy("score level", "Fair"),
    4: pgettext_lazy("score level", "Good"),
    5: pgettext_lazy("score level", "Uplifting"),
}
GROUPS = {
    "below": gettext_lazy("Clearly below the firm"),
    "in_line": gettext_lazy("In line with the firm"),
    "above": gettext_lazy("Clearly above the firm"),
}
RELIABILITIES = {
    "solid": pgettext_lazy("reliability", "Solid"),
    "to_confirm": pgettext_lazy("reliability", "To be confirmed"),
    "fragile": pgettext_lazy("reliability", "Fragile"),
}
BANDS = {"5-7": "5–7", "8-12": "8–12", "13-19": "13–19", "20+": "20+"}
SHORT_MONTHS = {
    "fr": ("janv. févr. mars avr. mai juin", "juil. août sept. oct. nov. déc."),
    "en": ("Jan Feb Mar Apr May June", "July Aug Sept Oct Nov Dec"),
}


def language() -> str:
    """``fr`` or ``en``."""
    return "fr" if (get_language() or "").startswith("fr") else "en"


def quoted(text: str) -> str:
    """Somebody's own words between the quotation marks of the reader's language."""
    return f"«\u00a0{text}\u00a0»" if language() == "fr" else f"“{text}”"


# --- words of a figure -----------------------------------------------------------------------


def level_word(level: int) -> str:
    """The word of a level from 1 (worst) to 5 (best)."""
    return str(LEVELS[level])


def group_word(group: str) -> str:
    """Where a figure stands against the firm: ``below``, ``in_line`` or ``above``."""
    return str(GROUPS[group])


def reliability_word(reliability: str) -> str:
    """``solid``, ``to_confirm`` or ``fragile``, in words."""
    return str(RELIABILITIES[reliability])


def band_text(band: str) -> str:
    """How many people a figure rests on, as a band: ``8–12 people``."""
    return _("%(band)s people") % {"band": BANDS[band]}


def range_text(low: float, high: float) -> str:
    """``40 to 60``, beside a score."""
    return _("%(low)s to %(high)s") % {"low": number(low), "high": number(high)}


def between_text(low: float, high: float) -> str:
    """``between 40 and 60``, inside a sentence."""
    return _("between %(low)s and %(high)s") % {"low": number(low), "high": number(high)}


def withheld_text(need: int = 5) -> str:
    """The one sentence of a withheld figure; ``need`` is the people it would take."""
    return _("Not enough answers (%(need)s people are needed)") % {"need": need}


# --- numbers ---------------------------------------------------------------------------------


def number(value: float | None, digits: int | None = None) -> str:
    """Write a number; without ``digits`` a whole number has none and another has one."""
    if value is None:
        return EN_DASH
    if digits is None:
        digits = 0 if float(value).is_integer() else 1
    rounded = round(float(value), digits)
    # `+ 0.0` turns a rounded -0.0 into 0.0.
    written = number_format(rounded + 0.0, digits, use_l10n=True, force_grouping=True)
    return written.replace("-", MINUS)


def percent(value: float | None, digits: int = 0) -> str:
    """Write a percentage given on 0 to 100: ``80 %`` in French, ``80%`` in English."""
    return number(value, digits) + (f"{NBSP}%" if language() == "fr" else "%")


def money(value: float) -> str:
    """Write an amount in whole euros: ``12 500 €`` in French, ``€12,500`` in English."""
    written = number(value, 0)
    return f"{written}{NBSP}€" if language() == "fr" else f"€{written}"


def signed(value: float, digits: int | None = None) -> str:
    """Write a difference with its sign: ``+20``, ``−5``, ``0``."""
    written = number(value, digits)
    return f"+{written}" if value > 0 and written.strip("0.,") else written


# --- dates and times -------------------------------------------------------------------------


def _local(moment: date) -> date:
    """The firm's own day of a moment; a plain date is left alone."""
    return localtime(moment) if isinstance(moment, datetime) and is_aware(moment) else moment


def _day_number(moment: date) -> str:
    return "1er" if language() == "fr" and moment.day == 1 else str(moment.day)


def day_month(moment: date) -> str:
    """``24 novembre``."""
    moment = _local(moment)
    return f"{_day_number(moment)}{NBSP}{formatted(moment, 'F')}"


def full_day(moment: date) -> str:
    """``24 novembre 2026``."""
    moment = _local(moment)
    return f"{day_month(moment)} {moment.year}"


def weekday(moment: date) -> str:
    """``lundi 23 novembre``."""
    moment = _local(moment)
    return f"{formatted(moment, 'l')} {day_month(moment)}"


def short_day(moment: date) -> str:
    """``12 nov.``."""
    moment = _local(moment)
    return f"{_day_number(moment)}{NBSP}{short_month(moment)}"


def short_month(moment: date) -> str:
    """``nov.`` in French, ``Nov`` in English."""
    return " ".join(SHORT_MONTHS[language()]).split()[_local(moment).month - 1]


def clock(moment: datetime | time) -> str:
    """``8 h 42`` and ``10 h`` in French, ``8:42`` and ``10:00`` in English."""
    if isinstance(moment, datetime) and is_aware(moment):
        moment = localtime(moment)
    if language() != "fr":
        return f"{moment.hour}:{moment.minute:02d}"
    minutes = f"{NBSP}{moment.minute:02d}" if moment.minute else ""
    return f"{moment.hour}{NBSP}h{minutes}"


def months_text(first: date, last: date) -> str:
    """The months of a period, both ends in it: ``sept.–nov. 2026``, ``déc. 2025–févr. 2026``."""
    first, last = _local(first), _local(last)
    end = f"{short_month(last)}{NBSP}{last.year}"
    if (first.year, first.month) == (last.year, last.month):
        return end
    year = "" if first.year == last.year else f"{NBSP}{first.year}"
    return f"{short_month(first)}{year}{EN_DASH}{end}"
