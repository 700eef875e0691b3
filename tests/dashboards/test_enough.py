"""« Are there enough? »: the answer for everybody, names for those who read the client."""

import gzip
import re
from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import timedelta
from html import unescape

import pytest
from django.test import Client as Browser
from django.urls import reverse
from django.utils import timezone

from accounts.models import AuditEntry, User
from balancing.models import ClientStatus, StatusPass, StatusRule
from clients.models import Charter, Client
from scoring.models import Release
from surveys.models import Period
from surveys.models.answers import CheckIn
from tests import make
from tests.balancing.portfolio import cell, kept, period_out, staffed
from tests.clients import chartered
from tests.dashboards.published import firm as firm_out

Counted = Callable[[int], AbstractContextManager[object]]
PAGE = reverse("dashboards:enough")
NOT_YET = "Pas encore"

pytestmark = pytest.mark.django_db


@pytest.fixture
def reader() -> User:
    make.firm()
    return make.person()


def text(client: Browser, person: User, address: str = PAGE) -> str:
    """The page as somebody reads it: its words on one line."""
    client.force_login(person)
    html = client.get(address).content.decode()
    body = html[html.index("<main") : html.index("</main>")]
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", body)).replace("\u00a0", " ").split())


def aim(percent: int | None, **values: int) -> StatusRule:
    number = StatusRule.objects.count() + 1
    given = {"virtuous_from": 80, "at_risk_under": 60} | values
    return StatusRule.objects.create(
        number=number, target=percent, author=make.person(is_referent=True),
        written_at=timezone.now(), **given,
    )  # fmt: skip


def split(period: Period, virtuous: int, clients: tuple[Client, ...] = ()) -> tuple[Client, ...]:
    """So many percent of days with virtuous clients, the rest at risk; three clients."""
    rows = clients or tuple(make.client() for _each in range(3))
    rest = 100 - virtuous
    kept(
        period,
        {
            rows[0]: ("virtuous", virtuous), rows[1]: ("at_risk", rest / 2),
            rows[2]: ("at_risk", rest / 2),
        },
        **{rows[1].ref: ["red_line"], rows[2].ref: ["no_path", "some_missing"]},
    )  # fmt: skip
    return rows


def test_it_answers_in_a_sentence(reader: User, client: Browser) -> None:
    split(period_out(), 35)
    said = "35 % de nos jours se passent chez un client vertueux. Aucun but n’a encore été choisi."
    assert said in text(client, reader)
    aim(50)
    page = text(client, reader)
    assert "Pas encore : 35 % de nos jours" in page
    assert "Le but choisi ensemble est de 50 %." in page
    aim(35)
    assert "Le but choisi ensemble, 35 %, est atteint." in text(client, reader)


def test_the_other_days_are_told_with_their_reasons(reader: User, client: Browser) -> None:
    split(period_out(), 36)
    page = text(client, reader)
    assert "Et les autres jours ? Il restera toujours d’autres clients, et c’est normal" in page
    assert "2 clients : une ligne rouge est franchie (1), rien n’est demandé au client (1)" in page
    assert "64 %" in page
    assert "En chemin" not in page[page.index("Et les autres") : page.index("Ce que «")]


def test_what_nobody_has_judged_is_not_called_a_share(reader: User, client: Browser) -> None:
    period = period_out()
    known, also, unknown = make.client(), make.client(), make.client()
    kept(
        period,
        {known: ("virtuous", 20), also: ("on_the_way", 10), unknown: ("too_early", 70)},
        **{unknown.ref: ["not_judged"], also.ref: ["some_missing", "path"]},
    )
    page = text(client, reader)
    assert "Trop tôt pour le dire : pour 70 % de nos jours, personne n’a encore jugé" in page
    assert NOT_YET not in page


def test_before_any_figure_it_says_when_they_come(reader: User, client: Browser) -> None:
    page = text(client, reader)
    assert "Les premiers chiffres paraissent" in page
    assert "Il n’y a pas encore de charte de valeurs" in page


def test_a_period_whose_statuses_are_not_made_yet_says_so(reader: User, client: Browser) -> None:
    period_out()
    assert "n’est pas encore établi" in text(client, reader)


def test_a_period_without_a_day_says_so(reader: User, client: Browser) -> None:
    kept(period_out(), {})
    assert "Personne n’a travaillé pour un client" in text(client, reader)


def test_a_withdrawn_period_is_told_no_more(reader: User, client: Browser) -> None:
    first, second = period_out(), period_out(1)
    rows = split(first, 20)
    split(second, 90, rows)
    Release.objects.filter(period=second).update(state="withdrawn")
    page = text(client, reader, f"{PAGE}?period={second.starts_on}")
    assert "20 % de nos jours" in page
    assert "90 %" not in page
    assert "ont été retirés" in page


def test_the_charter_and_the_rule_stand_in_words(reader: User, client: Browser) -> None:
    chartered.published(make.person(is_referent=True), places=3)
    split(period_out(), 35)
    page = text(client, reader)
    assert "au moins 3 valeurs sur 3 vues" in page.lower()
    assert "moins de 2 valeurs sur 3 vues" in page
    assert "Là où le bien-être est masqué, la charte seule décide." in page
    assert "La règle est celle du produit" in page
    row = aim(50, virtuous_from=60)
    page = text(client, reader)
    assert f"Version 1 de la règle, écrite par {row.author.full_name}" in page
    assert "Ses pourcentages comptent à partir des prochains chiffres." in page
    assert "au moins 3 valeurs sur 3 vues" in page.lower()


# --- the curve -------------------------------------------------------------------------------


def test_the_curve_comes_with_the_third_period(reader: User, client: Browser) -> None:
    rows: tuple[Client, ...] = ()
    for place, share in enumerate((24, 30)):
        rows = split(period_out(place), share, rows)
    assert "La courbe viendra avec la troisième période." in text(client, reader)
    split(period_out(2), 35, rows)
    page = text(client, reader)
    assert "De 24 à 35 % en 3 périodes" in page
    assert "But" not in page[page.index("De 24") : page.index("Voir les données")]
    aim(50)
    page = text(client, reader)
    assert "But 50 %" in page[page.index("De 24") : page.index("Voir les données")]


def test_a_period_that_is_not_known_is_a_gap(reader: User, client: Browser) -> None:
    rows = split(period_out(), 24)
    kept(period_out(1), {rows[0]: ("too_early", 10)}, **{rows[0].ref: ["not_judged"]})
    for place in (2, 3):
        split(period_out(place), 30 + place, rows)
    client.force_login(reader)
    html = client.get(PAGE).content.decode()
    # Two lone stretches: one line between the last two, twice (wide and narrow), and no other.
    assert html.count('<polyline class="ln"') == 2
    assert "pas connu" in html


def test_another_rule_cuts_the_curve(reader: User, client: Browser) -> None:
    rows: tuple[Client, ...] = ()
    for place, share in enumerate((24, 30, 50, 60)):
        rows = split(period_out(place), share, rows)
    rule = aim(None, virtuous_from=60)
    StatusPass.objects.filter(period__starts_on__gt=period_start(1)).update(rule=rule)
    page = text(client, reader)
    assert "De 50 à 60 % en 2 périodes" in page
    assert "autre règle" in page
    client.force_login(reader)
    assert client.get(PAGE).content.decode().count('<polyline class="ln"') == 4
    last = StatusPass.objects.order_by("period__starts_on").last()
    assert last is not None
    last.rule = aim(None, virtuous_from=70)
    last.save()
    assert "Jugé selon une autre règle qu’avant" in text(client, reader)


def judged_on(period: Period, charter: Charter) -> None:
    ClientStatus.objects.filter(status_pass__period=period).update(charter=charter)


def test_another_version_of_the_charter_cuts_the_curve(reader: User, client: Browser) -> None:
    by = make.person(is_referent=True)
    old, new = (chartered.published(by) for _each in range(2))
    rows: tuple[Client, ...] = ()
    for place, share in enumerate((24, 30, 50, 60)):
        period = period_out(place)
        rows = split(period, share, rows)
        judged_on(period, old if place < 2 else new)
    page = text(client, reader)
    assert "De 50 à 60 % en 2 périodes" in page
    assert "autre charte" in page
    client.force_login(reader)
    assert client.get(PAGE).content.decode().count('<polyline class="ln"') == 4
    judged_on(period, chartered.published(by))
    page = text(client, reader)
    assert "Jugé sur une autre version de la charte qu’avant" in page
    assert "sur une autre version de la charte : aucun changement n’est dit." in page
    assert "→" not in page


def period_start(place: int) -> object:
    return Period.objects.order_by("starts_on")[place].starts_on


def test_high_shares_stand_on_the_whole_scale(reader: User, client: Browser) -> None:
    rows: tuple[Client, ...] = ()
    for place, share in enumerate((70, 74, 76)):
        rows = split(period_out(place), share, rows)
    aim(75)
    client.force_login(reader)
    html = client.get(PAGE).content.decode()
    assert ">100</text>" in html
    # The words of the aim keep clear of those of the last share.
    y = {float(at) for at in re.findall(r'<text class="m" x="700" y="([\d.]+)">But', html)}
    last = {float(at) for at in re.findall(r'<text class="b" x="700[.0]*" y="([\d.]+)"', html)}
    assert len(y) == len(last) == 1
    assert abs(y.pop() - last.pop()) >= 14


# --- who is named ----------------------------------------------------------------------------


def moved() -> tuple[Period, tuple[Client, ...]]:
    """Two periods; the first client went from virtuous to at risk."""
    first, second = period_out(), period_out(1)
    rows = split(first, 40)
    kept(
        second,
        {rows[0]: ("at_risk", 40), rows[1]: ("at_risk", 30), rows[2]: ("on_the_way", 30)},
        **{rows[0].ref: ["red_line"], rows[1].ref: ["red_line"], rows[2].ref: ["some_missing"]},
    )
    return second, rows


def test_a_client_is_named_to_those_who_read_its_figure(reader: User, client: Browser) -> None:
    period, rows = moved()
    [there] = staffed(rows[0])
    cell(period, "client", rows[0].ref, 70, 60, 80)
    page = text(client, there)
    assert rows[0].name in page
    assert "70 Bon 60 à 80" in page
    assert "Vertueux → À risque Une ligne rouge est franchie" in page
    assert all(row.name not in page for row in rows[1:])
    stranger = text(client, reader)
    assert all(row.name not in stranger for row in rows)
    assert "→" not in stranger, "what became of one alone would name it"
    assert "Vertueux −1 client −40 points de nos jours" in stranger
    manager = text(client, make.person(is_manager=True))
    assert all(row.name in manager for row in rows)


def test_several_clients_fewer_are_several(reader: User, client: Browser) -> None:
    first, second = period_out(), period_out(1)
    stays, liked, *turned = [make.client() for _each in range(5)]
    now = {stays: ("at_risk", 10.0), liked: ("virtuous", 10.0)}
    kept(first, now | dict.fromkeys(turned, ("at_risk", 10.0)))
    kept(second, now | dict.fromkeys(turned, ("virtuous", 10.0)))
    page = text(client, reader)
    assert "3 clients À risque → Vertueux" in page
    assert "60 % des jours" not in page
    assert "À risque −3 clients −60 points de nos jours" in page
    assert "Vertueux +3 clients +60 points de nos jours" in page


def test_across_another_rule_no_change_is_told(reader: User, client: Browser) -> None:
    period, _rows = moved()
    StatusPass.objects.filter(period=period).update(rule=aim(50, virtuous_from=90))
    page = text(client, reader)
    assert "jugés selon une autre règle : aucun changement n’est dit." in page
    assert "→" not in page
    assert "points de nos jours" not in page


def test_an_administrator_reads_none_of_it(client: Browser) -> None:
    make.firm()
    client.force_login(make.person(is_administrator=True, is_consultant=False))
    assert client.get(PAGE).status_code == 403


def test_the_last_client_does_not_follow_from_the_rest(client: Browser) -> None:
    make.firm()
    period, rows = moved()
    [there] = staffed(rows[0])
    for row in rows[1:2]:
        make.assignment(person=there, mission=make.mission(client=row))
    page = text(client, there)
    assert "Les parts trahiraient un client dont vous ne lisez pas les chiffres." in page
    assert rows[2].name not in page
    assert "En chemin" not in page
    assert period.pk


def test_a_long_list_names_the_first(client: Browser) -> None:
    make.firm()
    first, second = period_out(), period_out(1)
    rows = [make.client() for _each in range(15)]
    kept(first, dict.fromkeys(rows, ("at_risk", 10)))
    kept(second, dict.fromkeys(rows, ("virtuous", 10)))
    page = text(client, make.person(is_manager=True))
    assert page.count("et 3 autres clients") == 2
    listed, past = reverse("dashboards:client_list"), f"?period={first.starts_on}"
    assert f'<a href="{listed}">et 3 autres clients</a>' in client.get(PAGE).content.decode()
    earlier = client.get(PAGE + past).content.decode()
    assert f'<a href="{listed}{past}">et 3 autres clients</a>' in earlier


def test_who_reads_some_clients_has_no_link_to_the_list_of_all(client: Browser) -> None:
    make.firm()
    rows = [make.client() for _each in range(15)]
    kept(period_out(), dict.fromkeys(rows, ("virtuous", 10)))
    [there] = staffed(rows[0])
    for row in rows[1:]:
        make.assignment(person=there, mission=make.mission(client=row))
    assert "et 3 autres clients" in text(client, there)
    listed = reverse("dashboards:client_list")
    assert f'href="{listed}"' not in client.get(PAGE).content.decode()
    assert client.get(listed).status_code == 403


# --- profiles --------------------------------------------------------------------------------


def test_days_by_profile_follow_published_figures(reader: User, client: Browser) -> None:
    period = period_out()
    split(period, 35)
    refs = ("LIFT", "WEAR", "SAME", "HIDDEN")
    for ref in refs:
        make.profile(ref=ref, name_fr=ref.capitalize())
    cell(period, "profile", "LIFT", 85, 80, 90)
    cell(period, "profile", "WEAR", 40, 35, 45)
    cell(period, "profile", "SAME", 65, 60, 70)
    cell(period, "profile", "HIDDEN")
    StatusPass.objects.update(profile_days=dict(zip(refs, (20, 30, 40, 10), strict=True)))
    page = text(client, reader)
    assert "nettement au-dessus de la maison (Lift) 20 %" in page
    assert "nettement en dessous de la maison (Wear) 30 %" in page
    assert "ou sans chiffre 50 %" in page
    assert "Hidden" not in page


def test_no_profile_apart_says_so(reader: User, client: Browser) -> None:
    split(period_out(), 35)
    StatusPass.objects.update(profile_days={"X": 10})
    assert "Aucun profil ne s’écarte nettement" in text(client, reader)


# --- what is being decided -------------------------------------------------------------------


def test_exceptions_refusals_and_paths_are_counted(reader: User, client: Browser) -> None:
    rows = split(period_out(), 35)
    by, long_ago = make.person(is_referent=True), timezone.now() - timedelta(weeks=20)
    chartered.excepted(rows[1], by, now=long_ago, days=10)
    chartered.asked(chartered.path_of(by, now=long_ago, client=rows[2]), by, now=long_ago)
    meeting = timezone.localdate() + timedelta(days=9)
    chartered.path_of(by, now=timezone.now(), client=rows[1], next_meeting_on=meeting)
    page = text(client, reader)
    assert "1 exception à la charte est en cours" in page
    assert "1 a dépassé son jour." in page
    assert "2 chemins sont ouverts" in page
    assert "1 n’avance plus." in page
    assert "La prochaine rencontre est le" in page
    assert "0 refus en 12 mois." in page


# --- nothing unpublished ---------------------------------------------------------------------


def test_no_unpublished_answer_changes_the_page_or_the_file(client: Browser) -> None:
    out = firm_out(people=24, clients=3, periods=2, rounds=2)
    from_here = dict.fromkeys(out.made.clients, ("virtuous", 10.0))
    for period in out.made.periods:
        kept(period, from_here)
    newest = out.made.periods[-1].starts_on
    address = reverse("dashboards:enough_export") + f"?period={newest}"
    people = (out.manager, out.referent, out.consultant)

    def everything() -> list[object]:
        told: list[object] = []
        for person in people:
            told.append(text(client, person))
            told.append(client.get(address).content)
        return told

    before = everything()
    CheckIn.objects.update(answers={"load": 0, "relation": 0, "meaning": 0})
    assert everything() == before


def test_two_withheld_clients_of_the_same_size_look_the_same(client: Browser) -> None:
    """Whatever the cause: no cell at all, or one that is withheld."""
    make.firm()
    manager = make.person(is_manager=True)
    pages = []
    period = period_out()
    rows = [make.client(ref=f"S{place}", name="Même nom") for place in range(2)]
    other = make.client(name="Autre")
    cell(period, "client", rows[0].ref)
    for row in rows:
        StatusPass.objects.all().delete()
        kept(period, {row: ("virtuous", 10), other: ("at_risk", 10)})
        pages.append(text(client, manager))
    assert pages[0] == pages[1]


# --- the file --------------------------------------------------------------------------------


def test_the_file_holds_what_its_reader_sees(client: Browser) -> None:
    period, rows = moved()
    make.firm()
    # Those whom the reader may not read have two statuses, before and now.
    before = ClientStatus.objects.exclude(status_pass__period=period)
    before.filter(client=rows[2]).update(result="on_the_way", reasons=["some_missing"])
    Client.objects.filter(pk=rows[0].pk).update(name="=cmd|' /C calc'!A0")
    [there] = staffed(rows[0])
    cell(period, "client", rows[0].ref, 70, 60, 80)
    client.force_login(there)
    answer = client.get(
        reverse("dashboards:enough_export"), {"period": period.starts_on.isoformat()}
    )
    lines = answer.content.decode("utf-8-sig").splitlines()
    named = [line for line in lines if "calc" in line]
    assert len(named) == 2
    assert all("'=cmd" in line for line in named)
    assert ",70,60,80," in named[0]
    assert all(row.name not in answer.content.decode() for row in rows[1:])
    assert any(line.startswith("Gagné ou perdu") and ",-40,-1" in line for line in lines)
    [entry] = AuditEntry.objects.filter(action="export", object_kind="figures")
    assert entry.actor == there
    xlsx = client.get(
        reverse("dashboards:enough_export"),
        {"period": period.starts_on.isoformat(), "format": "xlsx"},
    )
    assert xlsx.content[:2] == b"PK"


def test_a_file_of_what_is_not_published_does_not_exist(reader: User, client: Browser) -> None:
    client.force_login(reader)
    address = reverse("dashboards:enough_export")
    assert client.get(address).status_code == 404
    period = period_out()
    assert client.get(address, {"period": "2026-W60"}).status_code == 404
    Release.objects.update(state="withdrawn")
    assert client.get(address, {"period": period.starts_on.isoformat()}).status_code == 404


# --- the rule --------------------------------------------------------------------------------


def test_the_referent_writes_the_rule_and_may_take_it_back(client: Browser) -> None:
    make.firm()
    client.force_login(make.person(is_referent=True))
    address = reverse("dashboards:status_rule")
    typed = {"virtuous_from": "50", "at_risk_under": "60", "target": "45", "seen": "0"}
    page = client.post(address, typed).content.decode()
    assert "Pas plus que" in page
    assert 'value="45"' in page
    assert not StatusRule.objects.exists()
    assert client.post(address, typed | {"virtuous_from": "80"}).status_code == 302
    [row] = StatusRule.objects.all()
    assert (row.number, row.virtuous_from, row.at_risk_under, row.target) == (1, 80, 60, 45)
    undo = reverse("dashboards:status_rule_undo", args=[row.pk])
    assert "Reprendre cette version" in client.get(PAGE).content.decode()
    assert client.post(undo).status_code == 302
    assert not StatusRule.objects.exists()
    assert client.post(undo).status_code == 404


def test_two_referents_at_once_lose_nothing(client: Browser) -> None:
    make.firm()
    client.force_login(make.person(is_referent=True))
    aim(40)
    address = reverse("dashboards:status_rule")
    typed = {"virtuous_from": "80", "at_risk_under": "60", "target": "55", "seen": "0"}
    page = client.post(address, typed).content.decode()
    assert "Quelqu’un d’autre vient d’écrire une version" in page
    assert 'value="55"' in page
    assert 'name="seen" value="1"' in page
    assert StatusRule.objects.get().target == 40
    assert client.post(address, typed | {"seen": "1"}).status_code == 302


def test_a_version_that_figures_rest_on_stays(client: Browser) -> None:
    make.firm()
    client.force_login(make.person(is_referent=True))
    row = aim(50)
    split(period_out(), 35)
    StatusPass.objects.update(rule=row)
    assert "Reprendre cette version" not in client.get(PAGE).content.decode()
    client.post(reverse("dashboards:status_rule_undo", args=[row.pk]))
    assert StatusRule.objects.get() == row


# --- size and speed --------------------------------------------------------------------------


@pytest.mark.parametrize("clients", [1, 3])
def test_queries_do_not_grow_with_clients(
    clients: int, client: Browser, django_assert_num_queries: Counted
) -> None:
    make.firm()
    first, second = period_out(), period_out(1)
    rows = [make.client(name=f"Nom {place}") for place in range(clients)]
    kept(first, dict.fromkeys(rows, ("at_risk", 10)))
    kept(second, dict.fromkeys(rows, ("virtuous", 10)))
    for row in rows:
        cell(second, "client", row.ref, 70, 60, 80)
    client.force_login(make.person(is_manager=True, is_consultant=False))
    with django_assert_num_queries(34):
        html = client.get(PAGE).content.decode()
    assert all(row.name in html for row in rows)


def test_the_page_is_light(client: Browser) -> None:
    make.firm()
    chartered.published(make.person(is_referent=True), places=3)
    rows: tuple[Client, ...] = ()
    for place in range(8):
        rows = split(period_out(place), 24 + place, rows)
    aim(50)
    client.force_login(make.person(is_manager=True))
    html = client.get(PAGE).content
    assert len(gzip.compress(html)) <= 10_000
    assert b"plotly" not in html
