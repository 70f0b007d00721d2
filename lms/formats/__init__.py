"""Dates as people of the region write them; Django reads these by FORMAT_MODULE_PATH."""
