"""Under which simple condition a formula that is wrong in general is right: `softmax(z) - y` where y sums to 1.

A condition is a way to make a point meet it, and holds at a point that this does not change. It is offered where the
formula is right at many random points that were made to meet it: nothing is concluded from its form.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from itertools import combinations, islice

from gradcli.assumptions import PROPERTIES
from gradcli.methods.base import flatten, unflatten
from gradcli.problem import nested_shape
from gradcli.shapes import Shape, size
from gradcli.verify.points import Point

MET = 24
"""Points that meet a condition and at which the formula must be right."""
TRIED = 120
"""Points that are tried to find so many in the domain."""
MOST_TOLD = 2
MOST_ELEMENTS = 10_000
"""Of all inputs together; conditions are not looked for in larger ones."""
SAME = 1e-9

Numbers = list[float]


@dataclass(frozen=True)
class Condition:
    """A condition in words; `made` is a point near the given one that meets it, None where there is none.

    `special`: it is one number or another, so that it explains only why the formula is right at the given point.
    """

    text: str
    made: Callable[[Point], Point | None]
    special: bool = False

    def met(self, point: Point) -> bool:
        """Whether a point meets it."""
        found = self.made(point)
        if found is None:
            return False
        pairs = [pair for name in point for pair in zip(flatten(found[name]), flatten(point[name]), strict=True)]
        return all(abs(a - b) <= SAME * max(abs(a), abs(b)) for a, b in pairs)


def right_under(
    agrees: Callable[[Point], bool | None],
    points: Callable[[], Iterator[Point]],
    shapes: Mapping[str, Shape],
    right_at: Point | None,
    wrong_at: Sequence[Point],
    assumed: Sequence[str] = (),
) -> tuple[str, ...]:
    """The conditions, in words, under which a formula is right that is wrong at some other point.

    `agrees` says whether it is right at a point (None: that cannot be told there). The user's point meets the condition
    if the formula is right there (`right_at`), and no point does at which it is known to be wrong.
    """
    if sum(map(size, shapes.values())) > MOST_ELEMENTS:
        return ()
    found: list[str] = []
    for condition in conditions({name: shape for name, shape in shapes.items() if name not in assumed}):
        possible = condition.met(right_at) if right_at is not None else not condition.special
        if possible and not any(map(condition.met, wrong_at)) and _holds(agrees, map(condition.made, points())):
            found.append(condition.text)
            if len(found) == MOST_TOLD:
                break
    return tuple(found)


def _holds(agrees: Callable[[Point], bool | None], points: Iterator[Point | None]) -> bool:
    met = 0
    for point in islice((p for p in points if p is not None), TRIED):
        right = agrees(point)
        if right is False:
            return False
        met += right is True
        if met == MET:
            return True
    return False


def conditions(shapes: Mapping[str, Shape]) -> Iterator[Condition]:
    """The conditions that are tried, from the most general on."""
    for name, shape in shapes.items():
        every = f"{name}" if not shape else f"every element of {name}"
        yield _of_numbers(f"{every} is positive", name, _positive)
        yield _of_numbers(f"{every} is negative", name, _negative)
    if len(shapes) > 1:
        yield Condition("all inputs are positive", partial(_all_positive, shapes))
    for name, shape in shapes.items():
        if len(shape) == 2 and shape[0] == shape[1] and size(shape) > 1:
            for word in ("symmetric", "skew", "orthogonal"):
                yield Condition(f"{name} is {word}", partial(_with_property, name, word))
        if size(shape) > 1:
            yield _of_numbers(f"sum({name}) = 1", name, _summing)
            yield _of_numbers(f"norm({name}) = 1", name, _unit)
        if len(shape) == 2:
            yield _of_numbers(f"each row of {name} sums to 1", name, partial(_by_rows, int(shape[1])))
    for first, second in combinations(shapes, 2):
        if shapes[first] == shapes[second]:
            yield Condition(f"{first} = {second}", partial(_equal, first, second), special=True)
    for name, shape in shapes.items():
        whole = f"{name} is a whole number" if not shape else f"{name} holds whole numbers"
        yield _of_numbers(whole, name, _whole)
        # Of a single number that would name the point, not a condition.
        for number in (0.0, 1.0) if len(shapes) > 1 else ():
            yield _of_numbers(f"{name} = {number:.0f}", name, partial(_constant, number), special=True)


def _of_numbers(text: str, name: str, change: Callable[[Numbers], Numbers | None], special: bool = False) -> Condition:
    """A condition on the numbers of one input."""

    def made(point: Point) -> Point | None:
        numbers = change(flatten(point[name]))
        return None if numbers is None else {**point, name: unflatten(numbers, nested_shape(name, point[name]))}

    return Condition(text, made, special)


def _positive(numbers: Numbers) -> Numbers | None:
    return list(map(abs, numbers)) if all(numbers) else None


def _negative(numbers: Numbers) -> Numbers | None:
    return [-abs(n) for n in numbers] if all(numbers) else None


def _all_positive(shapes: Mapping[str, Shape], point: Point) -> Point | None:
    found = dict(point)
    for name in shapes:
        numbers = _positive(flatten(point[name]))
        if numbers is None:
            return None
        found[name] = unflatten(numbers, shapes[name])
    return found


def _scaled(numbers: Numbers, by: float) -> Numbers | None:
    """None where they would become much larger than they are, which costs digits."""
    return [n / by for n in numbers] if abs(by) > 0.01 * max(map(abs, numbers)) else None


def _summing(numbers: Numbers) -> Numbers | None:
    return _scaled(numbers, math.fsum(numbers))


def _unit(numbers: Numbers) -> Numbers | None:
    return _scaled(numbers, math.hypot(*numbers))


def _by_rows(columns: int, numbers: Numbers) -> Numbers | None:
    found: Numbers = []
    for start in range(0, len(numbers), columns):
        row = _summing(numbers[start : start + columns])
        if row is None:
            return None
        found += row
    return found


def _whole(numbers: Numbers) -> Numbers | None:
    """Larger than they are, so that they do not all become 0 or 1."""
    return [float(round(n)) for n in numbers] if max(map(abs, numbers)) > 2 or _is_whole(numbers) else None


def _is_whole(numbers: Numbers) -> bool:
    return all(n == round(n) for n in numbers)


def _constant(number: float, numbers: Numbers) -> Numbers | None:
    return [number] * len(numbers)


def _with_property(name: str, word: str, point: Point) -> Point:
    import numpy

    return {**point, name: PROPERTIES[word].near(numpy.array(point[name], dtype=float)).tolist()}


def _equal(first: str, second: str, point: Point) -> Point:
    return {**point, second: point[first]}
