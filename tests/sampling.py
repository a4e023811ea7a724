"""The number of hypothesis examples, for tests with a count of their own."""

from hypothesis import settings


def examples(*, sample: int, full: int) -> settings:
    """A decorator beside `@given`: `sample` examples in an ordinary run, `full` with --full."""
    return settings(max_examples=full if settings.get_current_profile_name() == "full" else sample)
