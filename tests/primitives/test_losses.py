"""Losses, log_softmax and logsumexp against torch's own, on every shape it takes; and where torch is coarser."""

from __future__ import annotations

import math
from typing import Any

import mpmath
import numpy as np
import pytest
import torch

from gradcli.errors import GradcliError, ShapeError
from gradcli.primitives.registry import by_name
from tests.primitives import checks

TENSORS = checks.TENSORS
F = torch.nn.functional


def numbers(*shape: int, seed: int = 0) -> Any:
    return np.random.default_rng(seed).normal(size=shape) * 2


def probabilities(*shape: int) -> Any:
    return torch.softmax(torch.tensor(numbers(*shape, seed=1)), 1 if len(shape) > 1 else 0).numpy()


def case_of(name: str, arguments: tuple[Any, ...], parameters: tuple[Any, ...]) -> checks.Case:
    return checks.Case(by_name()[name], tuple(np.array(a, dtype=float) for a in arguments), parameters, name)


def assert_as_torch(case: checks.Case, native: Any, differentiable: int) -> None:
    """Value and both Jacobians, for the arguments that torch differentiates by."""
    leaves = [torch.tensor(a, requires_grad=k < differentiable) for k, a in enumerate(case.arguments)]
    tape = case.tape(TENSORS)
    value = tape.values[case.output]
    wanted = native(*leaves)
    assert value.shape == wanted.shape
    assert torch.allclose(value, wanted, rtol=1e-12, atol=1e-14)
    rows = [torch.autograd.grad(o, leaves[:differentiable], retain_graph=True) for o in wanted.reshape(-1)]
    jacobian = np.array([np.concatenate([g.numpy().ravel() for g in row]) for row in rows])
    for sweep in (checks.forward_jacobian, checks.reverse_jacobian):
        found = sweep(case, tape)
        assert np.allclose(found[:, : jacobian.shape[1]], jacobian, rtol=1e-12, atol=1e-14)
        assert not found[:, jacobian.shape[1] :].any()


INDEXED = [((4,), 2.0), ((3, 4), (0.0, 3.0, 1.0)), ((2, 3, 2), ((0.0, 2.0), (1.0, 1.0))), ((1, 1), (0.0,))]


@pytest.mark.parametrize("reduction", ["mean", "sum", "none"])
@pytest.mark.parametrize(("shape", "target"), INDEXED, ids=str)
def test_cross_entropy_of_class_indices(shape: tuple[int, ...], target: Any, reduction: str) -> None:
    case = case_of("cross_entropy", (numbers(*shape), target), (reduction,))
    assert_as_torch(case, lambda x, t: F.cross_entropy(x, t.long(), reduction=reduction), differentiable=1)


@pytest.mark.parametrize("reduction", ["mean", "sum", "none"])
@pytest.mark.parametrize("shape", [(4,), (3, 4), (2, 3, 2), (1, 1)], ids=str)
def test_cross_entropy_of_probabilities(shape: tuple[int, ...], reduction: str) -> None:
    case = case_of("cross_entropy", (numbers(*shape), probabilities(*shape)), (reduction,))
    assert_as_torch(case, lambda x, t: F.cross_entropy(x, t, reduction=reduction), differentiable=2)


@pytest.mark.parametrize("reduction", ["mean", "sum", "none"])
@pytest.mark.parametrize("shape", [(), (3,), (2, 3), (2, 1, 2)], ids=str)
def test_squared_and_huber_errors(shape: tuple[int, ...], reduction: str) -> None:
    arguments = (numbers(*shape), numbers(*shape, seed=2))
    mse = case_of("mse", arguments, (reduction,))
    assert_as_torch(mse, lambda x, t: F.mse_loss(x, t, reduction=reduction), differentiable=2)
    huber = case_of("huber", arguments, (0.8, reduction))
    assert_as_torch(huber, lambda x, t: F.huber_loss(x, t, reduction=reduction, delta=0.8), differentiable=2)


@pytest.mark.parametrize("axis", [-1, 0, 1])
def test_log_softmax(axis: int) -> None:
    assert_as_torch(case_of("log_softmax", (numbers(2, 3),), (axis,)), lambda x: F.log_softmax(x, axis), 1)


@pytest.mark.parametrize("keepdim", [False, True])
@pytest.mark.parametrize("axis", [None, -1, 0, (0, 2), (2, 1), ()], ids=str)
def test_logsumexp(axis: Any, keepdim: bool) -> None:
    axes = (0, 1, 2) if axis is None else axis
    if axis == ():
        case = case_of("logsumexp", (numbers(2, 3, 2),), ((), keepdim))
        assert torch.allclose(case.tape(TENSORS).values[case.output], torch.tensor(case.arguments[0]))
    else:
        case = case_of("logsumexp", (numbers(2, 3, 2),), (axis, keepdim))
        assert_as_torch(case, lambda x: torch.logsumexp(x, axes, keepdim), 1)


def test_logsumexp_of_a_scalar_is_the_scalar() -> None:
    assert_as_torch(case_of("logsumexp", (4.5,), (None, False)), lambda x: x + 0.0, 1)


@pytest.mark.parametrize("name", ["log_softmax", "logsumexp"])
@pytest.mark.parametrize(
    "values",
    [
        (1000.0, -1000.0), (-1000.0, -1000.0), (0.0, -math.inf), (-math.inf, 3.0, 1000.0), (-math.inf, -math.inf),
        (math.inf, 0.0), (math.inf, math.inf), (math.nan, 0.0), (1e308, -1e308), (1.0, math.nan),
    ],
    ids=str,
)  # fmt: skip
def test_infinities_are_as_in_torch(name: str, values: tuple[float, ...]) -> None:
    x = torch.tensor(values, dtype=torch.float64)
    primitive = by_name()[name]
    parameters = (0,) if name == "log_softmax" else (None, False)
    wanted = getattr(torch, name)(x, 0)
    found = TENSORS.apply(primitive, (x,), parameters)
    if name == "log_softmax" and values == (math.inf, 0.0):
        # The other element has probability 0; torch has NaN there too.
        assert found[1] == -math.inf
        found, wanted = found[:1], wanted[:1]
    assert torch.allclose(found, wanted, rtol=1e-14, equal_nan=True)


@pytest.mark.parametrize("mode", [checks.forward_jacobian, checks.reverse_jacobian])
def test_one_infinite_logit_leaves_the_other_derivatives_finite(mode: Any) -> None:
    """Of a masked class: its weight is 0, and so are the derivatives by it, but for that of -infinity itself."""
    values = (1.0, -math.inf, 2.0)
    small = torch.softmax(torch.tensor((1.0, 2.0), dtype=torch.float64), 0).numpy()
    case = case_of("logsumexp", (values,), (None, False))
    assert np.allclose(mode(case, case.tape(TENSORS)), [[small[0], 0.0, small[1]]], rtol=1e-15)
    case = case_of("log_softmax", (values,), (0,))
    found = mode(case, case.tape(TENSORS))
    assert np.allclose(found[0], [small[1], 0.0, -small[1]], rtol=1e-14)
    case = case_of("cross_entropy", (values, 0.0), ("mean",))
    assert np.allclose(mode(case, case.tape(TENSORS))[0, :3], [-small[1], 0.0, small[1]], rtol=1e-14)


@pytest.mark.parametrize("lead", [40.0, 300.0, 700.0])
def test_a_confident_prediction_keeps_its_digits(lead: float) -> None:
    """ln(1 + exp(-lead)) and its derivative, where torch has 0."""
    case = case_of("cross_entropy", ((lead, 0.0), 0.0), ("mean",))
    tape = case.tape(TENSORS)
    with mpmath.workdps(400):
        loss = mpmath.log1p(mpmath.exp(-lead))
        slope = 1 / (1 + mpmath.exp(lead))
    assert TENSORS.nested(tape.values[case.output]) == pytest.approx(float(loss), rel=1e-13, abs=0)
    for mode in (checks.forward_jacobian, checks.reverse_jacobian):
        found = mode(case, tape)[0]
        assert found[:2] == pytest.approx([-float(slope), float(slope)], rel=1e-13, abs=0)


def test_torch_finds_these_digits_in_our_primal() -> None:
    """Or autograd, when asked as a witness, would contradict the rules."""
    for name, rest in (("log_softmax", (0,)), ("cross_entropy", ("mean",))):
        leaf = torch.tensor((40.0, 0.0), dtype=torch.float64, requires_grad=True)
        others = () if name == "log_softmax" else (torch.tensor(0.0, dtype=torch.float64),)
        value = TENSORS.apply(by_name()[name], (leaf, *others), rest)
        (found,) = torch.autograd.grad(value if name == "cross_entropy" else value[0], leaf)
        assert found.abs().tolist() == pytest.approx([4.248354255291589e-18] * 2, rel=1e-13, abs=0)


@pytest.mark.parametrize("target", [3.0, -1.0, 1.5, 0.998, math.nan, math.inf, -100.0, 1e300], ids=str)
def test_an_index_of_no_class_is_outside_the_domain(target: float) -> None:
    case = case_of("cross_entropy", ((1.0, 2.0, 3.0), target), ("mean",))
    tape = case.tape(TENSORS)
    assert math.isnan(TENSORS.nested(tape.values[case.output]))
    if not math.isnan(target):
        assert "whole numbers from 0 to C - 1" in str(tape.violated(case.output))


@pytest.mark.parametrize(
    ("name", "shapes"),
    [
        ("cross_entropy", ((), ())),
        ("cross_entropy", ((3,), (1,))),
        ("cross_entropy", ((2, 3), (3,))),
        ("cross_entropy", ((2, 3), (3, 2))),
        ("cross_entropy", ((2, 3), ())),
        ("cross_entropy", ((2, 0), (2,))),
        ("mse", ((3,), (3, 1))),
        ("mse", ((3,), (4,))),
        ("huber", ((3,), (1,))),
        ("log_softmax", ((),)),
    ],
    ids=str,
)
def test_shapes_that_do_not_belong_together(name: str, shapes: tuple[tuple[int, ...], ...]) -> None:
    with pytest.raises(ShapeError):
        case_of(name, tuple(np.zeros(s) for s in shapes), by_name()[name].bind_parameters({}))


@pytest.mark.parametrize(
    ("name", "parameters"),
    [("mse", ("median",)), ("huber", (0, "mean")), ("huber", (-1.0, "mean")), ("huber", (math.inf, "mean")),
     ("huber", (1.0, "")), ("cross_entropy", ("Mean",))],
)  # fmt: skip
def test_parameters_that_mean_nothing(name: str, parameters: tuple[Any, ...]) -> None:
    with pytest.raises(GradcliError) as caught:
        case_of(name, (np.ones(3), np.ones(3)), parameters)
    assert caught.value.hint


def test_the_mean_of_nothing_is_not_a_number() -> None:
    for name, rest in (("mse", ("mean",)), ("huber", (1.0, "mean"))):
        case = case_of(name, (np.zeros(0), np.zeros(0)), rest)
        assert math.isnan(TENSORS.nested(case.tape(TENSORS).values[case.output]))
    case = case_of("mse", (np.zeros(0), np.zeros(0)), ("sum",))
    assert TENSORS.nested(case.tape(TENSORS).values[case.output]) == 0.0
    case = case_of("logsumexp", (np.zeros((2, 0)),), (1, False))
    assert TENSORS.nested(case.tape(TENSORS).values[case.output]) == [-math.inf, -math.inf]
