"""Plots of expressions for the tests, and the geometry that is read back from an SVG."""

import re
from typing import Any
from xml.etree import ElementTree

import gradcli
from gradcli.render.plot.function import Function
from gradcli.render.plot.scene import CurveScene, MapScene

SVG = "{http://www.w3.org/2000/svg}"
Dot = tuple[float, float]


def plotted(text: str, ranges: dict[str, tuple[float, float]] | None = None, **inputs: Any) -> gradcli.Plot:
    return gradcli.parse(text).at(**inputs).plot(ranges=ranges)


def curve_of(text: str, ranges: dict[str, tuple[float, float]] | None = None, **inputs: Any) -> CurveScene:
    scene = plotted(text, ranges, **inputs)._answer.scene
    assert isinstance(scene, CurveScene)
    return scene


def map_of(text: str, ranges: dict[str, tuple[float, float]] | None = None, **inputs: Any) -> MapScene:
    scene = plotted(text, ranges, **inputs)._answer.scene
    assert isinstance(scene, MapScene)
    return scene


def function_of(text: str, **inputs: Any) -> Function:
    point = gradcli.parse(text).at(**inputs)
    return Function(point._problem(None), point._plan.carrier)


def groups(svg: str, name: str) -> list[ElementTree.Element]:
    return [g for g in ElementTree.fromstring(svg).iter(f"{SVG}g") if g.get("id", "").split("_")[0] == name]


def vertices(group: ElementTree.Element) -> list[list[Dot]]:
    """The chains of points of a group's paths."""
    chains = []
    for path in group.iter(f"{SVG}path"):
        for part in path.get("d", "").split("M")[1:]:
            numbers = [float(n) for n in re.findall(r"-?\d+(?:\.\d+)?(?:e-?\d+)?", part)]
            chains.append(list(zip(numbers[::2], numbers[1::2], strict=True)))
    return chains


def marker(svg: str, name: str) -> list[Dot]:
    """Where the markers of a name stand."""
    return [(float(u.get("x", "")), float(u.get("y", ""))) for g in groups(svg, name) for u in g.iter(f"{SVG}use")]


def texts(svg: str) -> list[str]:
    return [element.text or "" for element in ElementTree.fromstring(svg).iter(f"{SVG}text")]
