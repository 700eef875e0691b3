"""Rights on imports, exports, jobs and first steps: the administrator's alone."""

from typing import Any

from tests.matrix import Row
from tests.world import World


def a_mail(world: World) -> dict[str, Any]:
    return {"key": "20261124-100000-1-0"}


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
    Row("operations:mail_list", 403, administrator=200),
    # Nobody's address has given a mail back.
    Row(
        "operations:address_trust",
        403,
        method="post",
        args=lambda world: {"pk": world.consultant.pk},
        administrator=404,
    ),
    # A real firm's mails are shown to nobody, and a test is no demo.
    Row("operations:mail_detail", 403, args=a_mail, administrator=404),
    Row("operations:mail_page", 403, args=a_mail, administrator=404),
    Row("operations:announcement", 403, administrator=200),
    Row("operations:announcement", 403, method="post", administrator=302),
]
