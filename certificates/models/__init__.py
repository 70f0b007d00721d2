"""The room's models, gathered."""

from .badges import Badge
from .certificates import Certificate
from .printing import PrintItem, PrintPart, PrintRun
from .series import NumberSeries

__all__ = ["Badge", "Certificate", "NumberSeries", "PrintItem", "PrintPart", "PrintRun"]
