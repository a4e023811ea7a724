"""Pictures of large graphs, held to what is asked of every picture."""

import pytest

from gradcli.render.hierarchy.views import Extent, shown, views
from gradcli.render.picture import Picture
from tests.render.geometry import ENGINES, everything_is_where_it_belongs
from tests.render.hierarchy.graphs import GRAPHS, inspected, long_sum, recurrence
from tests.render.inspections import inspect

SMALL = "u=x*y+sin(x); v=exp(u)*cos(y)-u; w=tanh(u*v)+v; w^2+u*sin(v)"
LOOP = inspected(recurrence(60))
PICTURES: dict[str, Picture] = {
    **{name: shown(inspected(text), name).picture for name, text in GRAPHS.items()},
    "downwards": shown(LOOP, "downwards", "TB").picture,
    "open": shown(LOOP, "open", extent=Extent(expand=("h1..g5", "inputs"))).picture,
    "open inside": shown(inspected(long_sum(1500)), "inside", extent=Extent(expand=("part2.3",))).picture,
    "depth": shown(inspected(long_sum(1500)), "depth", extent=Extent(depth=2)).picture,
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
