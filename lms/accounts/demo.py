"""The accounts of the demo county: made by `manage.py demo`, listed on its sign-in page and by bin/start."""

from .enums import Role

PASSWORD = "demo-2018"  # noqa: S105 - a demo's, shown to everybody

# User name, the person's name, role, township of the role ("" is the whole county).
ACCOUNTS = (
    ("manager", "鲍经理", Role.MANAGER, ""),
    ("clerk", "李文员", Role.CLERK, ""),
    ("operator", "田勐省", Role.TOWNSHIP_OPERATOR, "勐省镇"),
    ("trainer", "赵老师", Role.TRAINER, ""),
    ("trainee", "艾学员", Role.TRAINEE, ""),
    ("auditor", "周审计", Role.AUDITOR, ""),
)
