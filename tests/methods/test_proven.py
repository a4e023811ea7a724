"""Texts of proven digits."""

import pytest

from gradcli.methods.enclosures import working
from gradcli.methods.proven import short_text


@pytest.mark.parametrize(
    ("number", "text"),
    [
        ("800", "800"),
        ("0.1", "0.1"),
        ("4.24835425529159e-18", "4.24835e-18"),
        ("-1e400", "-1e400"),
        ("12345678.9", "1.23457e7"),
        ("[0 +/- 1e-30]", "0 to within 2^-99"),
        ("[1.5 +/- 1e-3]", "1.50..., 3 digits proven"),
    ],
)
def test_a_few_digits_for_a_sentence(number: str, text: str) -> None:
    from flint import arb

    with working(120):
        assert short_text(arb(number)) == text


def test_a_number_beyond_all_exponents_has_a_size() -> None:
    with working(120) as balls:
        assert short_text(balls.flint.arb(-1e10).exp()).startswith("about 2^-14426950408 in size")
