"""Verdicts on Jacobians, products and Hessians: right ones are verified, broken rules and mixed-up blocks are found."""

import math
import subprocess
import sys
from typing import Any

import pytest

from gradcli.carriers.select import select_carrier
from gradcli.carriers.tensors import Tensors
from gradcli.errors import ShapeError
from gradcli.primitives.declare import Elementwise
from gradcli.primitives.registry import by_name
from gradcli.render.derivatives import in_layout
from gradcli.shapes import index_of
from gradcli.verify import curvature
from gradcli.verify.curvature import check_hessian, check_hvp
from gradcli.verify.rows import check_jacobian, check_jvp, judge_rows
from gradcli.verify.witnesses import verdict_details
from tests.verify.problems import problem


def asked(text: str, **point):
    found = problem(text, **point)
    return found, select_carrier(found.graph, found.graph.ancestors([found.output]))


LARGE = {"x": [k / 7 - 1 for k in range(20)]}


@pytest.mark.parametrize(
    ("text", "point"),
    [
        ("[x*y, sin(x), x^2*y]", {"x": 1.2, "y": 0.5}),
        ("A @ x", {"A": [[1.0, 2.0], [3.0, 4.0]], "x": [0.5, -1.0]}),
        ("X @ X'", {"X": [[1.0, 2.0], [3.0, 4.0]]}),
        ("tanh(x)*x[0]", LARGE),
        ("x + 1", {"x": [1.0]}),
    ],
)
@pytest.mark.parametrize("mode", [None, "forward", "reverse"])
def test_right_jacobians_are_verified(text: str, point: dict, mode) -> None:
    checked = check_jacobian(*asked(text, **point), mode)
    assert checked.verdict.word == "verified", checked.verdict.sentence


@pytest.mark.parametrize("point", [{"x": [0.5, -1.0, 2.0]}, LARGE])
def test_a_wrong_entry_is_found(point: dict) -> None:
    found, carrier = asked("sin(x)*sum(x)", **point)
    right = check_jacobian(found, carrier)
    block = [list(row) for row in right.blocks["x"]]
    block[1][2] += 1e-9
    verdict = judge_rows(found, carrier, {"x": block})
    assert verdict.word == "wrong"
    assert judge_rows(found, carrier, right.blocks).word == "verified"


def test_a_wrong_rule_is_found_by_every_command(monkeypatch: pytest.MonkeyPatch) -> None:
    wrong = Elementwise(lambda m, out, x: 1.0000001 * m.cos(x))
    monkeypatch.setitem(by_name()["sin"].__dict__, "rule", wrong)
    found, carrier = asked("[sin(x), x*y]", x=0.7, y=2.0)
    assert check_jacobian(found, carrier).verdict.word == "wrong"
    assert check_jvp(found, carrier, {"x": 1.0})[2].word == "wrong"
    scalar, carrier = asked("sin(x)*y", x=0.7, y=2.0)
    assert check_hessian(scalar, carrier).verdict.word == "wrong"
    assert check_hvp(scalar, carrier, {"x": 1.0})[2].word == "wrong"


def test_a_rule_that_is_right_to_first_order_only_is_found(monkeypatch: pytest.MonkeyPatch) -> None:
    """cos(0.7) as a constant: every gradient at 0.7 is right, and no second derivative."""
    monkeypatch.setitem(by_name()["sin"].__dict__, "rule", Elementwise(lambda m, out, x: 0.7648421872844885))
    found, carrier = asked("sin(x)*y", x=0.7, y=2.0)
    assert check_hessian(found, carrier).verdict.word == "wrong"


def test_kinks_of_rows_are_named() -> None:
    verdict = check_jacobian(*asked("[x, 2*relu(x)]", x=0.0)).verdict
    assert verdict.word == "kink"
    assert verdict.sentence.startswith("row [1]: one-sided derivatives differ")


def test_a_directional_derivative_exists_on_one_side_of_a_kink() -> None:
    found, carrier = asked("relu(x) + y", x=0.0, y=1.0)
    assert check_jvp(found, carrier, {"y": 1.0})[2].word == "verified"
    assert check_jvp(found, carrier, {"x": 1.0})[2].word == "kink"


@pytest.mark.parametrize(
    ("text", "point"),
    [
        ("ln(x1)+x1*x2-sin(x2)", {"x1": 2.0, "x2": 5.0}),
        ("y' @ A @ y", {"A": [[2.0, 1.0], [1.0, 3.0]], "y": [1.0, -1.0]}),
        ("sum(tanh(x)^2)*x[3]", LARGE),
        ("norm(x)", {"x": [3.0, 4.0]}),
        ("2*x + 1", {"x": 3.0}),
        ("exp(1e-8*x)", {"x": 1.0}),
    ],
)
def test_right_hessians_are_verified(text: str, point: dict) -> None:
    found, carrier = asked(text, **point)
    assert check_hessian(found, carrier).verdict.word == "verified"
    assert check_hvp(found, carrier, point)[2].word == "verified"


@pytest.mark.parametrize(("text", "word"), [("|x|", "kink"), ("x*|x|", "kink"), ("x^1.5", "undefined")])
def test_points_without_a_second_derivative(text: str, word: str) -> None:
    assert check_hessian(*asked(text, x=0.0)).verdict.word == word


def test_the_two_ways_are_compared(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(curvature, "hessian_on_graph", lambda problem, carrier: {"x": {"x": 2.5}})
    assert check_hessian(*asked("x^2", x=3.0)).verdict.word == "wrong"


def test_an_index_is_written_as_it_is_typed() -> None:
    assert [index_of(k, (2, 3)) for k in (0, 4, 5)] == ["[0, 0]", "[1, 1]", "[1, 2]"]


@pytest.mark.parametrize(
    ("text", "point", "words"),
    [
        ("elu(x)", {"x": 0.0}, "jumps"),
        ("huber(x, 0)", {"x": 1.0}, "jumps"),
        ("sum(elu(x))", {"x": [0.0, 1.0]}, "jumps"),
        ("norm(x)", {"x": [0.0, 0.0]}, "kink of norm"),
    ],
)
def test_a_second_derivative_that_jumps_is_a_kink(text: str, point: dict, words: str) -> None:
    verdict = check_hessian(*asked(text, **point)).verdict
    assert (verdict.word, words in verdict.sentence) == ("kink", True)


@pytest.mark.parametrize(
    ("text", "point", "word"),
    [
        ("tanh(x)", {"x": 20.0}, "verified"),
        ("sum(softmax(x))", {"x": [1.0, 2.0, 3.0]}, "ill-conditioned"),
        ("(1 - cos(x))/x^2", {"x": 1e-4}, "ill-conditioned"),
        ("ln(1 + x)/x", {"x": 1e-6}, "ill-conditioned"),
        ("where(x > 0, x^2, sqrt(-x - 1))", {"x": 2.0}, "verified"),
        ("a = sum(v); x^2", {"v": [1.0, 2.0], "x": 3.0}, "verified"),
    ],
)
def test_right_but_hard_hessians_are_not_wrong(text: str, point: dict, word: str) -> None:
    assert check_hessian(*asked(text, **point)).verdict.word == word


def test_a_mixed_up_diagonal_is_found_among_many_inputs(monkeypatch: pytest.MonkeyPatch) -> None:
    wrong = Elementwise(lambda m, out, x: -m.flip(m.sin(x), axis=(0,)))
    monkeypatch.setitem(by_name()["cos"].__dict__, "rule", wrong)
    assert check_hessian(*asked("sum(sin(x))", x=[k / 5 for k in range(1, 9)])).verdict.word == "wrong"


@pytest.mark.parametrize("entries", [((0, 1, 5.0), (1, 0, -5.0)), ((0, 0, math.nan),), ((2, 2, 1.0), (1, 1, -1.0))])
def test_no_error_of_a_hessian_goes_unseen(entries: tuple) -> None:
    found, carrier = asked("sum(x^2*x[0])", x=[1.0, 2.0, 3.0])
    right = check_hessian(found, carrier).blocks
    broken = [list(row) for row in right["x"]["x"]]
    for row, column, extra in entries:
        broken[row][column] += extra
    for ours, other in (({"x": {"x": broken}}, right), ({"x": {"x": broken}},) * 2):
        assert curvature.judge_hessian(found, carrier, ours, other).word in ("wrong", "undefined")


def test_a_hessian_that_is_not_symmetric_is_told_so() -> None:
    found, carrier = asked("sum(x^2*x[0])", x=[1.0, 2.0, 3.0])
    right = check_hessian(found, carrier).blocks
    broken = [list(row) for row in right["x"]["x"]]
    broken[0][1] += 5.0
    assert "not symmetric" in curvature.judge_hessian(found, carrier, {"x": {"x": broken}}, right).sentence


def test_a_kink_does_not_hide_wrong_entries() -> None:
    found, carrier = asked(
        "abs(A @ x)", A=[[float(i * j % 7 - 3) for j in range(9)] for i in range(9)], x=[0.0] + [1.0] * 8
    )
    right = check_jacobian(found, carrier)
    broken = {name: add_seven(block) for name, block in right.blocks.items()}
    assert right.verdict.word != "wrong"
    assert judge_rows(found, carrier, broken).word == "wrong"


def add_seven(block):
    return [add_seven(part) for part in block] if isinstance(block, list) else block + 7.0


def test_exact_jacobians_whose_rows_cancel_are_verified() -> None:
    point = {"x": [0.5, -0.9, 2.2, 2.9, 0.4], "y": [-1.7, 2.1, 0.8, 0.5, 0.7]}
    assert check_jacobian(*asked("outer(x, y)", **point)).verdict.word == "verified"


@pytest.mark.parametrize("text", ["where(x > 0, x^2, sqrt(-x - 1))", "softmax(x)"])
def test_a_product_is_judged_by_itself(text: str) -> None:
    assert check_jvp(*asked(text, x=[2.0, 1.0]), {"x": [1.0, 1.0]})[2].word == "verified"


@pytest.mark.parametrize("text", ["x[0:0]", "outer(x[0:0], x)", "softmax(x[0:0])"])
def test_nothing_has_an_empty_jacobian(text: str) -> None:
    checked = check_jacobian(*asked(text, x=[1.0, 2.0]))
    assert checked.blocks["x"] == []
    assert checked.verdict.word == "unverified"


def test_more_than_anyone_can_use_is_refused() -> None:
    with pytest.raises(ShapeError, match="more than"):
        check_jacobian(*asked("x*x", x=[0.0] * 6000))


@pytest.mark.parametrize("command", [("jvp", "--tangent", "x=1"), ("jacobian",)])
def test_what_proves_digits_is_loaded_where_digits_are_lost(command: tuple[str, ...]) -> None:
    name, *options = command
    arguments = [name, "[x^2, sin(x)]", "--at", "x=1.3", *options]
    program = (
        "import sys; from gradcli.cli.app import run;"
        f"status = run({arguments});"
        "print('gradcli.verify.proof' in sys.modules)"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, check=True, text=True)
    assert done.stdout.splitlines()[-1:] == ["False"]


@pytest.mark.parametrize("extra", ["", "[", "with another kink"])
def test_the_value_that_floats_lose_at_a_kink_is_said(extra: str) -> None:
    """By arithmetic: 0.1 * 3 - 0.3 is 0, which floats miss."""
    missed = "|0.1*x - 0.3|"
    text = {"": missed, "[": f"[{missed}, x]"}.get(extra, f"[|x - 3|, {missed}]")
    wanted = {"": "0", "[": ["0", "3"]}.get(extra, ["0", "0"])
    found, carrier = asked(text, x=3.0)
    jacobian = check_jacobian(found, carrier).verdict
    product = check_jvp(found, carrier, {"x": 1.0})[2]
    for verdict, kind in ((jacobian, "jacobian"), (product, "jvp")):
        assert verdict.word == "kink"
        assert verdict.true is not None
        assert (verdict.true.value, verdict.true.kind) == (wanted, kind)
    assert verdict_details(product)["true"] == {"value": wanted}
    none_lost, carrier = asked("[|x|, x]", x=0.0)
    assert check_jacobian(none_lost, carrier).verdict.true is None
    assert check_jvp(none_lost, carrier, {"x": 1.0})[2].true is None


@pytest.mark.parametrize(
    ("text", "point", "wanted"),
    [
        ("|x|", {"x": [0.0, 1.0]}, [(-1, 1), (0, 0), (0, 0), (1, 1)]),
        ("[relu(x), 3*x, max(2*x, 0)]", {"x": 0.0}, [(0, 1), (3, 3), (0, 2)]),
    ],
)
def test_a_jacobian_at_a_kink_has_both_sides_of_every_entry(
    text: str, point: dict[str, Any], wanted: list[tuple[float, float]]
) -> None:
    """Row by row, from the definitions of |x| and max."""
    verdict = check_jacobian(problem(text, **point), Tensors()).verdict
    assert verdict.word == "kink", verdict.sentence
    assert verdict.sides is not None
    assert [side[:2] for side in verdict.sides["x"]] == wanted


def test_the_sides_of_a_jacobian_follow_its_layout() -> None:
    of_vector = problem("[|x[0]|, x[1], 5*x[0]]", x=[0.0, 1.0])
    laid_out = in_layout(of_vector, check_jacobian(of_vector, Tensors()).verdict, "denominator")
    assert laid_out.sides is not None
    assert [side[:2] for side in laid_out.sides["x"]] == [(-1, 1), (0, 0), (5, 5), (0, 0), (1, 1), (0, 0)]


def test_a_jvp_of_a_vector_at_a_kink_has_both_sides_of_every_element() -> None:
    """|t| and |1 + 2t|, at t = 0."""
    _, _, verdict = check_jvp(problem("|x|", x=[0.0, 1.0]), Tensors(), {"x": [1.0, 2.0]})
    assert verdict.word == "kink", verdict.sentence
    assert verdict.sides is not None
    ((_, sides),) = verdict.sides.items()
    assert [side[:2] for side in sides] == [(-1, 1), (2, 2)]


@pytest.mark.filterwarnings("ignore:.*torch.jit:DeprecationWarning")
def test_the_second_derivative_of_a_norm_at_zero_is_no_identity() -> None:
    """The gradient at 0 is the convention, 0; torch.func takes it as constant too. There is a kink."""
    import torch

    found = check_hessian(problem("norm(x)", x=[0.0, 0.0]), Tensors())
    theirs = torch.func.hessian(torch.linalg.norm)(torch.zeros(2, dtype=torch.float64))
    assert found.blocks["x"]["x"] == theirs.tolist()
    assert found.verdict.word == "kink"
