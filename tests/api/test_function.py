"""Parsing once and asking often: inputs, options, errors, and what must not change around it."""

import copy
import pickle
import signal
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

import gradcli
from gradcli import GradcliError
from gradcli.api import function
from gradcli.errors import DomainError, ExpressionError, MissingError, NameProblem, ShapeError, UsageError

NEURON = "a = dot(x,w); (a-y)^2"
POINT = {"x": [1, 2, 3], "w": [0.5, -1, 2], "y": 1.5}


def test_parse_once_differentiate_often() -> None:
    f = gradcli.parse(NEURON)
    assert f.inputs == ("x", "w", "y")
    answer = f.grad(**POINT)
    assert answer.value == 9.0
    assert answer.gradient == {"x": [3.0, -6.0, 12.0], "w": [6.0, 12.0, 18.0], "y": -6.0}
    assert answer.verdict == "verified"
    assert f(x=[1, 2], w=[1, 1], y=1) == 4.0


def test_equal_shapes_are_built_once(monkeypatch: pytest.MonkeyPatch) -> None:
    built = []

    def counted(program: Any, shapes: Any, *rest: Any) -> Any:
        built.append(shapes)
        return build(program, shapes, *rest)

    build = function.build
    monkeypatch.setattr(function, "build", counted)
    f = gradcli.parse(NEURON)
    for k in range(5):
        f.grad(x=[k, 2], w=[1, 1], y=1)
        f.at(y=1, w=[1, 1], x=[k, 2]).trace()
    assert len(built) == 1
    f(x=[1, 2, 3], w=[1, 1, 1], y=1)
    assert len(built) == 2


def test_a_hessian_leaves_the_shared_graph_alone() -> None:
    point = gradcli.parse(NEURON).at(**POINT)
    nodes = len(point._plan.graph)
    assert point.hessian(wrt="w")["w"]["w"] == [[2, 4, 6], [4, 8, 12], [6, 12, 18]]  # 2 x x'
    assert len(point._plan.graph) == nodes


def test_threads_get_the_answers_of_their_own_points() -> None:
    f = gradcli.parse("sum(sin(x)*y)")

    def ask(k: int) -> Any:
        point = f.at(x=[k / 7, 1.0], y=k)
        return point.grad().gradient, point.hessian().hessian

    with ThreadPoolExecutor(4) as pool:
        assert list(pool.map(ask, range(24))) == [ask(k) for k in range(24)]


def test_arrays_and_tensors_are_values() -> None:
    numpy = pytest.importorskip("numpy")
    torch = pytest.importorskip("torch")
    f = gradcli.parse("sum(x*y)")
    y = torch.tensor([3.0, 4.0], requires_grad=True)
    assert f.grad(x=numpy.array([1.0, 2.0]), y=y)["x"] == [3.0, 4.0]
    assert f.grad(x=[numpy.float32(1), torch.tensor(2)], y=(3, 4))["y"] == [1.0, 2.0]
    assert gradcli.parse("x^2").grad(x=numpy.int64(3)).gradient == {"x": 6.0}
    assert gradcli.parse("sum(x)").at(x=numpy.zeros((0, 3))).jacobian().shapes == {"x": (0, 3)}


def test_a_point_keeps_its_values() -> None:
    values = [1.0, 2.0]
    point = gradcli.parse("sum(x^2)").at(x=values)
    values[0] = 5.0
    assert point.value == 5.0
    assert point.inputs == {"x": [1.0, 2.0]}


def test_any_name_is_an_input() -> None:
    f = gradcli.parse("self*wrt*mode*device*lambda")
    point = f.at(self=1, wrt=2, mode=3, device=4, **{"lambda": 5})
    assert point.grad(wrt="wrt").gradient == {"wrt": 60.0}
    assert f.jvp({"self": 1}, self=1, wrt=2, mode=3, device=4, **{"lambda": 5}).jvp == 120.0
    assert gradcli.parse("tangent*cotangent").vjp(2, tangent=3, cotangent=5).vjp == {"tangent": 10.0, "cotangent": 6.0}


def test_options_of_a_point() -> None:
    point = gradcli.parse("A @ x").at(A=[[1, 2], [3, 4], [5, 6]], x=[1, -1])
    assert point.grad(wrt="x", cotangent="ones")["x"] == [9.0, 12.0]
    assert point.grad(wrt=["x"], cotangent=[1, 0, 0])["x"] == [1.0, 2.0]
    row = point.grad(wrt="x", cotangent="ones", layout="numerator")
    assert (row["x"], row.shapes, row.layout) == ([[9.0, 12.0]], {"x": (1, 2)}, "numerator")
    assert point.vjp("e(1)", wrt=["x"]).vjp == {"x": [3.0, 4.0]}
    assert point.jvp({"x": "e(0)"}).jvp == [1.0, 3.0, 5.0]
    numerator = point.jacobian(wrt="x", layout="numerator")
    assert (numerator["x"], numerator.shapes) == ([[1.0, 2.0], [3.0, 4.0], [5.0, 6.0]], {"x": (3, 2)})
    assert point.jacobian(wrt="x", layout="denominator").shapes == {"x": (2, 3)}
    assert point.jacobian(wrt="x", mode="forward").mode == "forward"
    assert [row.tangents for row in point.trace(mode="reverse", wrt="x", cotangent="ones").rows] == [{}, {}, {}]
    assert [row.method for row in point.compare(modes="reverse,autograd", cotangent="ones").rows] == [
        "reverse",
        "autograd",
    ]


def test_the_device_and_the_dtype_are_the_functions() -> None:
    answer = gradcli.parse("x^2", device="cpu", dtype="float32").grad(x=1.1)
    assert (answer.device, answer.dtype, answer["x"]) == ("cpu", "float32", 2.2)


def test_random_constants_come_from_the_seed() -> None:
    numpy = pytest.importorskip("numpy")
    for seed in (0, 7):
        weights = numpy.random.RandomState(seed).standard_normal(3).tolist()
        f = gradcli.parse("sum(randn(3)*x^2)", seed=seed)
        assert f.grad(x=[1, 1, 1])["x"] == [2 * w for w in weights]
        assert [f.hessian(x=[1, 1, 1])["x"]["x"][k][k] for k in range(3)] == [2 * w for w in weights]


def test_of_several_statements_the_last_is_the_output() -> None:
    assert gradcli.parse("x^2; x^3").grad(x=2).gradient == {"x": 12.0}


@pytest.mark.parametrize(
    ("error", "message", "ask"),
    [
        (ExpressionError, "'(' is not closed\n  sin(x\n     ^", lambda: gradcli.parse("sin(x")),
        (UsageError, "an expression is text, not of type int", lambda: gradcli.parse(3)),
        (UsageError, "dtype cannot be 'float16'", lambda: gradcli.parse("x", dtype="float16")),
        (UsageError, "seed is a whole number", lambda: gradcli.parse("x", seed=-1)),
        (UsageError, "'gpu' is no torch device", lambda: gradcli.parse("x", device="gpu")(x=1)),
        (MissingError, "device 'cuda:99' cannot be used", lambda: gradcli.parse("x", device="cuda:99")(x=1)),
        (NameProblem, "y has no value\n  x*y\n    ^\nhelp: give values: y=...", lambda: gradcli.parse("x*y").grad(x=1)),
        (NameProblem, "help: write sin(...) to call", lambda: gradcli.parse("sin*y").grad(y=1)),
        (NameProblem, "did you mean alpha ?", lambda: gradcli.parse("alpha*x")(alhpa=1, x=2)),
        (NameProblem, "options are given at a point", lambda: gradcli.parse("x").jacobian(x=1, layout="torch")),
        (NameProblem, "options are given at a point", lambda: gradcli.parse("x").grad(x=1, precision=20)),
        (NameProblem, "options are given at a point", lambda: gradcli.parse("x").graph(x=1, depth=2)),
        (ShapeError, "the output f has shape (2,): a gradient needs a scalar", lambda: at([1, 2]).grad()),
        (ShapeError, "the output f has shape (2,): a Hessian needs a scalar", lambda: at([1, 2]).hessian()),
        (ShapeError, "the output f has shape (2,): a Hessian needs a scalar", lambda: at([1, 2]).hvp("ones")),
        (UsageError, "vjp needs a cotangent of the output's shape (2,)", lambda: at([1, 2]).vjp()),
        (ShapeError, "the value of x is a ragged list", lambda: at([1, [2]])),
        (ShapeError, "the value of x is of type str", lambda: at("1")),
        (ShapeError, "the value of x is of type dict", lambda: at({1: 2})),
        (ShapeError, "the value of x is of type complex", lambda: at(1j)),
        (ShapeError, "the value of x holds None, which is no number", lambda: at([None])),
        (ShapeError, "the value of x holds True, which is no number", lambda: at([[True]])),
        (ShapeError, "the value of x is a list nested more than 32 deep", lambda: at(deep(5000))),
        (ShapeError, "cotangent has shape (1,), needed is (2,)", lambda: at([1, 2]).grad(cotangent=[1])),
        (UsageError, "cotangent 'pi' is no direction", lambda: at([1, 2]).grad(cotangent="pi")),
        (ShapeError, "cotangent e(2) is out of range", lambda: at([1, 2]).vjp("e(2)")),
        (ShapeError, "cotangent e(99", lambda: at([1, 2]).vjp(f"e({'9' * 5000})")),
        (UsageError, "a tangent is needed", lambda: at(1).jvp({})),
        (UsageError, "a tangent is needed", lambda: at(1).hvp(None)),
        (NameProblem, "tangent names y, which is none of them", lambda: at(1).jvp({"y": 1})),
        (ShapeError, "tangent of x has shape (), needed is (2,)", lambda: at([1, 2]).jvp({"x": 1})),
        (NameProblem, "wrt names y, which is no input", lambda: at(1).grad(wrt="y")),
        (UsageError, "wrt holds 3, which is no name", lambda: at(1).grad(wrt=3)),
        (UsageError, "layout cannot be 'rows'", lambda: at(1).jacobian(layout="rows")),
        (UsageError, "mode cannot be 'both'", lambda: at(1).jacobian(mode="both")),
        (UsageError, "mode cannot be 'auto'", lambda: at(1).trace(mode="auto")),
        (NameProblem, "modes names 'fwd', which is no method", lambda: at(1).compare(modes=["fwd"])),
        (UsageError, "shapes are a mapping", lambda: gradcli.parse("x").structure("x")),
        (UsageError, "'n' is no shape of x", lambda: gradcli.parse("x").structure({"x": "n"})),
        (UsageError, "(1.5,) is no shape of x", lambda: gradcli.parse("x").structure({"x": (1.5,)})),
        (UsageError, "('<b>',) is no shape of x", lambda: gradcli.parse("x").structure({"x": ("<b>",)})),
        (DomainError, "ln(x) is undefined at x = -1: ln needs x > 0\n  ln(x)", lambda: gradcli.parse("ln(x)")(x=-1)),
        (DomainError, "ln(x) is undefined at x = -1", lambda: gradcli.parse("ln(x)").compare(x=-1)),
        (DomainError, "the point itself is not finite", lambda: at(float("nan")).value),
        (ShapeError, "shapes do not match in '@'", lambda: gradcli.parse("A @ x")(A=[[1, 2]], x=[1])),
    ],
)
def test_errors(error: type[GradcliError], message: str, ask: Callable[[], object]) -> None:
    with pytest.raises(error) as caught:
        ask()
    assert str(caught.value).startswith("error: ")
    assert message in str(caught.value)
    assert "--" not in str(caught.value)  # no option of the command line


def at(x: Any) -> gradcli.Point:
    return gradcli.parse("x*x").at(x=x)


def deep(levels: int) -> Any:
    found: Any = 1
    for _ in range(levels):
        found = [found]
    return found


def test_a_tensor_that_cannot_be_read() -> None:
    torch = pytest.importorskip("torch")
    for tensor in (torch.eye(2).to_sparse(), torch.empty(2, device="meta")):
        with pytest.raises(ShapeError, match="the value of x cannot be read as numbers"):
            at(tensor)
    with pytest.raises(ShapeError, match="holds 1j, which is no number"):
        at(torch.tensor([1j]))


def test_functions_and_answers_can_be_copied() -> None:
    f = gradcli.parse("x^2", dtype="float32")
    again = pickle.loads(pickle.dumps(f))  # noqa: S301 - our own
    assert repr(again) == "gradcli.parse('x^2')"
    assert again.grad(x=3).dtype == "float32"
    answer = f.grad(x=3)
    assert pickle.loads(pickle.dumps(answer)) == copy.deepcopy(answer) == answer  # noqa: S301 - our own


def test_nothing_around_it_changes(capfd: pytest.CaptureFixture[str]) -> None:
    import gc
    import sys
    import warnings

    import numpy
    import torch

    def surroundings() -> list[object]:
        return [
            gc.isenabled(),
            list(warnings.filters),
            torch.get_default_dtype(),
            torch.is_grad_enabled(),
            torch.initial_seed(),
            numpy.geterr(),
            numpy.random.get_state()[1].tolist(),
            sys.getrecursionlimit(),
            [signal.getsignal(s) for s in (signal.SIGINT, signal.SIGALRM)],
        ]

    before = surroundings()
    point = gradcli.parse("sum(X w) + sum(relu(w))").at(X=[[1, 2]], w=[0.0, 1.0])
    for answer in (point.grad(), point.hessian(), point.trace(), point.compare(), point.graph()):
        repr(answer), str(answer)
    _ = point.graph().svg
    assert surroundings() == before
    assert capfd.readouterr() == ("", "")


def test_an_interrupt_stays_one(monkeypatch: pytest.MonkeyPatch) -> None:
    import gradcli.verify.verdict

    f = gradcli.parse("x^2")
    with monkeypatch.context() as patch:
        patch.setattr(gradcli.verify.verdict, "check_gradient", lambda *_: signal.raise_signal(signal.SIGINT))
        with pytest.raises(KeyboardInterrupt):
            f.grad(x=1)
    assert f.grad(x=1)["x"] == 2.0


def test_unknown_attributes_are_errors() -> None:
    with pytest.raises(AttributeError):
        _ = gradcli.nothing


def test_interactive_help() -> None:
    assert {"parse", "Function", "Gradient", "GradcliError"} <= set(dir(gradcli))
    assert all(getattr(gradcli, name) for name in gradcli.__all__)
    assert repr(gradcli.parse("2 x")) == "gradcli.parse('2 x')"
    assert repr(gradcli.parse("2 x").at(x=3)) == "gradcli.parse('2 x').at(x=3)"
    assert str(gradcli.parse("2 x + 1")) == "2*x + 1"
