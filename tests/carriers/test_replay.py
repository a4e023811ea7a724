"""A replay gives, bit for bit, what an evaluation at the moved point gives, and computes nothing that stands still."""

import random

import pytest
from hypothesis import given

from gradcli.carriers.base import Carrier
from gradcli.carriers.floats import Floats
from gradcli.carriers.replay import Replay
from gradcli.carriers.tape import evaluate, input_values, tape_of
from gradcli.carriers.tensors import Tensors
from gradcli.methods.base import flatten
from gradcli.methods.numerical import held_nodes
from gradcli.problem import Problem
from tests.methods.graphs import carrier_for, problems
from tests.sampling import examples
from tests.verify.problems import problem


def assert_replays(asked: Problem, carrier: Carrier, moving: list[str]) -> None:
    graph, tape = asked.graph, tape_of(asked, carrier)
    held = {node: tape.values[node] for node in held_nodes(graph, tape)}
    inputs = input_values(graph, carrier, asked.point)
    moved = {graph.inputs[n]: 1.25 * inputs[graph.inputs[n]] for n in moving if graph.inputs[n] in tape.nodes}
    wanted = evaluate(graph, [asked.output], carrier, {**inputs, **moved}, held)
    found = Replay(tape, moved, held).values(moved)
    for node in tape.nodes:
        # As text, since a NaN is no other number than itself.
        assert repr(flatten(carrier.nested(found[node]))) == repr(flatten(carrier.nested(wanted.values[node])))


@examples(sample=60, full=2_000)
@given(problems())
def test_a_replay_is_an_evaluation(asked: Problem) -> None:
    names = random.Random(len(asked.graph.operations)).sample(list(asked.wrt), 2)
    assert_replays(asked, carrier_for(asked), names)
    assert_replays(asked, carrier_for(asked), list(asked.wrt))


@pytest.mark.parametrize("carrier", [Floats(), Tensors("cpu")], ids=lambda carrier: carrier.name)
def test_three_arguments_and_parameters(carrier: Carrier) -> None:
    assert_replays(problem("where(x > y, elu(x, 3), x*y) + clamp(y, 0, 2) + detach(x)*y", x=2.0, y=1.5), carrier, ["x"])


def test_what_stands_still_is_not_computed() -> None:
    asked = problem("a = sin(x); b = cos(y); c = a*b; d = detach(c)*sin(y); d", x=1.0, y=2.0)
    graph, tape = asked.graph, tape_of(asked, Floats())
    held = held_nodes(graph, tape)
    reached = {step[0] for step in Replay(tape, {graph.inputs["x"]}, held).steps}
    assert [graph.operations[node].name for node in sorted(reached)] == ["sin", "mul"]
