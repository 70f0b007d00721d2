import gc
from collections.abc import Iterator

import pytest

# Wagtail leaves the temporary file of a resized picture to the garbage collector.
RENDERS_PICTURES = [
    pytest.mark.usefixtures("renditions_let_go"),
    pytest.mark.filterwarnings("ignore::ResourceWarning"),
]


@pytest.fixture
def renditions_let_go() -> Iterator[None]:
    """Collected here, it does not trouble a later test."""
    yield
    gc.collect()
