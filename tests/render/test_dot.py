"""The DOT export: a text of our own, and what Graphviz makes of it where it is installed."""

import shutil
import subprocess

import pytest

from gradcli.render.dot import to_dot
from gradcli.render.picture import Picture
from tests.golden_files import Golden
from tests.render.pictures import PICTURES, clusters, hostile


def test_golden_clusters(golden: Golden) -> None:
    golden("clusters.dot", to_dot(clusters()))


def test_names_are_ours() -> None:
    lines = to_dot(hostile()).splitlines()
    assert sum(line.startswith("  n0 [label=") for line in lines) == 1
    assert any(line.startswith("  n0 -> n1 [") for line in lines)
    assert all(character.isprintable() for line in lines for character in line)


@pytest.mark.skipif(shutil.which("dot") is None, reason="Graphviz is not installed")
@pytest.mark.parametrize("picture", PICTURES.values(), ids=PICTURES)
def test_graphviz_reads_it(picture: Picture) -> None:
    done = subprocess.run(["dot", "-Tsvg"], input=to_dot(picture).encode(), capture_output=True, check=True)
    assert done.stderr == b""
    assert done.stdout.count(b'class="node"') == len(picture.cards)
    assert done.stdout.count(b'class="edge"') == len(picture.edges)
