"""Gathers the rooms' models for Django."""

from lms.accounts.models import RoleGrant, User
from lms.audit.models import AuditEvent
from lms.jobs.models import Job
from lms.places.models import CodeItem, Division, Holiday, Station
from lms.privacy.models import FileView
from lms.programme.models import CountingPolicy, Programme

__all__ = [
    "AuditEvent", "CodeItem", "CountingPolicy", "Division", "FileView", "Holiday", "Job", "Programme", "RoleGrant",
    "Station", "User",
]  # fmt: skip
