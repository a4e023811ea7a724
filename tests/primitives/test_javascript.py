"""Every elementwise primitive in JavaScript: value and local partials against Python's floats and 150 digits."""

from __future__ import annotations

import random
from collections.abc import Iterable
from dataclasses import replace
from itertools import product
from typing import Any

import mpmath
import pytest

from gradcli.carriers.floats import Floats
from gradcli.primitives.declare import Elementwise, Primitive
from gradcli.primitives.registry import by_name
from gradcli.render.inspector.program import partial_rules
from tests.javascript import domain_and_kink, engine, mistaken_engine, value_and_partials
from tests.primitives.checks import Case, sample_cases, split_sample
from tests.primitives.test_hard_points import HARD_POINTS, case_of
from tests.primitives.test_special_values import FEW, MANY, PARAMETERS, alike

FLOATS = Floats()
ELEMENTWISE = sorted(name for name, primitive in by_name().items() if primitive.elementwise)
HARD = [(name, sample) for name, sample in HARD_POINTS if name in ELEMENTWISE]
TWELVE_DIGITS = mpmath.mpf("5e-13")
CONDITION_ULPS = 16
"""Where the value is worse conditioned than twelve digits allow (sin near pi): units of roundoff of its condition."""

each_primitive = pytest.mark.parametrize("name", ELEMENTWISE)


def on_floats(primitive: Primitive, parameters: tuple[Any, ...], point: tuple[float, ...]) -> list[float | None]:
    """What `value_and_partials` gives, by Python."""
    out = FLOATS.apply(primitive, point, parameters)
    found: list[float | None] = [out]
    for rule in partial_rules(primitive):
        partial = None if rule is None else rule(FLOATS, out, *point, *parameters)
        found.append(None if partial is None else float(partial))
    return found


def assert_like_floats(primitive: Primitive, parameters: tuple[Any, ...], points: list[tuple[float, ...]]) -> None:
    """Special values, signs of zeros and what has no derivative included."""
    parameters = (
        primitive.normalize([()] * len(primitive.arguments), *parameters) if primitive.normalize else parameters
    )
    for point, found in zip(points, value_and_partials(primitive, parameters, points), strict=True):
        wanted = on_floats(primitive, parameters, point)
        same = [(a is None and b is None) or (a is not None and b is not None and alike(a, b))
                for a, b in zip(found, wanted, strict=True)]  # fmt: skip
        assert all(same), f"{primitive.name}{point}{parameters}: JavaScript {found}, Python {wanted}"


def assert_all(cases: Iterable[Case], v8: Any = None, primitive: Primitive | None = None) -> None:
    """Of several points."""
    for case in cases:
        assert_twelve_digits(case, v8, primitive)


def assert_twelve_digits(case: Case, v8: Any = None, primitive: Primitive | None = None) -> None:
    """Value and partials against the truth. `primitive` may stand in for that of the case."""
    point = tuple(float(a) for a in case.arguments)
    (found,) = value_and_partials(primitive or case.primitive, case.parameters, [point], v8)
    value, value_scale = case.truth.derivative(0)
    slopes, slope_scales = case.truth.derivative(1)
    wanted = [*value.ravel(), *slopes.ravel()]
    scales = [*value_scale.ravel(), *slope_scales.ravel()]
    for seen, truth, scale in zip(found, wanted, scales, strict=True):
        with mpmath.workdps(60):
            error = abs((seen or 0.0) - truth)
            allowed = max(TWELVE_DIGITS * abs(truth), CONDITION_ULPS * mpmath.mpf(2) ** -53 * scale)
            assert error <= allowed + mpmath.mpf(2) ** -1022, (
                f"{case.label}{point}: {found}, truth {[mpmath.nstr(w, 17) for w in wanted]}"
            )


@each_primitive
def test_samples_have_twelve_digits(name: str) -> None:
    assert_all(sample_cases(by_name()[name]))


@pytest.mark.parametrize(("name", "sample"), HARD, ids=lambda v: str(v).replace(" ", ""))
def test_hard_points_have_twelve_digits(name: str, sample: tuple[Any, ...]) -> None:
    assert_twelve_digits(case_of(name, sample))


SPANS = {
    "erf": (mpmath.erf, lambda x: 2 / mpmath.sqrt(mpmath.pi) * mpmath.exp(-x * x), (-6.0, 6.0)),
    "erfc": (mpmath.erfc, lambda x: -2 / mpmath.sqrt(mpmath.pi) * mpmath.exp(-x * x), (-6.0, 26.0)),
    "gamma": (mpmath.gamma, lambda x: mpmath.gamma(x) * mpmath.psi(0, x), (-165.0, 171.0)),
    "lgamma": (lambda x: mpmath.log(abs(mpmath.gamma(x))), lambda x: mpmath.psi(0, x), (-30.0, 300.0)),
    "digamma": (lambda x: mpmath.psi(0, x), lambda x: mpmath.psi(1, x), (-30.0, 300.0)),
    "cbrt": (lambda x: mpmath.sign(x) * mpmath.cbrt(abs(x)), lambda x: mpmath.cbrt(abs(x)) / (3 * abs(x)), (-9.0, 9.0)),
    "softplus": (lambda x: mpmath.log1p(mpmath.exp(x)), lambda x: 1 / (1 + mpmath.exp(-x)), (-700.0, 700.0)),
}
"""The function, its derivative, and where random points are taken."""


@pytest.mark.parametrize("name", SPANS)
def test_random_points_have_thirteen_digits(name: str) -> None:
    function, slope, (low, high) = SPANS[name]
    numbers = random.Random(name)
    points = [(numbers.uniform(low, high) * numbers.choice((1.0, 0.1, 0.01)),) for _ in range(300)]
    for (x,), found in zip(points, value_and_partials(by_name()[name], (), points), strict=True):
        with mpmath.workdps(60):
            truth = function(mpmath.mpf(x))
            condition = CONDITION_ULPS * mpmath.mpf(2) ** -53 * abs(x * slope(mpmath.mpf(x)))
            assert abs(found[0] - truth) <= max(abs(truth) * mpmath.mpf("5e-14"), condition), f"{name}({x}): {found[0]}"


@each_primitive
def test_special_values_are_those_of_python(name: str) -> None:
    primitive = by_name()[name]
    count = len(primitive.arguments)
    points = list(product(MANY if count < 3 else FEW, repeat=count))
    for parameters in PARAMETERS.get(name, {split_sample(primitive, sample)[1] for sample in primitive.samples}):
        assert_like_floats(primitive, parameters, points)


@pytest.mark.parametrize("name", [name for name in ELEMENTWISE if by_name()[name].kink or by_name()[name].domain])
def test_domains_and_kinks_are_those_of_python(name: str) -> None:
    """At special values and at the declared kinks."""
    primitive = by_name()[name]
    count = len(primitive.arguments)
    kinks = [tuple(map(float, point[:count])) for point in (primitive.kink.points if primitive.kink else ())]
    points = [*product(MANY if count < 3 else FEW, repeat=count), *kinks]
    for parameters in PARAMETERS.get(name, {split_sample(primitive, sample)[1] for sample in primitive.samples}):
        for point, found in zip(points, domain_and_kink(primitive, parameters, points), strict=True):
            inside = [bool(condition.holds(*point, *parameters)) for condition in primitive.domain]
            surfaces = primitive.kink.at(*point, *parameters) if primitive.kink else ()
            wanted = [*inside, any(surface == 0 for surface in surfaces)]
            assert found == wanted, f"{name}{point}{parameters}"


@pytest.mark.parametrize("name", [name for name in ELEMENTWISE if by_name()[name].kink])
def test_kinks_have_the_convention_of_python(name: str) -> None:
    primitive = by_name()[name]
    for point in primitive.kink.points:
        arguments, parameters = split_sample(primitive, point)
        assert_like_floats(primitive, parameters, [tuple(float(a) for a in arguments)])


@pytest.mark.parametrize("name", [name for name in ELEMENTWISE if by_name()[name].javascript[:1].isalpha()])
def test_the_declared_function_exists(name: str) -> None:
    assert engine().eval(f"typeof {by_name()[name].javascript}") == "function"


@pytest.mark.parametrize(
    ("name", "partials"),
    [
        ("sin", [lambda m, out, x: -m.cos(x)]),
        ("tanh", [lambda m, out, x: 1.0 - out * out]),
        ("log10", [lambda m, out, x: m.div(0.43429448190, x)]),
        ("atan2", list(reversed(by_name()["atan2"].rule.partials))),
        ("mul", [lambda m, out, x, y: y, None]),
    ],
)
def test_a_mistaken_partial_is_seen(name: str, partials: list[Any]) -> None:
    primitive = replace(by_name()[name], rule=Elementwise(*partials))
    with pytest.raises(AssertionError, match="truth"):
        assert_all(sample_cases(by_name()[name]), primitive=primitive)


@pytest.mark.parametrize(
    ("name", "right", "mistaken"),
    [
        ("gamma", "1 / 42", "1 / 43"),
        ("erf", "odd += 2", "odd += 3"),
        ("softplus", "Math.log1p(Math.exp", "Math.log(1 + Math.exp"),
        ("polygamma", "total += b * rising", "total -= b * rising"),
    ],
)
def test_a_mistaken_function_is_seen(name: str, right: str, mistaken: str) -> None:
    v8 = mistaken_engine(right, mistaken)
    cases = [*sample_cases(by_name()[name]), *(case_of(*point) for point in HARD if point[0] == name)]
    with pytest.raises(AssertionError, match="truth"):
        assert_all(cases, v8)
