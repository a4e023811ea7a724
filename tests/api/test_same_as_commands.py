"""Python gives the numbers, verdicts, notes, errors and lines of the commands, on the examples and at hard points.

Each command runs once, as a process that answers all requests; Python answers the same ones here.
"""

import json
import math
from collections.abc import Callable
from functools import cache
from typing import Any

import pytest

import gradcli
from gradcli import GradcliError, Point
from gradcli.api.results import KINK_DETAILS
from gradcli.errors import Span
from gradcli.syntax.bindings import split_bindings
from gradcli.verify.examples import EXAMPLES
from tests.process import run_gradcli

REQUESTS = [
    *((example.expression, example.at) for example in EXAMPLES),
    ("X w", "X=[[1,2],[3,4]],w=[1,-1]"),  # a note, not scalar
    ("u = x^2; 2 y", "x=1,y=2"),  # two notes
    ("sqrt(x)", "x=0"),
    ("ln(x)", "x=-1"),
    ("x*y", "x=2"),
    ("floor(x)", "x=1"),
    ("(1 - cos(x))/x^2", "x=1e-8"),
    ("X @ X", "X=[[1,2,3],[4,5,6]]"),
    ("sum(exp(x)*x)", "x=[0.1,0.2,0.3,0.4,0.5,0.6,0.7,0.8]"),
]

ASK: dict[tuple[str, ...], Callable[[Point], Any]] = {
    ("grad",): lambda p: p.grad(),
    ("grad", "--cotangent", "ones"): lambda p: p.grad(cotangent="ones"),
    ("grad", "--dtype", "float32"): lambda p: p.grad(),
    ("grad", "--layout", "numerator"): lambda p: p.grad(layout="numerator"),
    ("jacobian",): lambda p: p.jacobian(),
    ("jacobian", "--layout", "denominator", "--mode", "forward"): lambda p: p.jacobian(
        layout="denominator", mode="forward"
    ),
    ("hessian",): lambda p: p.hessian(),
    ("jvp", "--tangent", "ones"): lambda p: p.jvp("ones"),
    ("vjp",): lambda p: p.vjp(),
    ("vjp", "--cotangent", "ones"): lambda p: p.vjp("ones"),
    ("hvp", "--tangent", "ones"): lambda p: p.hvp("ones"),
    ("trace",): lambda p: p.trace(),
    ("trace", "--mode", "forward", "--tangent", "ones"): lambda p: p.trace(mode="forward", tangent="ones"),
    ("graph",): lambda p: p.graph(),
    ("graph", "--gradient-graph"): lambda p: p.gradient_graph(),
    ("graph", "--cotangent", "ones"): lambda p: p.graph(cotangent="ones"),
    ("compare", "--modes", "forward,reverse,numerical,autograd"): lambda p: p.compare(
        modes=["forward", "reverse", "numerical", "autograd"]
    ),
}


@cache
def answers(command: tuple[str, ...]) -> list[dict[str, Any]]:
    """The command's answers to all requests, by one process."""
    name, *options = command
    lines = [json.dumps({"expr": expression, "at": at}) for expression, at in REQUESTS]
    done = run_gradcli(name, "-", *options, stdin="\n".join(lines))
    assert done.stderr == ""
    return [json.loads(line) for line in done.stdout.splitlines()]


def values(at: str) -> dict[str, Any]:
    """The bindings of a request as Python values; they are written as JSON."""
    return {b.name: json.loads(at[slice(*Span(*b.value))]) for b in split_bindings(at)}


def as_json(value: Any) -> Any:
    """Non-finite numbers as the commands print them, tuples as lists."""
    if isinstance(value, float) and not math.isfinite(value):
        return "nan" if math.isnan(value) else "inf" if value > 0 else "-inf"
    if isinstance(value, dict):
        return {name: as_json(item) for name, item in value.items()}
    return [as_json(item) for item in value] if isinstance(value, (list, tuple)) else value


def data(answer: Any) -> dict[str, Any]:
    """What the JSON of the command has too, under the same names."""
    if isinstance(answer, gradcli.Picture):
        return json.loads(answer.json)
    shared = ["verdict", "reason", "dtype", "device", "value", "gradient", "jacobian", "hessian", "jvp", "vjp", "hvp"]
    shared += [
        "tangent",
        "cotangent",
        "shapes",
        "layout",
        "mode",
        "directions",
        "reference",
        "tolerance",
        "taylor_rate",
    ]
    found = {name: getattr(answer, name) for name in shared if hasattr(answer, name)}
    at_hard_points = {name: getattr(answer, name) for name in (*KINK_DETAILS, "true")}
    found |= {"warnings": answer.notes, **{name: known for name, known in at_hard_points.items() if known is not None}}
    if isinstance(answer, gradcli.Trace):
        found["nodes"] = [node_data(row) for row in answer.rows]
    if isinstance(answer, gradcli.Comparison):
        found |= {"digits": answer.digits, "methods": {row.method: method_data(row) for row in answer.rows}}
    return as_json(found)


def node_data(row: gradcli.TraceRow) -> dict[str, Any]:
    node = {"name": row.name, "shape": row.shape, "value": row.value}
    others = {"tangents": row.tangents, "adjoint": row.adjoint, "alarm": row.alarm}
    return node | {name: value for name, value in others.items() if value not in ({}, None, "")}


METHOD_DATA = (
    "value", "error", "bounded", "digits", "difference", "ulps", "tolerance", "sweeps", "formula", "reason",
)  # fmt: skip


def method_data(row: gradcli.MethodAnswer) -> dict[str, Any]:
    same = {name: getattr(row, name) for name in METHOD_DATA}
    return {**same, "derivative": row.gradient, "directional": row.slope}


def comparable(command: str, told: dict[str, Any], found: dict[str, Any]) -> dict[str, Any]:
    """The part of the command's answer that Python's has too."""
    kept = dict(told)
    if command == "trace":
        nodes = [{k: v for k, v in n.items() if k in ("name", "shape", "value", "tangents", "adjoint", "alarm")}
                 for n in told["nodes"] if n["operation"] != "constant"]  # fmt: skip
        order = [node["name"] for node in found["nodes"]]
        kept["nodes"] = sorted(nodes, key=lambda node: order.index(node["name"]))
    if command == "compare":
        kept["methods"] = {
            name: {key: value for key, value in method.items() if key != "seconds"}
            for name, method in told["methods"].items()
        }
    return {name: value for name, value in kept.items() if name in found}


def outcome(expression: str, at: str, command: tuple[str, ...]) -> dict[str, Any]:
    """Python's answer or error."""
    try:
        f = gradcli.parse(expression, dtype="float32" if "float32" in command else "float64")
        return data(ASK[command](f.at(**values(at))))
    except GradcliError as error:
        return {"error": error.as_json()}


ONLY_IN_JSON = {"schema", "command", "expression", "inputs", "output", "shape", "at_kink"}
"""What the command says of the request."""
ALWAYS = {
    "grad": {"methods"},
    "hessian": {"mode"},
    "jvp": {"layout", "mode"},
    "vjp": {"layout", "mode"},
    "hvp": {"layout", "mode"},
    "compare": {"layout"},
}
"""What it always says in the same words, and the methods behind a gradient."""


@pytest.mark.parametrize("number", range(len(REQUESTS)), ids=[f"{e} at {a}" for e, a in REQUESTS])
@pytest.mark.parametrize("command", ASK, ids=" ".join)
def test_same_answer(command: tuple[str, ...], number: int) -> None:
    told, found = answers(command)[number], outcome(*REQUESTS[number], command)
    if "error" in found:
        # Mends are in the words of the interface.
        assert {**told["error"], "hint": ""} == {**found["error"], "hint": ""}
        return
    if command == ("graph",):
        found["warnings"] = [note.replace('cotangent="ones"', "--cotangent ones") for note in found["warnings"]]
    kept = comparable(command[0], told, found)
    assert set(told) - set(kept) <= ONLY_IN_JSON | ALWAYS.get(command[0], set())
    assert kept == {name: found[name] for name in kept}


LINES: dict[str, tuple[list[str], Callable[[gradcli.Function], Any]]] = {
    "grad": ([], lambda f: f.grad(x1=2, x2=5)),
    "jacobian": ([], lambda f: f.jacobian(x1=2, x2=5)),
    "hessian": ([], lambda f: f.hessian(x1=2, x2=5)),
    "jvp": (["--tangent", "x1=1"], lambda f: f.jvp({"x1": 1}, x1=2, x2=5)),
    "vjp": ([], lambda f: f.at(x1=2, x2=5).vjp()),
    "hvp": (["--tangent", "x1=1"], lambda f: f.hvp({"x1": 1}, x1=2, x2=5)),
    "trace": (["--explain"], lambda f: f.at(x1=2, x2=5).trace(explain=True)),
}


@pytest.mark.parametrize("command", LINES)
def test_same_lines(command: str) -> None:
    options, ask = LINES[command]
    for expression in ("ln(x1)+x1*x2-sin(x2)", "|x1 - 2| + x2"):
        done = run_gradcli(command, expression, "--at", "x1=2,x2=5", *options)
        assert lines(str(ask(gradcli.parse(expression)))) == lines(done.stdout)


def lines(text: str) -> list[str]:
    """The lines that are not blank."""
    return [line.rstrip() for line in text.splitlines() if line.strip()]


def test_same_table_of_methods() -> None:
    done = run_gradcli("compare", "x^2", "--at", "x=3", "--modes", "forward,numerical")
    table = str(gradcli.parse("x^2").at(x=3).compare(modes="forward,numerical"))

    def words(text: str) -> list[list[str]]:
        return [line.split()[:-2] if line.endswith(" ms") else line.split() for line in lines(text) if "──" not in line]

    assert words(table) == words(done.stdout)


def test_same_picture(tmp_path: Any) -> None:
    file = tmp_path / "g.svg"
    run_gradcli("graph", "ln(x1)+x1*x2-sin(x2)", "--at", "x1=2,x2=5", "-o", str(file))
    picture = gradcli.parse("ln(x1)+x1*x2-sin(x2)").graph(x1=2, x2=5)
    assert picture.svg == file.read_text(encoding="utf-8")
    run_gradcli(
        "graph", *("ln(x1)+x1*x2-sin(x2)", "--at", "x1=2,x2=5", "--theme", "dark", "--scale", "2", "-o", str(file))
    )
    copy = tmp_path / "copy.svg"
    picture.save(copy, theme="dark", scale=2)
    assert copy.read_bytes() == file.read_bytes()
    run_gradcli("graph", "A x", "-o", str(file))
    assert gradcli.parse("A x").graph().svg == file.read_text(encoding="utf-8")
