"""What becomes of each table's rows when two files become one.

A room whose table points at a trainee enlists here from its app's ready(); a test over all models fails otherwise.
"""

from .moving import Moving
from .registry import TABLES, Table, enlist
from .rows import keep, move

__all__ = ["TABLES", "Moving", "Table", "enlist", "keep", "move"]
