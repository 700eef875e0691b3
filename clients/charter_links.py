"""Personal links: a signed token shows a client the charter, and lets them acknowledge it.

The token is the row's number with a signature made for this purpose alone. It is stored nowhere,
makes no session, and no GET uses it up.
"""

from datetime import date, datetime, timedelta

from django.core.signing import BadSignature, Signer
from django.db import IntegrityError, transaction
from django.db.models import Q
from django.utils.timezone import localdate

from accounts.audit import Act, record
from accounts.models import User
from clients.contacts import KEPT_AFTER_END
from clients.models import Acknowledgement, Charter, CharterLink

LASTS = timedelta(weeks=13)
SIGNER = Signer(salt="clients.charter-link", sep=".")


def token_of(link: CharterLink) -> str:
    """What stands in the address."""
    return SIGNER.sign(str(link.pk))


def link_of(token: str) -> CharterLink | None:
    """The link behind a token; none where a letter of it is wrong."""
    try:
        number = int(SIGNER.unsign(token))
    except (BadSignature, ValueError):
        return None
    return CharterLink.objects.select_related("client").filter(pk=number).first()


def last_day(today: date) -> date:
    """How long a new link lasts."""
    return today + LASTS


def make_link(*, link: CharterLink, by: User, now: datetime) -> CharterLink:
    """A link for one recipient."""
    link.made_by, link.made_at, link.until = by, now, last_day(localdate(now))
    with transaction.atomic():
        link.save(force_insert=True)
        record(Act("create", "charter_link", str(link.pk)), actor=by, now=now)
    return link


def end_link(*, link: CharterLink, by: User, now: datetime) -> bool:
    """It opens nothing from now on; False where it was ended before."""
    rows = CharterLink.objects.filter(pk=link.pk, ended_at__isnull=True)
    with transaction.atomic():
        if not rows.update(ended_at=now):
            return False
        record(Act("end", "charter_link", str(link.pk)), actor=by, now=now)
    return True


def acknowledge(*, link: CharterLink, charter: Charter, name: str, now: datetime) -> bool:
    """Once a version; False where it was acknowledged before, which stays as it was."""
    try:
        with transaction.atomic():
            Acknowledgement.objects.create(link=link, charter=charter, name=name, at=now)
    except IntegrityError:
        return False
    return True


def forget_ended(*, now: datetime) -> int:
    """Erase for whom a link was, and who acknowledged by it, as contacts' names go: so long after
    it opens nothing any more. The rows stay, so that what was acknowledged is still counted."""
    over = Q(until__lt=localdate(now) - KEPT_AFTER_END) | Q(ended_at__lt=now - KEPT_AFTER_END)
    rows = CharterLink.objects.filter(over)
    names = Acknowledgement.objects.filter(link__in=rows).exclude(name="").update(name="")
    return names + rows.exclude(recipient="").update(recipient="")
