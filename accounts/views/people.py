"""Pages on people."""

from typing import cast

from django.contrib import messages
from django.db.models import Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts import perms
from accounts.audit import changed_fields
from accounts.forms import PersonEndForm, PersonForm, PersonSearchForm
from accounts.models import User
from accounts.people import change_person, create_person, end_person
from core.listing import listing

HISTORY = 20


@perms.person_required(perms.can_read_people)
def person_list(request: HttpRequest) -> HttpResponse:
    reader = perms.signed_in(request)
    unit = request.GET.get("unit", "")
    if unit.isdigit():
        perms.unit_for(reader, int(unit))
    form = PersonSearchForm(request.GET, units=perms.units_visible_to(reader))
    people = form.narrowed(
        perms.people_visible_to(reader).select_related("unit", "manager"), timezone.localdate()
    )
    return render(
        request,
        "accounts/person_list.html",
        {
            "form": form,
            "found": listing(request, form, people),
            "filtered": any(request.GET.get(name) for name in form.fields),
            "can_edit": perms.can_configure(reader),
        },
    )


@perms.person_required()
def person_detail(request: HttpRequest, pk: int) -> HttpResponse:
    reader = perms.signed_in(request)
    person = perms.person_for(reader, pk)
    lines = perms.audit_visible_to(reader).filter(
        Q(about=person) | Q(object_kind="person", object_ref=person.ref)
    )
    return render(
        request,
        "accounts/person_detail.html",
        {
            "person": person,
            "own": reader.pk == person.pk,
            "gone": not person.may_sign_in(timezone.localdate()),
            "can_edit": perms.can_configure(reader),
            "reports": User.objects.present(timezone.localdate()).filter(manager=person),
            "lines": lines.select_related("actor")[:HISTORY],
            "with_changes": perms.can_read_changes(reader),
        },
    )


@perms.person_required(perms.can_configure)
def person_create(request: HttpRequest) -> HttpResponse:
    initial = {"is_consultant": True, "is_active": True}
    form = PersonForm(request.POST or None, initial=initial, today=timezone.localdate())
    if request.method == "POST" and form.is_valid():
        person = create_person(
            person=cast(User, form.save(commit=False)),
            actor=perms.signed_in(request),
            now=timezone.now(),
        )
        messages.success(request, _("%(name)s was added.") % {"name": person.full_name})
        return redirect("accounts:person_detail", person.pk)
    return render(request, "accounts/person_form.html", {"form": form, "person": None})


@perms.person_required()
def person_edit(request: HttpRequest, pk: int) -> HttpResponse:
    person = perms.person_to_edit(perms.signed_in(request), pk)
    form = PersonForm(request.POST or None, instance=person, today=timezone.localdate())
    if request.method == "POST" and form.is_valid():
        change_person(
            person=cast(User, form.save(commit=False)),
            changes=changed_fields(form),
            actor=perms.signed_in(request),
            now=timezone.now(),
        )
        messages.success(request, _("Saved."))
        return redirect("accounts:person_detail", person.pk)
    title = User.objects.get(pk=pk).full_name  # the form has already written on its own copy
    return render(
        request, "accounts/person_form.html", {"form": form, "person": person, "title": title}
    )


@perms.person_required()
def person_end(request: HttpRequest, pk: int) -> HttpResponse:
    """Note the last day, or take it back."""
    person = perms.person_to_edit(perms.signed_in(request), pk)
    form = PersonEndForm(
        request.POST or None,
        person=person,
        today=timezone.localdate(),
        initial={"last_day": person.ends_on or timezone.localdate()},
    )
    undo = request.method == "POST" and "undo" in request.POST
    if undo or (request.method == "POST" and form.is_valid()):
        end_person(
            person=person,
            last_day=None if undo else form.cleaned_data["last_day"],
            actor=perms.signed_in(request),
            now=timezone.now(),
        )
        messages.success(request, _("Saved."))
        return redirect("accounts:person_detail", person.pk)
    return render(request, "accounts/person_end.html", {"form": form, "person": person})
