"""``manage.py doctor``: what is wrong with this installation, one line a question."""

import stat
from collections.abc import Callable
from datetime import timedelta
from typing import Any
from urllib.parse import urlsplit

from celery import current_app
from django.conf import settings
from django.core.cache import cache
from django.core.management.base import BaseCommand, CommandError
from django.db import DatabaseError, connection
from django.db.migrations.executor import MigrationExecutor
from django.utils import timezone

from accounts.models import FirmSettings, User
from core import sealing
from core.models import HEARTBEAT, JobRun
from operations import dns
from surveys.keys import health

# Beyond this, the embedded database and broker are no longer the right home.
EMBEDDED_PEOPLE = 300
SILENCE = timedelta(seconds=60)
LOOPBACK = (None, "localhost", "127.0.0.1", "::1")


class Trouble(Exception):  # noqa: N818 -- what a question found, not a fault of the code
    """A finding with its cure."""


class Command(BaseCommand):
    """Exit code 1 when anything wants a look."""

    help = "Look at the database, the broker, the worker, mail and the firm's settings."
    requires_system_checks: list[str] = []  # noqa: RUF012 -- Django's own declaration

    def handle(self, *args: Any, **options: Any) -> None:
        sound = [self._ask(name, question) for name, question in QUESTIONS.items()]
        if not all(sound):
            raise CommandError("Some lines above want a look.")

    def _ask(self, name: str, question: Callable[[], str]) -> bool:
        try:
            self.stdout.write(f"ok    {name}: {question()}")
        except Trouble as trouble:
            self.stdout.write(f"LOOK  {name}: {trouble}")
            return False
        return True


def database() -> str:
    try:
        executor = MigrationExecutor(connection)
    except DatabaseError as error:
        raise Trouble(f"cannot be reached ({type(error).__name__}): check DATABASE_URL") from error
    if executor.migration_plan(executor.loader.graph.leaf_nodes()):
        raise Trouble("some migrations are not applied: manage.py migrate")
    return f"{connection.vendor}, migrations applied"


def cache_store() -> str:
    try:
        cache.set("doctor", "1", 10)
        found = cache.get("doctor")
    except Exception as error:
        raise Trouble(f"does not answer ({type(error).__name__}): check REDIS_URL") from error
    if found != "1":
        raise Trouble("keeps nothing: rate limits would not hold; manage.py createcachetable")
    return "keeps what it is given"


def broker() -> str:
    try:
        with current_app.connection_for_write() as link:
            link.ensure_connection(max_retries=1, timeout=3)
    except Exception as error:
        raise Trouble(f"cannot be reached ({type(error).__name__}): check REDIS_URL") from error
    return str(settings.CELERY_BROKER_URL).split(":")[0]


def worker() -> str:
    now = timezone.now()
    if not JobRun.alive(now - SILENCE):
        last = JobRun.objects.filter(name=HEARTBEAT).first()
        since = f"since {last.finished_at:%Y-%m-%d %H:%M} UTC" if last else "ever"
        raise Trouble(f"no sign of life {since}: start the worker and its beat")
    return "works"


def jobs() -> str:
    failed = JobRun.objects.filter(state=JobRun.State.FAILED)
    recent = failed.filter(started_at__gte=timezone.now() - timedelta(days=7)).count()
    if recent:
        raise Trouble(f"{recent} failed in the last 7 days: see the page of jobs")
    return "none failed in the last 7 days"


def size() -> str:
    people = User.objects.count()
    if connection.vendor == "sqlite" and people > EMBEDDED_PEOPLE:
        raise Trouble(f"{people} people on the embedded database: move to PostgreSQL and Redis")
    return f"{people} people"


def mail() -> str:
    backend = settings.EMAIL_BACKEND.rsplit(".", 2)[-2]
    if settings.REAL and backend != "smtp":
        raise Trouble("no mail leaves: set EMAIL_URL to your SMTP relay")
    if settings.REAL and urlsplit(settings.SITE_URL).hostname in LOOPBACK:
        raise Trouble(f"links in mails lead to {settings.SITE_URL}: set SITE_URL")
    return backend


def comment_keys() -> str:
    try:
        current = sealing.ring().current
    except sealing.SealingError as error:
        raise Trouble(f"{error}; until then the form has no box for a comment") from error
    mode = stat.S_IMODE(sealing.path().stat().st_mode)
    if mode & 0o077:
        raise Trouble(f"{sealing.path()} can be read by others: chmod 600")
    found = health()
    if found.closed:
        raise Trouble(f"{found.closed} of {found.texts} sealed texts do not open: put keys back")
    return f"key {current}, {found.texts} sealed texts open"


def sender() -> str:
    """What receivers look up before they take a mail: only where mails really leave."""
    if not settings.EMAIL_BACKEND.endswith("smtp.EmailBackend"):
        return "not looked at: no mail leaves"
    domain = dns.domain_of(settings.DEFAULT_FROM_EMAIL)
    if "." not in domain:
        raise Trouble(f"{settings.DEFAULT_FROM_EMAIL} is nobody's address: set DEFAULT_FROM_EMAIL")
    try:
        found = dns.faults(domain, settings.DKIM_SELECTOR)
    except dns.UnreachableError as error:
        raise Trouble(f"no name server answers ({error}): {domain} was not looked at") from error
    if found:
        raise Trouble(f"{domain}: {'; '.join(found)}")
    return f"{domain}: SPF, DKIM and DMARC are published"


def unsubscribing() -> str:
    """Large mailboxes ask for one-click unsubscribing over HTTPS (RFC 8058)."""
    if settings.REAL and urlsplit(settings.SITE_URL).scheme != "https":
        raise Trouble(f"SITE_URL is {settings.SITE_URL}: one-click unsubscribing needs https")
    return "List-Unsubscribe and List-Unsubscribe-Post in every mail"


def consultation() -> str:
    firm = FirmSettings.current()
    if firm.consulted_on is None:
        raise Trouble("no date of the staff council's consultation: no round will open")
    if firm.first_round_on is None:
        raise Trouble("no first day of the first round: no round will be made")
    return f"consulted on {firm.consulted_on}"


QUESTIONS: dict[str, Callable[[], str]] = {
    "database": database,
    "cache": cache_store,
    "broker": broker,
    "worker": worker,
    "jobs": jobs,
    "size": size,
    "mail": mail,
    "sender": sender,
    "unsubscribing": unsubscribing,
    "comment keys": comment_keys,
    "staff council": consultation,
}
