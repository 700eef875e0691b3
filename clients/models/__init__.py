"""For whom: clients, and the values on which the firm works with them."""

from clients.models.charter import (
    LEAST_PLACES,
    MOST_VALUES,
    Acknowledgement,
    Charter,
    CharterLink,
    CharterValue,
    Mark,
    Objection,
)
from clients.models.paths import Path, PathQuerySet, PathRequest
from clients.models.portfolio import Client, ClientQuerySet, Contact, ContactQuerySet
from clients.models.prospects import (
    CharterException,
    CharterExceptionQuerySet,
    ExceptionLook,
    Prospect,
    Result,
    Screening,
    Seen,
)
from clients.models.revenue import ClientRevenue, month_text
from clients.models.sheets import ClientSheet, SheetLine
from clients.models.stances import SectorWish, Stance, Wish

__all__ = [
    "LEAST_PLACES",
    "MOST_VALUES",
    "Acknowledgement",
    "Charter",
    "CharterException",
    "CharterExceptionQuerySet",
    "CharterLink",
    "CharterValue",
    "Client",
    "ClientQuerySet",
    "ClientRevenue",
    "ClientSheet",
    "Contact",
    "ContactQuerySet",
    "ExceptionLook",
    "Mark",
    "Objection",
    "Path",
    "PathQuerySet",
    "PathRequest",
    "Prospect",
    "Result",
    "Screening",
    "SectorWish",
    "Seen",
    "SheetLine",
    "Stance",
    "Wish",
    "month_text",
]
