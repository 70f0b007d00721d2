from lms.places.models import Division, in_language


def place_name(township: Division, village: Division | None) -> str:
    """勐省镇 回珠, in the reader's language."""
    if village is None:
        return str(township)
    return f"{township} {in_language(village.short_name, village.name_en)}"
