"""The Mermaid export. Mermaid's own parser, in JavaScript, read all of these pictures when this was written."""

import re

import pytest

from gradcli.render.mermaid import escaped, limits_note, to_mermaid
from gradcli.render.metrics import inert
from gradcli.render.picture import Picture
from tests.golden_files import Golden
from tests.render.pictures import HOSTILE, PICTURES, chain, clusters, nested_frames, random_graph


def test_golden_clusters(golden: Golden) -> None:
    golden("clusters.mmd", to_mermaid(clusters()))


def test_frames_are_inside_one_another() -> None:
    (line,) = (line for line in to_mermaid(nested_frames(9)).splitlines() if "subgraph" in line)
    assert line == (
        '  subgraph g0["outer"]; n1; n2; '
        'subgraph g1["between, without a card of its own"]; subgraph g2["inner"]; n3; n4; n5; n6; end; end; '
        'subgraph g3["last"]; n7; end; end'
    )


@pytest.mark.parametrize("text", [HOSTILE, "a#35;b", "style a:#123;", "`code` **bold**", "end", 'say "x" [y]|{z}'])
def test_special_signs_are_told_by_number(text: str) -> None:
    code = escaped(text)
    assert not set(code) & set("\"'`<>&\\|[]{}:*_~%@$!?")
    assert re.sub(r"#(\d+);", lambda found: chr(int(found[1])), code) == inert(text)
    assert re.sub(r"#\d+;", "", code).count("#") == 0


@pytest.mark.parametrize("picture", PICTURES.values(), ids=PICTURES)
def test_nodes_and_edges(picture: Picture) -> None:
    lines = to_mermaid(picture).splitlines()
    assert lines[0] == f"flowchart {picture.direction}"
    assert [line.split("[")[0] for line in lines if re.match(r"  n\d+\[", line)] == [
        f"  n{index}" for index in range(len(picture.cards))
    ]
    arrows = [line for line in lines if re.match(r"  n\d+ (-->|-\.-x)", line)]
    assert len(arrows) == len(picture.edges)
    assert sum("-.-x" in line for line in arrows) == sum(edge.cut for edge in picture.edges)
    assert all(character.isprintable() for line in lines for character in line)


def test_what_viewers_refuse_is_said() -> None:
    def note(picture: Picture) -> str:
        return limits_note(to_mermaid(picture), picture)

    assert note(clusters()) == ""
    assert "501 edges" not in note(chain(501))
    assert "501 edges" in note(chain(502))
    many = random_graph(450, 1)
    assert f"{len(to_mermaid(many))} characters" in note(many)


def test_an_alarm_wins_over_the_kind() -> None:
    styles = [line.split()[1] for line in to_mermaid(clusters()).splitlines() if line.startswith("  classDef")]
    assert styles[-1] == "alarm"
    assert len(styles) > 3


def test_the_title_for_screen_readers_keeps_what_mermaid_allows() -> None:
    title = to_mermaid(Picture("f = x_1^2 & y[0] < 3; #35; %% |z|", (), ())).splitlines()[1]
    assert title == "  accTitle: f = x_1^2 and y[0] less than 3 35 |z|"
