"""Maps: contours lie on their level, kinks where the function bends, and nothing runs across a pole."""

import math
import random

import pytest

from gradcli.render.plot.axes import Axis
from gradcli.render.plot.surface import contour, kinks, sample_surface, without_holes
from tests.render.plot.plots import function_of, map_of

SQUARE = Axis(-2.0, 3.0)


def test_values_stand_where_they_belong() -> None:
    function = function_of("x - 10*y", x=0, y=0)
    surface = sample_surface(function, Axis(0.0, 1.0), Axis(2.0, 4.0), 3, 2)
    assert surface.values == ((-20.0, -19.5, -19.0), (-40.0, -39.5, -39.0))


@pytest.mark.parametrize(
    ("text", "ends", "fast"),
    [
        ("sin(1000*x)*y", (0, 10), True),  # half a step of the map is nearly ten waves
        ("sin(40*x*y)", (0, 10), True),
        ("sin(5*x)*cos(3*y)", (0, 10), False),
        ("1/(x^2 + y^2 - 1)", (-2, 2), False),
        ("floor(50*x) + y", (0, 10), False),
        ("exp(100*x*y)", (-2, 2), False),
        ("(1 - x)^2 + 100*(y - x^2)^2", (-2, 2), False),
        ("(1 - cos(x*y))/(x*y)^2", (1e-5, 1e-4), False),  # rounding
    ],
)
def test_a_map_says_when_it_cannot_show_the_function(text: str, ends: tuple[float, float], fast: bool) -> None:
    scene = map_of(text, {"x": ends, "y": ends}, x=0.7, y=0.6)
    assert scene.unresolved is fast
    assert any("turns faster" in mark for mark in scene.marks) is fast


def test_contour_of_a_circle() -> None:
    function = function_of("x^2 + y^2", x=1, y=0)
    found = contour(function, sample_surface(function, SQUARE, SQUARE, 80, 80), 2.25)
    assert len(found) > 100
    assert [math.hypot(*place) for place in found] == pytest.approx([1.5] * len(found), abs=2e-3)


def test_no_contour_runs_along_a_pole() -> None:
    function = function_of("1/(x - 0.2) + 0*y", x=1, y=1)
    found = contour(function, sample_surface(function, SQUARE, SQUARE, 60, 60), 1.0)
    assert found
    assert [x for x, _ in found] == pytest.approx([1.2] * len(found), abs=5e-3)


@pytest.mark.parametrize(
    ("text", "distance"),
    [
        ("|x| + y^2", lambda x, y: x),
        ("max(x, y)", lambda x, y: x - y),
        ("relu(x^2 + y^2 - 1)", lambda x, y: math.hypot(x, y) - 1),
        ("floor(x) + y", lambda x, y: x - round(x)),
        ("where(x > 0.5, y, 2*y + 1)", lambda x, y: x - 0.5),
    ],
)
def test_kinks_lie_on_the_kink(text: str, distance) -> None:
    found = kinks(function_of(text, x=0.3, y=0.4), SQUARE, SQUARE)
    assert len(found) >= 30
    assert [distance(*place) for place in found] == pytest.approx([0.0] * len(found), abs=1e-9)


@pytest.mark.parametrize("text", ["x^2*y + sin(x)", "|x|*x + y", "x/y", "relu(x) - relu(-x) + y", "|x|^2 + y^2"])
def test_smooth_functions_have_no_kinks(text: str) -> None:
    assert kinks(function_of(text, x=0.3, y=0.4), SQUARE, SQUARE) == []


def test_default_ranges_have_one_scale() -> None:
    scene = map_of("x^2 + 2*y^2", x=1, y=-1.5)
    assert scene.ratio == pytest.approx(1.0)
    assert scene.same_scale
    assert not map_of("x*y", x=1, y=1e4).same_scale


def test_arrow_is_orthogonal_to_the_contour_in_the_picture(rng: random.Random) -> None:
    # Also where the axes have different scales: the gradient in the picture's units.
    for _ in range(20):
        wide = 10 ** rng.uniform(-3, 3)
        scene = map_of("x*y + x^2", {"x": (-1, 2), "y": (-wide, 2 * wide)}, x=0.5, y=0.25 * wide)
        assert scene.heading is not None
        # Along the contour x^2 + x y = c: dy/dx = -(2 x + y)/x.
        along = 1.0, -(2 * 0.5 + 0.25 * wide) / 0.5
        if not scene.same_scale:
            along = along[0] / 3, along[1] / (3 * wide)
        cosine = (scene.heading[0] * along[0] + scene.heading[1] * along[1]) / math.hypot(*along)
        assert cosine == pytest.approx(0.0, abs=1e-12)


@pytest.mark.parametrize(
    ("text", "point", "words"),
    [
        ("x^2 - y^2", (0, 0), "gradient 0: no direction of increase"),
        ("3 + 0*x*y", (1, 1), "gradient 0: no direction of increase"),
        ("|x| + |y|", (0, 1), "no gradient here"),
        ("ln(x) + y", (-1, 1), "no gradient here"),
    ],
)
def test_no_arrow_without_a_gradient(text: str, point: tuple[float, float], words: str) -> None:
    from gradcli.render.plot.scene import gradient_text

    scene = map_of(text, x=point[0], y=point[1])
    assert scene.heading is None
    assert gradient_text(scene) == words


def test_a_pole_has_no_width() -> None:
    square = Axis(-1.0, 1.0)
    function = function_of("1/(x*y)", x=1, y=1)
    drawn = without_holes(function, sample_surface(function, square, square, 41, 41))
    assert drawn.whole
    assert len(drawn.holes) == 41 + 41 - 1
    assert all(x * y == 0 for x, y in drawn.holes)
    scene = map_of("1/(x*y)", {"x": (-1, 1), "y": (-1, 1)}, x=1, y=1)
    assert scene.marks == ("no finite value on lines or at points of the map",)


def test_a_pole_along_the_diagonal_has_no_width() -> None:
    square = Axis(-1.0, 1.0)
    function = function_of("1/(x - y)", x=1, y=2)
    drawn = without_holes(function, sample_surface(function, square, square, 41, 41))
    assert drawn.whole
    assert drawn.holes == tuple((p, p) for p in drawn.xs)


def test_a_region_without_values_stays_one() -> None:
    square = Axis(-1.0, 1.0)
    function = function_of("ln(x) + y", x=1, y=1)
    drawn = without_holes(function, sample_surface(function, square, square, 41, 41))
    assert not drawn.whole
    assert drawn.holes == ()
