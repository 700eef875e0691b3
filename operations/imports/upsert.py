"""Comparing a file's lines with the stored rows, then writing the difference in batches.

A plan is made whole before anything is written: a dry run stops there.
"""

from collections.abc import Callable, Hashable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from itertools import islice
from typing import Any

from django.utils.translation import gettext as _

from operations.imports.outcome import Desk, Line

BATCH = 500
LOOK_UP = 5_000
Row = Any  # a model instance whose class the plan holds
Table = Any  # a model class, with its manager


@dataclass(slots=True)
class Draft:
    """What a line asks for: plain values by attribute, and rows that it points to.

    A row pointed to may be made by the same file, so its id is read at the time of writing.
    """

    line: Line
    values: dict[str, Any]
    links: dict[str, Row | None] = field(default_factory=dict)


@dataclass(slots=True)
class Change:
    """A stored row with its new values, and the old ones by attribute."""

    row: Row
    before: dict[str, Any]


@dataclass(slots=True)
class Plan:
    """What an import will write. A row without id is a new one."""

    model: Table
    created: list[Row] = field(default_factory=list)
    changed: list[Change] = field(default_factory=list)
    unchanged: int = 0
    # Links whose target has no id before this plan is written.
    late: list[tuple[Row, str, Row]] = field(default_factory=list)
    # Work around the rows themselves: what is not one of their columns.
    before: list[Callable[[], None]] = field(default_factory=list)
    after: list[Callable[[], None]] = field(default_factory=list)

    def add(self, draft: Draft, row: Row, **others: Any) -> Row:
        """Lay a draft over its row, new or stored.

        ``others`` are old values of what changes beside the row's own columns.
        """
        before: dict[str, Any] = dict(others)
        for name, value in draft.values.items():
            _assign(row, name, value, before)
        for name, target in draft.links.items():
            if target is not None and target.pk is None:
                before[f"{name}_id"] = getattr(row, f"{name}_id")
                self.late.append((row, f"{name}_id", target))
            else:
                _assign(row, f"{name}_id", target and target.pk, before)
        if row.pk is None:
            self.created.append(row)
        elif before:
            self.changed.append(Change(row, before))
        else:
            self.unchanged += 1
        return row

    def write(self) -> None:
        for step in self.before:
            step()
        self.model.objects.bulk_create(self.created, batch_size=BATCH)
        touched = {id(change.row): change.row for change in self.changed}
        for row, name, target in self.late:
            setattr(row, name, target.pk)
            touched[id(row)] = row
        self._overwrite(list(touched.values()))
        for step in self.after:
            step()

    def _overwrite(self, rows: list[Row]) -> None:
        """One INSERT … ON CONFLICT UPDATE a batch: far quicker than one CASE a column."""
        names = {name for change in self.changed for name in change.before}
        names |= {name for _row, name, _target in self.late}
        fields = self.model._meta.concrete_fields  # noqa: SLF001 -- documented by Django
        update = {column.name for column in fields if column.attname in names}
        if rows and update:
            # Columns made from others are rewritten with them.
            update |= {column.name for column in fields if getattr(column, "sources", ())}
            self.model.objects.bulk_create(
                rows,
                batch_size=BATCH,
                update_conflicts=True,
                unique_fields=["pk"],
                update_fields=sorted(update),
            )


def _assign(row: Row, name: str, value: Any, before: dict[str, Any]) -> None:
    old = getattr(row, name)
    if old != value:
        before[name] = old
        setattr(row, name, value)


# --- from a line to a draft ---------------------------------------------------------------------


def present(line: Line, *columns: str) -> dict[str, Any]:
    """The values of the columns that the file has; the others leave the row as it is."""
    return {name: line.values[name] for name in columns if name in line.values}


def link(draft: Draft, column: str, known: Mapping[str, Row], desk: Desk) -> None:
    """Point to the row with this reference; an unknown reference is the line's error."""
    line = draft.line
    if column not in line.values:
        return
    ref = line[column]
    if ref is not None and ref not in known:
        desk.error(line, column, unknown_message(ref))
        return
    draft.links[column] = known[ref] if ref is not None else None


def unknown_message(ref: str) -> str:
    return _("“%(ref)s” is not known. Import it first, or correct the reference.") % {"ref": ref}


def check_order(line: Line, stored: Row | None, desk: Desk) -> None:
    """The end is not before the start, be it the file's or the one already stored."""
    first = line.values.get("starts_on", getattr(stored, "starts_on", None))
    last = line.values.get("ends_on", getattr(stored, "ends_on", None))
    if first and last and last < first:
        column = "ends_on" if "ends_on" in line.values else "starts_on"
        desk.error(line, column, _("The end (%(last)s) is before the start (%(first)s).") % {
            "first": first.isoformat(),
            "last": last.isoformat(),
        })  # fmt: skip


# --- stored rows ---------------------------------------------------------------------------


def stored_by(model: Table, field_name: str, values: Iterable[Hashable]) -> Iterator[Any]:
    """The rows whose field is one of these values, a few thousand values a query."""
    wanted = iter(dict.fromkeys(values))
    while batch := list(islice(wanted, LOOK_UP)):
        yield from model.objects.filter(**{f"{field_name}__in": batch}).order_by("pk")


def by_ref(model: Table, refs: Iterable[str]) -> dict[str, Any]:
    """Stored rows by their reference."""
    return {row.ref: row for row in stored_by(model, "ref", refs)}


def named_in(lines: Iterable[Line], model: Table) -> dict[str, Any]:
    """A row for each line's reference: the stored one, else a new one."""
    refs = [line["ref"] for line in lines if line.get("ref")]
    return {ref: model(ref=ref) for ref in refs} | by_ref(model, refs)


def known_refs(model: Table, refs: Iterable[str]) -> dict[str, int]:
    """Ids by reference, where the rows themselves are not needed."""
    return {ref: row.pk for ref, row in by_ref(model, refs).items()}
