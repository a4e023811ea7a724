"""When a number with few digits is right for a number with many."""

from fractions import Fraction

import pytest

from gradcli.syntax.claims import Digits
from gradcli.verify.digits import admits, is_cut, note_on_digits


def digits(text: str) -> Digits:
    return Digits(Fraction(text), len(text.partition(".")[2]))


@pytest.mark.parametrize(
    ("claim", "right", "expected"),
    [
        ("1.71", 1.7163, True),
        ("1.72", 1.7163, True),
        ("1.73", 1.7163, False),
        ("1.70", 1.7163, False),
        ("-1.71", -1.7163, True),
        ("1.71", -1.7163, False),
        ("6", 6.0, True),
        ("7", 6.0, False),
        ("0", 0.7, False),
        ("1", 0.7, True),
        ("-1", 0.7, False),
        ("1", 0.3, False),
        ("0", 0.3, False),
        ("0.00", 1e-9, True),
        ("0.01", 1e-9, False),
        ("0.00", 0.0, True),
        ("0.01", 0.0, False),
        ("0", float(2**60), False),
    ],
)
def test_within_one_unit(claim: str, right: float, expected: bool) -> None:
    assert admits(digits(claim), right, right) is expected


def test_exact_numbers_have_no_unit() -> None:
    third = Digits(Fraction(1 / 3))
    assert admits(third, 1 / 3, 1 / 3)
    assert not admits(third, 0.333333333, 0.333333333)
    assert admits(third, 0.333333333, 0.333333333, 1e-9)


def test_an_uncertain_number_admits_more() -> None:
    assert admits(digits("2.0"), 2.0 + 1e-17, 2.0 + 1e-17, 1e-15)
    assert not admits(digits("2.1"), 2.0 + 1e-15, 2.0 + 1e-15, 1e-14)
    assert admits(digits("5.0"), 2.0, 2.0, 4.0)
    assert admits(digits("5.0"), 2.0, 2.0, float("inf"))


def test_between_the_sides_of_a_kink_everything_is_right() -> None:
    assert [admits(digits(claim), -1.0, 1.0) for claim in ("-1.0", "0.3", "1.0", "1.1", "-1.1")] == [
        True, True, True, False, False,
    ]  # fmt: skip


def test_truncation_is_told_from_rounding() -> None:
    assert is_cut(digits("-0.958"), -0.9589)
    assert not is_cut(digits("-0.959"), -0.9589)
    assert not is_cut(digits("0.283"), 0.2833)
    assert note_on_digits([digits("1.9")], [1.97]) == "truncated, not rounded: 2.0"
    assert note_on_digits([digits("2.1")], [2.04]) == "within one unit of its last digit: rounded it is 2.0"
    assert note_on_digits([digits("2.0")], [2.04]) == ""
    assert note_on_digits([digits("1.9"), digits("2.0")], [1.97, 2.04]) == "1 of 2 truncated, not rounded"
