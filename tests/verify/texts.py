"""Texts of proven digits, read back."""

from __future__ import annotations

import mpmath


def number_and_bound(text: str) -> tuple[mpmath.mpf, mpmath.mpf]:
    """The number that a text of proven digits states, and by how much it may be off: `|g| < 2^-k` is 0 and 2^-k."""
    if text.startswith("|"):
        return mpmath.mpf(0), mpmath.mpf(2) ** int(text.partition("< 2^")[2])
    return mpmath.mpf(text), mpmath.mpf(0)
