import pytest

from tests.certificates.classes import enter_centre


@pytest.fixture
def centre(cast):
    """The county centre: the issuer on every certificate."""
    return enter_centre(cast)
