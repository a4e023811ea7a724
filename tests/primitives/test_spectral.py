"""Eigenvalues and eigenvectors beyond the samples: sizes, ties, near-ties, float32, against mpmath and torch."""

from __future__ import annotations

import random
from itertools import product
from typing import Any

import mpmath
import numpy as np
import pytest
import sympy
import torch

from gradcli.carriers.tape import evaluate
from gradcli.carriers.tensors import Tensors
from gradcli.errors import Unstated
from gradcli.primitives.registry import by_name
from gradcli.verify.side_sweep import kink_tangent
from tests.primitives import checks
from tests.primitives.exact import eigenvalues, eigenvectors

TENSORS = Tensors("cpu")
BOTH = pytest.mark.parametrize("name", ["eigvalsh", "eigvecsh"])
TIED = [
    np.eye(3),
    np.array([[2.0, 1.0, 1.0], [1.0, 2.0, 1.0], [1.0, 1.0, 2.0]]),
    np.array([[1.0, 2.0, 2.0], [2.0, 1.0, 2.0], [2.0, 2.0, 1.0]]) / 3.0,
    np.diag([1.0, 1.0, -2.0, -2.0]),
    np.zeros((2, 2)),
    np.outer([1.0, -2.0, 3.0, 1.0, 2.0], [1.0, -2.0, 3.0, 1.0, 2.0]),
    np.outer([0.3, -1.1, 2.3, 0.7, -0.4], [0.3, -1.1, 2.3, 0.7, -0.4]),
]
TIES = [2, 1, 1, 2, 1, 3, 3]
"""Of each, how many eigenvalues equal their predecessor."""


def symmetric(rng: random.Random, side: int) -> Any:
    a = np.array([[rng.uniform(-2, 2) for _ in range(side)] for _ in range(side)])
    return (a + a.T) / 2


def case_of(name: str, a: Any) -> checks.Case:
    return checks.Case(by_name()[name], (a,), (), f"{name} of {len(a)} rows")


def allowed(found: Any, a: Any, roundoff: float) -> float:
    """32 units of roundoff of a derivative, and of what |A| of them do to it: it changes as its square, 1/gap^2."""
    size = np.abs(found).max()
    return float(32 * roundoff * (size + np.linalg.norm(a) * size**2))


def torch_function(name: str) -> Any:
    """torch's own eigenvalues or eigenvectors of the symmetric part, each vector with our sign."""

    def values(a: Any) -> Any:
        return torch.linalg.eigvalsh((a + a.T) / 2)

    def vectors(a: Any) -> Any:
        found = torch.linalg.eigh((a + a.T) / 2)[1]
        ours = TENSORS.apply(by_name()[name], (a.detach(),), ())
        return found * torch.sign((found.detach() * ours).sum(0))

    return values if name == "eigvalsh" else vectors


@BOTH
@pytest.mark.parametrize("side", [2, 3, 4, 5])
def test_random_matrices_against_mpmath_and_torch(name: str, side: int, rng: random.Random) -> None:
    """Jacobians of both modes against differences at 50 digits; torch's own Jacobian and Hessian beside ours."""
    a = symmetric(rng, side)
    case = case_of(name, a)
    tape = case.tape(TENSORS)
    exact = eigenvalues if name == "eigvalsh" else eigenvectors
    truth = []
    with mpmath.workdps(50):
        point, step = [mpmath.mpf(x) for x in a.ravel()], mpmath.mpf(10) ** -15
        for k in range(side * side):
            ahead, behind = (exact(*[x + sign * step * (j == k) for j, x in enumerate(point)]) for sign in (1, -1))
            truth.append([float((x - y) / (2 * step)) for x, y in zip(ahead, behind, strict=True)])
    leaf = torch.tensor(a)
    native = torch.func.jacrev(torch_function(name))(leaf).reshape(-1, side * side).numpy()
    for jacobian in (checks.forward_jacobian, checks.reverse_jacobian):
        found = jacobian(case, tape)
        within = allowed(found, a, 2.0**-53)
        assert np.allclose(found, np.array(truth).T, rtol=0, atol=within)
        assert np.allclose(found, native, rtol=0, atol=within)
    u = checks.random_like(rng, case.graph.shapes[case.output])
    t = checks.random_like(rng, (side, side))
    wanted = checks.torch_double_backward(case, u, [t])
    for second in (checks.pulled_twice, checks.pushed_after_pull):
        assert np.allclose(second(case, TENSORS, u, [t]), wanted, rtol=1e-9, atol=1e-9 * np.abs(wanted).max())


@pytest.mark.parametrize("a", TIED, ids=lambda a: str(a.tolist()))
def test_sides_at_a_tie_are_the_quotients(a: Any, rng: random.Random) -> None:
    """Ties of some eigenvalues, of all, and such as rounding hides, along random directions."""
    case = case_of("eigvalsh", a)
    tape = case.tape(TENSORS)
    assert tape.kinks() == [case.output]
    for _ in range(20):
        t = np.array([[rng.uniform(-1, 1) for _ in a] for _ in a])
        side = kink_tangent(tape, case.output, (torch.tensor(t),)).tolist()
        with mpmath.workdps(50):
            step = mpmath.mpf(10) ** -20
            moved = eigenvalues(
                *[mpmath.mpf(x) + step * mpmath.mpf(d) for x, d in zip(a.ravel(), t.ravel(), strict=True)]
            )
            here = eigenvalues(*map(mpmath.mpf, a.ravel()))
            quotients = [(x - y) / step for x, y in zip(moved, here, strict=True)]
        # Thirds and tenths are no floats: such matrices have their ties only up to rounding, which 50 digits see.
        if np.array_equal(a, np.round(a)):
            assert np.allclose(side, [float(q) for q in quotients], rtol=0, atol=1e-12)
        quotient = (np.linalg.eigvalsh(a + 1e-7 * (t + t.T) / 2) - np.linalg.eigvalsh(a)) / 1e-7
        assert np.allclose(side, quotient, rtol=0, atol=1e-6)


@pytest.mark.parametrize("a", TIED, ids=lambda a: str(a.tolist()))
def test_convention_at_a_tie_is_that_of_torch(a: Any) -> None:
    case = case_of("eigvalsh", a)
    wanted = torch.func.jacrev(torch_function("eigvalsh"))(torch.tensor(a)).reshape(len(a), -1).numpy()
    for jacobian in (checks.forward_jacobian, checks.reverse_jacobian):
        assert np.allclose(jacobian(case, case.tape(TENSORS)), wanted, rtol=0, atol=1e-14)


@pytest.mark.parametrize("a", TIED, ids=lambda a: str(a.tolist()))
def test_eigenvectors_at_a_tie_are_refused(a: Any) -> None:
    case = case_of("eigvecsh", a)
    assert "distinct" in str(case.tape(TENSORS).violated(case.output))


@pytest.mark.parametrize(("a", "ties"), list(zip(TIED, TIES, strict=True)), ids=lambda a: str(np.array(a).tolist()))
def test_a_tie_is_exact_whatever_rounding_did(a: Any, ties: int) -> None:
    """So that max and min of the eigenvalues see it too. torch's own differ in their last digits there."""
    found = TENSORS.apply(by_name()["eigvalsh"], (torch.tensor(a),), ())
    native = torch.linalg.eigvalsh(torch.tensor(a))
    assert len(found.unique()) == len(found) - ties
    assert torch.allclose(found, native, rtol=0, atol=1e-14)


@pytest.mark.parametrize("gap", [1e-3, 1e-8, 1e-12])
def test_a_near_tie_is_no_tie(gap: float) -> None:
    """Beside a tie the derivatives exist, with as many digits as the gap leaves: 1/gap amplifies rounding."""
    rotation = np.linalg.qr(np.array([[2.0, 1.0, 0.0], [1.0, 3.0, 1.0], [0.0, 1.0, 5.0]]))[0]
    a = rotation @ np.diag([1.0, 1.0 + gap, 2.0]) @ rotation.T
    a = (a + a.T) / 2
    case = case_of("eigvalsh", a)
    tape = case.tape(TENSORS)
    assert tape.kinks() == []
    vectors = np.array(eigenvectors_of(a))
    wanted = np.einsum("ik,jk->kij", vectors, vectors).reshape(3, 9)
    assert np.allclose(checks.forward_jacobian(case, tape), wanted, rtol=0, atol=1e-14 / gap)
    assert case_of("eigvecsh", a).tape(TENSORS).violated(case.output) is None


def eigenvectors_of(a: Any) -> list[list[float]]:
    with mpmath.workdps(50):
        found = [float(x) for x in eigenvectors(*map(mpmath.mpf, a.ravel()))]
    return [found[row * len(a) : (row + 1) * len(a)] for row in range(len(a))]


@BOTH
def test_one_row(name: str) -> None:
    """Of [[x]]: the eigenvalue is x, the vector is 1 whatever x is."""
    case = case_of(name, np.array([[-4.0]]))
    value = [-4.0] if name == "eigvalsh" else [[1.0]]
    slope = [[1.0]] if name == "eigvalsh" else [[0.0]]
    tape = case.tape(TENSORS)
    assert TENSORS.nested(tape.values[case.output]) == value
    assert checks.forward_jacobian(case, tape).tolist() == slope
    assert checks.reverse_jacobian(case, tape).tolist() == slope


@BOTH
def test_float32(name: str, rng: random.Random) -> None:
    a = symmetric(rng, 3).astype(np.float32).astype(float)
    case = case_of(name, a)
    narrow = Tensors("cpu", "float32")
    wide = checks.reverse_jacobian(case, case.tape(TENSORS))
    tape = evaluate(case.graph, [case.output], narrow, case.values(narrow))
    assert tape.violated(case.output) is None
    for jacobian in (checks.forward_jacobian, checks.reverse_jacobian):
        assert np.allclose(jacobian(case, tape), wide, rtol=0, atol=allowed(wide, a, 2.0**-24))


def test_signs_are_continuous_where_components_are_equally_large() -> None:
    """(1, -1) and (-1, 1): rounding must not choose between them."""
    for shift in (-1e-9, 0.0, 1e-9):
        a = torch.tensor([[2.0, 1.0], [1.0, 2.0 + shift]], dtype=torch.float64)
        found = TENSORS.apply(by_name()["eigvecsh"], (a,), ())
        assert (found[0] > 0).all()
        assert found[1, 0] < 0


@BOTH
@pytest.mark.parametrize("bad", [float("nan"), float("inf")])
def test_what_is_not_finite_gives_nan(name: str, bad: float) -> None:
    """torch raises there."""
    a = torch.tensor([[1.0, bad], [bad, 1.0]], dtype=torch.float64)
    assert TENSORS.apply(by_name()[name], (a,), ()).isnan().all()


@BOTH
@pytest.mark.parametrize(("skew", "holds"), [(0.0, True), (1e-13, True), (1e-6, False), (1.0, False)])
def test_symmetric_but_for_rounding(name: str, skew: float, holds: bool) -> None:
    case = case_of(name, np.array([[2.0, 1.0], [1.0 + skew, 4.0]]))
    assert (case.tape(TENSORS).violated(case.output) is None) == holds


@pytest.mark.parametrize("side", [1, 2, 3])
def test_closed_form_is_that_of_mpmath(side: int, rng: random.Random) -> None:
    """The formula that SymPy differentiates, against mpmath's algorithm."""
    from gradcli.carriers.sympy import SymPy

    m = SymPy()
    a = symmetric(rng, side)
    exact = np.vectorize(sympy.Rational, otypes=[object])(a)
    found = m.apply(by_name()["eigvalsh"], (exact,), ())
    with mpmath.workdps(40):
        wanted = eigenvalues(*map(mpmath.mpf, a.ravel()))
        for x, y in zip(found, wanted, strict=True):
            assert abs(mpmath.mpf(str(x.evalf(40))) - y) < mpmath.mpf(10) ** -35


def test_closed_form_of_four_rows_is_declined() -> None:
    from gradcli.carriers.sympy import SymPy

    m = SymPy()
    with pytest.raises(Unstated, match="up to 3 rows"):
        m.apply(by_name()["eigvalsh"], (m.symbols("A", (4, 4)),), ())


def test_a_grid_of_small_integers_has_no_silent_nan() -> None:
    """Every symmetric 2 x 2 matrix of -1, 0, 1: a finite derivative, or a declared kink, or a violated premise."""
    for p, q, r in product((-1.0, 0.0, 1.0), repeat=3):
        a = np.array([[p, q], [q, r]])
        for name in ("eigvalsh", "eigvecsh"):
            case = case_of(name, a)
            tape = case.tape(TENSORS)
            if tape.violated(case.output) is None:
                assert np.isfinite(checks.reverse_jacobian(case, tape)).all()
