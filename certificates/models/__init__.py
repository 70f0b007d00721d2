"""The room's models, gathered."""

from .certificates import Certificate
from .printing import PrintItem, PrintPart, PrintRun
from .series import NumberSeries

__all__ = ["Certificate", "NumberSeries", "PrintItem", "PrintPart", "PrintRun"]
