"""Places in the JSON of a file."""

import json
import math
from dataclasses import replace
from typing import Any

import pytest

from gradcli.errors import LayoutError
from gradcli.render import engines
from gradcli.render.drawing import draw
from gradcli.render.exports import FORMATS, Export
from gradcli.render.graph_json import graph_data
from gradcli.render.hierarchy.views import shown, whole_picture
from gradcli.render.inspection import Inspection
from gradcli.render.positions import drawing_data, without_card
from tests.render.generated import inspection_of
from tests.render.inspections import inspect, structure

GRAPHS = {
    "squares": inspect("x*x + detach(y)", {"x": 3.0, "y": 2.0}),
    "arrays": inspect("sum(A @ x)", {"A": [[1.0] * 12] * 9, "x": [1.0] * 12}),
    "formulas": structure("sin(x*y)/x", {"x": (), "y": ()}),
    "with cards again": inspection_of("recurrence 14"),
}


def export_of(inspection: Inspection) -> Export:
    data = graph_data(inspection, "", {}) | {"warnings": []}
    picture = shown(inspection, "a title").picture
    return Export(
        inspection, inspection, picture, lambda: whole_picture(inspection, "a title"), list, lambda: data, 60.0
    )


def written(export: Export) -> dict[str, Any]:
    return json.loads(FORMATS["json"].write(export).content)


@pytest.mark.parametrize("inspection", GRAPHS.values(), ids=GRAPHS)
def test_boxes_and_routes_are_those_of_the_drawing(inspection: Inspection) -> None:
    export = export_of(inspection)
    drawing, found = export.drawing(), written(export)["drawing"]
    assert (found["width"], found["height"]) == (drawing.width, drawing.height)
    boxes = {card["id"]: card for card in found["cards"]}
    assert set(boxes) == {card.id for card in export.picture.cards}
    named = {str(node["id"]) for node in export.data()["nodes"] if node["name"]}
    assert named <= set(boxes)
    for box, group in zip(found["cards"], drawing.groups("card"), strict=True):
        assert box["x"] == pytest.approx(group.box.x, abs=0.01)
        assert box["x"] + box["width"] <= drawing.width
        assert box["y"] + box["height"] <= drawing.height
    for edge, wanted in zip(found["edges"], export.picture.edges, strict=True):
        source, target = boxes[edge["source"]], boxes[edge["target"]]
        assert (edge["source"], edge["target"]) == (wanted.source, wanted.target)
        assert len(edge["route"]) % 3 == 1
        assert on_border(edge["route"][0], source)
        assert on_border(edge["route"][-1], target)
        assert (edge["label"] is None) == (not wanted.label.strip())


def on_border(point: list[float], box: dict[str, float]) -> bool:
    x, y = point[0] - box["x"], point[1] - box["y"]
    beside = min(abs(x), abs(x - box["width"]))
    return math.isclose(beside, 0, abs_tol=0.05) and -0.05 <= y <= box["height"] + 0.05


def test_a_wide_graph_has_the_places_of_all_its_nodes() -> None:
    names = [f"x{k}" for k in range(100)]
    export = export_of(structure(f"sum([{', '.join(names)}])", dict.fromkeys(names, ())))
    assert without_card(export.picture, export.data()) > 0  # for eyes it is drawn as groups
    found = written(export)
    named = {str(node["id"]) for node in found["nodes"] if node["name"]}
    assert named <= {card["id"] for card in found["drawing"]["cards"]}
    assert len(found["drawing"]["edges"]) == len(found["edges"])
    assert found["warnings"] == []


def test_a_graph_of_several_pictures_has_no_places() -> None:
    inspection = structure("sin(" * 600 + "x" + ")" * 600, {"x": ()})
    export = export_of(inspection)
    assert without_card(export.picture, export.data()) == 600
    answer = FORMATS["json"].write(export)
    found = json.loads(answer.content)
    assert found["drawing"] is None
    assert found["warnings"] == list(answer.notes)
    assert answer.notes == ("no positions: nodes without a card of their own in the picture: 600",)


def test_a_layout_that_fails_leaves_the_data(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object) -> None:
        raise LayoutError("no Graphviz was found")

    monkeypatch.setattr(engines, "run", refuse)
    answer = FORMATS["json"].write(export_of(GRAPHS["squares"]))
    found = json.loads(answer.content)
    assert found["drawing"] is None
    assert found["warnings"] == ["no positions: no Graphviz was found"]
    assert len(found["nodes"]) == 5
    assert answer.notes == ("no positions: no Graphviz was found",)


def test_places_follow_the_drawing() -> None:
    export = export_of(GRAPHS["squares"])
    down = replace(export.picture, direction="TB")
    assert drawing_data(down, draw(down, timeout=60)) != written(export)["drawing"]
