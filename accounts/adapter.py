"""How django-allauth behaves here: accounts are made by the firm, never by sign-up."""

from allauth.account.adapter import DefaultAccountAdapter
from django.http import HttpRequest


class AccountAdapter(DefaultAccountAdapter):  # type: ignore[misc] -- allauth ships no types
    """No open registration."""

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        return False
