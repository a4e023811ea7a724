"""Where a sequence repeats itself."""

from gradcli.render.hierarchy.patterns import Repetition, repetitions


def flat(_: int) -> int:
    return 0


def test_a_repetition_between_other_things() -> None:
    signs = "xyz" + "abcd" * 10 + "uv"
    assert repetitions(signs, flat) == [Repetition(3, 4, 10)]


def test_it_begins_where_the_cost_is_least() -> None:
    signs = "ab" * 20
    assert repetitions(signs, lambda place: 1 - place % 2) == [Repetition(1, 2, 19)]


def test_two_repetitions() -> None:
    signs = "ab" * 30 + "q" + "cde" * 20
    assert repetitions(signs, flat) == [Repetition(0, 2, 30), Repetition(61, 3, 20)]


def test_a_run_of_one_sign() -> None:
    assert repetitions("a" * 50, flat) == [Repetition(0, 1, 50)]


def test_nothing_repeats() -> None:
    assert repetitions("abcdefghijklmnopqrstuvwxyz", flat) == []
    assert repetitions("", flat) == []


def test_short_repetitions_are_none() -> None:
    assert repetitions("xy" + "ab" * 3 + "zw", flat) == []
