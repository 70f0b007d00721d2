"""The room's models, gathered."""

from .badges import Badge
from .certificates import Certificate
from .designs import CertificateDesign, DesignVersion
from .handover import HandOver, HandOverProof, HandOverScan
from .lists import ListFile
from .printing import PrintItem, PrintPart, PrintRun
from .schemes import NumberScheme
from .series import NumberSeries

__all__ = [
    "Badge",
    "Certificate",
    "CertificateDesign",
    "DesignVersion",
    "HandOver",
    "HandOverProof",
    "HandOverScan",
    "ListFile",
    "NumberScheme",
    "NumberSeries",
    "PrintItem",
    "PrintPart",
    "PrintRun",
]
