"""Pictures of large graphs, held to what is asked of every picture."""

import random

import pytest

from gradcli.render.hierarchy.views import Extent, shown, views
from gradcli.render.picture import Picture
from tests.render.geometry import ENGINES, everything_is_where_it_belongs
from tests.render.hierarchy.graphs import GRAPHS, inspected, long_sum, recurrence
from tests.render.inspections import inspect


def tangled(seed: int) -> str:
    """Statements of few arguments from near and far, which crowd the sides of their cards."""
    chance = random.Random(seed)
    names, lines = ["a", "b", "c"], []
    forms = ("{}*{}", "{}+{}", "max({},{})", "atan2({},{})", "where({}>0,{},1)", "sin({})-{}", "{}/({}+2)")
    for k in range(chance.choice((15, 40, 80))):
        first, second = (chance.choice(names if chance.random() < 0.4 else names[-5:]) for _ in range(2))
        lines.append(f"t{k}=" + chance.choice(forms).format(first, second))
        names.append(f"t{k}")
    return "; ".join([*lines, *names[-2:]])


def crowded(seed: int) -> str:
    """Statements of several nodes each: opened groups for which Graphviz leads edges back, or through cards."""
    chance = random.Random(seed)
    names, lines = ["a", "b"], []
    forms = ("{}*{}", "{}+{}", "sin({})-{}", "{}/({}+2)", "max({},{})*sin(3)+1", "tanh({}-{})^2+(b*2+1)/3")
    for k in range(60):
        first, second = (chance.choice(names if chance.random() < 0.3 else names[-5:]) for _ in range(2))
        lines.append(f"t{k}=" + chance.choice(forms).format(first, second))
        names.append(f"t{k}")
    return "; ".join([*lines, "t59", "t30"])


TANGLES = {seed: inspect(tangled(seed), {"a": 0.5, "b": -1.25, "c": 2.0}) for seed in range(12)}
SMALL = "u=x*y+sin(x); v=exp(u)*cos(y)-u; w=tanh(u*v)+v; w^2+u*sin(v)"
LOOP = inspected(recurrence(60))
PICTURES: dict[str, Picture] = {
    **{name: shown(inspected(text), name).picture for name, text in GRAPHS.items()},
    "downwards": shown(LOOP, "downwards", "TB").picture,
    "open": shown(LOOP, "open", extent=Extent(expand=("h1..g5", "inputs"))).picture,
    "open inside": shown(inspected(long_sum(1500)), "inside", extent=Extent(expand=("part2.3",))).picture,
    "depth": shown(inspected(long_sum(1500)), "depth", extent=Extent(depth=2)).picture,
    "top 120": shown(inspected(GRAPHS["one large statement"]), "top", extent=Extent(top=120)).picture,
    **{f"tangle {seed} downwards": shown(one, "", "TB").picture for seed, one in TANGLES.items()},
    **{f"tangle {seed}": shown(one, "", "LR", extent=Extent(depth=1)).picture for seed, one in TANGLES.items()},
    **{
        f"crowded {seed}": shown(
            inspect(crowded(seed), {"a": 0.5, "b": -1.25}), "", show=(), extent=Extent(depth=2)
        ).picture
        for seed in (46, 120)
    },
    "top": shown(inspected(GRAPHS["random statements"]), "top", extent=Extent(top=12)).picture,
    "focus": shown(inspected(GRAPHS["random statements"]), "focus", extent=Extent(focus="n300")).picture,
    "frames": shown(inspect(SMALL, {"x": 1.0, "y": 2.0}), "frames").picture,
    **{f"view {view.name}": view.picture for view in views(LOOP, "")[1:4]},
    **{f"view {view.name}": view.picture for view in views(inspected(GRAPHS["random statements"]), "")[1:4]},
}


@pytest.mark.parametrize("engine", ENGINES)
@pytest.mark.parametrize("picture", PICTURES.values(), ids=PICTURES)
def test_everything_is_where_it_belongs(picture: Picture, engine: str) -> None:
    everything_is_where_it_belongs(picture, engine)
