"""Large graphs of several characters, for the tests of this folder."""

import random
from functools import cache

from gradcli.carriers.select import select_carrier
from gradcli.render.examine import tangent_columns
from gradcli.render.inspection import Inspection, inspect_at
from tests.render.inspections import built


def long_sum(terms: int) -> str:
    functions = ("sin", "cos", "exp", "tanh")
    return "+".join(f"{functions[k % 4]}({1 + k % 9}*x{k % 5})" for k in range(terms))


def chain(steps: int) -> str:
    return "sin(" * steps + "x1" + ")" * steps


def recurrence(steps: int) -> str:
    lines = ["h0=x1", "g0=x2"]
    for k in range(steps):
        lines += [f"h{k + 1}=tanh(x3*h{k}+x4*g{k}+x5)", f"g{k + 1}=h{k + 1}*sigmoid(x6*g{k})"]
    return "\n".join([*lines, f"h{steps}^2+g{steps}"])


def wide(terms: int) -> str:
    return "+".join(f"x{k}*exp(x{k})" for k in range(terms))


def random_statements(count: int) -> str:
    chance = random.Random(1)
    names = [f"x{k}" for k in range(6)]
    lines = []
    for k in range(count):
        a, b = chance.choice(names[-30:]), chance.choice(names if chance.random() < 0.1 else names[-30:])
        lines.append(f"n{k}=" + chance.choice([f"sin({a})", f"{a}*{b}", f"{a}+{b}", f"tanh({a}-{b})"]))
        names.append(f"n{k}")
    return "\n".join([*lines, "+".join(names[-30:])])


def random_tree(leaves: int) -> str:
    chance = random.Random(2)
    pool = [f"x{chance.randrange(8)}" for _ in range(leaves)]
    while len(pool) > 1:
        a, b = pool.pop(chance.randrange(len(pool))), pool.pop(chance.randrange(len(pool)))
        pool.append(chance.choice([f"({a}+{b})", f"sin({a})*{b}", f"tanh({a}-({b}))"]))
    return pool[0]


def one_large_statement(terms: int) -> str:
    small = "\n".join(f"s{k}=x1*x2+sin(x3)*{k + 1}" for k in range(45))
    return f"{small}\nbig={random_tree(terms)}\nbig+" + "+".join(f"s{k}" for k in range(45))


GRAPHS = {
    "long sum": long_sum(300),
    "chain": chain(900),
    "recurrence": recurrence(100),
    "wide": wide(250),
    "random statements": random_statements(600),
    "random tree": random_tree(400),
    "one large statement": one_large_statement(300),
}


@cache
def inspected(text: str) -> Inspection:
    """Both sweeps at a point, without a verdict."""
    names = sorted({f"x{k}" for k in range(260) if f"x{k}" in text})
    point = {name: 0.1 + 0.07 * (index % 11) for index, name in enumerate(names)}
    found = built(text, dict.fromkeys(names, ()))
    graph = found.graph
    point = {name: point[name] for name in graph.inputs}
    carrier = select_carrier(graph, graph.ancestors(found.outputs))
    columns = tangent_columns(graph, tuple(graph.inputs))
    return inspect_at(graph, found.outputs, carrier, point, columns, dict.fromkeys(found.outputs))
