"""What if tells nothing that the gate has not told: on a firm with planted answers."""

import re
from html import unescape

import pytest
from django.test import Client as Browser
from django.urls import reverse

from balancing.compute import load_due
from balancing.statuses import status_due
from tests.dashboards.planting import (
    DISTINCT,
    Planted,
    figures_on,
    given_by_the_gate,
)
from tests.dashboards.planting import planted as planted

PAGE, FILE = reverse("dashboards:portfolio"), reverse("dashboards:portfolio_export")
KINDS = ("develop", "renegotiate", "leave")


@pytest.fixture
def kept(planted: Planted) -> Planted:
    """Loads and statuses of every period too, as the jobs keep them."""
    load_due(now=planted.firm.made.after)
    status_due(now=planted.firm.made.after)
    return planted


def scenarios(planted: Planted) -> list[dict[str, str]]:
    """Nothing, then each thing with each client without a figure, then all of them."""
    by = "2090-01-01"
    alone = [
        {f"h{row.pk}": kind, f"by{row.pk}": by if kind == "leave" else ""}
        for row in planted.hidden
        for kind in KINDS[:2]
    ]
    return [{}, *alone, {name: value for one in alone for name, value in one.items()}]


def test_rows_show_published_figures_alone_and_hidden_clients_look_the_same(
    kept: Planted, browser: Browser
) -> None:
    """Four answered, one did, nobody did: the same line but for the name and its number."""
    browser.force_login(kept.firm.manager)
    text = unescape(browser.get(PAGE).content.decode())
    table = text[text.index("<tbody>") : text.index("</tbody>")]
    assert figures_on(table)
    assert figures_on(table) <= given_by_the_gate(kept)
    lines = set()
    for row in kept.hidden:
        line = re.search(
            rf'<tr><th scope="row"><a href="/clients/{row.pk}/">.*?</tr>', table, re.S
        )
        assert line
        lines.add(re.sub(rf"{row.name}|(?<=[/hy_]){row.pk}\b", "", line.group()))
    assert len(lines) == 1


def test_hypotheses_on_hidden_clients_give_the_same_and_no_answer(
    kept: Planted, browser: Browser
) -> None:
    values = {value for answers in DISTINCT for value in answers.values()}
    values |= {sum(one.values()) / len(one) for one in DISTINCT} | set(kept.unrounded)
    forbidden = {f"{value:.2f}" for value in values}
    forbidden |= {text.replace(".", ",") for text in forbidden}
    for role in ("manager", "referent"):
        browser.force_login(kept.person(role))
        for query in scenarios(kept):
            page = browser.get(PAGE, query).content.decode()
            # A comma parts two cells there.
            file = browser.get(FILE, query).content.decode().replace(",", ";")
            for text in (page, file):
                words = re.sub(r'(points|cx|cy|[xy][12]?|d|width)="[^"]*"', "", text)
                assert not forbidden & set(re.findall(r"\d+[.,]\d{2}", words))


@pytest.mark.parametrize("kind", KINDS[:2])
def test_what_is_tried_with_any_hidden_client_comes_to_the_same(
    kept: Planted, browser: Browser, kind: str
) -> None:
    browser.force_login(kept.firm.manager)
    told = set()
    for row in kept.hidden:
        text = unescape(browser.get(PAGE, {f"h{row.pk}": kind}).content.decode())
        asks = text[text.index('class="chart bars"') : text.index("/prospects/")]
        told.add(asks.replace(row.name, "CLIENT"))
    assert len(told) == 1
