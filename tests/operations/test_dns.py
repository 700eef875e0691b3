"""What the doctor says of the sender's domain, on records as they are published."""

from collections.abc import Callable
from typing import Any
from unittest import mock

import pytest
from django.core.management import CommandError, call_command
from dns.resolver import NXDOMAIN, LifetimeTimeout

from operations import dns
from operations.management.commands import doctor

GOOD = {
    "mail.example.org": ["google-site-verification=1", "v=spf1 include:relay.example -all"],
    "relay._domainkey.mail.example.org": ["v=DKIM1; k=rsa; p=MIGf"],
    "_dmarc.example.org": ["v=DMARC1; p=quarantine; rua=mailto:dmarc@example.org"],
}


def zone(**changes: list[str]) -> Callable[[str], list[str]]:
    records = GOOD | changes
    return lambda name: records.get(name, [])


def test_all_is_published() -> None:
    assert dns.faults("mail.example.org", "relay", zone()) == []


@pytest.mark.parametrize(
    ("name", "records", "said"),
    [
        ("mail.example.org", [], "no SPF"),
        ("mail.example.org", ["v=spf1 -all", "v=spf1 ~all"], "several SPF"),
        ("mail.example.org", ["v=spf1 +all"], "anybody"),
        ("mail.example.org", ["v=spf1 a mx"], "does not end"),
        ("mail.example.org", ["v=spf10 -all"], "no SPF"),
        ("relay._domainkey.mail.example.org", [], "no DKIM"),
        ("relay._domainkey.mail.example.org", ["v=DKIM1; p="], "no DKIM"),
        ("_dmarc.example.org", [], "no DMARC"),
        ("_dmarc.example.org", ["v=DMARC1; rua=mailto:a@b.example"], "names no policy"),
        ("_dmarc.example.org", ["v=spf1 -all"], "no DMARC"),
    ],
)
def test_what_is_missing_is_said(name: str, records: list[str], said: str) -> None:
    [fault] = dns.faults("mail.example.org", "relay", zone(**{name: records}))
    assert said in fault


def test_a_redirected_policy_is_one() -> None:
    records = zone(**{"mail.example.org": ["v=spf1 redirect=_spf.example.org"]})
    assert dns.faults("mail.example.org", "relay", records) == []


def test_without_a_selector_dkim_is_not_looked_at() -> None:
    [fault] = dns.faults("mail.example.org", "", zone())
    assert "DKIM_SELECTOR" in fault


@pytest.mark.parametrize(
    ("sender", "domain"),
    [("a@Mail.Example.org", "mail.example.org"), ("X <a@b.fr>", "b.fr"), ("nobody", "nobody")],
)
def test_domain_of_the_sender(sender: str, domain: str) -> None:
    assert dns.domain_of(sender) == domain


def test_records_are_read_by_the_resolver() -> None:
    answer = [mock.Mock(strings=(b"v=spf1 ", b"-all"))]
    with mock.patch.object(dns.Resolver, "resolve", return_value=answer):
        assert dns.texts_of("example.org") == ["v=spf1 -all"]
    with mock.patch.object(dns.Resolver, "resolve", side_effect=NXDOMAIN):
        assert dns.texts_of("example.org") == []
    with (
        mock.patch.object(dns.Resolver, "resolve", side_effect=LifetimeTimeout),
        pytest.raises(dns.UnreachableError),
    ):
        dns.texts_of("example.org")


def asked(settings: Any, **changes: Any) -> str:
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.DEFAULT_FROM_EMAIL = changes.get("sender", "symetrie@mail.example.org")
    settings.DKIM_SELECTOR = "relay"
    texts = changes.get("texts", zone())
    with (
        mock.patch.object(dns, "texts_of", texts),
        mock.patch.object(dns.faults, "__defaults__", (texts,)),
    ):
        return doctor.sender()


def test_the_doctor_asks_for_the_senders_domain(settings: Any) -> None:
    assert "SPF, DKIM and DMARC" in asked(settings)
    with pytest.raises(doctor.Trouble, match="no DMARC"):
        asked(settings, texts=zone(**{"_dmarc.example.org": []}))
    with pytest.raises(doctor.Trouble, match="DEFAULT_FROM_EMAIL"):
        asked(settings, sender="symetrie@localhost")
    with pytest.raises(doctor.Trouble, match="no name server"):
        asked(settings, texts=mock.Mock(side_effect=dns.UnreachableError("Timeout")))


def test_where_no_mail_leaves_it_does_not_ask(settings: Any) -> None:
    with mock.patch.object(dns, "faults", side_effect=AssertionError):
        assert "not looked at" in doctor.sender()


def test_one_click_unsubscribing_needs_https(settings: Any) -> None:
    assert "List-Unsubscribe" in doctor.unsubscribing()
    settings.REAL, settings.SITE_URL = True, "http://symetrie.example.org"
    with pytest.raises(doctor.Trouble, match="https"):
        doctor.unsubscribing()


@pytest.mark.django_db
def test_the_command_asks_both(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(CommandError):
        call_command("doctor")
    said = capsys.readouterr().out
    assert "sender: not looked at" in said
    assert "unsubscribing: List-Unsubscribe" in said
