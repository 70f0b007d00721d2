"""Model fields whose column holds ciphertext only."""

import json
from typing import Any

from django.db import models

from . import crypto
from .locked import Locked


class EncryptedTextField(models.TextField):
    """Text in Python, a Fernet token in the column; the empty string stays empty so that blank is cheap.

    Where no key opens the value a Locked stands for it, so that one lost value does not take a whole list along.
    """

    def from_db_value(self, value, expression, connection):
        if not value:
            return value
        try:
            return crypto.decrypt(value)
        except crypto.KeyLost as error:
            return Locked.of(value, error.fingerprint)

    def get_prep_value(self, value):
        if isinstance(value, Locked):
            return value.token
        value = super().get_prep_value(value)
        return crypto.encrypt(value) if value else value

    def get_lookup(self, lookup_name):
        if lookup_name in {"isnull"}:
            return super().get_lookup(lookup_name)
        raise TypeError(f"{self.name} is encrypted: look it up through its hash column.")


class EncryptedJSONField(EncryptedTextField):
    """Any JSON value, encrypted as one text. A lost key is KeyLost: no remark could stand for a whole structure."""

    # For the type checker: what goes in and comes out is not the text in the column.
    _pyi_private_set_type: Any
    _pyi_private_get_type: Any

    def from_db_value(self, value, expression, connection):
        return json.loads(crypto.decrypt(value)) if value else None

    def get_prep_value(self, value):
        return super().get_prep_value("" if value is None else json.dumps(value, ensure_ascii=False))
