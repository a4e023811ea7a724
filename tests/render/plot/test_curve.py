"""Where curves bend, tear and end, against what is known of the functions."""

import math
from itertools import pairwise

import pytest

from gradcli.errors import DomainError
from tests.render.plot.plots import curve_of

PI = math.pi


@pytest.mark.parametrize(
    ("text", "ends", "breaks"),
    [
        ("|x|", (-2, 3), [("kink", 0.0, (-1.0, 1.0))]),
        ("|x^2 - 2|", (-2, 2), [("kink", -(2**0.5), (-(8**0.5), 8**0.5)), ("kink", 2**0.5, (-(8**0.5), 8**0.5))]),
        ("relu(x - 0.3)", (-1, 1), [("kink", 0.3, (0.0, 1.0))]),
        ("max(x, 1 - x)", (-1, 1), [("kink", 0.5, (-1.0, 1.0))]),
        ("clamp(x, -1, 2)", (-3, 3), [("kink", -1.0, (0.0, 1.0)), ("kink", 2.0, (1.0, 0.0))]),
        ("|x| * x", (-1, 2), []),
        ("x^2 + 1e-9*sin(1e6*x)", (-1, 2), []),
        ("1/(1 + exp(-1e5*x))", (-1, 2), []),
        ("relu(x) - relu(-x)", (-1, 2), []),
        ("(x^3 - x)*exp(-x^2)", (-4, 4), []),
    ],
)
def test_kinks(text: str, ends: tuple[float, float], breaks: list[tuple[str, float, tuple[float, float]]]) -> None:
    found = curve_of(text, {"x": ends}, x=0.75).curve
    assert [b.kind for b in found.breaks] == [kind for kind, _, _ in breaks]
    for b, (_, at, slopes) in zip(found.breaks, breaks, strict=True):
        assert b.at == pytest.approx(at, abs=1e-15)
        assert (b.left.slope, b.right.slope) == pytest.approx(slopes, rel=1e-12, abs=1e-300)
    assert found.gaps == ()


@pytest.mark.parametrize(
    ("text", "ends", "kind", "places"),
    [
        ("floor(x)", (-1.5, 1.5), "jump", [-1.0, 0.0, 1.0]),
        ("ceil(x)", (-1.5, 1.5), "jump", [-1.0, 0.0, 1.0]),
        ("round(2*x)", (-0.9, 0.9), "jump", [-0.75, -0.25, 0.25, 0.75]),
        ("sign(x)", (-1, 1), "jump", [0.0]),
        ("where(x > 0.1, x, -1)", (-1, 1), "jump", [0.1]),
        ("floor(x^2)", (0.1, 1.5), "jump", [1.0, 2**0.5]),
        ("atan(1/x)", (-1, 1), "jump", [0.0]),
        ("tan(x)", (-5, 5), "pole", [-1.5 * PI, -0.5 * PI, 0.5 * PI, 1.5 * PI]),
        ("1/(x - 0.123)", (-1, 1), "pole", [0.123]),
        ("1/(x - 0.123)^2", (-1, 1), "pole", [0.123]),
    ],
)
def test_jumps_and_poles(text: str, ends: tuple[float, float], kind: str, places: list[float]) -> None:
    curve = curve_of(text, {"x": ends}, x=0.6).curve
    found = [(b.kind, b.at) for b in curve.breaks] + [(g.kind, g.start) for g in curve.gaps]
    assert [k for k, _ in found] == [kind] * len(places)
    assert sorted(at for _, at in found) == pytest.approx(places, abs=1e-15)
    # No piece of the curve runs across.
    for piece in curve.pieces:
        assert not any(piece[0].x < at < piece[-1].x for at in places)


@pytest.mark.parametrize(
    ("text", "ends", "gap", "closed"),
    [
        ("ln(x)", (-1, 2), (-1.0, 0.0), (True, True)),
        ("sqrt(x)", (-1, 2), (-1.0, 0.0), (True, False)),
        ("sqrt(x^2 - 2)", (-2, 2), (-(2**0.5), 2**0.5), (False, False)),
        ("asin(x)", (0, 3), (1.0, 3.0), (False, True)),
        ("sin(x)/x", (-1, 2), (0.0, 0.0), (True, True)),
    ],
)
def test_gaps(text: str, ends: tuple[float, float], gap: tuple[float, float], closed: tuple[bool, bool]) -> None:
    (found,) = curve_of(text, {"x": ends}, x=ends[1] if text != "asin(x)" else 0.5).curve.gaps
    assert found.kind == "undefined"
    assert (found.start, found.end) == pytest.approx(gap, abs=1e-15)
    # The float next to a root of 2 may lie on either side of it.
    assert found.closed == closed or text == "sqrt(x^2 - 2)"


def test_overflow_is_no_gap_of_the_domain() -> None:
    scene = curve_of("exp(x)", {"x": (0, 1000)}, x=1)
    (gap,) = scene.curve.gaps
    assert (gap.kind, gap.end) == ("overflow", 1000.0)
    assert gap.start == pytest.approx(math.log(1.7976931348623157e308), rel=1e-14)
    (mark,) = scene.marks
    assert mark.startswith("too large for a float for x > 709.783: exp(x) overflows at x = 854.891: it is larger")


def test_vertical_tangents() -> None:
    for text, x in (("sqrt(|x|)", 1.0), ("sqrt(x)", 1.0)):
        (found,) = curve_of(text, {"x": (-1, 1)}, x=x).curve.breaks
        assert (found.kind, found.at) == ("vertical tangent", 0.0)


def test_a_cusp_that_no_float_hits_is_a_vertical_tangent() -> None:
    breaks = curve_of("sqrt(|sin(x)|)", {"x": (1, 7)}, x=2).curve.breaks
    assert [b.kind for b in breaks] == ["vertical tangent"] * 2
    assert [b.at for b in breaks] == pytest.approx([PI, 2 * PI], rel=1e-15)


@pytest.mark.parametrize(
    ("text", "ends", "places"),
    [("1/(x - 1) + |x|", (0.5, 1), [1.0]), ("gamma(x)", (-2, 1), [-2.0, -1.0, 0.0]), ("sin(x)/x", (-1, 1), [])],
)
def test_poles_on_samples(text: str, ends: tuple[float, float], places: list[float]) -> None:
    gaps = curve_of(text, {"x": ends}, x=0.75).curve.gaps
    assert [gap.start for gap in gaps if gap.kind == "pole"] == places


@pytest.mark.parametrize(
    ("text", "ends", "where"),
    [
        ("sin(1000*x)", (0, 10), (0.0, 10.0)),
        ("sin(x)", (0, 10), None),
        ("sin(100/x)*where(x > 2, 1, 0)", (-1, 100), None),
        ("|sin(500*x)| + x", (0, 10), (0.0, 10.0)),
        ("tan(x)", (-5, 5), None),
        ("exp(x)", (0, 700), None),
        ("floor(1000*x)", (0, 1), None),
        ("1/(1 + exp(-1e5*x))", (-1, 2), None),
        ("(1 - cos(x))/x^2", (1e-9, 1e-7), None),  # rounding, at any distance
    ],
)
def test_where_the_curve_turns_faster_than_its_samples(
    text: str, ends: tuple[float, float], where: tuple[float, float] | None
) -> None:
    assert curve_of(text, {"x": ends}, x=ends[1] * 0.7).unresolved == where


def test_a_curve_that_turns_too_fast_in_places() -> None:
    # sin(1/x) turns by 1/x^2 a unit: near 0 by more than half a turn a sample.
    scene = curve_of("sin(1/x)", {"x": (0, 3)}, x=1)
    assert scene.unresolved is not None
    start, end = scene.unresolved
    assert start == 0.0
    assert (3 / 400 / PI) ** 0.5 < end < 0.3
    assert scene.marks[-1].startswith("turns faster than drawn for 0 ≤ x ≤ 0.")


def test_rounding_is_no_kink() -> None:
    # All digits are lost here: values and slopes leap from float to float.
    curve = curve_of("(1 - cos(x))/x^2", {"x": (1e-9, 1e-7)}, x=1e-8).curve
    assert curve.breaks == ()


def test_many_breaks_are_counted_with_care() -> None:
    scene = curve_of("floor(1000*x)", {"x": (0, 1)}, x=0.5005)
    counted, rest = scene.marks
    assert counted.startswith("at least ")
    assert int(counted.split()[2]) <= 1001
    assert rest.endswith("more places look bent or torn, too many to look into: a smaller range shows them")


def test_samples_are_the_function_and_its_derivative() -> None:
    curve = curve_of("sin(x)*exp(x/3)", {"x": (-3, 4)}, x=1).curve
    for sample in curve.samples:
        growth = math.exp(sample.x / 3)
        assert sample.value == pytest.approx(math.sin(sample.x) * growth, rel=1e-13, abs=1e-14)
        assert sample.slope == pytest.approx((math.cos(sample.x) + math.sin(sample.x) / 3) * growth, abs=1e-13)
    assert all(a.x < b.x for a, b in pairwise(curve.samples))


def test_torch_gives_the_same_curve() -> None:
    ends = {"x": (-2.0, 2.0)}
    plain = curve_of("|x - 1| + sum([x, 1])", ends, x=0.5).curve
    assert [(b.kind, b.at) for b in plain.breaks] == [("kink", 1.0)]
    scalar = curve_of("|x - 1| + (x + 1)", ends, x=0.5).curve
    assert [s.value for s in plain.samples] == pytest.approx([s.value for s in scalar.samples])
    assert [s.slope for s in plain.samples] == pytest.approx([s.slope for s in scalar.samples])


@pytest.mark.parametrize(
    ("text", "x"),
    [
        *[("x^2", x) for x in (1e-200, 1e-8, 0.0, 3.0, 1e100, -1e150)],
        *[("sin(1e6*x)", 0.3), ("1/x", 1e-5), ("3*x + 1", 1e200), ("x", 1e308), ("exp(x)", 700.0), ("0*x", 5.0)],
    ],
)
def test_default_window_shows_the_point_at_any_scale(text: str, x: float) -> None:
    scene = curve_of(text, x=x)
    assert scene.curve.x.holds(x)
    assert scene.values.holds(scene.value)
    assert scene.values.low < scene.values.high
    assert 0.04 < scene.values.part(scene.value) < 0.96
    assert all(math.isfinite(scene.curve.x.part(s.x)) for s in scene.curve.samples)


@pytest.mark.parametrize(
    ("text", "x", "scale"), [("sin(1e6*x)", 0.3, 1e-6), ("sin(x)", 1.0, 1.0), ("sin(x/1e6)", 1.0, 1e6)]
)
def test_default_window_is_as_wide_as_the_function_turns(text: str, x: float, scale: float) -> None:
    axis = curve_of(text, x=x).curve.x
    assert scale / 2 < axis.high - axis.low < 20 * scale


def test_nothing_to_draw_is_an_error() -> None:
    with pytest.raises(DomainError, match=r"no finite value .* range of x: ln\(-x\^2\) is undefined"):
        curve_of("ln(-x^2)", {"x": (1, 2)}, x=1)


def test_one_sided_tangents_meet_at_the_kink() -> None:
    scene = curve_of("|x| + x", {"x": (-1, 2)}, x=0)
    assert scene.slopes == (0.0, 2.0)
    assert scene.tangents() == [[(-1.0, 0.0), (0.0, 0.0)], [(0.0, 0.0), (2.0, 4.0)]]


def test_no_tangent_at_a_jump() -> None:
    scene = curve_of("floor(x)", x=1)
    assert scene.tangents() == [[]]


def test_a_kink_has_the_value_on_it() -> None:
    (kink,) = curve_of("|x|", {"x": (-1, 3)}, x=1).curve.breaks
    assert (kink.at, kink.left.value, kink.right.value) == (0.0, 0.0, 0.0)
