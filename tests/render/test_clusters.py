"""Frames around what only a named intermediate needs."""

from gradcli.render.clusters import MOST_CLUSTERS, clusters_of
from tests.render.inspections import ROW_5, structure


def frames(text: str, *inputs: str) -> dict[str, set[str]]:
    inspection = structure(text, dict.fromkeys(inputs, ()))
    names = inspection.names
    return {cluster.title: {names[int(card)] for card in cluster.cards} for cluster in clusters_of(inspection)}


def test_what_only_a_name_needs_is_framed() -> None:
    assert frames("u=x*y+sin(x); u^2+exp(u)", "x", "y") == {"u": {"v1", "v2", "u"}}


def test_what_something_else_needs_too_is_not() -> None:
    assert frames("u=sin(x)*exp(x); u+cos(sin(x))", "x") == {"u": {"v2", "u"}}


def test_frames_follow_one_another() -> None:
    found = frames("u=x*y+sin(x); v=exp(u)*cos(y); w=v*v+1; w*u", "x", "y")
    assert {title: len(names) for title, names in found.items()} == {"u": 3, "v": 3, "w": 2}


def test_what_two_names_share_is_in_no_frame() -> None:
    found = frames("u=sin(x)^2*3; v=sin(x)^2*4; u*v", "x")
    assert found == {}


def test_what_a_name_needs_by_way_of_another_is_in_the_nearest() -> None:
    assert frames("u=sin(x)*x; v=exp(u)+cos(u); v^2", "x") == {"u": {"v1", "u"}, "v": {"v2", "v3", "v"}}


def test_a_name_alone_has_no_frame_nor_has_the_output() -> None:
    assert frames("u=x*y; v=sin(u); z=v^2+exp(v)", "x", "y") == {}


def test_single_statements_have_no_frames() -> None:
    inspection = structure(ROW_5, {"x": (3,), "w": (3,), "y": ()})
    assert clusters_of(inspection) == ()


def test_many_statements_have_no_frames() -> None:
    text = "\n".join(["a0=x", *(f"a{k + 1}=sin(a{k})*2" for k in range(MOST_CLUSTERS + 1)), f"a{MOST_CLUSTERS + 1}+1"])
    assert frames(text, "x") == {}
