"""Many rows at once, the quickest way that each database has (docs/decisions/0020).

For jobs that write a row for everybody in a large firm. Elsewhere ``bulk_create`` is the way: it
asks the fields, fills keys in and runs through the guard of a GET, and this does none of it.
"""

from collections.abc import Iterable, Sequence
from typing import Any

from django.db import connection, models


def insert_rows(
    model: type[models.Model], names: Sequence[str], rows: Iterable[Sequence[Any]]
) -> None:
    """Insert rows of plain values, in the order of these attributes, as they come.

    A value is as the database keeps it: a number, a text, None, the text of a JSON column. Each
    column but the key is to be named, since defaults are the model's and not the database's.
    """
    meta = model._meta  # noqa: SLF001 -- Django documents it for reading a model's fields
    columns = {field.attname: str(field.column) for field in meta.concrete_fields}
    quote = connection.ops.quote_name
    into = f"{quote(meta.db_table)} ({', '.join(quote(columns[name]) for name in names)})"
    with connection.cursor() as cursor, connection.wrap_database_errors:
        if connection.vendor == "postgresql":
            with cursor.copy(f"COPY {into} FROM STDIN") as copy:
                for row in rows:
                    copy.write_row(row)
        else:
            insert = f"INSERT INTO {into} VALUES ({', '.join(['%s'] * len(names))})"  # noqa: S608 -- the model's own names
            cursor.executemany(insert, rows)  # type: ignore[arg-type]  # -- rows may come one by one
