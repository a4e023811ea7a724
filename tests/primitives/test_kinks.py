"""At kinks: the answer is the one torch gives, the one-sided derivatives are those of theory."""

from __future__ import annotations

import math
from collections.abc import Iterator
from itertools import product
from typing import Any

import numpy as np
import pytest
import torch

from gradcli.carriers.tape import Tape, evaluate
from gradcli.carriers.tensors import Tensors
from gradcli.graph import Graph
from gradcli.methods.enclosures import working
from gradcli.methods.forward import push
from gradcli.methods.reverse import pull
from gradcli.primitives.registry import by_name
from gradcli.verify.side_sweep import kink_tangent
from tests.primitives import checks

MORE_POINTS: dict[str, list[tuple[Any, ...]]] = {
    "abs": [(-0.0,)],
    "relu": [(-0.0,)],
    "clamp": [(-1.0, 0.5, 0.5), (2.0, 0.5, 0.5), (1.0, 1.0, 0.0)],
    "norm": [((0.0,),), ((0.0, 0.0), 3), ((0.0, 0.0), 1), ((0.0, 0.0), math.inf), ((0.0,), math.inf)],
    "max": [((1.0, 3.0, 3.0),), (((1.0, 2.0), (2.0, 0.0)),)],
    "min": [((1.0, 3.0, 1.0),), ((0.0, 0.0),)],
    "argmax": [((1.0, 3.0, 3.0),)],
    "argmin": [((1.0, 3.0, 1.0),)],
    "floor_divide": [(-4.0, 2.0)],
    "remainder": [(4.0, -2.0), (-1.5, 0.5)],
    "logical_not": [(-0.0,)],
    "leaky_relu": [(-0.0,), (0.0, -2.0), (0.0, 0.0)],
    "elu": [(-0.0, 0.5)],
}
"""Beside those that the declarations name."""
NATIVE = {
    "norm": lambda x, p, axis, keepdim: torch.linalg.vector_norm(x, p),
    "max": lambda x, axis, keepdim: torch.amax(x, ()),
    "min": lambda x, axis, keepdim: torch.amin(x, ()),
    "argmax": lambda x, axis, keepdim: torch.argmax(x),
    "argmin": lambda x, axis, keepdim: torch.argmin(x),
    "std": lambda x, axis, correction, keepdim: torch.std(x, correction=correction),
    "power": torch.pow,
    "where": lambda condition, a, b: torch.where(condition != 0, a, b),
    "floor_divide": lambda x, y: torch.div(x, y, rounding_mode="floor"),
    "leaky_relu": torch.nn.functional.leaky_relu,
    "elu": torch.nn.functional.elu,
}
"""torch's own functions, where torch's are not of that name, or are called otherwise."""
STEP = 2.0**-20
"""Of difference quotients."""
KINKED = {name: primitive for name, primitive in by_name().items() if primitive.kink}
POINTS = [(name, point) for name in KINKED for point in (*KINKED[name].kink.points, *MORE_POINTS.get(name, []))]
EVERY_POINT = pytest.mark.parametrize(("name", "point"), POINTS, ids=lambda v: str(v).replace(" ", ""))


def case_at(name: str, point: tuple[Any, ...]) -> checks.Case:
    return checks.Case(by_name()[name], *checks.split_sample(by_name()[name], point), f"{name}{point}")


@pytest.mark.parametrize("name", KINKED)
def test_every_declared_kink_has_a_point_and_a_convention(name: str) -> None:
    kink = KINKED[name].kink
    assert kink.points, f"{name}: no points on the kink"
    assert kink.convention


@EVERY_POINT
def test_kink_is_found_there(name: str, point: tuple[Any, ...]) -> None:
    case = case_at(name, point)
    for carrier in case.carriers():
        assert case.tape(carrier).kinks() == [case.output], "Kink.at is not 0 at a point of Kink.points"


@pytest.mark.parametrize("name", KINKED)
def test_no_kink_is_found_beside_it(name: str) -> None:
    """At the samples, and there with one element 0, where a careless `at` (any element 0) sees one."""
    for sample in KINKED[name].samples:
        arguments, parameters = checks.split_sample(KINKED[name], sample)
        for point in nearby(arguments):
            case = checks.Case(KINKED[name], point, parameters, str(sample))
            for carrier in case.carriers():
                tape = case.tape(carrier)
                if tape.violated(case.output) is None and tape.kinks():
                    assert is_kink(case, tape), f"{name}: Kink.at is 0 at {point}, where there is no kink"


@pytest.mark.parametrize("name", sorted(by_name()))
def test_at_zero_is_a_derivative_or_a_declared_kink(name: str) -> None:
    """With all arguments 0, where rules divide by 0 and most functions that have a kink have it."""
    primitive = by_name()[name]
    for sample in primitive.samples:
        arguments, parameters = checks.split_sample(primitive, sample)
        case = checks.Case(primitive, tuple(0.0 * a for a in arguments), parameters, f"{name}{sample} at 0")
        for carrier in case.carriers():
            tape = case.tape(carrier)
            finite = np.isfinite(checks.numbers_of(carrier, tape.values[case.output], ())).all()
            if finite and tape.violated(case.output) is None and not tape.kinks():
                for jacobian in (checks.forward_jacobian, checks.reverse_jacobian):
                    found = jacobian(case, tape)
                    assert not np.isnan(found).any(), f"{case.label}: NaN, in the domain and on no declared kink"
                inside = all(np.isfinite(left + right).all() for _, _, left, right in quotients(case, carrier))
                assert not inside or np.isinf(found).any() or not bends(case, carrier), (
                    f"{case.label}: the function bends there, and no kink is declared"
                )


def nearby(arguments: tuple[Any, ...]) -> Iterator[tuple[Any, ...]]:
    """The arguments, and each of their elements made 0 alone."""
    yield arguments
    for k, argument in enumerate(arguments):
        for place in np.ndindex(argument.shape):
            moved = argument.copy()
            moved[place] = 0.0
            yield (*arguments[:k], moved, *arguments[k + 1 :])


def is_kink(case: checks.Case, tape: Tape) -> bool:
    """Whether the primal jumps or bends there; or the declared sides say that it does not."""
    if bends(case, tape.carrier):
        return True
    return case.primitive.kink.sides is not None and all(
        close(checked_side(case, tape, k, unit), right) for k, unit, _, right in quotients(case, tape.carrier)
    )


def bends(case: checks.Case, carrier: Any) -> bool:
    """Whether difference quotients from the left and from the right disagree along the unit of some element."""
    return not all(close(left, right) and close(right * STEP, 0.0) for _, _, left, right in quotients(case, carrier))


def quotients(case: checks.Case, carrier: Any) -> Iterator[tuple[int, Any, Any, Any]]:
    """(argument, unit of one of its elements, quotient from the left, quotient from the right)."""

    def value(k: int, change: Any) -> Any:
        arguments = (*case.arguments[:k], case.arguments[k] + change, *case.arguments[k + 1 :])
        operands = tuple(checks.on(carrier, a) for a in arguments)
        return np.array(carrier.nested(carrier.apply(case.primitive, operands, case.parameters)))

    for k, argument in enumerate(case.arguments):
        for unit in checks.units(argument.shape):
            here, after, before = (value(k, h * unit) for h in (0.0, STEP, -STEP))
            yield k, unit, (here - before) / STEP, (after - here) / STEP


def checked_side(case: checks.Case, tape: Tape, k: int, unit: Any) -> Any:
    """The declared one-sided derivative, of the shape of the result."""
    tangents = tuple(checks.on(tape.carrier, unit if j == k else 0.0 * a) for j, a in enumerate(case.arguments))
    side = np.array(tape.carrier.nested(kink_tangent(tape, case.output, tangents)))
    assert side.shape == case.graph.shapes[case.output], f"{case.primitive.name}: Kink.sides gives shape {side.shape}"
    return side


def close(a: Any, b: Any) -> bool:
    return np.allclose(a, b, rtol=1e-3, atol=1e-3)


@EVERY_POINT
def test_convention_is_that_of_torch(name: str, point: tuple[Any, ...]) -> None:
    """In both modes on every carrier. Where torch has no such function, the modes agree with each other."""
    case = case_at(name, point)
    native = NATIVE.get(name) or getattr(torch, name, None)
    wanted = None if native is None else torch_gradient(case, native)
    for carrier in case.carriers():
        for jacobian in (checks.forward_jacobian, checks.reverse_jacobian):
            found = jacobian(case, case.tape(carrier))[0]
            wanted = found if wanted is None else wanted
            assert np.array_equal(found, wanted, equal_nan=True), (
                f"{name} at {point}: {found} by {jacobian.__name__} on {carrier.name}, not {wanted}; "
                f"if torch.{name} is another function, or is called otherwise, NATIVE says how"
            )


def torch_gradient(case: checks.Case, native: Any) -> Any:
    """By torch.autograd of torch's own function."""
    leaves = [torch.tensor(a, dtype=torch.float64, requires_grad=True) for a in case.arguments]
    value = native(*leaves, *case.parameters)
    if value.requires_grad and value.dtype == torch.float64:
        found = torch.autograd.grad(value, leaves, allow_unused=True)
    else:
        found = [None] * len(leaves)
    return np.concatenate(
        [np.zeros(a.size) if g is None else np.ravel(g.tolist()) for g, a in zip(found, case.arguments, strict=True)]
    )


@pytest.mark.parametrize(("name", "point"), [p for p in POINTS if by_name()[p[0]].kink.sides], ids=str)
def test_sides_are_the_one_sided_derivatives(name: str, point: tuple[Any, ...]) -> None:
    """The declared sides along every direction of a grid, against the quotient (f(x + h t) - f(x)) / h.

    Extrapolated from h and h/2, because elu is curved on one side.
    """
    case = case_at(name, point)
    kink = case.primitive.kink
    step = 2.0**-18
    sizes = [a.size for a in case.arguments]
    for numbers in product((-2.0, -1.0, 0.0, 1.0, 3.0), repeat=sum(sizes)):
        parts = np.split(np.array(numbers), np.cumsum(sizes)[:-1])
        tangents = [p.reshape(a.shape) for p, a in zip(parts, case.arguments, strict=True)]
        for carrier in case.carriers():

            def value(arguments: Any, carrier: Any = carrier) -> Any:
                operands = tuple(checks.on(carrier, a) for a in arguments)
                return np.array(carrier.nested(carrier.apply(case.primitive, operands, case.parameters)))

            def quotient(step: float, value: Any = value, tangents: Any = tangents) -> Any:
                moved = [a + step * t for a, t in zip(case.arguments, tangents, strict=True)]
                return (value(moved) - value(case.arguments)) / step

            operands = tuple(checks.on(carrier, a) for a in case.arguments)
            given = tuple(checks.on(carrier, t) for t in tangents)
            side = np.array(carrier.nested(kink.sides(carrier, given, *operands, *case.parameters)))
            seen = 2.0 * quotient(step / 2) - quotient(step)
            assert side == pytest.approx(seen, rel=1e-9, abs=1e-9), f"along {numbers} on {carrier.name}"


SIDED = [p for p in POINTS if KINKED[p[0]].kink.sides and KINKED[p[0]].elementwise]


@pytest.mark.parametrize(("name", "point"), SIDED, ids=str)
def test_sides_in_balls_hold_the_one_sided_derivatives(name: str, point: tuple[Any, ...]) -> None:
    """Of every elementwise operation, against the same quotient of the primal in balls."""
    case = case_at(name, point)
    step = 2.0**-100
    for numbers in product((-2.0, -1.0, 0.0, 1.0, 3.0), repeat=len(case.arguments)):
        with working(1000) as balls:
            operands = [balls.point(float(a), ()) for a in case.arguments]
            tangents = [balls.point(t, ()) for t in numbers]

            def quotient(h: Any, balls: Any = balls, operands: Any = operands, tangents: Any = tangents) -> Any:
                moved = tuple(a + t * h for a, t in zip(operands, tangents, strict=True))
                ends = (balls.apply(case.primitive, place, case.parameters) for place in (moved, tuple(operands)))
                return next(ends) / h - next(ends) / h

            side = case.primitive.kink.sides(balls, tuple(tangents), *operands, *case.parameters)
            seen = 2 * quotient(balls.lift(step / 2)) - quotient(balls.lift(step))
            assert abs(side - seen).abs_upper() < 1e-50 or not seen.is_finite(), f"along {numbers}"


def test_x_to_the_x_at_zero_is_minus_infinity() -> None:
    """The truth from the right; torch gives 0 in both of its modes."""
    graph = Graph()
    x = graph.input("x")
    y = graph.apply(by_name()["pow"], (x, x))
    for carrier in case_at("abs", (0.0,)).carriers():
        tape = evaluate(graph, [y], carrier, {x: carrier.constant(0.0, ())})
        assert carrier.nested(tape.values[y]) == 1.0
        assert carrier.nested(push(tape, {x: carrier.constant(1.0, ())})[y]) == -math.inf
        assert carrier.nested(pull(tape, {y: carrier.constant(1.0, ())}, [x])[x]) == -math.inf


@pytest.mark.parametrize(
    ("name", "arguments", "wanted"),
    [
        ("power", (0.0, 2), (0.0,)),
        ("power", (0.0, 1), (1.0,)),
        ("power", (0.0, 0), (0.0,)),
        ("power", (0.0, 1.5), (0.0,)),
        ("power", (0.0, 0.5), (math.inf,)),
        ("power", (0.0, -1), (-math.inf,)),
        ("power", (-2.0, 3), (12.0,)),
        ("power", (-2.0, 0), (0.0,)),
        ("pow", (0.0, 0.0), (0.0, -math.inf)),
        ("pow", (0.0, 1.0), (1.0, 0.0)),
        ("pow", (0.0, 2.0), (0.0, 0.0)),
        ("pow", (0.0, 0.5), (math.inf, 0.0)),
        ("pow", (-2.0, 3.0), (12.0, math.nan)),
        ("pow", (-2.0, 0.0), (-0.0, math.nan)),
        ("pow", (2.0, 0.0), (0.0, math.log(2.0))),
        ("sqrt", (0.0,), (math.inf,)),
        ("cbrt", (0.0,), (math.inf,)),
        ("div", (1.0, 0.0), (math.inf, -math.inf)),
        ("log", (0.0,), (math.inf,)),
        ("where", (0.0, math.inf, 2.0), (0.0, 0.0, 1.0)),
        ("where", (1.0, 2.0, math.nan), (0.0, 1.0, 0.0)),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_edges(name: str, arguments: tuple[Any, ...], wanted: tuple[float, ...]) -> None:
    """Where exponents, bases and divisors are 0 or negative: the limits of calculus."""
    case = case_at(name, arguments)
    for carrier in case.carriers():
        for jacobian in (checks.forward_jacobian, checks.reverse_jacobian):
            found = jacobian(case, case.tape(carrier))[0]
            assert np.array_equal(found, np.array(wanted), equal_nan=True), (jacobian.__name__, carrier.name, found)


@pytest.mark.parametrize(
    ("name", "point"), [("leaky_relu", (0.0, 1.0)), ("elu", (0.0, 1.0)), ("logical_or", (0.0, 1.0))]
)
def test_where_both_sides_are_alike_there_is_no_kink(name: str, point: tuple[float, ...]) -> None:
    case = case_at(name, point)
    for carrier in case.carriers():
        assert case.tape(carrier).kinks() == []


def test_norm_of_a_kink_inside_a_tensor() -> None:
    """Elementwise kinks are found when any element stands on one."""
    case = case_at("abs", (np.array([1.0, 0.0, -2.0]),))
    assert case.tape(Tensors("cpu")).kinks() == [case.output]


@pytest.mark.parametrize(
    ("name", "parameters", "native"),
    [
        ("max", (1, False), lambda x: torch.amax(x, 1)),
        ("min", (1, True), lambda x: torch.amin(x, 1, keepdim=True)),
        ("norm", (1, 1, False), lambda x: torch.linalg.vector_norm(x, 1, 1)),
        ("norm", (math.inf, 1, False), lambda x: torch.linalg.vector_norm(x, math.inf, 1)),
        ("norm", (2, 1, False), lambda x: torch.linalg.vector_norm(x, 2, 1)),
        ("std", (1, 1, True), lambda x: torch.std(x, 1, keepdim=True)),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_kinks_along_an_axis(name: str, parameters: tuple[Any, ...], native: Any) -> None:
    """Rows off the kink, on it and at 0: each element of the result has its own convention, and its own sides."""
    x = np.array([[1.0, 2.0, -4.0], [3.0, 3.0, -3.0], [0.0, 0.0, 0.0]])
    case = checks.Case(by_name()[name], (x,), parameters, name)
    tape = case.tape(Tensors("cpu"))
    assert tape.kinks() == [case.output]
    leaf = torch.tensor(x, requires_grad=True)
    rows = torch.func.jacrev(native)(leaf).reshape(-1, x.size).numpy(force=True)
    for jacobian in (checks.forward_jacobian, checks.reverse_jacobian):
        assert np.allclose(jacobian(case, tape), rows, rtol=1e-14, atol=0)
    for direction in (np.arange(1.0, 10.0).reshape(3, 3), -np.eye(3), np.array([[0.0, -1.0, 2.0]] * 3)):
        tangent = torch.tensor(direction)
        side = kink_tangent(tape, case.output, (tangent,))
        step = 2.0**-30
        quotient = (native(leaf + step * tangent) - native(leaf)) / step
        assert torch.allclose(side, quotient, rtol=0, atol=1e-6)


def test_equal_elements_deviate_by_nothing_although_their_mean_is_rounded() -> None:
    """(0.1 + 0.1 + 0.1)/3 is not 0.1 in float64; torch.std divides what is left by itself."""
    case = case_at("std", ((0.1, 0.1, 0.1),))
    tape = case.tape(Tensors("cpu"))
    assert float(tape.values[case.output]) == 0.0
    assert tape.kinks() == [case.output]
    for jacobian in (checks.forward_jacobian, checks.reverse_jacobian):
        assert np.array_equal(jacobian(case, tape), np.zeros((1, 3)))
