"""Plots in Python."""

import json
import sys
from pathlib import Path

import pytest

import gradcli
from gradcli.errors import FileError, MissingError, NameProblem, ShapeError, UsageError
from tests.process import run_gradcli


def test_a_plot_is_what_the_command_answers() -> None:
    for text, point in (("|x - 1| + ln(x)", {"x": 2.0}), ("x*y", {"x": 1.0, "y": 2.0}), ("ln(x)", {"x": -1.0})):
        at = ",".join(f"{name}={value}" for name, value in point.items())
        done = run_gradcli("plot", text, "--at", at)
        plot = gradcli.parse(text).plot(**point)
        assert str(plot) == done.stdout.rstrip("\n")
        answer = json.loads(run_gradcli("plot", text, "--at", at, "--json").stdout)
        from gradcli.render.json import dumps

        assert json.loads(dumps(dict(plot.data))) == answer


def test_saves_by_the_ending(tmp_path: Path) -> None:
    plot = gradcli.parse("x^2").at(x=1).plot(ranges={"x": (-1, 3)}, title="A parabola", theme="dark")
    plot.save(tmp_path / "p.svg")
    assert (tmp_path / "p.svg").read_text(encoding="utf-8") == plot.svg == plot._repr_svg_()
    assert ">A parabola<" in plot.svg
    with pytest.raises(UsageError, match="says no format"):
        plot.save(tmp_path / "p")
    with pytest.raises(FileError):
        plot.save(tmp_path / "no" / "p.svg")


def test_without_matplotlib_there_is_the_text(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "matplotlib", None)
    plot = gradcli.parse("x^2").plot(x=1)
    assert plot._repr_svg_() is None
    assert "●" in str(plot)
    with pytest.raises(MissingError, match="needs matplotlib"):
        _ = plot.svg


@pytest.mark.parametrize(
    ("error", "options"),
    [
        (NameProblem, {"ranges": {"y": (0, 1)}}),
        (UsageError, {"ranges": {"x": 3}}),
        (UsageError, {"ranges": {"x": (1, 0)}}),
        (UsageError, {"ranges": {"x": (0, float("inf"))}}),
        (UsageError, {"theme": "blue"}),
        (NameProblem, {"wrt": "y"}),
    ],
)
def test_errors(error: type[gradcli.GradcliError], options: dict) -> None:
    with pytest.raises(error):
        gradcli.parse("x^2").at(x=1).plot(**options)


def test_tensors_are_not_plotted() -> None:
    with pytest.raises(ShapeError, match="a plot runs along one or two scalars"):
        gradcli.parse("sum(x)").plot(x=[1, 2])
