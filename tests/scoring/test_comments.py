"""Comments of a release: each in one place, from enough authors, and never again elsewhere."""

from collections import defaultdict

import pytest
from hypothesis import given
from hypothesis import strategies as st

from accounts.models import FirmSettings, User
from core import sealing
from scoring import comments, release
from scoring.comments import FIRM, Comments, settle
from scoring.models import Release, ReleasedCell, ReleasedComment
from scoring.publication import published_comments
from surveys.comments import Offered, sealed
from surveys.models.answers import CheckIn
from tests import make
from tests.dashboards.published import figures_out
from tests.simulated import Simulated
from tests.simulated import firm as simulated

pytestmark = pytest.mark.django_db
NEED = 10


def write(row: CheckIn, text: str, *, shown: bool = True) -> None:
    row.comment = sealed(text, row)
    row.comment_shown = shown
    row.save()


def everybody_writes(made: Simulated, *, but: set[int] | None = None) -> None:
    """A comment with every check-in; those of ``but`` (people) are not ticked."""
    for row in CheckIn.objects.order_by("pk"):
        write(row, f"Mot {row.pk}.", shown=row.person_id not in (but or set()))


@pytest.fixture
def made() -> Simulated:
    return simulated(people=40, clients=3, periods=1, rounds=2)


@pytest.fixture
def manager() -> User:
    return make.person(is_consultant=False, is_manager=True)


def places() -> dict[tuple[str, str], list[int]]:
    found: dict[tuple[str, str], list[int]] = defaultdict(list)
    for kind, ref, pk in ReleasedComment.objects.order_by("place").values_list(
        "kind", "ref", "check_in_id"
    ):
        found[kind, ref].append(pk)
    return dict(found)


def authors(check_ins: list[int]) -> set[int]:
    return set(CheckIn.objects.filter(pk__in=check_ins).values_list("person_id", flat=True))


def test_a_release_shows_each_comment_in_one_place(made: Simulated, manager: User) -> None:
    everybody_writes(made)
    figures_out(made)
    found = places()
    kinds = {kind for kind, _ref in found}
    assert "client" in kinds
    assert all(len(authors(some)) >= NEED for some in found.values())
    everywhere = [pk for some in found.values() for pk in some]
    assert len(everywhere) == len(set(everywhere))
    shown = published_comments(viewer=manager, period=made.periods[0].pk, place=next(iter(found)))
    assert set(shown.texts) == {f"Mot {pk}." for pk in next(iter(found.values()))}
    assert not shown.withheld


def test_the_order_is_drawn_at_random_and_stays(made: Simulated, manager: User) -> None:
    everybody_writes(made)
    figures_out(made)
    place, order = max(places().items(), key=lambda one: len(one[1]))
    assert len(order) > 20
    assert order != sorted(order)
    period = made.periods[0].pk
    first = published_comments(viewer=manager, period=period, place=place)
    assert first.texts == tuple(f"Mot {pk}." for pk in order)
    assert published_comments(viewer=manager, period=period, place=place) == first


def test_what_is_not_ticked_is_shown_nowhere(made: Simulated) -> None:
    quiet = {person.pk for person in made.people[::3]}
    everybody_writes(made, but=quiet)
    figures_out(made)
    shown = {pk for some in places().values() for pk in some}
    assert shown
    assert not authors(list(shown)) & quiet


def test_too_few_authors_are_withheld(made: Simulated, manager: User) -> None:
    writing = {person.pk for person in made.people[: NEED - 1]}
    everybody_writes(made, but={person.pk for person in made.people} - writing)
    figures_out(made)
    assert places() == {}
    assert published_comments(viewer=manager, period=made.periods[0].pk, place=FIRM) == Comments(
        NEED
    )


def test_a_client_whose_figure_is_withheld_shows_none(made: Simulated) -> None:
    everybody_writes(made)
    figures_out(made)
    hidden = ReleasedCell.objects.filter(dimension="overall", withheld=True)
    assert not set(places()) & set(hidden.values_list("kind", "ref"))


def test_a_release_that_is_withheld_or_withdrawn_shows_none(
    made: Simulated, manager: User
) -> None:
    everybody_writes(made)
    figures_out(made)
    place = next(iter(places()))
    period = made.periods[0]
    assert release.withdraw(period=period.starts_on, reason="test", now=made.after)
    assert published_comments(viewer=manager, period=period.pk, place=place).withheld
    Release.objects.update(state=Release.State.WITHHELD)
    assert published_comments(viewer=manager, period=period.pk, place=place).withheld


def test_who_reads_them(made: Simulated) -> None:
    everybody_writes(made)
    figures_out(made)
    place, period = next(iter(places())), made.periods[0].pk
    referent = make.person(is_consultant=False, is_referent=True)
    assert published_comments(viewer=referent, period=period, place=place).texts
    for person in (
        made.people[0],
        make.person(is_consultant=False, is_administrator=True),
        make.person(is_consultant=True),
    ):
        assert published_comments(viewer=person, period=period, place=place) == Comments(NEED)


def test_erasing_takes_a_comment_away_and_too_few_take_the_rest(
    made: Simulated, manager: User
) -> None:
    everybody_writes(made)
    figures_out(made)
    place, order = max(places().items(), key=lambda one: len(one[1]))
    period = made.periods[0].pk
    gone = order[0]
    CheckIn.objects.get(pk=gone).delete()
    left = published_comments(viewer=manager, period=period, place=place)
    assert f"Mot {gone}." not in left.texts
    assert len(left.texts) == len(order) - 1
    stay = sorted(authors(order[1:]))[: NEED - 1]
    CheckIn.objects.filter(pk__in=order).exclude(person__in=stay).update(
        comment=None, comment_shown=False
    )
    assert published_comments(viewer=manager, period=period, place=place) == Comments(NEED)


def test_a_higher_threshold_asks_for_more_authors(made: Simulated, manager: User) -> None:
    everybody_writes(made)
    figures_out(made)
    place, order = max(places().items(), key=lambda one: len(one[1]))
    many = len(authors(order))
    FirmSettings.objects.update(anonymity_threshold=many + 1)
    found = published_comments(viewer=manager, period=made.periods[0].pk, place=place)
    assert found == Comments(many + 1)


def test_a_missing_key_is_said_and_shows_nothing_of_it(
    made: Simulated, manager: User, settings: object, tmp_path: object
) -> None:
    everybody_writes(made)
    figures_out(made)
    place, period = next(iter(places())), made.periods[0].pk
    settings.COMMENT_KEYS = str(tmp_path / "none.json")  # type: ignore[attr-defined, operator]  # -- pytest's own
    found = published_comments(viewer=manager, period=period, place=place)
    assert (found.closed, found.texts, found.withheld) == (True, (), False)
    assert not sealing.is_ready()


def test_a_release_holds_no_word(made: Simulated) -> None:
    everybody_writes(made)
    figures_out(made)
    held = repr(list(ReleasedComment.objects.values())) + repr(list(Release.objects.values()))
    assert "Mot" not in held


def test_it_is_frozen_with_the_release_and_once(made: Simulated) -> None:
    everybody_writes(made)
    figures_out(made)
    before = places()
    figures_out(made)
    assert places() == before


OFFERED = st.lists(
    st.builds(
        Offered,
        check_in=st.integers(0, 10_000),
        author=st.integers(0, 30),
        client=st.sampled_from("ABCD"),
        profile=st.sampled_from("PQ"),
    ),
    max_size=80,
    unique_by=lambda one: one.check_in,
)
PLACES = [*(("client", ref) for ref in "ABCD"), ("profile", "P"), ("profile", "Q"), FIRM]


@given(OFFERED, st.sets(st.sampled_from(PLACES)))
def test_settling_leaves_nobody_among_few(
    offered: list[Offered], allowed: set[tuple[str, str]]
) -> None:
    """Whatever was written: one place each, enough authors in each, nothing in other places."""
    chosen = settle(offered, allowed, NEED)
    by_pk = {one.check_in: one for one in offered}
    everywhere = [pk for some in chosen.values() for pk in some]
    assert len(everywhere) == len(set(everywhere))
    for (kind, ref), some in chosen.items():
        assert (kind, ref) in allowed
        assert len({by_pk[pk].author for pk in some}) >= NEED
        if kind != "firm":
            assert {getattr(by_pk[pk], kind) for pk in some} == {ref}


def test_nothing_offered_freezes_nothing(made: Simulated) -> None:
    figures_out(made)
    assert comments.ReleasedComment.objects.count() == 0
