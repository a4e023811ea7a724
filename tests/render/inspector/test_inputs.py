"""Typing and sliding inputs in Chromium: the page computes what the command line answers."""

import math

import pytest

from gradcli.methods.base import flatten
from gradcli.render.cards import picture_of, short
from gradcli.render.picture import tint_look
from tests.render.inspections import ROW_1, ROW_1_POINT, inspect, node_named
from tests.render.inspector.pages import Page, page_of

CASES = [
    (ROW_1, ROW_1_POINT, {"x1": 0.37, "x2": -12.5}),
    ("(1-x)^2+100*(y-x^2)^2", {"x": -1.2, "y": 1.0}, {"x": 1.0000001, "y": 3e-7}),
    ("tanh(sin(exp(x*y) - x/y))^2 + lgamma(x)", {"x": 1.25, "y": -0.75}, {"x": 4.5, "y": 0.3}),
    ("a = x*y; b = sin(a)*x; a; b", {"x": 2.0, "y": 0.5}, {"x": -3.0, "y": 1e-3}),
    ("relu(x)*y + |x-1|^1.5", {"x": 0.0, "y": 3.0}, {"x": -2.0, "y": 5.0}),
    ("where(x>0, ln(x), x^2)*y", {"x": -1.0, "y": 2.0}, {"x": 0.7, "y": 0.3}),
    ("erf(x)/sqrt(y)+atan2(x,y)", {"x": 0.5, "y": 2.0}, {"x": -1.75, "y": 0.01}),
]


def type_into(page: Page, values: dict[str, float]) -> None:
    for number, value in enumerate(values.values()):
        page.run(
            "const field = document.getElementById(arguments[0]); field.value = arguments[1];"
            "field.dispatchEvent(new Event('input'))",
            f"input-{number}-0",
            repr(value).replace("-", "−"),
        )
    settle(page)


def settle(page: Page) -> None:
    """Wait for the next frame, in which the page computes."""
    page.driver.execute_async_script("requestAnimationFrame(() => requestAnimationFrame(arguments[0]))")


def shown(page: Page) -> list[list[float]]:
    """The numbers of the trace in full."""
    rows = page.run(
        "return [...document.querySelectorAll('.trace tbody tr')]"
        ".map(row => [...row.querySelectorAll('td')].map(td => td.title || td.textContent))"
    )
    return [[float(text.replace("−", "-")) for text in row] for row in rows]


@pytest.mark.parametrize(("text", "point", "other"), CASES, ids=lambda value: str(value)[:20])
def test_changed_inputs_give_the_answer_of_the_command_line(page: Page, text: str, point: dict, other: dict) -> None:
    page.open(page_of(text, point))
    type_into(page, other)
    inspection = inspect(text, other)
    levels = inspection.graph.levels(inspection.nodes)
    expected = [
        [inspection.value(node), *inspection.adjoints_of(node).values(), *inspection.tangents_of(node)]
        for node in sorted(inspection.rows, key=lambda node: levels[node])
    ]
    for row, numbers in zip(shown(page), expected, strict=True):
        assert row == pytest.approx(numbers, rel=1e-12, abs=1e-300)
    assert page.messages() == []


def test_cards_edges_and_arithmetic_follow(page: Page) -> None:
    page.open(page_of(ROW_1, ROW_1_POINT))
    type_into(page, {"x1": 4.0, "x2": -1.0})
    cards = page.card_rows()
    assert cards["x₁"] == {"value": "4", "∂/∂x₁ →": "1", "∂/∂x₂ →": "0", "← ∂f/∂x₁": "−0.75"}
    assert page.run(
        "return document.querySelectorAll('g.card')[0].querySelector('[class^=tint]').className.baseVal"
    ) == ("tint-negative")
    assert [label.text for label in page.all("g.label")] == ["0.25", "−1", "4", "0.5403", "1", "1", "1", "−1"]
    assert "(1)(0.25) + (1)(−1)" in page.text("#step")


@pytest.mark.parametrize(
    ("text", "point", "moved"),
    [(ROW_1, ROW_1_POINT, {"x1": 400.0, "x2": -0.01}), ("30*sqrt(x)-y", {"x": 1.0, "y": 2.0}, {"x": 0.0, "y": 2.0})],
)
def test_tints_are_those_of_a_drawing_at_the_new_point(page: Page, text: str, point: dict, moved: dict) -> None:
    page.open(page_of(text, point))
    type_into(page, moved)
    picture = picture_of(inspect(text, moved), "")
    rows = [row for card in picture.cards for row in card.rows if row.tint is not None]
    expected = [[f"tint-{sign}", f"{opacity:.2f}"] for sign, opacity in (tint_look(r.tint, r.mixed) for r in rows)]
    assert len({opacity for _, opacity in expected}) == 3
    assert expected == page.run(
        "return [...document.querySelectorAll('g.card > rect[class^=tint]')]"
        ".map((rect) => [rect.getAttribute('class'), Number(rect.getAttribute('fill-opacity')).toFixed(2)])"
    )


def test_the_verdict_was_for_the_original_point(page: Page) -> None:
    page.open(page_of(ROW_1, ROW_1_POINT))
    before = page.text("#verdicts")
    assert before.startswith("verified")
    type_into(page, {"x1": 3.0, "x2": 5.0})
    first = page.run("return document.querySelector('#verdicts li').textContent")
    assert first == "unverifiedrecomputed in this page for x₁ = 3"
    assert page.run("return [...document.querySelectorAll('.was')].map(e => e.tagName)") == ["H1", "LI"]
    assert page.run("return document.querySelector('#verdicts li.was').textContent").startswith("at first: verified: ")
    changed = page.card_rows()
    page.run("document.getElementById('reset').click()")
    settle(page)
    assert page.text("#verdicts") == before
    assert page.card_rows() != changed
    assert page.card_rows()["x₁"]["← ∂f/∂x₁"] == "5.5"
    assert page.run("return document.getElementById('input-0-0').value") == "2"


def test_outside_the_domain_is_said_in_words(page: Page) -> None:
    page.open(page_of(ROW_1, ROW_1_POINT))
    page.run("document.getElementById('inputs').open = true")
    type_into(page, {"x1": -3.0, "x2": 5.0})
    assert page.text("#troubles").startswith("v₁: undefined: ln(x₁) needs x₁ > 0")
    assert page.text("#verdicts li .word") == "undefined"
    assert page.run("return document.querySelectorAll('.alarmed').length") > 0
    assert page.card_rows()["v₁ = ln(x₁)"]["value"] == "NaN"
    words = page.run("return [...document.querySelectorAll('.now-pill')].map(pill => pill.textContent)")
    assert words == ["undefined", "NaN", "NaN"]
    type_into(page, {"x1": 3.0, "x2": 5.0})
    assert page.all(".now-pill") == []


def test_a_kink_is_said_in_words(page: Page) -> None:
    page.open(page_of("relu(x)*y", {"x": 1.0, "y": 2.0}))
    page.run("document.getElementById('inputs').open = true")
    type_into(page, {"x": 0.0, "y": 2.0})
    assert page.text("#troubles").startswith("v₁: kink: the derivative taken here is by convention")


def test_what_is_no_number_changes_nothing(page: Page) -> None:
    page.open(page_of(ROW_1, ROW_1_POINT))
    for text in ("", "two", "1e", "0x10", "1;2", "-2,5", "1e400", "1/", "1/0", "*2", "pi2", "1//2"):
        page.run(
            "const field = document.getElementById('input-0-0'); field.value = arguments[0];"
            "field.dispatchEvent(new Event('input'))",
            text,
        )
        settle(page)
        assert page.run("return document.getElementById('input-0-0').getAttribute('aria-invalid')") == "true"
        assert page.run("return document.getElementById('note-0-0').textContent") == "not a number: x₁ = 2 stands"
    assert page.trace()["x₁"][1] == "5.5"


def test_fractions_and_pi(page: Page) -> None:
    page.open(page_of("x", {"x": 1.0}))
    for text, value in {"1/3": 1 / 3, "−2*π/4": -math.pi / 2, "pi": math.pi, " 2e3 / 4 ": 500.0, ".5": 0.5}.items():
        page.run(
            "const field = document.getElementById('input-0-0'); field.value = arguments[0];"
            "field.dispatchEvent(new Event('input'))",
            text,
        )
        settle(page)
        assert shown(page)[0][0] == value
        assert page.run("return document.getElementById('note-0-0').textContent") == ""
        assert page.run("return document.querySelector('#verdicts').textContent").startswith("unverified")


def test_sliding(page: Page) -> None:
    from selenium.webdriver.common.keys import Keys

    page.open(page_of(ROW_1, ROW_1_POINT))
    page.run("document.getElementById('inputs').open = true")
    slider = page.all("#inputs input[type=range]")[0]
    slider.send_keys(Keys.ARROW_RIGHT)
    settle(page)
    assert page.run("return document.getElementById('input-0-0').value") == "2.01"
    assert page.trace()["x₁"][0] == "2.01"


def test_arrays_are_computed_element_by_element(page: Page) -> None:
    point = {"W": [[1.0, 2.0], [3.0, -4.0]], "x": [1.0, -1.0]}
    page.open(page_of("sum((W@x)^2)", point))
    page.run("const f = document.getElementById('input-1-1'); f.value = '2.5'; f.dispatchEvent(new Event('input'))")
    settle(page)
    inspection = inspect("sum((W@x)^2)", {**point, "x": [1.0, 2.5]})
    f = inspection.outputs[0]
    rows = page.trace()
    assert float(rows["f = sum(v₂)"][0]) == inspection.value(f)
    assert rows["x"][0] == "[1, 2.5]"
    assert (
        rows["x"][1]
        == "[−30, 80]"
        == str(inspection.adjoints_of(inspection.graph.inputs["x"])[f]).replace("-", "−").replace(".0", "")
    )
    assert page.card_rows()["x"]["value"] == "[1, 2.5]"
    page.run("document.getElementById('first').click()")
    for _ in range(int(page.one("#slider").get_attribute("max"))):
        page.run("document.getElementById('next').click()")
    assert page.messages() == []


def test_a_graph_that_cannot_be_computed_has_no_fields(page: Page) -> None:
    page.open(page_of("sum(inv(X))", {"X": [[2.0, 1.0], [0.0, 3.0]]}))
    assert not page.one("#inputs").is_displayed()
    assert "The inputs cannot be changed in this page: inv is" in page.text("#trace")


def change(page: Page, field: str, value: str) -> None:
    page.run(
        "const f = document.getElementById(arguments[0]); f.value = arguments[1]; f.dispatchEvent(new Event('input'))",
        field,
        value,
    )
    settle(page)


def test_rows_of_a_summary_keep_their_meaning(page: Page) -> None:
    point = {"x": [0.11111 * k for k in range(1, 9)]}
    page.open(page_of("sum(ln(x)*2.3)", point))
    before = page.card_rows()["v₁ = ln(x)"]
    assert list(before)[:3] == ["shape", "min … max", "norm"]
    change(page, "input-0-0", "3.25")
    cards = page.card_rows()
    values = inspect("sum(ln(x)*2.3)", {"x": [3.25, *point["x"][1:]]})
    v1 = values.summary(node_named(values, "v1"))
    assert cards["v₁ = ln(x)"]["min … max"] == f"{short(v1.low)} … {short(v1.high)}"
    assert cards["v₁ = ln(x)"]["norm"] == short(v1.norm)
    change(page, "input-0-0", "-9")
    after = page.card_rows()["v₁ = ln(x)"]
    assert "norm" not in after
    assert "norm of finite" in after
    assert page.trace()["v₁ = ln(x)"][0] == "1 NaN of 8"
    page.run("document.getElementById('reset').click()")
    settle(page)
    assert page.card_rows()["v₁ = ln(x)"] == before


def heat_maps(page: Page) -> list[list[list[str]]]:
    """Of each heat map its parts: style, opacity, and where they are within the map."""
    return page.run(
        """return [...document.querySelectorAll('.heat')].map(heat => {
          const found = [...heat.children].map(e => [e.getAttribute('class'), e.getAttribute('fill-opacity') ?? '1',
            e.getAttribute('d') ?? e.textContent]);
          const corners = found.flatMap(([,, d]) => [...d.matchAll(/M([\\d.]+) ([\\d.]+)/g)].map(m => [+m[1], +m[2]]));
          const [left, top] = [0, 1].map(axis => Math.min(...corners.map(at => at[axis])));
          return found.map(([style, opacity, d]) => [style, opacity,
            d.replace(/M([\\d.]+) ([\\d.]+)/g, (_, x, y) => `M${(x - left).toFixed(1)} ${(y - top).toFixed(1)}`)]);
        })"""
    )


VECTOR = {"x": [0.11111 * k for k in range(1, 9)]}
MATRIX = {"X": [[0.3 * k - j for k in range(1, 6)] for j in range(4)], "y": [1.0, 2.0, 3.0, 4.0]}
HEATED = [
    ("sum(ln(x)*2.3)", VECTOR, {"x": [9.0, *VECTOR["x"][1:]]}),
    ("sum(ln(x)*2.3)", VECTOR, {"x": [-9.0, *VECTOR["x"][1:]]}),
    ("sum(sin(X)'@y)", MATRIX, {**MATRIX, "X": [[-3.25, *MATRIX["X"][0][1:]], *MATRIX["X"][1:]]}),
    ("sum(outer(x,x)*3)", {"x": [0.1 * k - 1 for k in range(20)]}, {"x": [7.0, *(0.1 * k - 1 for k in range(1, 20))]}),
]


@pytest.mark.parametrize(("text", "point", "other"), HEATED, ids=["vector", "not finite", "matrix", "pooled"])
def test_heat_maps_are_redrawn_as_those_of_the_other_point(page: Page, text: str, point: dict, other: dict) -> None:
    page.open(page_of(text, other))
    wanted = heat_maps(page)
    page.open(page_of(text, point))
    before = heat_maps(page)
    change(page, "input-0-0", str(flatten(next(iter(other.values())))[0]))
    assert sorted(map(sorted, heat_maps(page))) == sorted(map(sorted, wanted))
    assert wanted != before
    seen = "return [...document.querySelectorAll('.heat')].map(e => getComputedStyle(e).visibility)"
    assert set(page.run(seen)) == {"visible"}
    page.run("document.getElementById('first').click()")
    assert set(page.run(seen)) == {"hidden"}
    page.run("document.getElementById('reset').click()")
    settle(page)
    assert heat_maps(page) == before
    assert page.messages() == []


def test_what_depends_on_what_follows_the_branch_that_is_taken(page: Page) -> None:
    page.open(page_of("where(x>0, ln(x), x^2)*y", {"x": -1.0, "y": 2.0}))
    rows = page.trace()
    place = next(place for place, title in enumerate(rows) if title.endswith("= ln(x)"))
    step = 2 * len(rows) - place
    page.run(f"const s = document.getElementById('slider'); s.value = {step}; s.dispatchEvent(new Event('input'))")
    assert "does not depend on it" in page.text("#step")
    type_into(page, {"x": 0.7, "y": 2.0})
    assert "does not depend on it" not in page.text("#step")
    assert page.text("#step").split("=")[-1].strip() == "2"


def test_more_inputs_than_fields_are_a_reason(page: Page) -> None:
    page.open(page_of("sum(x^2)", {"x": [0.5] * 25}))
    assert not page.one("#inputs").is_displayed()
    reason = "The inputs cannot be changed in this page: they are 25 numbers; the page has fields for up to 24."
    assert reason in page.text("#trace")
    assert page.messages() == []


def test_a_step_has_a_matrix_in_rows_of_four_digits(page: Page) -> None:
    # The gradient by W is 2/3 (W x) x': first W x = [-3/8, 7/6], then [1/8, 7/6].
    page.open(page_of("sum((W @ x)^2)/3", {"W": [[0.125, -0.25], [0.5, 1 / 3]], "x": [1.0, 2.0]}))
    assert page.text("#step").split("=")[-1].split("\n")[:2] == [" [[−0.25, −0.5],", " [0.7778, 1.556]]"]
    type_into(page, {"W": 0.625})
    assert page.text("#step").split("=")[-1].split("\n")[:2] == [" [[0.08333, 0.1667],", " [0.7778, 1.556]]"]


def test_the_trace_keeps_its_rows_beside_many_inputs(page: Page) -> None:
    page.open(page_of("sum(relu(W @ x)^2)", {"W": [[1.0, 2.0], [3.0, -4.0], [0.5, 0.25]], "x": [1.0, -1.0]}))
    page.run("document.getElementById('inputs').open = true")
    rows, room = page.run(
        "const trace = document.querySelector('#trace .scroll');"
        "return [trace.querySelector('table').offsetHeight, trace.clientHeight]"
    )
    assert room >= rows
