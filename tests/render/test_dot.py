"""The DOT export: a text of our own, and what Graphviz makes of it where it is installed."""

import shutil
import subprocess
import xml.etree.ElementTree as ElementTree

import pytest

from gradcli.render.dot import to_dot
from gradcli.render.metrics import inert
from gradcli.render.picture import Picture
from tests.golden_files import Golden
from tests.render.pictures import HOSTILE, PICTURES, clusters, hostile, nested_frames, tensors

needs_dot = pytest.mark.skipif(shutil.which("dot") is None, reason="Graphviz is not installed")


def test_golden_clusters(golden: Golden) -> None:
    golden("clusters.dot", to_dot(clusters()))


def test_frames_are_inside_one_another() -> None:
    lines = [line for line in to_dot(nested_frames(9)).splitlines() if "subgraph" in line]
    assert len(lines) == 1
    outer, between, inner = (lines[0].index(f"cluster_{index} {{") for index in (0, 1, 2))
    assert outer < lines[0].index("n1;") < between < inner < lines[0].index("n3;") < lines[0].index("} }")


def test_names_are_ours() -> None:
    lines = to_dot(hostile()).splitlines()
    assert sum(line.startswith("  n0 [label=") for line in lines) == 1
    assert any(line.startswith("  n0 -> n1 [") for line in lines)
    assert all(character.isprintable() for line in lines for character in line)


@needs_dot
@pytest.mark.parametrize("picture", PICTURES.values(), ids=PICTURES)
def test_graphviz_reads_it(picture: Picture) -> None:
    done = subprocess.run(["dot", "-Tsvg"], input=to_dot(picture).encode(), capture_output=True, check=True)
    assert done.stderr == b""
    assert done.stdout.count(b'class="node"') == len(picture.cards)
    assert done.stdout.count(b'class="edge"') == len(picture.edges)


@needs_dot
def test_graphviz_prints_what_the_picture_says() -> None:
    done = subprocess.run(["dot", "-Tsvg"], input=to_dot(hostile()).encode(), capture_output=True, check=True)
    root = ElementTree.fromstring(done.stdout)
    lines: dict[tuple[str, str], str] = {}
    for text in root.iter("{http://www.w3.org/2000/svg}text"):  # a text in several pieces is one line
        at = text.get("y", ""), text.get("font-weight", "") + text.get("fill", "")
        lines[at] = lines.get(at, "") + (text.text or "")
    said = inert(HOSTILE).replace(" ", "")
    found = [line.replace("\xa0", "").replace(" ", "") for line in lines.values()]
    assert all(line == said * (len(line) // len(said)) for line in found if line)
    assert sum(len(line) // len(said) for line in found) == 8  # title, frame, label, name, badge, alarm, row


def test_what_is_not_finite_is_said_in_colour_too() -> None:
    (line,) = (line for line in to_dot(tensors()).splitlines() if "n1 -> n2" in line)
    assert 'label="NaN"' in line
    assert "fontcolor" in line
