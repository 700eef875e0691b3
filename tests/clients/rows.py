"""Rights on the staffing pages of clients."""

from tests.matrix import Row
from tests.world import World

STAFFING = {"manager": 200, "other_manager": 200, "referent": 200, "administrator": 200}
# Consultants do not see it (404), referents and other managers may only look (403).
LEADERS = {"manager": 200, "other_manager": 403, "referent": 403, "administrator": 200}
MAKERS = {"manager": 200, "other_manager": 200, "administrator": 200}


def client(world: World) -> dict[str, int]:
    return {"pk": world.client.pk}


ROWS = [
    Row("clients:client_list", 403, **STAFFING),
    Row("clients:client_create", 403, **MAKERS),
    Row("clients:client_create", 403, method="post", **MAKERS),
    Row("clients:client_edit", 404, client, **LEADERS),
    Row("clients:client_edit", 404, client, method="post", **LEADERS),
    Row("clients:client_end", 404, client, **LEADERS),
    Row("clients:client_end", 404, client, method="post", **LEADERS),
    Row("clients:client_reopen", 405, client, anonymous=405),
    Row(
        "clients:client_reopen", 404, client, method="post",
        manager=302, other_manager=403, referent=403, administrator=302,
    ),
    Row("clients:client_history", 404, client, **STAFFING),
]  # fmt: skip
