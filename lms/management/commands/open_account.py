"""The first account of an installation, and any other that is opened from a terminal."""

import getpass
import json
import sys
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import transaction

from lms.accounts.actions import create_account, grant_role
from lms.accounts.enums import Role
from lms.accounts.models import Agent, RoleGrant, User
from lms.places.models import Division
from lms.refusals import Refused


class Command(BaseCommand):
    help = "Opens an account with a role. The password is asked for, or read as one line from standard input."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("username")
        parser.add_argument("name", help="The person's name.")
        parser.add_argument("role", choices=Role.values)
        parser.add_argument("--place", default="", help="12-digit code of the township the role is for.")
        parser.add_argument("--json", action="store_true", help="Print the account as JSON.")

    def handle(self, *args: str, **options: Any) -> None:
        place = self.place(options["place"])
        by = Agent(label="open_account")
        password = "" if User.objects.filter(username=options["username"]).exists() else self.password()
        try:
            user, grant = self.open(by, place, password, options)
        except Refused as refusal:
            raise CommandError(str(refusal.message)) from refusal
        if options["json"]:
            self.stdout.write(json.dumps({"username": user.username, "role": grant.role, "place": options["place"]}))
        else:
            self.stdout.write(f"{user.username} is {Role(grant.role).label} now.")

    @transaction.atomic
    def open(self, by: Agent, place: Division | None, password: str, options: dict) -> tuple[User, RoleGrant]:
        """Account and role, or neither."""
        user = User.objects.filter(username=options["username"]).first() or create_account(
            by=by, username=options["username"], name=options["name"], password=password
        )
        return user, grant_role(by=by, user=user, role=Role(options["role"]), place=place)

    def place(self, code: str) -> Division | None:
        if not code:
            return None
        place = Division.objects.filter(code=code).first()
        if place is None:
            raise CommandError(f"No division has the code {code}.")
        return place

    def password(self) -> str:
        if not sys.stdin.isatty():
            return sys.stdin.readline().rstrip("\n")
        first = getpass.getpass("Password: ")
        if first != getpass.getpass("Again: "):
            raise CommandError("The two are not the same; nothing was changed.")
        return first
