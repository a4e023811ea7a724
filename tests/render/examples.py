"""The pictures of the built-in examples."""

from functools import cache
from typing import Any

from gradcli.render.cards import picture_of
from gradcli.render.inspection import Inspection
from gradcli.render.picture import Picture
from gradcli.verify.examples import EXAMPLES, Example
from tests.render.inspections import inspect


def point_of(at: str) -> dict[str, Any]:
    """`x=2,w=[1,2]` as numbers and lists."""
    import json
    import re

    found = {}
    for part in re.split(r",(?=[A-Za-z_]\w*=)", at):
        name, value = part.split("=")
        found[name] = as_floats(json.loads(value))
    return found


def as_floats(value: Any) -> Any:
    """Lists of numbers with floats in them."""
    return [as_floats(item) for item in value] if isinstance(value, list) else float(value)


@cache
def inspection_of(example: Example) -> Inspection:
    """Both sweeps of a built-in example."""
    point = point_of(example.at)
    cotangent = [1.0] * len(point["x"]) if example.cotangent == "ones" else None
    return inspect(example.expression, point, cotangent)


def picture_of_example(example: Example) -> Picture:
    """Its picture."""
    return picture_of(inspection_of(example), example.title)


EXAMPLE_PICTURES = {example.title: picture_of_example(example) for example in EXAMPLES}
