"""Graphs of 50 to 300 nodes as people write them: networks, recurrences, sums of many terms, and random ones."""

import random
from collections.abc import Callable
from functools import cache
from typing import Any

from gradcli.render.cards import picture_of
from gradcli.render.inspection import Inspection
from gradcli.render.picture import Picture
from tests.render.inspections import inspect

Program = tuple[str, dict[str, Any]]
UNARY = ("sin", "cos", "tanh", "exp", "sigmoid", "abs", "relu", "ln", "sqrt", "detach")


def random_scalars(nodes: int, seed: int) -> Program:
    """Statements that use what was computed shortly before."""
    chance = random.Random(seed)
    names = [f"x{index}" for index in range(1, 5)]
    point: dict[str, Any] = {name: round(chance.uniform(-2, 2), 3) for name in names}
    lines = []
    for index in range(nodes):
        first, second = chance.choice(names[-6:]), chance.choice(names[-12:])
        term = chance.choice((f"{first}*{second}", f"{first}+{second}", f"{first}-{second}"))
        lines.append(f"t{index} = {chance.choice(UNARY)}({term})" if chance.random() < 0.5 else f"t{index} = {term}")
        names.append(f"t{index}")
    used = {name for line in lines for name in names if name in line.split(" = ")[1]}
    loose = [name for name in names if name not in used]
    return "; ".join([*lines, "+".join(loose)]), point


def network(layers: int, seed: int) -> Program:
    """A network of tensors, with a residual connection every other layer."""
    chance = random.Random(seed)
    width = chance.choice((3, 8, 40))
    point: dict[str, Any] = {"x": vector(chance, width)}
    lines, last = [], "x"
    for index in range(layers):
        point[f"W{index}"] = [vector(chance, width) for _ in range(width)]
        point[f"b{index}"] = vector(chance, width)
        skip = f" + {last}" if index % 2 else ""
        lines.append(f"h{index} = tanh(W{index} @ {last} + b{index}){skip}")
        last = f"h{index}"
    return "; ".join([*lines, f"sum(ln({last} - 0.5))" if seed % 2 else f"norm({last})^2"]), point


def recurrence(steps: int, seed: int) -> Program:
    """One state, many steps: long edges from the parameters."""
    lines = ["s0 = tanh(a*x + b)"]
    lines += [f"s{k} = tanh(a*s{k - 1} + b*{0.1 * k + seed:g})" for k in range(1, steps)]
    return "; ".join([*lines, f"(s{steps - 1} - y)^2"]), {"a": 0.9, "b": -0.3, "x": 1.5, "y": 0.25}


def terms(count: int, seed: int) -> Program:
    """A wide sum: least squares written out."""
    chance = random.Random(seed)
    parts = [f"(w*{chance.uniform(-3, 3):.2f} + b - {chance.uniform(-3, 3):.2f})^2" for _ in range(count)]
    return " + ".join(parts), {"w": 0.5, "b": -1.0}


def vector(chance: random.Random, width: int) -> list[float]:
    """Some numbers."""
    return [round(chance.gauss(0, 1), 3) for _ in range(width)]


GRAPHS: dict[str, tuple[Callable[[int, int], Program], int, int]] = {
    **{f"random {n}": (random_scalars, n, n) for n in (35, 50, 70, 90, 120, 150, 180, 200)},
    **{f"network {n}": (network, n, n) for n in (9, 12, 17, 24, 31, 40)},
    **{f"recurrence {n}": (recurrence, n, n) for n in (14, 40, 70)},
    **{f"terms {n}": (terms, n, n) for n in (12, 30, 50)},
}


@cache
def inspection_of(name: str) -> Inspection:
    """Both sweeps of a generated graph."""
    make, size, seed = GRAPHS[name]
    return inspect(*make(size, seed))


@cache
def generated_picture(name: str) -> Picture:
    """The picture, every third one downwards."""
    place = list(GRAPHS).index(name)
    return picture_of(inspection_of(name), name, "TB" if place % 3 == 2 else "LR")
