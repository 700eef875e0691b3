"""What a mail server says when it gives a mail back (RFC 3464): which mail, and whether for good.

Anybody can write to the sender's mailbox, so nothing here is believed: ``operations.bounces``
looks whether the mail was ours. Only its id and its status are read, never a text or an address.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from email import message_from_bytes
from email.message import Message
from email.parser import BytesHeaderParser

# Ours are of some ten kB, and a server that gives one back adds little.
LARGEST = 1_000_000
HEADERS = ("text/rfc822-headers", "message/rfc822-headers", "message/global-headers")
MAILS = ("message/rfc822", "message/global")
STATUS = re.compile(r"(?<![\d.])([245])\.(\d{1,3})\.(\d{1,3})(?![\d.])", re.ASCII)
AN_ID = re.compile(r"<[^<>\s]{1,300}>")
# What says that nobody can be reached there: no such mailbox or domain, not an address, moved
# away, a domain that takes no mail (RFC 7505), a mailbox disabled, a domain without a server (RFC
# 3463). Not all of 5.1: .7 and .8 blame our sender, which would cost everybody's address.
NOBODY_THERE = frozenset({"5.1.1", "5.1.2", "5.1.3", "5.1.6", "5.1.10", "5.2.1", "5.4.4"})


class UnreadableError(ValueError):
    """No mail at all, or a report of which nothing can be made."""


@dataclass(frozen=True, slots=True)
class Report:
    """Which mail it is about, the likeliest id first, and what became of it."""

    message_ids: tuple[str, ...]
    status: str

    @property
    def is_for_good(self) -> bool:
        """Of this mail: a server that stops trying says 4.x.x, and the address may be right.

        A delay that is still tried has no status here.
        """
        return self.status.startswith(("4", "5"))

    @property
    def blames_address(self) -> bool:
        return blames_address(self.status)


def blames_address(text: str) -> bool:
    """Is it said that nobody lives there, rather than that this mail is not wanted?

    >>> [blames_address(text) for text in ("5.1.1 no such user", "5.1.8 sender", "5.2.2 full")]
    [True, False, False]
    """
    return status_in(text) in NOBODY_THERE


def status_in(text: str) -> str:
    """The first status code in a text; empty without one.

    >>> status_in("smtp; 550 5.1.1 <a@10.5.1.1>: no such user"), status_in("550 no such user")
    ('5.1.1', '')
    """
    found = STATUS.search(text)
    return ".".join(found.groups()) if found else ""


def read(data: bytes) -> Report | None:
    """The report in a mail; None where it is another kind of mail, such as "out of office"."""
    if len(data) > LARGEST:
        raise UnreadableError(f"larger than {LARGEST // 1_000_000} MB: no mail of this product")
    try:
        return _read(data)
    except UnreadableError:
        raise
    except RecursionError as error:
        raise UnreadableError("parts within parts, too deep") from error
    except Exception as error:
        # Anybody writes there, and Python's parser raises many kinds of what it does not expect.
        raise UnreadableError(f"malformed: {type(error).__name__}") from error


def _read(data: bytes) -> Report | None:
    mail = message_from_bytes(data)
    if not mail.keys():
        raise UnreadableError("no mail: it has no headers")
    parts = _parts(mail)
    told = [part for part in parts if part.get_content_type() == "message/delivery-status"]
    if told:
        return Report(tuple(_ids(mail, parts)), _status(told[0]))
    if str(mail.get_param("report-type", "")).lower() == "delivery-status":
        raise UnreadableError("a delivery report without its status part")
    return None


def _parts(mail: Message) -> list[Message]:
    """Its own parts, and none of the mail that comes back with it."""
    if mail.get_content_type() != "multipart/report" or not mail.is_multipart():
        return []
    return [part for part in mail.get_payload() if isinstance(part, Message)]


def _status(part: Message) -> str:
    """Of the recipient: each of our mails has one. A delay that is still tried is none."""
    blocks = part.get_payload()
    for block in blocks if isinstance(blocks, list) else []:
        if isinstance(block, Message) and (status := _first_status(block)):
            return status if _is_failed(block, status) else ""
    raise UnreadableError("a delivery report that tells no status")


def _first_status(block: Message) -> str:
    told = (status_in(str(block.get(name, ""))) for name in ("Status", "Diagnostic-Code"))
    return next(filter(None, told), "")


def _is_failed(block: Message, status: str) -> bool:
    """Some servers leave the action out."""
    action = str(block.get("Action", "")).strip().lower()
    return action == "failed" or (not action and status.startswith("5"))


def _ids(mail: Message, parts: list[Message]) -> Iterator[str]:
    """Of the mail that comes back, or of the mail that this one answers."""
    for part in parts:
        yield from _ids_in(_returned(part), "Message-ID")
    for name in ("In-Reply-To", "References"):
        yield from _ids_in(mail, name)


def _ids_in(mail: Message | None, name: str) -> list[str]:
    return AN_ID.findall(str(mail.get(name, ""))[:2000]) if mail is not None else []


def _returned(part: Message) -> Message | None:
    """The mail that comes back, by its headers: its own parts would only be work, or a trap."""
    kind, payload = part.get_content_type(), part.get_payload()
    if kind not in MAILS + HEADERS:
        return None
    # Python reads some of these kinds as a mail of its own, and others as text.
    if isinstance(payload, list):
        return payload[0] if payload and isinstance(payload[0], Message) else None
    raw = part.get_payload(decode=True)
    return BytesHeaderParser().parsebytes(raw) if isinstance(raw, bytes) else None
