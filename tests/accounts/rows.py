"""Rights on people, units, settings and the audit log."""

from django.utils import timezone

from accounts import threshold
from accounts.models import TalkContact
from accounts.stopping import CHECK_IN, token_of
from tests.matrix import Row
from tests.world import World

ADMINISTRATOR = {"administrator": 200}
READERS = {"manager": 200, "other_manager": 200, "referent": 200, "administrator": 200}


def consultant(world: World) -> dict[str, int]:
    return {"pk": world.consultant.pk}


def unit(world: World) -> dict[str, int]:
    return {"pk": world.unit.pk}


def contact(world: World) -> dict[str, int]:
    found = TalkContact.objects.create(
        person=world.referent, title_fr="Référente", title_en="Referent"
    )
    return {"pk": found.pk}


def a_proposal(world: World) -> dict[str, int]:
    """The administrator asks for six people a figure."""
    now = timezone.now()
    row = threshold.propose(people=6, reason="Plus sûr", actor=world.administrator, now=now)
    assert row is not None
    return {"pk": row.pk}


def reset_key(world: World) -> dict[str, str]:
    return {"uidb36": "1", "key": "not-a-key"}


# Who may not see the consultant gets 404; who may see but not change, 403.
SEEN = {"consultant": 403, "manager": 403, "referent": 403}
UNIT_SEEN = {"manager": 403, "referent": 403}


def stop_link(world: World) -> dict[str, str]:
    return {"token": token_of(world.consultant, CHECK_IN)}


ROWS = [
    Row("accounts:person_list", 403, **READERS),
    Row("accounts:person_create", 403, **ADMINISTRATOR),
    Row("accounts:person_create", 403, method="post", administrator=200),
    Row("accounts:person_detail", 404, consultant, consultant=200, manager=200, referent=200,
        administrator=200),
    Row("accounts:person_edit", 404, consultant, **SEEN, administrator=200),
    Row("accounts:person_edit", 404, consultant, method="post", **SEEN, administrator=200),
    Row("accounts:person_end", 404, consultant, **SEEN, administrator=200),
    Row("accounts:person_end", 404, consultant, method="post", **SEEN, administrator=200),
    Row("accounts:unit_list", 403, **READERS),
    Row("accounts:unit_create", 403, **ADMINISTRATOR),
    Row("accounts:unit_create", 403, method="post", administrator=200),
    Row("accounts:unit_edit", 404, unit, **UNIT_SEEN, administrator=200),
    Row("accounts:unit_edit", 404, unit, method="post", **UNIT_SEEN, administrator=200),
    Row("accounts:unit_end", 404, unit, **UNIT_SEEN, administrator=200),
    Row("accounts:unit_end", 404, unit, method="post", **UNIT_SEEN, administrator=200),
    Row("accounts:settings_edit", 403, **ADMINISTRATOR),
    Row("accounts:settings_edit", 403, method="post", administrator=200),
    Row("accounts:threshold_edit", 403, referent=200, administrator=200),
    Row("accounts:threshold_edit", 403, method="post", administrator=200),
    Row("accounts:threshold_confirm", 405, a_proposal, anonymous=405),
    Row("accounts:threshold_confirm", 403, a_proposal, method="post", referent=302),
    Row("accounts:threshold_decline", 405, a_proposal, anonymous=405),
    Row("accounts:threshold_decline", 403, a_proposal, method="post", referent=302),
    Row("accounts:threshold_withdraw", 405, a_proposal, anonymous=405),
    Row("accounts:threshold_withdraw", 403, a_proposal, method="post", administrator=302),
    Row("accounts:talk_contact_list", 403, referent=200),
    Row("accounts:talk_contact_create", 403, referent=200),
    Row("accounts:talk_contact_create", 403, method="post", referent=200),
    Row("accounts:talk_contact_edit", 403, contact, referent=200),
    Row("accounts:talk_contact_edit", 403, contact, method="post", referent=200),
    Row("accounts:talk_contact_remove", 405, contact, anonymous=405),
    Row("accounts:talk_contact_remove", 403, contact, method="post", referent=302),
    # By a link in a mail, whoever is signed in.
    Row("accounts:mail_stop", 200, args=stop_link, anonymous=200),
    Row("accounts:mail_stop", 200, args=stop_link, method="post", anonymous=200),
    Row("accounts:mail_stop", 404, args=lambda world: {"token": "not-ours"}, anonymous=404),
    Row("accounts:profile_edit", 200),
    Row("accounts:profile_edit", 200, method="post"),
    Row("accounts:audit_list", 403, referent=200, administrator=200),
    Row("accounts:audit_own", 200),
    Row("accounts:who_sees_what", 200),
    Row("accounts:language_set", 405, anonymous=405),
    Row("accounts:language_set", 302, method="post"),
    Row("set_language", 405, anonymous=405),
    Row("set_language", 302, method="post"),
    Row("account_login", 302, anonymous=200),
    Row("account_login", 302, method="post", anonymous=200),
    Row("account_logout", 200),
    Row("account_logout", 302, method="post"),
    Row("account_change_password", 200),
    Row("account_change_password", 200, method="post"),
    Row("account_reset_password", 200, anonymous=200),
    Row("account_reset_password", 200, method="post", anonymous=200),
    Row("account_reset_password_done", 200, anonymous=200),
    Row("account_reset_password_from_key", 200, reset_key, anonymous=200),
    Row("account_reset_password_from_key_done", 200, anonymous=200),
]  # fmt: skip
