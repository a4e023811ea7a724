"""From an inspected graph to its picture."""

import math

import pytest

from gradcli.errors import UsageError
from gradcli.render.cards import FAR, number_text, picture_of, short, shown_parts, typeset
from gradcli.render.picture import Card, Picture
from gradcli.render.titles import title_of
from tests.render.inspections import ROW_1, ROW_1_POINT, ROW_5, ROW_5_POINT, inspect, structure


def cards_of(picture: Picture) -> dict[str, Card]:
    return {card.title: card for card in picture.cards}


def chain(levels: int) -> str:
    text = "x"
    for _ in range(levels):
        text = f"sin({text})*y"
    return text


def test_row_1() -> None:
    inspection = inspect(ROW_1, ROW_1_POINT)
    picture = picture_of(inspection, title_of(inspection, ROW_1_POINT))
    assert picture.title == "f = ln(x₁) + x₁·x₂ − sin(x₂) at x₁ = 2, x₂ = 5"
    cards = cards_of(picture)
    assert list(cards) == ["x₁", "x₂", "v₁ = ln(x₁)", "v₂ = x₁·x₂", "v₃ = sin(x₂)", "v₄ = v₁ + v₂", "f = v₄ − v₃"]
    rows = [(row.label, row.value) for row in cards["v₃ = sin(x₂)"].rows]
    assert rows == [("value", "−0.9589"), ("∂/∂x₁ →", "0"), ("∂/∂x₂ →", "0.2837"), ("← ∂f/∂v₃", "−1")]
    adjoint = cards["v₃ = sin(x₂)"].rows[-1]
    assert adjoint.emphasis
    assert -1 < (adjoint.tint or 0) < 0
    assert "-0.9589242746631385" in cards["v₃ = sin(x₂)"].description
    assert [edge.label for edge in picture.edges] == ["0.5", "5", "2", "0.2837", "1", "1", "1", "−1"]
    assert picture.edges[3].description == "∂v3/∂x2 = cos(x2) = 0.28366218546322625"
    assert (cards["x₁"].badge, cards["f = v₄ − v₃"].badge) == ("in", "out")
    assert [card.kind for card in picture.cards][:4] == ["input", "input", "elementary", "arithmetic"]


def test_an_input_that_is_an_output_says_both() -> None:
    cards = cards_of(picture_of(inspect("x*y; x", {"x": 1.0, "y": 2.0}), ""))
    assert {title: card.badge for title, card in cards.items()} == {"x": "in, out", "y": "in", "f = x·y": "out"}


def test_row_5() -> None:
    inspection = inspect(ROW_5, ROW_5_POINT)
    picture = picture_of(inspection, title_of(inspection, ROW_5_POINT))
    assert picture.title.endswith("y = 1.5 (∂/∂t along ones)")
    rows = [(row.label, row.value) for row in cards_of(picture)["w"].rows]
    assert rows == [
        ("shape", "f64[3]"),
        ("value", "[0.5, −1, 2]"),
        ("∂/∂t →", "[1, 1, 1]"),
        ("← ∂z/∂w", "[6, 12, 18]"),
    ]
    assert [edge.label for edge in picture.edges] == ["[0.5, −1, 2]", "[1, 2, 3]", "1", "−1", "6"]


def test_large_arrays_by_range_and_norm() -> None:
    inspection = inspect("sum(x*x)", {"x": [float(k) for k in range(100)]})
    rows = {row.label: row.value for row in cards_of(picture_of(inspection, ""))["x"].rows}
    assert rows == {
        "shape": "f64[100]",
        "min … max": "0 … 99",
        "norm": "573",
        "∂/∂t →": "norm 10 (+)",
        "← ∂f/∂x": "norm 1146 (+ or 0)",
    }


def test_formulas_without_a_point() -> None:
    inspection = structure(ROW_1, {"x1": (), "x2": ()})
    picture = picture_of(inspection, title_of(inspection, {}))
    assert [edge.label for edge in picture.edges] == ["1/x₁", "x₂", "x₁", "cos(x₂)", "1", "1", "1", "−1"]
    assert all(not card.rows for card in picture.cards)


def test_a_long_formula_is_named_on_the_edge_and_told_in_its_description() -> None:
    picture = picture_of(structure("p = softmax(x)", {"x": ("n",)}), "")
    (edge,) = picture.edges
    assert edge.label == "∂p/∂x"
    assert "p*(dx-sum(p*dx, keepdim=true))" in edge.description


def test_detached_edges_are_cut() -> None:
    picture = picture_of(inspect("detach(x)*x", {"x": 2.0}), "")
    assert [(edge.label, edge.cut) for edge in picture.edges] == [("0", True), ("2", False), ("2", False)]


def test_alarms_in_words() -> None:
    picture = picture_of(inspect("abs(x) + ln(y)", {"x": 0.0, "y": -1.0}), "")
    assert {card.title: card.alarm for card in picture.cards if card.alarm} == {
        "v₁ = abs(x)": "kink",
        "v₂ = ln(y)": "NaN",
        "f = v₁ + v₂": "NaN",
    }
    nan = cards_of(picture)["v₂ = ln(y)"].rows[0]
    assert nan.value == "NaN"


def test_nan_adjoint_is_tinted_as_such() -> None:
    picture = picture_of(inspect("sqrt(ln(y))", {"y": 0.5}), "")
    tint = cards_of(picture)["y"].rows[-1].tint
    assert tint is not None
    assert math.isnan(tint)


def test_what_is_infinite_is_tinted_as_what_is_not_a_number() -> None:
    picture = picture_of(inspect("sqrt(x)+y", {"x": 0.0, "y": 1.0}), "")
    (label,) = [edge for edge in picture.edges if edge.label == "inf"]
    rows = [row for card in picture.cards for row in card.rows if row.emphasis and row.value == "inf"]
    assert len(rows) == 1
    assert all(tint is not None and math.isnan(tint) for tint in (label.tint, rows[0].tint))


def test_every_output_stands_in_the_title_inputs_too() -> None:
    inspection = structure("x; u = x*y; sin(u); u", {"x": (), "y": ()})
    assert title_of(inspection, {}) == "u = x·y; x; f = sin(u)"


def test_the_verdict_stands_in_the_title_unless_verified() -> None:
    inspection = inspect("abs(x)", {"x": 0.0})
    assert title_of(inspection, {"x": 0.0}) == "f = abs(x) at x = 0 (kink)"


def test_a_far_user_has_a_repetition_of_the_node_beside_it() -> None:
    inspection = inspect(chain(12), {"x": 1.0, "y": 0.9})
    picture = picture_of(inspection, "")
    repeats = [card for card in picture.cards if card.badge == "again"]
    assert {card.title for card in repeats} == {"y"}
    assert len(picture.edges) == 3 * 12
    assert len(repeats) == 12 - (FAR // 2)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("v4-v3", "v₄ − v₃"),
        ("x1*x2+1e-05", "x₁·x₂ + 1e−05"),
        ("log2(x_1)", "log2(x₁)"),
        ("-v1", "−v₁"),
        ("2^-x", "2^−x"),
        ("A @ x", "A @ x"),
    ],
)
def test_typeset(text: str, expected: str) -> None:
    assert typeset(text) == expected


def test_short_numbers() -> None:
    assert [short(n) for n in (-1.5, 0.28366218546322625, math.nan, 1e-20)] == ["−1.5", "0.2837", "NaN", "1e−20"]


def test_only_what_is_asked_for_is_shown() -> None:
    inspection = inspect(ROW_1, ROW_1_POINT)
    picture = picture_of(inspection, "", show=shown_parts(["value", "adjoint"], "show"))
    rows = [[row.label for row in card.rows] for card in picture.cards]
    assert rows[:2] == [["value", "← ∂f/∂x₁"], ["value", "← ∂f/∂x₂"]]
    assert not any(edge.label for edge in picture.edges)
    picture = picture_of(inspection, "", show=shown_parts(["partial"], "show"))
    assert not any(card.rows for card in picture.cards)
    assert [edge.label for edge in picture.edges] == ["0.5", "5", "2", "0.2837", "1", "1", "1", "−1"]
    picture = picture_of(inspect(ROW_5, ROW_5_POINT), "", show=shown_parts(["none"], "show"))
    assert {row.label for card in picture.cards for row in card.rows} == {"shape"}


@pytest.mark.parametrize("words", [["values"], ["value", "none"], ["none", "none"]])
def test_unknown_parts(words: list[str]) -> None:
    with pytest.raises(UsageError, match="show knows no"):
        shown_parts(words, "show")


def test_adjoints_of_both_signs_have_the_colour_of_none() -> None:
    cards = cards_of(picture_of(inspect(ROW_5, ROW_5_POINT), ""))
    of_x, of_w, of_y = (cards[name].rows[-1] for name in "xwy")
    assert (of_x.value, of_x.mixed) == ("[3, −6, 12]", True)
    assert (of_w.value, of_w.mixed) == ("[6, 12, 18]", False)
    assert (of_y.value, of_y.mixed) == ("−6", False)
    assert 0 < (of_x.tint or 0) < (of_w.tint or 0)


def test_a_norm_that_leaves_something_out_says_so() -> None:
    inspection = inspect("sum(exp(x))", {"x": [float(k) * 40 for k in range(30)]})
    cards = cards_of(picture_of(inspection, ""))
    rows = {row.label: row.value for row in cards["v₁ = exp(x)"].rows}
    assert rows["not finite"] == "12 inf of 30"
    assert "norm of finite" in rows
    assert next(row.value for row in cards["x"].rows if row.emphasis) == "12 inf of 30"


def test_names_that_subscripts_would_make_one_stay_apart() -> None:
    picture = picture_of(inspect("x1*x_1+x2", {"x1": 2.0, "x_1": 3.0, "x2": 1.0}), "")
    assert [card.title for card in picture.cards][:4] == ["x1", "x_1", "x₂", "v₁ = x1·x_1"]
    words = " ".join(row.label for card in picture.cards for row in card.rows)
    assert "∂/∂x_1 →" in words
    assert "∂f/∂x1" in words
    assert "x₁" not in words


@pytest.mark.parametrize(
    ("numbers", "words"),
    [
        ([1.0, 2.0], "norm 12.25 (+)"),
        ([-1.0, -2.0], "norm 12.25 (−)"),
        ([0.0, -3.0], "norm 16.43 (− or 0)"),
        ([3.0, 0.0], "norm 16.43 (+ or 0)"),
        ([3.0, -4.0], "norm 27.39"),
        ([0.0, -0.0], "norm 0"),
        ([1.0, math.nan], "30 NaN of 60"),
    ],
)
def test_the_sign_of_many_numbers_is_written(numbers: list[float], words: str) -> None:
    assert number_text(numbers * 30) == words
