"""The room's models, gathered."""

from .certificates import Certificate
from .handover import HandOver, HandOverProof, HandOverScan
from .lists import ListFile
from .printing import PrintItem, PrintPart, PrintRun
from .series import NumberSeries

__all__ = [
    "Certificate",
    "HandOver",
    "HandOverProof",
    "HandOverScan",
    "ListFile",
    "NumberSeries",
    "PrintItem",
    "PrintPart",
    "PrintRun",
]
