"""A program run by V8 gives the numbers of the inspection: values, partials, tangents, adjoints, kinks and domains."""

from __future__ import annotations

import json
import math
import random
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from gradcli.carriers.floats import Floats
from gradcli.carriers.tensors import Tensors
from gradcli.graph import Graph
from gradcli.methods.base import flatten, unflatten
from gradcli.primitives.declare import Primitive
from gradcli.primitives.registry import by_name
from gradcli.problem import Problem
from gradcli.render.cards import typeset
from gradcli.render.examine import tangent_columns, unit_columns
from gradcli.render.gradient import inspect_gradient
from gradcli.render.inspection import Inspection, inspect_at
from gradcli.render.inspector.program import Program, program_of
from gradcli.render.json import encodable
from gradcli.shapes import size
from gradcli.verify.explain import rename
from gradcli.verify.needed import needed_elements
from tests.javascript import engine
from tests.methods.graphs import carrier_for, is_tame, random_problem
from tests.primitives.checks import sample_case, split_sample
from tests.process import run_python
from tests.render.inspections import built, inspect, structure


def program(inspection: Inspection) -> Program:
    made = program_of(inspection)
    assert isinstance(made, Program), made
    return made


def recomputed(made: Program, inputs: Sequence[Any] | None = None) -> dict[str, Any]:
    """What the page computes, at the point of the inspection unless other inputs are given."""
    given = [i["value"] for i in made.data["inputs"]] if inputs is None else [flatten(value) for value in inputs]
    call = f"recompute({json.dumps(made.data)}, {made.functions}, {json.dumps(encodable(given))})"
    return json.loads(engine().eval(f"JSON.stringify({call}, (_, x) => (typeof x === 'number' ? written(x) : x))"))


def assert_same(made: Program, inspection: Inspection, inputs: Sequence[Any] | None = None) -> None:
    """Every number of the inspection, to twelve digits."""
    found = recomputed(made, inputs)
    graph, tape = inspection.graph, inspection.tape
    nodes = inspection.nodes
    close(found["values"], {n: inspection.value(n) for n in nodes}, "value")
    for number, tangents in enumerate(found["tangents"]):
        close(tangents, {n: inspection.tangents_of(n)[number] for n in nodes}, "tangent")
    assert sorted(map(int, found["adjoints"])) == sorted(inspection.adjoints)
    for output, adjoints in found["adjoints"].items():
        close(adjoints, {n: inspection.adjoints_of(n)[int(output)] for n in nodes}, f"adjoint of {output}")
    for node in nodes:
        for link in inspection.links(node):
            partial = inspection.partial(link)
            if partial is not None and not link.detached:
                shown = found["partials"][node][link.position]
                shape = inspection.shape(node) or inspection.shape(link.argument)
                wanted = np.broadcast_to(np.array(partial, dtype=float), shape).ravel().tolist()
                close({0: shown}, {0: wanted}, f"partial {link}")
    assert found["kinks"] == sorted(inspection.kinks)
    needed = [needed_elements(tape, output) for output in graph_outputs(made)]
    wanted = [node for node in tape.outside_domain() if any(node in mask and mask[node].any() for mask in needed)]
    assert [trouble["id"] for trouble in found["outside"]] == wanted
    for trouble in found["outside"]:
        known = made.data["nodes"][nodes.index(trouble["id"])]
        words = made.data["functions"][known["function"]]
        operation = graph.operations[trouble["id"]]
        assert isinstance(operation, Primitive)
        assert words["name"] == operation.name
        condition = rename(tape.violated(trouble["id"]), tape, trouble["id"], inspection.names)
        assert known["needs"][trouble["condition"]] == typeset(condition)


def graph_outputs(made: Program) -> list[int]:
    return [output["id"] for output in made.data["outputs"]]


def close(found: Any, wanted: dict[int, Any], what: str) -> None:
    """Twelve digits; and what cancels may carry the rounding of the largest number."""
    finite = [abs(x) for value in wanted.values() for x in flatten(value) if math.isfinite(x)]
    slack = 2.0**-50 * max(finite, default=0.0)
    for node, value in wanted.items():
        for seen, number in zip(found[node], flatten(value), strict=True):
            seen = float(seen)
            same = seen == number or (math.isnan(seen) and math.isnan(number))
            assert same or abs(seen - number) <= 5e-13 * abs(number) + slack, f"{what} of node {node}: {seen}, {number}"


EXPRESSIONS = [
    ("ln(x1)+x1*x2-sin(x2)", {"x1": 2.0, "x2": 5.0}, {"x1": 0.3, "x2": -7.25}),
    ("y = sin(v); y*y + v^3 - 2^v", {"v": 0.3}, {"v": 1e-5}),
    ("where(x > 0, 1/x, x)", {"x": 1.0}, {"x": 0.0}),
    ("where(x > 0, sqrt(x), 0)*exp(y)", {"x": 4.0, "y": 1.0}, {"x": -4.0, "y": 800.0}),
    ("detach(x)*x + max(x, y) + |x - y|", {"x": 2.0, "y": 1.0}, {"x": 1.5, "y": 1.5}),
    ("relu(x) + floor(y) + sqrt(z) + ln(z)", {"x": 1.0, "y": 0.5, "z": 2.0}, {"x": 0.0, "y": 3.0, "z": -1.0}),
    ("x/y + atan2(y, x)", {"x": 1.0, "y": 2.0}, {"x": 0.0, "y": 0.0}),
    ("sum(x*w) + mean((x - b)^2)", {"x": [1.0, 2.0, 3.0], "w": [0.5, -1.0, 2.0], "b": 1.5},
     {"x": [0.1, -0.2, 1e6], "w": [1.0, 0.0, 3.0], "b": -1e6}),
    ("sum(where(X > y, X*y, detach(y)/X))", {"X": [[1.0, 2.0, 3.0], [4.0, 5.0, 6.0]], "y": [2.0, 3.0, 9.0]},
     {"X": [[1.0, 0.0, 3.0], [4.0, 5.0, -6.0]], "y": [0.5, 3.0, -9.0]}),
    ("a = x + [1, 2, 3]; sum(a*a')", {"x": [1.0, 2.0, 3.0]}, {"x": [-1.0, -2.0, -3.0]}),
    ("x[0]*x[2] + sum(x[1:]) - mean([x[1], 2])", {"x": [1.0, 2.0, 3.0]}, {"x": [0.0, math.inf, math.nan]}),
    ("a = dot(x, w); b = a - y; z = b^2", {"x": [1.0, 2.0, 3.0], "w": [0.5, -1.0, 2.0], "y": 1.5},
     {"x": [0.1, 0.2, 3.0], "w": [0.5, 1e9, 2.0], "y": -1.5}),
    ("mean((X@w + b - y)^2)/2 + sum(X@X')",
     {"X": [[3.0, 1.0], [2.0, 0.0]], "w": [2.0, -1.0], "b": 0.5, "y": [1.0, 2.0]},
     {"X": [[3.5, 1.1], [2.3, math.inf]], "w": [2.0, -1.0], "b": 0.25, "y": [-1.0, 2.0]}),
    ("clamp(x, lo, hi) + x % 3 + pow(x, y)", {"x": 1.0, "lo": 0.0, "hi": 2.0, "y": 0.5},
     {"x": -2.0, "lo": 5.0, "hi": 2.0, "y": 3.0}),
    ("a = x*y; b = a + x; a*b; b^2", {"x": 1.0, "y": 2.0}, {"x": -0.0, "y": 0.1}),
    ("x*1e308*10 + 0*2^0.5", {"x": 1.0}, {"x": -1.0}),
]  # fmt: skip


@pytest.mark.parametrize(("text", "point", "other"), EXPRESSIONS, ids=lambda v: v if isinstance(v, str) else "")
def test_recomputes_what_the_command_line_says(text: str, point: dict[str, Any], other: dict[str, Any]) -> None:
    """At the point of the page, and at another one."""
    here, there = inspect(text, point), inspect(text, other)
    made = program(here)
    assert_same(made, here)
    assert_same(made, there, [other[i["name"]] for i in made.data["inputs"]])


ANSWERS = [
    ("ln(x1)+x1*x2-sin(x2)", {"x1": 2.0, "x2": 5.0}, {"x1": 0.1, "x2": 31.4}),
    ("lgamma(x)*erfc(y) + digamma(x + y)", {"x": 2.0, "y": 5.0}, {"x": 7.3, "y": 0.4}),
    ("x^y / (1 + exp(-x)) % 0.7", {"x": 2.0, "y": 5.0}, {"x": 1.7, "y": -0.3}),
    ("mean((X@w + b - y)^2)/2", {"X": [[3.0, 1.0], [2.0, 0.0]], "w": [2.0, -1.0], "b": 0.5, "y": [1.0, 2.0]},
     {"X": [[3.1, 1.2], [2.3, 0.4]], "w": [0.2, -1.5], "b": 0.25, "y": [7.0, 0.1]}),
]  # fmt: skip


@pytest.mark.parametrize(("text", "point", "other"), ANSWERS, ids=lambda v: v if isinstance(v, str) else "")
def test_a_changed_input_gives_the_answer_of_the_command_line(
    text: str, point: dict[str, Any], other: dict[str, Any]
) -> None:
    """To twelve significant digits."""
    made = program(inspect(text, point))
    at = ",".join(f"{name}={value}".replace(" ", "") for name, value in other.items())
    done = run_python("-m", "gradcli", "grad", text, "--at", at, "--json")
    assert done.status == 0, done.stderr
    answer = json.loads(done.stdout)
    found = recomputed(made, [other[i["name"]] for i in made.data["inputs"]])
    ((output, adjoints),) = found["adjoints"].items()
    assert found["values"][int(output)] == [pytest.approx(answer["value"], rel=5e-13, abs=0)]
    for i in made.data["inputs"]:
        assert adjoints[i["id"]] == pytest.approx(flatten(answer["gradient"][i["name"]]), rel=5e-13, abs=0)


@pytest.mark.parametrize(
    ("text", "point", "other"),
    [
        ("where(x > 0, sqrt(x), 0)", {"x": 4.0}, {"x": -4.0}),
        ("(ln(y) > 0)*x", {"x": 1.0, "y": 2.0}, {"x": 1.0, "y": -1.0}),
        ("ln(x)^0 + x", {"x": 1.0}, {"x": -1.0}),
        ("sum(where(x > 0, sqrt(x), 0))", {"x": [1.0, 4.0]}, {"x": [-1.0, 4.0]}),
        ("sum(where(x > 0, 0, sqrt(x)))", {"x": [1.0, 4.0]}, {"x": [-1.0, 4.0]}),
        ("ln(x)[1]", {"x": [1.0, 2.0]}, {"x": [-1.0, 2.0]}),
        ("ln(x)[0]", {"x": [1.0, 2.0]}, {"x": [-1.0, 2.0]}),
        ("dot(ln(x), [1, 0])", {"x": [1.0, 2.0]}, {"x": [1.0, -2.0]}),
        ("softmax(ln(x)*[1, 0])[0]", {"x": [1.0, 2.0]}, {"x": [1.0, -2.0]}),
    ],
    ids=lambda v: v if isinstance(v, str) else "",
)
def test_what_an_output_needs_outside_its_domain(text: str, point: dict[str, Any], other: dict[str, Any]) -> None:
    """Where the page says that there is no value, the command line says so too."""
    made = program(inspect(text, point))
    at = ",".join(f"{name}={value}".replace(" ", "") for name, value in other.items())
    done = run_python("-m", "gradcli", "trace", text, "--at", at, "--json")
    found = recomputed(made, [other[i["name"]] for i in made.data["inputs"]])
    assert bool(found["outside"]) == (json.loads(done.stdout)["verdict"] == "undefined"), done.stdout


def test_weighs_an_output_that_is_no_scalar() -> None:
    here = inspect("x*x", {"x": [1.0, 2.0, 3.0]}, [1.0, -1.0, 0.5])
    assert_same(program(here), here)
    unweighted = inspect("x*x", {"x": [1.0, 2.0, 3.0]})
    assert program(unweighted).data["outputs"] == []


def test_what_is_held_has_no_adjoint() -> None:
    found = built("x*y + sin(x)", {"x": (), "y": ()})
    graph, (output,) = found.graph, found.outputs
    graph.held.add("x")
    columns = tangent_columns(graph, ("y",))
    here = inspect_at(graph, [output], Floats(), {"x": 2.0, "y": 3.0}, columns, {output: None})
    assert here.adjoints_of(graph.inputs["x"]) == {output: 0.0}
    assert_same(program(here), here)


SLOPING = [p for p in by_name().values() if p.elementwise and not p.locally_constant]


@pytest.mark.parametrize("primitive", SLOPING, ids=lambda p: p.name)
def test_the_graph_of_a_gradient(primitive: Primitive) -> None:
    """Of each primitive at its samples: the tangents are second derivatives."""
    for number in range(len(primitive.samples)):
        case = sample_case(primitive, number)
        names = tuple(case.graph.inputs)
        point = {name: float(argument) for name, argument in zip(names, case.arguments, strict=True)}
        problem = Problem(case.graph, case.output, names, point)
        here, _ = inspect_gradient(problem, Floats(), unit_columns(case.graph, names))
        assert_same(program(here), here)


COMPOSED = [p for p in by_name().values() if p.composition]


@pytest.mark.parametrize("primitive", COMPOSED, ids=lambda p: p.name)
def test_what_is_made_of_other_operations(primitive: Primitive) -> None:
    """At samples and on kinks, then at other points."""
    points = primitive.kink.points if primitive.kink else ()
    rng = random.Random(primitive.name)
    samples = [split_sample(primitive, sample) for sample in (*primitive.samples, *points)]
    if primitive.name == "cross_entropy":
        samples = [found for found in samples if np.ndim(found[0][1]) == np.ndim(found[0][0])]
    assert samples
    for arguments, parameters in samples:
        graph = Graph()
        shapes = [np.shape(argument) for argument in arguments]
        given = [np.ravel(argument).tolist() for argument in arguments]
        names = [f"x{place}" for place in range(len(arguments))]
        inputs = tuple(graph.input(name, shape) for name, shape in zip(names, shapes, strict=True))
        output = graph.apply(primitive, inputs, primitive.normalize(shapes, *parameters))
        cotangent = unflatten([rng.uniform(-1, 1) for _ in range(size(graph.shapes[output]))], graph.shapes[output])
        made = None
        others = [[rng.uniform(-3, 3) for _ in numbers] for numbers in given]
        for point in (given, others, [[30.0 * number for number in numbers] for numbers in given]):
            there = inspect_at(
                graph,
                [output],
                Tensors("cpu"),
                {name: unflatten(flat, shape) for name, flat, shape in zip(names, point, shapes, strict=True)},
                unit_columns(graph, names),
                {output: cotangent},
            )
            made = made or program(there)
            assert_same(made, there, point)


def test_the_logarithm_of_softmax_keeps_what_is_near_0() -> None:
    here = inspect("log_softmax(x)[0]", {"x": [1.0, 2.0, 3.0]})
    for gap in (1.0, 30.0, 300.0):
        value = recomputed(program(here), [[gap, 0.0, 0.0]])["values"][here.outputs[0]]
        assert value == [pytest.approx(-math.log1p(2 * math.exp(-gap)), rel=1e-14, abs=0)]


def test_class_indices_are_not_computed_anew() -> None:
    made = program_of(inspect("cross_entropy(x, k)", {"x": [1.0, 2.0], "k": 1.0}))
    assert made == "cross_entropy of class indices is neither elementwise nor linear"


def test_softmax_of_large_numbers_does_not_overflow() -> None:
    here = inspect("logsumexp(x) + softmax(x)[0]", {"x": [1.0, 2.0]})
    for other in ([1000.0, 999.0], [-2000.0, -1990.0], [math.inf, 1.0], [-math.inf, 1.0]):
        value = recomputed(program(here), [other])["values"][here.outputs[0]]
        there = inspect("logsumexp(x) + softmax(x)[0]", {"x": other})
        close({0: value}, {0: there.value(there.outputs[0])}, "value")


@pytest.mark.parametrize("seed", range(120))
def test_random_graphs(seed: int) -> None:
    rng = random.Random(seed)
    # Where a value is large, so is rounding.
    drawn = (
        random_problem(rng.choice, lambda: rng.uniform(-2, 2), seed % 2 == 0, rng.randint(1, 12)) for _ in range(9)
    )
    problem = next(filter(is_tame, drawn))
    graph, carrier = problem.graph, carrier_for(problem)
    columns = tangent_columns(graph, problem.wrt)
    cotangents = {problem.output: problem.cotangent}
    made = program(inspect_at(graph, [problem.output], carrier, problem.point, columns, cotangents))
    for _ in range(2):
        inputs = [[rng.uniform(-2, 2) for _ in i["value"]] for i in made.data["inputs"]]
        point = {i["name"]: unflatten(v, tuple(i["shape"])) for i, v in zip(made.data["inputs"], inputs, strict=True)}
        there = inspect_at(graph, [problem.output], carrier, point, columns, cotangents)
        assert_same(made, there, inputs)


def test_a_mistaken_partial_is_seen() -> None:
    here = inspect("ln(x1)+x1*x2-sin(x2)", {"x1": 2.0, "x2": 5.0})
    made = program(here)
    wrong = made.functions.replace("Math.cos(x0)", "(-Math.cos(x0))")
    assert wrong != made.functions
    with pytest.raises(AssertionError, match="tangent"):
        assert_same(Program(wrong, made.data), here)


@pytest.mark.parametrize(
    ("inspection", "reason"),
    [
        (lambda: structure("x*y", {"x": (), "y": ()}), "no point"),
        (lambda: inspect("sum(inv(X))", {"X": [[1.0]]}), "inv is neither elementwise nor linear"),
        (lambda: inspect("prod(x[0:0])", {"x": [1.0]}), "prod is given an array without elements"),
        (lambda: inspect("max(outer(x, x))", {"x": [1.0] * 20}), "operations would take the place of one"),
        (lambda: inspect("sum(x)", {"x": [1.0] * 1001}), "1001 elements"),
        (lambda: inspect("+".join(f"sin(x*{k})" for k in range(2, 70)), {"x": [1.0] * 300}, [1.0] * 300), "numbers"),
        (lambda: inspect("sum(outer(x,x)@outer(x,x))", {"x": [1.0] * 20}), "matmul"),
        (lambda: inspect("sum(x)", {"x": [1.0] * 25}), "they are 25 numbers; the page has fields for up to 24"),
    ],
    ids=["point", "inverse", "empty", "pieces", "elements", "numbers", "products", "fields"],
)
def test_says_why_there_is_none(inspection: Any, reason: str) -> None:
    found = program_of(inspection())
    assert isinstance(found, str)
    assert reason in found


def test_says_which_operation_has_no_javascript() -> None:
    graph = Graph()
    output = graph.apply(replace(by_name()["sin"], javascript=""), (graph.input("x"),))
    found = program_of(inspect_at(graph, [output], Floats(), {"x": 1.0}))
    assert found == "sin has no JavaScript"


def test_computes_in_float64_only() -> None:
    graph = built("sin(x)", {"x": ()}).graph
    found = program_of(inspect_at(graph, [len(graph) - 1], Tensors("cpu", "float32"), {"x": 1.0}))
    assert found == "the page computes in float64, and this graph in float32"


def test_nothing_of_the_user_is_in_the_text() -> None:
    here = inspect("evil*evil", {"evil": 3.0})
    made = program(here)
    assert "evil" not in made.functions
    assert made.data["inputs"][0]["name"] == "evil"
