"""Queries of a page with one client beside those with many."""

from bench.figures import Figure

PART = "pages"
OVERVIEW = "overview"
MOST_QUERIES = 10
Asked = dict[str, list[int]]  # page → queries, and those of them asked again


def compare_queries(few: Asked, many: Asked, clients: int) -> list[Figure]:
    """Queries with one client beside those with many: as many, and none twice."""
    figures = []
    for name, (count, repeated) in many.items():
        note = f"with 1 client {few[name][0]}, with {clients} clients {count}"
        figures += [
            Figure(
                PART, f"queries of the {name}", count, "",
                MOST_QUERIES if name == OVERVIEW else None, note=note,
            ),
            Figure(PART, f"queries more than with 1 client, {name}", count - few[name][0], "", 0),
            Figure(PART, f"repeated queries, {name}", max(repeated, few[name][1]), "", 0),
        ]  # fmt: skip
    return figures
