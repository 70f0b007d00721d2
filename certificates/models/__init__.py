"""The room's models, gathered."""

from .certificates import Certificate
from .printing import PrintItem, PrintPart, PrintRun
from .schemes import NumberScheme
from .series import NumberSeries

__all__ = ["Certificate", "NumberScheme", "NumberSeries", "PrintItem", "PrintPart", "PrintRun"]
