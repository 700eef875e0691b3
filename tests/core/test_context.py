"""What every page knows."""

import pytest
from django.test import Client as Browser
from django.utils import translation

from accounts.models import TalkContact
from tests.world import World


@pytest.mark.parametrize(("language", "title"), [("fr", "Élue au CSE"), ("en", "Council member")])
def test_words_kept_in_two_languages_are_shown_in_the_reader_s(
    language: str, title: str, world: World, browser: Browser
) -> None:
    """Were the language unknown to templates, everybody would read French."""
    reader = world.person("consultant")
    assert reader is not None
    reader.language = language
    reader.save()
    TalkContact.objects.create(person=reader, title_fr="Élue au CSE", title_en="Council member")
    browser.force_login(reader)
    with translation.override(None):
        page = browser.get("/who-sees-what/").content.decode()
    assert title in page
    assert page.count("Élue au CSE") + page.count("Council member") == 1
