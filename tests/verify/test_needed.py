"""What vanishes on the way: which elements an output needs (witness: torch.autograd), and that a NaN among them is said
by every command, although the output is a number (witness: torch, which shows the NaN on the way)."""

from __future__ import annotations

import math
from dataclasses import replace

import mpmath
import pytest
import torch

from gradcli.carriers.floats import Floats
from gradcli.carriers.select import select_carrier
from gradcli.carriers.tape import evaluate, input_values
from gradcli.carriers.tensors import Tensors
from gradcli.errors import DomainError
from gradcli.verify.certainty import beyond_floats
from gradcli.verify.comparison import undecidable
from gradcli.verify.explain import has_value, require_finite
from gradcli.verify.needed import nan_nodes, needed_elements
from gradcli.verify.verdict import check_gradient, require_number
from tests.verify.problems import check, problem
from tests.verify.why.diagnoses import only, why

X = [[0.5, 2.0, 3.0], [1.5, 0.25, 4.0]]


@pytest.mark.parametrize(
    ("text", "function"),
    [
        ("sum(exp(x)[0])", lambda e: e[0].sum()),
        ("sum(where(x > 1, exp(x), x))", lambda e: torch.where(torch.tensor(X) > 1, e, 0.0).sum()),
        ("sum(where(x > 1, x, exp(x)))", lambda e: torch.where(torch.tensor(X) > 1, 0.0, e).sum()),
        ("sum(exp(x)'[1])", lambda e: e.T[1].sum()),
        ("sum(reshape(exp(x), [3, 2])[0])", lambda e: e.reshape(3, 2)[0].sum()),
        ("sum((exp(x) * [[2], [3]])[0])", lambda e: (e * torch.tensor([[2.0], [3.0]]))[0].sum()),
        ("tril(exp(x))[1, 0]", lambda e: torch.tril(e)[1, 0]),
        ("cumsum(exp(x), axis=1)[0, 1]", lambda e: torch.cumsum(e, 1)[0, 1]),
        ("sum([exp(x), x][0, 0])", lambda e: torch.stack([e, torch.tensor(X)])[0, 0].sum()),
    ],
)
def test_the_elements_that_an_output_needs(text: str, function) -> None:
    asked = problem(text, x=X)
    tape = evaluate(asked.graph, [asked.output], Tensors("cpu"), input_values(asked.graph, Tensors("cpu"), asked.point))
    (node,) = (n for n in tape.nodes if not asked.graph.is_leaf(n) and tape.primitive(n).name == "exp")
    inner = torch.exp(torch.tensor(X)).requires_grad_()
    (gradient,) = torch.autograd.grad(function(inner), inner)
    assert needed_elements(tape, asked.output)[node].tolist() == (gradient != 0).tolist()


def test_what_broadcasting_repeats_is_needed_where_any_copy_is() -> None:
    asked = problem("sum(where(x > 1, ln(y) * x, 0))", x=X, y=[1.0, 2.0, -1.0])
    carrier = Tensors("cpu")
    tape = evaluate(asked.graph, [asked.output], carrier, input_values(asked.graph, carrier, asked.point))
    (node,) = nan_nodes(tape)[:1]
    columns = (torch.tensor(X) > 1).any(0)
    assert needed_elements(tape, asked.output)[node].tolist() == columns.tolist()


VANISHED = [
    ("ln(x)^0 + x", {"x": -1.0}, "ln(x)"),
    ("acos(x)^0", {"x": 3.0}, "acos(x)"),
    ("where(ln(x) > 0, 1, x)", {"x": -1.0}, "ln(x)"),
    ("(ln(x) > 0 or x < 0)*x", {"x": -1.0}, "ln(x)"),
    ("1^sqrt(x) + x", {"x": -4.0}, "sqrt(x)"),
    ("where(x < 0, ln(x), x)^0 + x", {"x": -1.0}, "ln(x)"),
    ("where(ln(x) > 0, 1, x)", {"x": 0.0}, "ln(x)"),
    ("(1/x > 2)*x", {"x": 0.0}, "1/x"),
    ("sum(where(ln(x) < 3, x, 2))", {"x": [4.0, 0.0]}, "ln(x)"),
    ("sum(ln(x)^0)", {"x": [1.0, -1.0]}, "ln(x)"),
    ("sum(where(sqrt(x) > 1, x, 2))", {"x": [4.0, -1.0]}, "sqrt(x)"),
    ("x*atan(detach(1/x))", {"x": 0.0}, "1/x"),
    ("x + 1/(2//x)", {"x": 0.0}, "2//x"),
    # IEEE 754 has a number for atan2(0, 0), which has none.
    ("atan2(x, x^3)", {"x": 0.0}, "atan2(x, x^3)"),
    ("sum(atan2(x, x))", {"x": [1.0, 0.0]}, "atan2(x, x)"),
    ("x + detach(atan2(x, x))", {"x": 0.0}, "atan2(x, x)"),
    # and arithmetic with infinity, behind which the result may be finite.
    ("atan(1/x)", {"x": 0.0}, "1/x"),
    ("exp(-(1/x)^2)", {"x": 0.0}, "1/x"),
    ("relu(ln(x))", {"x": 0.0}, "ln(x)"),
    ("sum(sigmoid(ln(x)))", {"x": [1.0, 0.0]}, "ln(x)"),
]


@pytest.mark.parametrize(("text", "point", "node"), VANISHED)
def test_a_nan_that_vanishes_leaves_no_value(text: str, point: dict, node: str) -> None:
    asked = problem(text, **point)
    carrier = select_carrier(asked.graph, asked.graph.ancestors([asked.output]))
    with pytest.raises(DomainError) as refused:
        require_finite(asked, carrier, text)
    assert refused.value.message.startswith(f"{node} is undefined at x")
    with pytest.raises(DomainError):
        require_number(asked, carrier, text)
    # Balls, in which NaN^0 is 1 too, do not say otherwise.
    assert beyond_floats(asked, carrier, "") is None
    assert check(text, **point).verdict.word == "undefined"
    compared = undecidable(asked, Tensors("cpu"))
    assert compared is not None
    assert compared.word == "undefined"
    finding = only(text, **point)
    assert finding.kind == "undefined"
    assert finding.reason.startswith(f"{node} is undefined at x")


def test_a_mask_may_be_minus_infinity() -> None:
    """Attention masks scores with it: torch's gradient is that of the softmax over what is left."""
    asked = problem("softmax(x + ln(m))[0]", x=[1.0, 2.0, 3.0], m=[1.0, 0.0, 1.0])
    with pytest.raises(DomainError, match="ln"):
        require_finite(asked, Tensors("cpu"), "")
    masked = replace(asked, wrt=("x",))
    require_finite(masked, Tensors("cpu"), "")
    scores = torch.tensor([1.0, 2.0, 3.0], dtype=torch.float64, requires_grad=True)
    torch.softmax(scores + torch.tensor([0.0, -torch.inf, 0.0], dtype=torch.float64), 0)[0].backward()
    assert scores.grad is not None
    assert check_gradient(masked, Tensors("cpu")).gradient["x"] == pytest.approx(scores.grad.tolist(), abs=1e-15)


@pytest.mark.parametrize(
    ("text", "point"),
    [
        ("where(x > 0, ln(x), x)", {"x": -1.0}),
        ("where(x > 0, ln(x), x)^0 + x", {"x": -1.0}),
        ("sum(where(x > 0, ln(x), x))", {"x": [1.0, -1.0]}),
        ("sum(where(x > 0, ln(where(x > 0, x, 1)), x))", {"x": [2.0, -1.0]}),
        ("sum(where(x > 0, ln(x), 2)^0) + sum(x)", {"x": [2.0, -1.0]}),
        ("ln(x)[0]", {"x": [1.0, -1.0]}),
        ("where(x > 1, (ln(x) > 0)*x, x)", {"x": 0.0}),
        ("where(exp(x) > 1, x, 2)", {"x": 1000.0}),
        ("where(x > 1, atan2(y, y), x) + y", {"x": 0.5, "y": 0.0}),
        ("sum(where(x > 1, atan2(floor(x), 0), x))", {"x": [0.5, 2.0]}),
    ],
)
def test_what_is_not_taken_may_be_nan(text: str, point: dict) -> None:
    """The idiom of where(), double or not, is what it was."""
    assert check(text, **point).verdict.word == "verified"
    assert not [f for f in why(text, **point).findings if f.kind == "undefined"]


def test_a_nan_of_overflow_is_no_undefined_value() -> None:
    """inf - inf is NaN in floats, and 0 in truth."""
    verdict = check("(exp(x) - exp(x))^0 + x", x=1000.0).verdict
    assert verdict.word == "ill-conditioned"
    assert verdict.true is not None
    assert verdict.true.value == "1001"
    assert only("(exp(x) - exp(x))^0*x", x=1000.0).kind != "undefined"


@pytest.mark.parametrize("other", [1.0, 0.0])
def test_an_overflow_beside_what_is_undefined_is_no_undefined_value(other: float) -> None:
    """1/0 and 0/0 are not needed, and the element that is overflows inside the domain. Witness: mpmath."""
    asked = problem("atan((a/b)[0])", a=[1e300, other], b=[1e-300, 0.0])
    assert require_finite(asked, Tensors("cpu"), "") == pytest.approx(math.pi / 2)
    sides = check_gradient(asked, Tensors("cpu")).verdict.sides
    assert sides is not None
    with mpmath.workprec(5000):
        true = [mpmath.diff(lambda *p: mpmath.atan(p[0] / p[1]), (1e300, 1e-300), n) for n in ((1, 0), (0, 1))]
    for name, number in zip("ab", true, strict=True):
        for side in ("left", "right"):
            seen = [getattr(s, side) for s in sides[name]]
            assert seen == [pytest.approx(float(number), rel=1e-8, abs=0), 0.0]
    needs_other = problem("atan((a/b)[1])", a=[1e300, other], b=[1e-300, 0.0])
    with pytest.raises(DomainError, match=r"a/b is undefined at a\[1\]"):
        require_finite(needs_other, Tensors("cpu"), "")


def test_values_on_the_way_are_not_looked_at_without_a_nan() -> None:
    asked = problem("exp(x) + 1", x=1.0)
    carrier = select_carrier(asked.graph, asked.graph.ancestors([asked.output]))
    tape = evaluate(asked.graph, [asked.output], carrier, input_values(asked.graph, carrier, asked.point))
    assert nan_nodes(tape) == []
    assert has_value(tape, asked.output)


@pytest.mark.parametrize("text", ["where(sqrt(x) > -1, 1, x)", "ln(x)^0 + x", "(x*sqrt(x))^0"])
def test_the_edge_of_a_domain_that_vanishes(text: str) -> None:
    """By theory sqrt and ln have no value below 0, where floats see one."""
    verdict = check(text, x=0.0).verdict
    assert verdict.word == "undefined"
    assert "left of the point there is no function value" in verdict.sentence


@pytest.mark.parametrize("text", ["where(abs(1/x) > 2, x, 0)", "x + (exp(-1/x^2) > 1)", "x*detach(atan(1/x))"])
def test_a_pole_on_the_way_to_a_comparison_leaves_no_value(text: str) -> None:
    """IEEE 754 compares infinity, and 1/0 is no number."""
    asked = problem(text, x=0.0)
    with pytest.raises(DomainError, match="is undefined at"):
        require_finite(asked, Floats(), text)


def test_an_element_that_overflows_beside_one_that_is_undefined_overflows() -> None:
    asked = problem("(a/b)[0]", a=[1e300, 1.0], b=[1e-300, 0.0])
    with pytest.raises(DomainError, match=r"a/b overflows at a\[0\]"):
        require_finite(asked, Tensors("cpu"), "")
