"""A chain of a million nodes and a sum of 100,000 terms, by the Graph interface, under a recursion limit of 200."""

from __future__ import annotations

import json
import math

import pytest

from tests.conftest import Count
from tests.process import run_python

CHAIN = """
import json, math, sys, time
sys.setrecursionlimit(200)
from gradcli.carriers.floats import Floats
from gradcli.graph import Graph
from gradcli.methods.forward import METHOD as FORWARD
from gradcli.methods.reverse import METHOD as REVERSE
from gradcli.primitives.registry import by_name
from gradcli.problem import Problem

def solve(length):
    started = time.process_time()
    graph = Graph()
    node = graph.input("x")
    for _ in range(length):
        node = graph.apply(by_name()["sin"], (node,))
    problem = Problem(graph, node, ("x",), {"x": 0.5})
    found = [method.differentiate(problem, Floats()) for method in (FORWARD, REVERSE)]
    del problem, graph
    return [(f.value, f.gradient["x"]) for f in found], time.process_time() - started

length = int(sys.argv[1])
_, short = solve(length // 10)
answers, long = solve(length)
print(json.dumps({"answers": answers, "times": [short, long]}))
"""

SUM = """
import sys
sys.setrecursionlimit(200)
from gradcli.carriers.floats import Floats
from gradcli.carriers.nodes import Node, Nodes
from gradcli.carriers.tape import tape_of_nodes
from gradcli.graph import Graph
from gradcli.methods.base import methods
from gradcli.methods.reverse import pull
from gradcli.problem import Problem

terms = int(sys.argv[1])
graph = Graph()
m = Nodes(graph)
x = Node(m, graph.input("x"))
total = m.sin(x)
for k in range(1, terms):
    total = total + float(k % 7) * x
problem = Problem(graph, total.id, ("x",), {"x": 0.5})
for name in ("forward", "reverse", "numerical"):
    print(name, repr(methods()[name].differentiate(problem, Floats()).gradient["x"]))
tape = tape_of_nodes(graph, [total.id])
print("nodes", pull(tape, {total.id: m.lift(1.0)}, [x.id])[x.id] is not None)
symbolic = methods()["symbolic"].differentiate(problem, Floats())
print("symbolic", symbolic.reason)
"""


def test_a_million_sines(count: Count, capsys: pytest.CaptureFixture[str]) -> None:
    """Value and derivative to the last digit of a plain loop; time grows with the length, not faster (printed)."""
    length = count(sample=100_000, full=1_000_000)
    done = run_python("-c", CHAIN, str(length), timeout=600)
    assert done.status == 0, done.stderr
    found = json.loads(done.stdout)
    value, slope = 0.5, 1.0
    for _ in range(length):
        slope *= math.cos(value)
        value = math.sin(value)
    (forward_value, forward), (reverse_value, reverse) = found["answers"]
    assert forward_value == reverse_value == value
    assert forward == slope
    assert reverse == pytest.approx(slope, rel=length * 2.0**-53)
    short, long = found["times"]
    with capsys.disabled():
        print(f"\nchain of {length // 10} and {length} sines: {short:.2f} s and {long:.2f} s of processor time")


def test_a_sum_of_many_terms(count: Count) -> None:
    terms = count(sample=10_000, full=100_000)
    done = run_python("-c", SUM, str(terms), timeout=600)
    assert done.status == 0, done.stderr
    answers = dict(line.split(" ", 1) for line in done.stdout.splitlines())
    wanted = math.cos(0.5) + sum(k % 7 for k in range(1, terms))
    for name in ("forward", "reverse"):
        assert float(answers[name]) == pytest.approx(wanted, rel=1e-11)
    assert float(answers["numerical"]) == pytest.approx(wanted, rel=1e-8)
    assert answers["nodes"] == "True"
    assert "terms" in answers["symbolic"]
