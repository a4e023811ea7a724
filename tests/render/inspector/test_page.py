"""The file itself: what is in it, and that nothing in it can act but its own script."""

import base64
import hashlib
import json
import re
from pathlib import Path

import pytest

from gradcli.primitives import backings
from gradcli.render.cards import picture_of
from gradcli.render.inspector import page as assembly
from gradcli.render.inspector.page import SCRIPTS, compact, part
from gradcli.render.view import View
from tests.render.inspections import ROW_1, ROW_1_POINT, ROW_5, ROW_5_POINT, inspect
from tests.render.inspector.pages import page, page_of
from tests.render.pictures import HOSTILE

PARTS = sorted(Path(assembly.__file__).parent.glob("*.js"))
PRIMITIVES = Path(backings.__file__).parent


def data_of(html: str) -> dict:
    return json.loads(re.search(r'<script type="application/json" id="data">(.*?)</script>', html, re.S)[1])


def test_policy_lets_only_this_style_and_this_script_in() -> None:
    html = page_of(ROW_1, ROW_1_POINT)
    policy = re.search(r'http-equiv="Content-Security-Policy" content="([^"]*)"', html)[1]
    assert policy.startswith("default-src 'none';")
    for tag in ("style", "script"):
        (text,) = re.findall(rf"<{tag}>(.*?)</{tag}>", html, re.S)
        digest = base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()
        assert f"{tag}-src 'sha256-{digest}'" in policy
    assert "unsafe" not in policy


def test_refers_to_nothing_outside() -> None:
    html = page_of(ROW_1, ROW_1_POINT)
    assert not re.search(r"https?:|src=|href=|url\(|@import|fetch\(|XMLHttp|innerHTML|eval\(|\bstyle=", html)


def test_every_part_of_the_script_is_used_and_short() -> None:
    assert len(set(SCRIPTS)) == len(SCRIPTS)
    html = page_of("x", {"x": 1.0})
    for name in SCRIPTS:
        text = part(f"{name}.js")
        assert len(text.splitlines()) <= 300
        assert compact(text).splitlines()[-1] in html


def test_a_small_graph_is_a_small_file() -> None:
    assert len(page_of(ROW_1, ROW_1_POINT).encode()) < 100_000


@pytest.mark.parametrize(
    ("line", "short"),
    [
        ("const a = b + +c;", "const a=b + +c;"),
        ("a - -b, c + ++d", "a - -b,c + ++d"),
        ('  if (a === "a = b \\" c") return { x, y: [ 1, 2 ] };', 'if(a==="a = b \\" c")return{x,y:[1,2]};'),
        ("a ? .5 : typeof b in c", "a?.5:typeof b in c"),
        ('(a) => `${ b } = "c"`', '(a)=>`${ b } = "c"`'),
        ("(a) => `${ b ? ` = ` : 0 }`", "(a) => `${ b ? ` = ` : 0 }`"),
        ("f(a,\n  b\n);\nc(); // d,\ne", "f(a,b\n);c(); // d,\ne"),
        ("(a, b) => `∂${ a }/∂${ b }`", "(a,b)=>`∂${ a }/∂${ b }`"),
        ('f(`${ a } = `, "it\'s")', 'f(`${ a } = `,"it\'s")'),
        ("f(`${ a }`, `${ b }`)", "f(`${ a }`,`${ b }`)"),
        ("if (a) {\n  b();\n}\nc();", "if(a){b();}c();"),
        ("/ = / .test(x)", "/ = / .test(x)"),
        ("'a = b'", "'a = b'"),
        ("  // a comment", ""),
    ],
)
def test_scripts_lose_spaces_that_mean_nothing(line: str, short: str) -> None:
    assert compact(line) == short


OPERATORS = {"=>", "==", "!=", "<=", ">=", "&&", "||", "??", "?.", "**", "*=", "|=", "&=", "<<", ">>", "//", "/*", ".."}


@pytest.mark.parametrize("path", [*PARTS, *PRIMITIVES.glob("*.js")], ids=lambda path: path.name)
def test_no_line_of_a_script_is_part_of_a_longer_text(path: Path) -> None:
    """`compact` takes lines one by one, so that no template may span two; and no two signs may become one."""
    for line in path.read_text(encoding="utf-8").splitlines():
        assert line.count("`") % 2 == 0, line
        assert not line.endswith("\\")
        outside = re.sub(r'"(?:[^"\\]|\\.)*"|`[^`]*`', '""', line)
        if not line.strip().startswith("//") and compact(line) != line.strip():
            assert not any(a + b in OPERATORS for a, b in re.findall(r"([^\w\s]) +(?=([^\w\s]))", outside)), line
            assert "/*" not in outside
        assert re.findall(r"[\w$]+", compact(line)) in ([], re.findall(r"[\w$]+", line))


def test_hostile_text_is_data() -> None:
    html = page_of("x*x", {"x": 3.0}, title=HOSTILE)
    assert html.count("<script") == 2
    assert html.count("</script>") == 2
    assert html.count("</title>") == 1
    assert all(character.isprintable() or character == "\n" for character in html)


def test_numbers_are_those_of_the_json_answer() -> None:
    inspection = inspect(ROW_1, ROW_1_POINT)
    data = data_of(page(inspection, [View("", "", picture_of(inspection, ""))]))
    assert data["state"]["values"][-1] == 11.652071455223084
    assert data["state"]["adjoints"] == [[5.5, 1.7163378145367738, 1, 1, -1, 1, 1]]
    assert [node["name"] for node in data["nodes"]] == ["x₁", "x₂", "v₁", "v₂", "v₃", "v₄", "f"]
    formulas = [link["formula"] for link in data["links"]]
    assert formulas == ["1/x₁", "x₂", "x₁", "cos(x₂)", "1", "1", "1", "−1"]


def test_arguments_come_before_their_users_even_an_output_that_is_used() -> None:
    data = data_of(page_of("a = x*x; b = sin(a); a; b", {"x": 2.0}))
    assert all(link["source"] < link["target"] for link in data["links"])
    assert len(data["outputs"]) == 2


def test_arrays_are_text() -> None:
    data = data_of(page_of(ROW_5, ROW_5_POINT))
    x = data["nodes"][0]
    assert x["shape"] == "(3,)"
    assert data["state"]["adjoints"][0][0] == {"short": "[3, −6, 12]", "full": "[3, −6, 12]"}
    assert x["reverse"] == ["∂z/∂x = ∂z/∂a·∂a/∂x = 6·[0.5, −1, 2] = [3, −6, 12]"]


def test_without_a_point_there_is_structure_only() -> None:
    data = data_of(page_of("ln(x1)+x1*x2", shapes={"x1": (), "x2": ()}))
    assert not data["point"]
    assert data["outputs"] == []
    assert data["state"]["values"] == []


@pytest.mark.parametrize("value", [float("inf"), float("nan")])
def test_numbers_that_are_not_finite_are_strict_json(value: float) -> None:
    data = data_of(page_of("x*2", {"x": value}))
    assert data["state"]["values"] == [str(value)] * 2
