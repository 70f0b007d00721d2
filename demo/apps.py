from django.apps import AppConfig


class DemoConfig(AppConfig):
    """The demo county: may import every room, and nothing imports it."""

    name = "demo"
