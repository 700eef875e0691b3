"""Rights on imports, exports, jobs and first steps: the administrator's alone."""

from tests.matrix import Row

ROWS = [
    Row("operations:import_page", 403, administrator=200),
    # Without a checked file there is nothing to do: back to the first page.
    Row("operations:import_confirm", 403, method="post", administrator=302),
    Row("operations:import_faulty", 403, method="post", administrator=302),
    Row(
        "operations:import_sample",
        404,
        args=lambda world: {"kind": "people"},
        administrator=200,
    ),
    Row("operations:export_page", 403, administrator=200),
    Row(
        "operations:export_table",
        404,
        args=lambda world: {"kind": "people", "file_type": "csv"},
        administrator=200,
    ),
    Row(
        "operations:export_table",
        404,
        args=lambda world: {"kind": "checkins", "file_type": "csv"},
    ),
    Row("operations:job_list", 403, administrator=200),
    Row("operations:first_steps", 403, administrator=200),
]
