"""A plot as an answer: the judged gradient, the scene, JSON, lines of text, a title."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from gradcli.carriers.base import Carrier
from gradcli.errors import DomainError
from gradcli.problem import Nested, Problem
from gradcli.render.answers import gradient_lines, proven_blocks
from gradcli.render.cards import typeset
from gradcli.render.json import head
from gradcli.render.plot.function import Function
from gradcli.render.plot.scene import CurveScene, Scene, gradient_text, make_scene
from gradcli.render.titles import LONGEST_TEXT, value_text
from gradcli.syntax.text import expression_text
from gradcli.verify.verdict import Checked, check_gradient, require_number
from gradcli.verify.witnesses import verdict_details


@dataclass(frozen=True)
class PlotAnswer:
    """What is drawn and what is known of the point: the checked gradient, or why there is none."""

    problem: Problem
    carrier: Carrier
    scene: Scene
    checked: Checked | None
    lacking: DomainError | None

    @property
    def verdict(self) -> tuple[str, str]:
        """The verdict's word and sentence."""
        if self.checked is not None:
            return self.checked.verdict.word, self.checked.verdict.sentence
        return "undefined", self.lacking.message if self.lacking is not None else ""

    @property
    def value(self) -> float:
        """The value as it is computed; the picture has the true one where that lost its digits."""
        return self.scene.value if self.checked is None else float(self.checked.derivatives["reverse"].value)

    @property
    def gradient(self) -> dict[str, Nested]:
        """The gradient by variable; NaN where the function has no value at the point."""
        return dict.fromkeys(self.problem.wrt, math.nan) if self.checked is None else self.checked.gradient

    def remarks(self) -> list[str]:
        """What has to be said about the picture as a whole."""
        scene, found = self.scene, []
        axes = (scene.curve.x,) if isinstance(scene, CurveScene) else (scene.surface.x, scene.surface.y)
        if not all(axis.holds(at) for axis, at in zip(axes, scene.here, strict=True)):
            found.append("the point is outside of the range")
        if not isinstance(scene, CurveScene) and not scene.same_scale:
            found.append("the axes have different scales: the arrow is the gradient in the picture's units")
        return found

    def contents(self) -> str:
        """What the picture shows."""
        if isinstance(self.scene, CurveScene):
            return "function, derivative and tangent line"
        return "contours and gradient" if self.scene.heading is not None else "contours"

    def lines(self, plain: bool) -> list[str]:
        """Value, gradient, what is marked, and the verdict; without a value only what is marked."""
        found = gradient_lines(self.scene.name, self.problem, self.checked, plain) if self.checked is not None else []
        drawn = [] if isinstance(self.scene, CurveScene) else [gradient_text(self.scene)]
        return [*found[:-1], *drawn, *self.scene.marks, *found[-1:]]

    def title(self, point: Mapping[str, Nested]) -> str:
        """`f = x₁·x₂ at x₁ = 3, x₂ = 1`."""
        graph, name = self.problem.graph, self.scene.name
        text = expression_text(graph, [self.problem.output], separator="; ")
        steps, between, last = text.rpartition("; ")
        lead = "" if last.startswith(f"{name} = ") or text == name else f"{name} = "
        written = f"{steps}{between}{lead}{last}" if len(text) <= LONGEST_TEXT else name
        where = ", ".join(f"{variable} = {value_text(value)}" for variable, value in point.items())
        return typeset(f"{written} at {where}" if len(where) <= LONGEST_TEXT else written)

    def data(self, source: str, point: Mapping[str, Nested]) -> dict[str, Any]:
        """The answer as JSON."""
        word, sentence = self.verdict
        found: dict[str, Any] = {
            **head("plot", source, point, self.carrier),
            "output": self.scene.name,
            "variables": list(self.scene.variables),
            "value": self.value,
            "gradient": self.gradient,
            "verdict": word,
            "reason": sentence,
        }
        if self.checked is not None:
            found |= verdict_details(self.checked.verdict)
            if (proof := self.checked.proof) is not None:
                found |= proof.as_json("gradient", proven_blocks(self.problem, proof, "torch"))
        return found | self.scene.data() | {"marks": list(self.scene.marks)}


def plot_answer(
    problem: Problem,
    carrier: Carrier,
    source: str,
    name: str,
    ranges: Mapping[str, tuple[float, float]],
    precision: int | None = None,
) -> PlotAnswer:
    """Judge the gradient and sample the function. Raises DomainError where it is undefined on the whole range."""
    checked: Checked | None = None
    lacking: DomainError | None = None
    try:
        require_number(problem, carrier, source)
        checked = check_gradient(problem, carrier, precision=precision)
    except DomainError as error:
        lacking = error.with_source(source)
    scene = make_scene(problem, Function(problem, carrier), checked, name, ranges)
    return PlotAnswer(problem, carrier, scene, checked, lacking)
