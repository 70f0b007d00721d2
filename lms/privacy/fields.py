"""Model fields whose column holds ciphertext only."""

import json
from typing import Any

from django.db import models

from . import crypto


class EncryptedTextField(models.TextField):
    """Text in Python, a Fernet token in the column; the empty string stays empty so that blank is cheap."""

    def from_db_value(self, value, expression, connection):
        return crypto.decrypt(value) if value else value

    def get_prep_value(self, value):
        value = super().get_prep_value(value)
        return crypto.encrypt(value) if value else value

    def get_lookup(self, lookup_name):
        if lookup_name in {"isnull"}:
            return super().get_lookup(lookup_name)
        raise TypeError(f"{self.name} is encrypted: look it up through its hash column.")


class EncryptedJSONField(EncryptedTextField):
    """Any JSON value, encrypted as one text."""

    # For the type checker: what goes in and comes out is not the text in the column.
    _pyi_private_set_type: Any
    _pyi_private_get_type: Any

    def from_db_value(self, value, expression, connection):
        text = super().from_db_value(value, expression, connection)
        return json.loads(text) if text else None

    def get_prep_value(self, value):
        return super().get_prep_value("" if value is None else json.dumps(value, ensure_ascii=False))
