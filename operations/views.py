"""Pages to bring the firm's tables in and to take them out."""

from itertools import pairwise
from pathlib import Path
from typing import Any

from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from accounts.perms import SignedInRequest, person_required, signed_in
from core.tables import MARK, as_csv, attachment
from operations import perms
from operations.exports import TABLES, export
from operations.forms import KINDS, ImportForm, TokenForm
from operations.imports import uploads
from operations.imports.formats import FORMATS, PAGE_KINDS
from operations.imports.outcome import Options, Outcome
from operations.imports.preview import faulty_table, preview
from operations.imports.run import import_file
from operations.imports.uploads import Upload

SAMPLES = Path(settings.BASE_DIR) / "docs" / "samples"
CHECK_ONLY = Options(dry_run=True)


@require_http_methods(["GET", "HEAD", "POST"])
@person_required(perms.can_import)
def import_page(request: SignedInRequest) -> HttpResponse:
    """Choose a file; sending it only checks it."""
    wanted = {"kind": request.GET.get("kind")}
    form = ImportForm(request.POST or None, request.FILES or None, initial=wanted)
    if request.method != "POST" or not form.is_valid():
        formats = [(KINDS[kind], FORMATS[kind]) for kind in PAGE_KINDS]
        return render(request, "operations/import.html", {"form": form, "formats": formats})
    file = form.cleaned_data["file"]
    token = uploads.keep(
        file,
        kind=form.cleaned_data["kind"],
        name=file.name,
        person=request.user,
        now=timezone.now(),
    )
    upload = perms.upload_for(request.user, token)
    return _checked(request, upload, token) if upload else _gone(request)


@require_POST
@person_required(perms.can_import)
def import_confirm(request: SignedInRequest) -> HttpResponse:
    """Import exactly the file that was checked."""
    token = TokenForm(request.POST).kept()
    upload = perms.upload_for(request.user, token)
    if upload is None:
        return _gone(request)
    with upload.opened() as source:
        outcome = import_file(upload.kind, source, now=timezone.now(), actor=request.user)
    if not outcome.ok:
        return _told(request, outcome, upload, token)
    upload.forget()
    done = _("%(kind)s: %(created)s created, %(changed)s changed, %(unchanged)s unchanged.")
    messages.success(request, done % {"kind": KINDS[upload.kind], **outcome.counts})
    return redirect(f"{reverse('operations:import_page')}?kind={_next_kind(upload.kind)}")


@require_POST
@person_required(perms.can_import)
def import_faulty(request: SignedInRequest) -> HttpResponse:
    """The lines to correct, with what is wrong in a last column."""
    token = TokenForm(request.POST).kept()
    upload = perms.upload_for(request.user, token)
    if upload is None:
        return _gone(request)
    with upload.opened() as source:
        outcome = import_file(upload.kind, source, now=timezone.now(), options=CHECK_ONLY)
    content = as_csv(faulty_table(outcome), mark=MARK)
    return attachment(content, "csv", f"{upload.kind}-{_('to-correct')}.csv")


@require_GET
@person_required()
def import_sample(request: SignedInRequest, kind: str) -> HttpResponse:
    """A small file of that kind, to be filled with one's own lines."""
    name = f"{perms.sample_for(request.user, kind)}.csv"
    return attachment((SAMPLES / name).read_bytes(), "csv", name)


@require_GET
@person_required(perms.can_import)
def export_page(request: HttpRequest) -> HttpResponse:
    """The tables that one may take out."""
    tables = [(KINDS[kind], FORMATS[kind]) for kind in TABLES]
    return render(request, "operations/export.html", {"tables": tables})


@require_GET
@person_required()
def export_table(request: HttpRequest, kind: str, file_type: str) -> HttpResponse:
    """One table, in the columns that imports read; its reading is written down."""
    reader = signed_in(request)
    kind, file_type = perms.table_for(reader, kind, file_type)
    content = export(kind, file_type, actor=reader, now=timezone.now())
    return attachment(content, file_type, f"{kind}.{file_type}")


def _checked(request: HttpRequest, upload: Upload, token: str) -> HttpResponse:
    with upload.opened() as source:
        outcome = import_file(upload.kind, source, now=timezone.now(), options=CHECK_ONLY)
    return _told(request, outcome, upload, token)


def _told(request: HttpRequest, outcome: Outcome, upload: Upload, token: str) -> HttpResponse:
    context: dict[str, Any] = {
        "outcome": outcome,
        "preview": preview(outcome),
        "kind": upload.kind,
        "kind_name": KINDS[upload.kind],
        "file_name": upload.name,
        "token": token,
    }
    return render(request, "operations/import_check.html", context)


def _gone(request: HttpRequest) -> HttpResponse:
    messages.warning(
        request, _("This file is no longer kept: it was imported, or a day has passed.")
    )
    return redirect("operations:import_page")


def _next_kind(kind: str) -> str:
    """What is brought in after this, in the order that the page advises."""
    return dict(pairwise(PAGE_KINDS)).get(kind, kind)
