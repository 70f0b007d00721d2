"""Values whose key is lost: shown as such, kept as they are, never guessed and never taken for empty."""

from contextvars import ContextVar

from django.utils.translation import gettext

from .crypto import KeyLost

# Fingerprints of the lost keys this request ran into; the page tells of them.
_lost: ContextVar[frozenset[str]] = ContextVar("lost_keys", default=frozenset())


class Locked(str):
    """Stands where a text could not be opened. It reads as a remark for people; saving the record writes back the same
    ciphertext. Whatever goes on paper or out of the house asks opened() first."""

    token: str
    fingerprint: str

    @classmethod
    def of(cls, token: str, fingerprint: str) -> "Locked":
        locked = cls(gettext("(key missing)"))
        locked.token, locked.fingerprint = token, fingerprint
        _lost.set(_lost.get() | {fingerprint})
        return locked

    def __reduce__(self):
        return type(self).of, (self.token, self.fingerprint)


def opened(text: str) -> str:
    """The text, or KeyLost: for certificates, exports and whatever must not carry a remark in place of a number."""
    if isinstance(text, Locked):
        raise KeyLost(text.fingerprint)
    return text


def forget_lost() -> None:
    _lost.set(frozenset())


def lost_here() -> list[str]:
    """Fingerprints of the keys this request missed; an empty one where the value names none."""
    return sorted(_lost.get())
