"""Links that carry a signature: whoever tries ones that do not hold is slowed down."""

# The public module counts no GET, and a guess is one.
from allauth.core.internal import ratelimit
from django.http import HttpRequest


def may_guess_again(request: HttpRequest) -> bool:
    """Count one link that does not hold; False once this address has tried too many."""
    used = ratelimit.consume(request, app="allauth.account", action="link", limit_get=True)
    return bool(used)
