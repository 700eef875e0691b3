"""The administrator's pages: check, correct, confirm."""

import csv
import io
import os
from pathlib import Path
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client as Browser
from django.urls import reverse

from accounts.models import AuditEntry, OrgUnit
from operations.imports.uploads import folder, keep
from tests.world import World

GOOD = "ref,name,parent\nNEW,Atelier <b>neuf</b>,ROOT\n"
BAD = "ref,name,parent\nNEW,Neuf,ROOT\nLOST,Perdu,NOWHERE\n"


@pytest.fixture(autouse=True)
def _files(settings: Any, tmp_path: Path) -> None:
    settings.MEDIA_ROOT = tmp_path


@pytest.fixture
def page(world: World, browser: Browser) -> Browser:
    world.administrator.language = "en"
    world.administrator.save()
    browser.force_login(world.administrator)
    return browser


def check(
    page: Browser, content: str | bytes, name: str = "units.csv", kind: str = "units"
) -> Any:
    data = content.encode() if isinstance(content, str) else content
    file = SimpleUploadedFile(name, data)
    return page.post(reverse("operations:import_page"), {"kind": kind, "file": file})


def confirm(page: Browser, token: str) -> Any:
    return page.post(reverse("operations:import_confirm"), {"token": token})


def test_checked_file_is_imported_on_confirmation(page: Browser, world: World) -> None:
    answer = check(page, GOOD)
    assert not OrgUnit.objects.filter(ref="NEW").exists()
    assert "Atelier &lt;b&gt;neuf&lt;/b&gt;" in answer.content.decode()
    assert answer.context["outcome"].counts == {"created": 1, "changed": 0, "unchanged": 0}
    done = confirm(page, answer.context["token"])
    # The page offers what usually comes next.
    assert done.url == f"{reverse('operations:import_page')}?kind=people"
    assert OrgUnit.objects.get(ref="NEW").parent == world.root
    assert list(folder().iterdir()) == []
    entry = AuditEntry.objects.get(action="import")
    assert (entry.actor, entry.object_ref) == (world.administrator, "units")
    # Confirmed twice: the file is gone, and that is said.
    assert confirm(page, answer.context["token"]).status_code == 302
    assert AuditEntry.objects.filter(action="import").count() == 1


def test_errors_are_listed_and_their_lines_come_back(page: Browser) -> None:
    answer = check(page, BAD)
    body = answer.content.decode()
    assert "<title>Error" in body
    assert "Line 3, column parent" in body
    assert reverse("operations:import_confirm") not in body
    faulty = page.post(reverse("operations:import_faulty"), {"token": answer.context["token"]})
    rows = list(csv.reader(io.StringIO(faulty.content.decode("utf-8-sig"))))
    assert rows[0] == ["ref", "name", "parent", "error"]
    assert [row[:3] for row in rows[1:]] == [["LOST", "Perdu", "NOWHERE"]]
    # Confirmed all the same, nothing is written, and the errors are shown again.
    assert "Line 3, column parent" in confirm(page, answer.context["token"]).content.decode()
    assert not OrgUnit.objects.filter(ref__in=["NEW", "LOST"]).exists()


@pytest.mark.parametrize(
    ("content", "name"), [(b"", "units.csv"), (b"MZ\x90", "units.xlsx"), (b"a,b\n", "units.csv")]
)
def test_unreadable_file_is_told_on_the_page(page: Browser, content: bytes, name: str) -> None:
    answer = check(page, content, name)
    assert answer.status_code == 200
    assert len(answer.context["outcome"].errors) == 1


def test_check_ins_are_not_offered(page: Browser) -> None:
    answer = check(page, "person\nX\n", kind="checkins")
    assert "kind" in answer.context["form"].errors
    assert list(folder().iterdir()) == []
    assert page.get("/imports/samples/checkins.csv").status_code == 404
    assert page.get("/exports/checkins.csv").status_code == 404


def test_large_file_is_refused(page: Browser) -> None:
    answer = check(page, b"x" * (5 * 1024 * 1024 + 1))
    assert "file" in answer.context["form"].errors
    assert list(folder().iterdir()) == []


def test_kept_file_is_its_senders_alone(page: Browser, world: World, now: Any) -> None:
    token = keep(
        io.BytesIO(GOOD.encode()), kind="units", name="u.csv", person=world.manager, now=now
    )
    assert confirm(page, token).status_code == 302
    assert confirm(page, token[:-1] + "x").status_code == 302
    assert not OrgUnit.objects.filter(ref="NEW").exists()
    (kept,) = folder().iterdir()
    assert kept.stat().st_mode & 0o077 == 0


def test_forgotten_file_is_swept_after_a_day(page: Browser) -> None:
    token = check(page, GOOD).context["token"]
    (kept,) = folder().iterdir()
    os.utime(kept, (0, 0))
    check(page, BAD)
    assert not kept.exists()
    assert confirm(page, token).status_code == 302
    assert not OrgUnit.objects.filter(ref="NEW").exists()


@pytest.mark.parametrize("kind", ["units", "people", "missions"])
def test_samples_can_be_downloaded(page: Browser, kind: str) -> None:
    answer = page.get(reverse("operations:import_sample", args=[kind]))
    assert answer.content.decode().startswith("ref,")
    assert f"{kind}.csv" in answer["Content-Disposition"]


def test_export_page_links_every_table(page: Browser) -> None:
    body = page.get(reverse("operations:export_page")).content.decode()
    assert body.count("/exports/") >= 14
