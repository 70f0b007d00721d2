"""The room's models, gathered."""

from .certificates import Certificate
from .designs import CertificateDesign, DesignVersion
from .printing import PrintItem, PrintPart, PrintRun
from .schemes import NumberScheme
from .series import NumberSeries

__all__ = [
    "Certificate",
    "CertificateDesign",
    "DesignVersion",
    "NumberScheme",
    "NumberSeries",
    "PrintItem",
    "PrintPart",
    "PrintRun",
]
