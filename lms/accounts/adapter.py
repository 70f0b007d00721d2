from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from django.http import HttpRequest

from lms.places.phones import clean_phone

from .forms import PhoneField
from .models import User


class AccountAdapter(DefaultAccountAdapter):
    """Sign-in by phone through the keyed hash. Accounts are made by the centre: nobody signs up on the web,
    and no SMS is sent, because a code by SMS must never be the only way in."""

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        return False

    def phone_form_field(self, **kwargs: Any) -> PhoneField:
        """Also what decides whether the one sign-in field was given a phone number."""
        return PhoneField(**kwargs)

    def clean_phone(self, phone: str) -> str:
        return clean_phone(phone)

    def get_phone(self, user: User) -> tuple[str, bool] | None:
        return (user.phone, True) if user.phone else None

    def set_phone(self, user: User, phone: str, verified: bool) -> None:
        user.phone = phone
        user.phone_hash = User.hash_phone(phone)

    def set_phone_verified(self, user: User, phone: str) -> None:
        """Phones are verified at the centre, in person."""

    def get_user_by_phone(self, phone: str) -> User | None:
        return User.objects.filter(phone_hash=User.hash_phone(clean_phone(phone))).exclude(phone_hash="").first()

    def send_verification_code_sms(self, user: User, phone: str, code: str, **kwargs: Any) -> None:
        """No SMS gateway: see the class."""
