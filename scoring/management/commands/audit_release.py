"""``manage.py audit_release --period DATE --i-am-auditing [--periods N] --format json``.

For an independent audit: the exact linear form of every published figure, over pseudonyms, and
what our own audit says, at the release and now. No answer is in it, and each use leaves a line in
the audit log.
"""

import json
from collections import Counter
from collections.abc import Mapping
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from accounts.audit import Act, record
from scoring import auditing
from scoring.auditing import PERIODS
from scoring.design import Forms
from scoring.management.commands.export_release import chosen, day
from scoring.maths.family import PROFILE
from scoring.maths.figures import COARSE, FINE, MANY, Figure
from scoring.models import ReleasedCell, ReleaseMembers


class Command(BaseCommand):
    """value before rounding = constant + Σ weight × that pair's average in the period."""

    help = "Print how the published figures of a period are made, for an independent audit."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--period", type=day, required=True)
        parser.add_argument("--i-am-auditing", action="store_true")
        parser.add_argument(
            "--periods", type=int, choices=range(1, PERIODS + 1), default=PERIODS,
            help="releases read together, the latest included",
        )  # fmt: skip
        parser.add_argument("--format", choices=["json"], default="json")

    def handle(self, *args: Any, **options: Any) -> None:
        if not options["i_am_auditing"]:
            raise CommandError("This is for an audit: say so with --i-am-auditing.")
        period = chosen(options["period"])
        kept = ReleaseMembers.objects.select_related("release__period")
        members = kept.filter(release__period=period.id).first()
        if members is None:
            raise CommandError("The members of that release are no longer kept.")
        act = Act("audit_release", object_kind="period", object_ref=str(period.starts_on))
        record(act, actor=None, now=timezone.now())
        cells = _published(period.id)
        told = describe(Forms(members.design), cells)
        told["audit"] = {
            "at_release": members.release.made.get("audit", {}),
            "now": audit_again(members, options["periods"]),
        }
        self.stdout.write(json.dumps(told, indent=1))


def _published(period: int) -> dict[tuple[str, str, str], ReleasedCell]:
    rows = ReleasedCell.objects.filter(release__period=period, withheld=False)
    return {(row.kind, row.ref, row.dimension): row for row in rows}


def audit_again(members: ReleaseMembers, periods: int) -> dict[str, Any]:
    """The audit of what stands published, as it was done before the release."""
    shown = auditing.shown_of(members.release)
    period = members.release.period
    present = auditing.present_of(period, members.design, shown, periods - 1)
    audited = auditing.audit_release(present)
    return {"how": audited.how, "would_withhold": audited.withheld, "seen": audited.seen}


def describe(
    forms: Forms, cells: Mapping[tuple[str, str, str], ReleasedCell | Figure]
) -> dict[str, Any]:
    """Published cells with their linear forms, and the cells that each pair is in."""
    names = _pair_names(forms)
    found = [
        {
            "scope": kind, "ref": ref, "dimension": dimension,
            "value": cells[kind, ref, dimension].score,
            "round": (FINE if cells[kind, ref, dimension].band == f"{MANY}+" else COARSE) / 2,
            "low": cells[kind, ref, dimension].low, "high": cells[kind, ref, dimension].high,
            "half": float(half), "constant": float(constant),
            "coef": {
                names[part]: float(weight)
                for part, weight in zip(forms.parts(dimension), weights, strict=True)
            },
        }
        for dimension in forms.made["dimensions"]
        for made in [forms.of(dimension)]
        for (kind, ref, _), constant, weights, half in zip(
            made.shown, made.constant, made.coef, made.half, strict=True
        )
        if (kind, ref, dimension) in cells
    ]  # fmt: skip
    return {"cells": found, "members": _members(forms, names)}


def _pair_names(forms: Forms) -> list[str]:
    """``pseudonym@client``; with the profile too where a pair has two of them."""
    pairs = [f"{person}@{client}" for person, client, _ in forms.made["parts"]]
    times = Counter(pairs)
    return [
        pair if times[pair] == 1 else f"{pair}/{part[2]}"
        for pair, part in zip(pairs, forms.made["parts"], strict=True)
    ]


def _members(forms: Forms, names: list[str]) -> dict[str, list[dict[str, str]]]:
    """Which cells each pair is in, by dimension it answered."""
    answered = {name: set(forms.parts(name)) for name in forms.made["dimensions"]}
    return {
        names[number]: [
            {"scope": kind, "ref": ref, "dimension": dimension}
            for dimension, parts in answered.items()
            if number in parts
            for kind, ref, clients in forms.cells(dimension)
            if client in clients or (kind == PROFILE and ref == profile)
        ]
        for number, (_, client, profile) in enumerate(forms.made["parts"])
    }
