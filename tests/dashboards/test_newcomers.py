"""A client before it is accepted, value by value on the charter: its status by the firm's rule."""

import csv
import io
import re
from datetime import timedelta
from html import unescape
from itertools import product
from typing import Any
from urllib.parse import parse_qsl, urlencode

import pytest
from django.http import QueryDict
from django.test import Client as Browser
from django.urls import reverse
from django.utils import translation

from accounts.models import User
from balancing.maths.status import Known, Rule, status
from balancing.models import StatusRule
from clients import charter as charters
from clients import choosing, screening
from clients.models import Charter, CharterValue, Prospect
from dashboards.first_contact import Expected, FirstContact, first_contact
from dashboards.forms_newcomer import fill
from tests.clients import chartered
from tests.dashboards.planned import Planned, aim, planned
from tests.world import World

PAGE = reverse("dashboards:portfolio")
DAYS = {"to1": "400", "profile1": "DATA"}


@pytest.fixture
def firm(world: World) -> Planned:
    made = planned(world)
    User.objects.update(language="en")
    return made


@pytest.fixture
def values(firm: Planned, world: World) -> list[CharterValue]:
    return charters.chosen(chartered.published(world.referent, places=3))


def codes(values: list[CharterValue], letters: str, place: int = 1) -> dict[str, str]:
    """Of each value its letter; – where nothing is known."""
    return {
        f"v{place}-{value.pk}": letter
        for value, letter in zip(values, letters, strict=True)
        if letter != "-"
    }


def shown(browser: Browser, firm: Planned, query: Any) -> Any:
    browser.force_login(firm.manager)
    address = query if isinstance(query, str) else urlencode(query)
    answer = browser.get(f"{PAGE}?{address}")
    assert answer.status_code == 200
    return answer


def words(answer: Any) -> str:
    text = unescape(answer.content.decode())
    return re.sub(r"\s+", " ", re.sub(r"<[^>]*>", " ", text))


def expected(answer: Any, place: int = 1) -> Expected:
    return answer.context["form"].places[place - 1].expected  # type: ignore[no-any-return]  # -- of a test's context


# --- the status ------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("letters", "word", "why"),
    [
        ("sss", "virtuous", "the values are seen there, judged on the charter alone"),
        ("ss-", "virtuous", "the values are seen there, judged on the charter alone"),
        ("ssc", "on_the_way", ("some values are not seen yet, accepted only with an open path, "
                              "judged on the charter alone")),
        ("ssn", "on_the_way", ("some values are not seen yet, accepted only with an open path, "
                              "judged on the charter alone")),
        ("snn", "at_risk", "too few of the values are seen"),
        ("rss", "at_risk", "a red line is crossed"),
        ("s--", "too_early", "fewer than half of the values are known"),
    ],
)  # fmt: skip
def test_the_status_follows_from_what_is_known(
    firm: Planned, browser: Browser, values: list[CharterValue], letters: str, word: str, why: str
) -> None:
    answer = shown(browser, firm, DAYS | codes(values, letters))
    assert expected(answer) == Expected(word, why)
    [brought] = answer.context["scenario"].brings
    assert (brought.status, brought.why) == (word, why)
    assert f"{expected(answer).word}: {why}." in words(answer)


def test_it_is_the_rule_of_the_firm_whatever_is_known(
    firm: Planned, world: World, values: list[CharterValue]
) -> None:
    """Every answer to three values, under two rules: what the rule of current clients says."""
    for rule in (Rule(), Rule(virtuous_from=60, at_risk_under=30)):
        contact = FirstContact(values, {}, {}, rule)
        for letters in product("sncr-", repeat=3):
            said = [letter for letter in letters if letter != "-"]
            known = Known(
                values=3, judged=len(said), seen=said.count("s"), red_line="r" in said, asked=True
            )
            told = {
                value.pk: one for value, one in zip(values, letters, strict=True) if one != "-"
            }
            assert contact.expected(told).status == status(known, rule)[0]


def test_it_is_the_rule_in_force(
    firm: Planned, browser: Browser, values: list[CharterValue]
) -> None:
    aim(firm.manager, 70)
    StatusRule.objects.update(virtuous_from=60)
    answer = shown(browser, firm, DAYS | codes(values, "ssn"))
    assert expected(answer).status == "virtuous"


def test_a_status_that_is_chosen_goes_before(
    firm: Planned, browser: Browser, values: list[CharterValue]
) -> None:
    answer = shown(browser, firm, DAYS | codes(values, "sss") | {"status1": "at_risk"})
    assert expected(answer) == Expected("at_risk")


def test_nothing_described_is_as_before(
    firm: Planned, browser: Browser, values: list[CharterValue]
) -> None:
    answer = shown(browser, firm, {})
    assert answer.context["scenario"].is_empty
    assert expected(answer) == Expected("")
    refused = shown(browser, firm, DAYS)
    assert set(refused.context["form"].errors) == {"status1"}


# --- prospects -------------------------------------------------------------------------------


def test_the_last_screening_fills_it(
    firm: Planned, world: World, browser: Browser, values: list[CharterValue]
) -> None:
    row = chartered.screened(world.manager, "ccn")
    screening.screen(
        prospect=row, charter=Charter.objects.get(), by=world.manager, now=chartered.NOW,
        found=[screening.Finding(value, "seen", "Vu.") for value in values],
    )  # fmt: skip
    answer = shown(browser, firm, DAYS | {"prospect1": row.pk})
    [place, _other] = answer.context["form"].places
    assert [field.value() for field in place.values] == ["s", "s", "s"]
    assert expected(answer).status == "virtuous"
    assert "Virtuous: the values are seen there" in words(answer)


def test_what_was_not_seen_yet_is_not_known_and_both_rules_agree_on_too_early(
    firm: Planned, world: World, browser: Browser, values: list[CharterValue]
) -> None:
    for number, letters in enumerate(product("snc", repeat=3)):
        row = chartered.screened(world.manager, "".join(letters), name=f"Prospect {number}")
        told = first_contact()
        found = told.screened.get(str(row.pk), {})
        assert list(found.values()) == [one for one in letters if one != "n"]
        late = told.expected(found).status if found else row.result
        assert (late == "too_early") == (2 * len(found) < 3)
        assert row.result != "too_early" or late == "too_early"


def test_a_red_line_of_a_screening_is_one_here(
    firm: Planned, world: World, browser: Browser, values: list[CharterValue]
) -> None:
    row = chartered.screened(world.manager, "css", red=True)
    answer = shown(browser, firm, DAYS | {"prospect1": row.pk})
    assert expected(answer) == Expected("at_risk", "a red line is crossed")
    CharterValue.objects.filter(pk=values[0].pk).update(red_line_fr="", red_line_en="")
    answer = shown(browser, firm, DAYS | {"prospect1": row.pk})
    assert answer.context["form"].places[0].values[0].value() == "c"


def test_a_screening_on_an_older_charter_is_read_under_the_names_of_today(
    firm: Planned, world: World, browser: Browser, values: list[CharterValue]
) -> None:
    row = chartered.screened(world.manager, "scs")
    newer = chartered.writing_now(world.referent)
    kept = charters.chosen(newer)
    CharterValue.objects.filter(pk=kept[1].pk).update(
        name_fr="Autre chose", name_en="Something else"
    )
    charters.publish(charter=newer, by=world.referent, now=chartered.NOW)
    found = first_contact().screened[str(row.pk)]
    assert found == {kept[0].pk: "s"}
    CharterValue.objects.filter(pk=kept[0].pk).update(name_fr="x", name_en="y")
    assert first_contact().screened == {}
    answer = shown(browser, firm, DAYS | {"prospect1": row.pk})
    assert expected(answer) == Expected(row.result)


def test_another_prospect_takes_the_values_of_the_first_away(
    firm: Planned, world: World, values: list[CharterValue]
) -> None:
    good = str(chartered.screened(world.manager, "sss").pk)
    bad = str(chartered.screened(world.manager, "ccs", name="Autre").pk)
    unseen = str(chartered.met(world.manager, name="Inconnu").pk)
    contact = first_contact()

    def after(query: dict[str, str]) -> list[str]:
        data = QueryDict(urlencode(query)).copy()
        fill(data, contact)
        return [data.get(f"v1-{value.pk}", "") for value in values]

    typed = codes(values, "nn-")
    assert after({"prospect1": good, "of1": good} | typed) == ["n", "n", ""]
    assert after({"prospect1": good} | typed) == ["n", "n", ""]
    assert after({"prospect1": bad, "of1": good} | typed) == ["c", "c", "s"]
    assert after({"prospect1": unseen, "of1": good} | typed) == ["", "", ""]
    assert after({"prospect1": "", "of1": good} | typed) == ["", "", ""]
    # What was typed before a name was chosen stays where no screening says otherwise.
    assert after({"prospect1": unseen, "of1": ""} | typed) == ["n", "n", ""]
    assert after({"prospect1": good, "of1": good}) == ["s", "s", "s"]


# --- the link --------------------------------------------------------------------------------


def test_the_link_says_what_the_screening_does_not_and_comes_back_the_same(
    firm: Planned, world: World, browser: Browser, values: list[CharterValue]
) -> None:
    row = chartered.screened(world.manager, "ssc")
    same = shown(browser, firm, DAYS | {"prospect1": row.pk} | codes(values, "ssc"))
    assert dict(parse_qsl(same.context["form"].address)) == DAYS | {"prospect1": str(row.pk)}
    other = DAYS | {"prospect1": str(row.pk)} | codes(values, "ss-")
    address = shown(browser, firm, other).context["form"].address
    assert dict(parse_qsl(address)) == other
    again = shown(browser, firm, address)
    assert again.context["scenario"] == shown(browser, firm, other).context["scenario"]


def test_two_whole_descriptions_make_a_short_link(
    firm: Planned, world: World, browser: Browser
) -> None:
    row = chartered.choosing_now(world.referent, starters=tuple(choosing.BANK)[:7], places=7)
    choosing.count_due(now=chartered.NOW + timedelta(weeks=2))
    row.refresh_from_db()
    values = charters.chosen(charters.publish(charter=row, by=world.referent, now=chartered.NOW))
    sent = {f"{name[:-1]}{n}": word for n in (1, 2) for name, word in DAYS.items()}
    sent |= codes(values, "snccsns") | codes(values, "nnsssns", place=2)
    answer = shown(browser, firm, sent)
    assert len(answer.context["scenario"].brings) == 2
    assert len(answer.context["form"].address) < 300


def test_a_file_says_why(firm: Planned, browser: Browser, values: list[CharterValue]) -> None:
    browser.force_login(firm.manager)
    query = DAYS | codes(values, "ssn") | {"format": "csv"}
    answer = browser.get(reverse("dashboards:portfolio_export"), query)
    rows = csv.DictReader(io.StringIO(answer.content.decode("utf-8-sig")))
    [crossed] = [line for line in rows if line["Kind"] == "Client and profile"]
    assert crossed["Status"].startswith("On the way: some values are not seen yet")


def test_it_is_all_in_french_too(
    firm: Planned, browser: Browser, values: list[CharterValue]
) -> None:
    User.objects.update(language="fr")
    said = words(shown(browser, firm, DAYS | codes(values, "ssn")))
    assert "En chemin : des valeurs n’y sont pas encore vues" in said.replace("\xa0", " ")
    assert "accepté seulement avec un chemin ouvert" in said


# --- bad input -------------------------------------------------------------------------------


@pytest.mark.parametrize("word", ["S", "seen", "\x00", "ss", "5"])
def test_bad_input_a_word_that_is_none_stands_beside_its_value(
    firm: Planned, browser: Browser, values: list[CharterValue], word: str
) -> None:
    name = f"v1-{values[1].pk}"
    answer = shown(browser, firm, DAYS | codes(values, "sss") | {name: word})
    assert set(answer.context["form"].errors) >= {name}
    assert answer.context["scenario"].is_empty
    assert answer.context["form"][f"v1-{values[0].pk}"].value() == "s"


def test_bad_input_a_line_that_a_value_does_not_draw(
    firm: Planned, browser: Browser, values: list[CharterValue]
) -> None:
    CharterValue.objects.filter(pk=values[0].pk).update(red_line_fr="", red_line_en="")
    answer = shown(browser, firm, DAYS | codes(values, "rss"))
    assert set(answer.context["form"].errors) == {f"v1-{values[0].pk}"}


@pytest.mark.parametrize("name", ["v1-999999", "v3-1", "v9-999999999"])
def test_bad_input_a_value_that_is_not_in_force_is_said(
    firm: Planned, browser: Browser, values: list[CharterValue], name: str
) -> None:
    answer = shown(browser, firm, DAYS | codes(values, "sss") | {name: "s"})
    assert "A value of this address is not in the charter in force" in words(answer)


def test_without_a_charter_there_is_nothing_to_describe(
    firm: Planned, world: World, browser: Browser
) -> None:
    answer = shown(browser, firm, DAYS | {"status1": "virtuous"})
    assert "Value by value" not in words(answer)
    assert not Prospect.objects.exists()


def test_values_stand_in_the_language_of_the_reader(
    firm: Planned, values: list[CharterValue]
) -> None:
    with translation.override("en"):
        told = first_contact().expected({value.pk: "n" for value in values})
    assert told == Expected("at_risk", "too few of the values are seen")
