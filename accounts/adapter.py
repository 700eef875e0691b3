"""How django-allauth behaves here: accounts are made by the firm, never by sign-up."""

import logging
from smtplib import SMTPException
from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from allauth.core.exceptions import ImmediateHttpResponse
from allauth.core.ratelimit import respond_429
from django.conf import settings
from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from accounts.models import User
from accounts.wording import ACCOUNT_ENDED

log = logging.getLogger(__name__)
PASSWORD_LIMIT = 200


class AccountAdapter(DefaultAccountAdapter):
    """No open registration, and no way in for somebody who has left."""

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        return False

    def pre_authenticate(self, request: HttpRequest, **credentials: Any) -> None:
        """Too many wrong passwords for one account: a page of its own, not a form error."""
        try:
            super().pre_authenticate(request, **credentials)
        except ValidationError as refusal:
            log.warning("Too many sign-in attempts for one account or from one address")
            raise ImmediateHttpResponse(respond_429(request)) from refusal

    def pre_login(self, request: HttpRequest, user: User, **rest: Any) -> HttpResponse | None:
        if not user.may_sign_in(timezone.localdate()):
            return self.respond_user_inactive(request, user)
        response: HttpResponse | None = super().pre_login(request, user, **rest)
        return response

    def respond_user_inactive(self, request: HttpRequest, user: User) -> HttpResponse:
        messages.warning(request, str(ACCOUNT_ENDED))
        return redirect("account_login")

    def clean_password(self, password: str, user: User | None = None) -> str:
        if len(password) > PASSWORD_LIMIT:
            raise ValidationError(
                _("Too long: %(limit)s characters at most.") % {"limit": PASSWORD_LIMIT}
            )
        cleaned: str = super().clean_password(password, user=user)
        return cleaned

    def get_password_change_redirect_url(self, request: HttpRequest) -> str:
        return reverse("accounts:profile_edit")

    def send_password_reset_mail(self, user: User, email: str, context: dict[str, Any]) -> None:
        """In the person's language. A mail server that is down is not told to the page: its
        answer would say whether the account exists."""
        if not user.may_sign_in(timezone.localdate()):
            return
        try:
            with translation.override(user.language):
                super().send_password_reset_mail(
                    user, email, {**context, "product_name": settings.PRODUCT_NAME}
                )
        except (OSError, SMTPException):
            log.exception("A password reset mail could not be sent")
