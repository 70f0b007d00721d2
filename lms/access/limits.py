"""How often one address may ask something that needs no sign-in."""

import time

from allauth.account.adapter import get_adapter
from django.core.cache import cache
from django.http import HttpRequest


def within_limit(request: HttpRequest, what: str, *, most: int, seconds: int) -> bool:
    """Counts this request of its address in the running window. The address is the one the sign-in limits use, so
    that proxies are configured once (TRUSTED_PROXIES)."""
    window = int(time.time()) // seconds
    key = f"{what}:{get_adapter(request).get_client_ip(request)}:{window}"
    cache.add(key, 0, timeout=seconds)
    try:
        return cache.incr(key) <= most
    except ValueError:  # the entry went between the two calls: another window begins
        return True
