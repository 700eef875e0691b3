"""Comments that their authors let be shown: which of them a release shows, and where.

Each comment is shown in one place only. Shown at its client and again under its profile, it would
be known to come from somebody at that client on that kind of work, often one person; shown at the
client and again for the firm, what the clients do not show would be narrowed down. So: at its
client where enough authors wrote; what is left, under its profile where enough did; what is left
then, for the firm. Places are frozen at the release, in random order.
"""

import secrets
from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import dataclass

from accounts.models import FirmSettings, User
from accounts.threshold import comment_need
from scoring import perms
from scoring.models import Release, ReleasedCell, ReleasedComment, ScopeKind
from surveys import comments
from surveys.comments import Offered

Place = tuple[str, str]  # kind, ref
FIRM: Place = (ScopeKind.FIRM.value, "")
OVERALL = "overall"
BATCH = 1000


@dataclass(frozen=True, slots=True)
class Comments:
    """What a reader is shown of one place: texts in their frozen order, or that there are too few.

    ``need``: authors that it took. ``closed``: they are there, and some do not open now.
    """

    need: int
    texts: tuple[str, ...] = ()
    closed: bool = False

    @property
    def withheld(self) -> bool:
        return not self.texts and not self.closed


def freeze(release: Release) -> int:
    """Choose and freeze the places of a release's comments. How many are shown."""
    need = comment_need(FirmSettings.current().anonymity_threshold)
    shown = ReleasedCell.objects.filter(release=release, dimension=OVERALL, withheld=False)
    places = set(shown.values_list("kind", "ref"))
    chosen = settle(comments.offered_in(release.period), places, need)
    mixed = secrets.SystemRandom()
    rows = []
    for (kind, ref), some in chosen.items():
        order = list(some)
        mixed.shuffle(order)
        rows += [
            ReleasedComment(release=release, kind=kind, ref=ref, place=place, check_in_id=pk)
            for place, pk in enumerate(order)
        ]
    ReleasedComment.objects.bulk_create(rows, batch_size=BATCH)
    return len(rows)


def settle(
    offered: Sequence[Offered], places: Collection[Place], need: int
) -> dict[Place, list[int]]:
    """Check-ins by the one place where each is shown; those that no place holds are absent.

    >>> some = [Offered(n, author=n, client="A", profile="P") for n in range(3)]
    >>> settle(some, {("client", "A"), ("firm", "")}, need=3)
    {('client', 'A'): [0, 1, 2]}
    >>> settle(some, {("profile", "P"), ("firm", "")}, need=4)
    {}
    """
    chosen: dict[Place, list[int]] = {}
    left = list(offered)
    for place_of in (_client, _profile, _firm):
        grouped = _grouped(left, place_of)
        whole = {
            place: some
            for place, some in grouped.items()
            if place in places and _authors(some) >= need
        }
        chosen |= {place: [one.check_in for one in some] for place, some in whole.items()}
        left = [one for one in left if place_of(one) not in whole]
    return chosen


def _client(one: Offered) -> Place:
    return ScopeKind.CLIENT.value, one.client


def _profile(one: Offered) -> Place:
    return ScopeKind.PROFILE.value, one.profile


def _firm(one: Offered) -> Place:
    return FIRM


def _grouped(
    offered: Iterable[Offered], place_of: Callable[[Offered], Place]
) -> dict[Place, list[Offered]]:
    found: dict[Place, list[Offered]] = defaultdict(list)
    for one in offered:
        found[place_of(one)].append(one)
    return found


def _authors(offered: Iterable[Offered]) -> int:
    return len({one.author for one in offered})


# --- reading -----------------------------------------------------------------------------------


def published_comments(*, viewer: User, period: int, place: Place) -> Comments:
    """The comments of one place in a published period, for those who read all figures.

    What was erased or forgotten since is gone; where fewer authors than it takes are left, the
    rest is withdrawn with it. Nothing is ever added. Two queries and the firm's settings.
    """
    need = comment_need(FirmSettings.current().anonymity_threshold)
    if not perms.can_read_all_figures(viewer):
        return Comments(need)
    kind, ref = place
    rows = ReleasedComment.objects.filter(
        release__period=period, release__state=Release.State.PUBLISHED, kind=kind, ref=ref
    ).order_by("place")
    order = list(rows.values_list("check_in_id", flat=True))
    told = comments.told(order)
    if len({one.author for one in told.values()}) < need:
        return Comments(need)
    texts = [told[pk].text for pk in order if pk in told]
    opened = tuple(text for text in texts if text is not None)
    return Comments(need, opened, closed=len(opened) < len(texts))
