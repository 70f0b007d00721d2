"""The designs in the back office."""

from wagtail.snippets.models import register_snippet

from .viewsets import DesignViewSet

register_snippet(DesignViewSet)
