"""Nodes, order, names, numbers and formulas of an inspected graph."""

import math

import pytest

from gradcli.graph import Graph
from gradcli.primitives.registry import families
from gradcli.render.examine import tangent_columns
from gradcli.render.formulas import Formula
from gradcli.render.graph_json import edge_list, node_list
from gradcli.render.inspection import FAMILY_KINDS, Inspection
from gradcli.render.picture import KINDS
from tests.render.inspections import ROW_1, ROW_1_POINT, ROW_5, ROW_5_POINT, inspect, node_named, structure


def formulas(inspection: Inspection) -> dict[str, list[str]]:
    return {
        inspection.names[node]: [inspection.formula(link).text for link in inspection.links(node)]
        for node in inspection.rows
        if inspection.links(node)
    }


def test_row_1_to_the_last_digit() -> None:
    inspection = inspect(ROW_1, ROW_1_POINT)
    found = [
        (
            inspection.names[node],
            inspection.operation(node),
            inspection.value(node),
            inspection.tangents_of(node),
            [*inspection.adjoints_of(node).values()],
        )
        for node in inspection.rows
    ]
    assert found == [
        ("x1", "", 2, [1, 0], [5.5]),
        ("x2", "", 5, [0, 1], [1.7163378145367738]),
        ("v1", "ln(x1)", 0.6931471805599453, [0.5, 0], [1]),
        ("v2", "x1*x2", 10, [5, 2], [1]),
        ("v3", "sin(x2)", -0.9589242746631385, [0, 0.28366218546322625], [-1]),
        ("v4", "v1+v2", 10.693147180559945, [5.5, 2], [1]),
        ("f", "v4-v3", 11.652071455223084, [5.5, 1.7163378145367738], [1]),
    ]
    assert inspection.verdicts[inspection.outputs[0]].word == "verified"


def test_row_5_by_name() -> None:
    inspection = inspect(ROW_5, ROW_5_POINT)
    assert [inspection.names[node] for node in inspection.rows] == ["x", "w", "y", "a", "b", "z"]
    output = node_named(inspection, "z")
    assert inspection.value(output) == 9
    adjoints = {name: inspection.adjoints_of(node_named(inspection, name))[output] for name in ("x", "w", "y")}
    assert adjoints == {"x": [3, -6, 12], "w": [6, 12, 18], "y": -6}
    assert [(column.label, column.direction) for column in inspection.columns] == [("t", "ones")]
    assert inspection.tangents_of(output) == [6 + 12 + 18 + 3 - 6 + 12 - 6]


def test_partials_on_edges() -> None:
    inspection = inspect(ROW_1, ROW_1_POINT)
    partials = [inspection.partial(link) for node in inspection.rows for link in inspection.links(node)]
    assert partials == [0.5, 5, 2, 0.28366218546322625, 1, 1, 1, -1]


def test_formulas_without_a_point() -> None:
    inspection = structure(ROW_1, {"x1": (), "x2": ()})
    assert formulas(inspection) == {
        "v1": ["1/x1"],
        "v2": ["x2", "x1"],
        "v3": ["cos(x2)"],
        "v4": ["1", "1"],
        "f": ["1", "-1"],
    }
    assert set(inspection.alarms.values()) == {""}


def test_linear_maps_are_written_on_the_differential() -> None:
    inspection = structure("h = A @ x; s = sum(softmax(h)); dot(x, x)*s", {"A": ("m", "n"), "x": ("n",)})
    node = node_named(inspection, "h")
    assert [inspection.formula(link) for link in inspection.links(node)] == [
        Formula("dA @ x", differential=True),
        Formula("A @ dx", differential=True),
    ]
    assert inspection.shape(node) == ("m",)
    assert formulas(inspection)["v1"] == ["x", "x"]


def test_jointly_linear_operations_hold_their_other_arguments_at_zero() -> None:
    inspection = structure("where(c > 0, [x, y], [1, x])", {"c": (), "x": (), "y": ()})
    found = formulas(inspection)
    assert ["[dx, 0]", "[0, dy]"] in found.values()
    assert ["0", "where(v1, dv2, zeros(2))", "where(v1, zeros(2), dv3)"] in found.values()


def test_a_rule_that_needs_the_number_of_elements_or_has_many_terms_is_not_written_out() -> None:
    assert formulas(structure("cumprod(x)", {"x": ("n",)}))["f"] == ["jvp(cumprod(x), dx)"]
    assert formulas(structure("cumprod(x)", {"x": (2,)}))["f"] == ["cat(dx[0:1], x[0:1]*dx[1:2]+x[1:2]*dx[0:1])"]
    assert formulas(structure("cumprod(x)", {"x": (4096,)}))["f"] == ["jvp(cumprod(x), dx)"]


def test_both_edges_of_a_square() -> None:
    inspection = inspect("x*x", {"x": 3.0})
    links = inspection.links(inspection.outputs[0])
    assert [(link.position, inspection.partial(link)) for link in links] == [(0, 3), (1, 3)]


def test_detached_edges_and_what_is_behind_them() -> None:
    inspection = inspect("u = detach(x*x); sum(u*x)", {"x": [0.0, 1.0, 2.0, 3.0]})
    (link,) = inspection.links(node_named(inspection, "u"))
    assert link.detached
    output = inspection.outputs[0]
    assert inspection.adjoints_of(node_named(inspection, "v1"))[output] == [0, 0, 0, 0]
    assert inspection.adjoints_of(node_named(inspection, "x"))[output] == [0, 1, 4, 9]


def test_a_node_that_depends_on_no_input_has_an_adjoint() -> None:
    inspection = inspect("sin(2)*x", {"x": 3.0})
    assert [*inspection.adjoints_of(node_named(inspection, "v1")).values()] == [3]


def test_alarms() -> None:
    inspection = inspect("abs(x) + sqrt(ln(y)) + z/x", {"x": 0.0, "y": 0.5, "z": 1.0})
    named = {inspection.names[node]: alarm for node, alarm in inspection.alarms.items() if alarm}
    assert named["f"] == "NaN"
    assert inspection.alarms[inspection.links(inspection.outputs[0])[1].argument] == "inf"
    assert "kink" in named.values()
    assert named["y"] == "NaN adjoint"
    assert inspection.verdicts[inspection.outputs[0]].word == "undefined"


def test_every_family_of_primitives_has_a_kind_of_card() -> None:
    assert {FAMILY_KINDS.get(family, family) for family in families()} <= set(KINDS)


def test_kink_with_its_convention() -> None:
    inspection = inspect("abs(x)", {"x": 0.0})
    assert inspection.alarms[inspection.outputs[0]] == "kink"
    assert "[-1, 1]" in inspection.convention(inspection.outputs[0])
    assert inspection.verdicts[inspection.outputs[0]].word == "kink"


def test_an_input_that_no_output_needs_is_a_row_of_zeros() -> None:
    inspection = inspect("u = x^2; y", {"x": 1.0, "y": 2.0})
    assert [inspection.names[node] for node in inspection.rows] == ["x", "y"]
    assert [*inspection.adjoints_of(node_named(inspection, "x")).values()] == [0]


def test_several_outputs_have_an_adjoint_each() -> None:
    inspection = inspect("exp(x); y*x", {"x": 1.0, "y": 2.0})
    nodes = {data["name"]: data for data in node_list(inspection)}
    assert nodes["x"]["adjoints"] == {"f1": math.e, "f2": 2.0}
    assert nodes["y"]["adjoints"] == {"f1": 0.0, "f2": 1.0}


def test_a_constant_output_is_a_row() -> None:
    inspection = inspect("3", {})
    assert [(inspection.names[node], inspection.operation(node)) for node in inspection.rows] == [("f", "3")]


def test_data_refers_to_every_argument() -> None:
    inspection = inspect("2^x * sum([x, 1, x^3])", {"x": 2.0})
    nodes = node_list(inspection)
    ids = [data["id"] for data in nodes]
    assert ids == sorted(ids)
    assert {argument for data in nodes for argument in data["arguments"]} <= set(ids)
    assert all(edge["source"] in ids and edge["target"] in ids for edge in edge_list(inspection))
    assert next(data for data in nodes if data["text"] == "x^3")["parameters"] == {"exponent": 3}


@pytest.mark.parametrize("size", [3000])
def test_time_grows_with_the_graph_only(size: int) -> None:
    text = "x"
    for _ in range(size):
        text = f"sin({text})*y"
    inspection = inspect(text, {"x": 1.0, "y": 0.9})
    assert len(inspection.rows) == 2 * size + 2
    assert len(edge_list(inspection)) == 3 * size


def test_a_direction_is_not_called_as_an_input() -> None:
    graph = Graph()
    for name in ("t", "x"):
        graph.input(name, (4,))
    assert [column.label for column in tangent_columns(graph, ["t", "x"])] == ["s"]
