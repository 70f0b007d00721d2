from wagtail.fields import StreamField


class LeanStreamField(StreamField):
    """A StreamField whose blocks stay out of migrations: a changed block is no schema change."""

    def deconstruct(self):
        name, path, _args, kwargs = super().deconstruct()
        kwargs.pop("block_lookup", None)
        return name, path, [[]], kwargs
