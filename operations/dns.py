"""What the sender's domain says about its mails: SPF, DKIM and DMARC, as receivers read them."""

from collections.abc import Callable
from email.utils import parseaddr

from dns.exception import DNSException
from dns.resolver import NXDOMAIN, NoAnswer, Resolver

LIFETIME = 5.0
Texts = Callable[[str], list[str]]


class UnreachableError(Exception):
    """No name server answers: nothing can be said."""


def texts_of(name: str) -> list[str]:
    """TXT records of a name; none where there is no such name."""
    try:
        answers = Resolver().resolve(name, "TXT", lifetime=LIFETIME)
    except (NXDOMAIN, NoAnswer):
        return []
    except DNSException as error:
        raise UnreachableError(type(error).__name__) from error
    return [b"".join(row.strings).decode("utf-8", "replace") for row in answers]


def domain_of(sender: str) -> str:
    """The domain of the sender's address.

    >>> domain_of("Symétrie <symetrie@mail.example.org>")
    'mail.example.org'
    """
    return parseaddr(sender)[1].rpartition("@")[2].lower()


def faults(domain: str, selector: str, texts: Texts = texts_of) -> list[str]:
    """What a receiver would hold against mails of this domain, each with its cure."""
    found = [_spf(texts(domain)), _dkim(domain, selector, texts), _dmarc(domain, texts)]
    return [one for one in found if one]


def _spf(records: list[str]) -> str:
    own = [one for one in records if one.lower().split(" ")[0] == "v=spf1"]
    if not own:
        return "no SPF record: publish TXT “v=spf1 include:YOUR-RELAY -all”"
    if len(own) > 1:
        return "several SPF records, which count as none: keep one"
    last = own[0].lower().split()[-1]
    if last in {"+all", "all"}:
        return "SPF lets anybody send (+all): end it with -all or ~all"
    if not last.endswith("all") and "redirect=" not in own[0].lower():
        return "SPF does not end with -all or ~all: others may send"
    return ""


def _dkim(domain: str, selector: str, texts: Texts) -> str:
    if not selector:
        return "DKIM was not looked at: set DKIM_SELECTOR to the selector of your relay"
    records = texts(f"{selector}._domainkey.{domain}")
    keys = [_tags(one).get("p") for one in records]
    if not any(keys):
        return f"no DKIM key at {selector}._domainkey.{domain}: publish the one of your relay"
    return ""


def _dmarc(domain: str, texts: Texts) -> str:
    """The domain's own policy, or that of a domain above it."""
    parts = domain.split(".")
    for place in range(len(parts) - 1):
        name = ".".join(parts[place:])
        own = [one for one in texts(f"_dmarc.{name}") if _tags(one).get("v") == "DMARC1"]
        if own:
            if _tags(own[0]).get("p") in {"none", "quarantine", "reject"}:
                return ""
            return f"DMARC of {name} names no policy: add p=none, quarantine or reject"
    return f"no DMARC record: publish TXT “v=DMARC1; p=quarantine” at _dmarc.{domain}"


def _tags(record: str) -> dict[str, str]:
    """``v=DMARC1; p=none`` as a mapping."""
    pairs = (part.partition("=") for part in record.split(";"))
    return {name.strip().lower(): value.strip() for name, _equals, value in pairs}
