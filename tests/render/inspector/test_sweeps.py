"""Stepping in Chromium: what is on screen after each step, and that it is what the command line answers."""

import pytest

from gradcli.render.cards import picture_of, short
from gradcli.render.view import View
from tests.render.inspections import ROW_1, ROW_1_POINT, ROW_5, ROW_5_POINT, inspect
from tests.render.inspector import pages
from tests.render.inspector.pages import Page, page_of
from tests.render.pictures import HOSTILE

ROSENBROCK = ("(1-x)^2+100*(y-x^2)^2", {"x": -1.2, "y": 1.0})
KINK = ("relu(x)*y + sqrt(|x|)", {"x": 0.0, "y": 3.0})
CHAIN = ("tanh(sin(exp(x*y) - x/y))^2 + lgamma(x)", {"x": 1.25, "y": -0.75})
SCALARS = [(ROW_1, ROW_1_POINT), ROSENBROCK, KINK, CHAIN, ("x*x", {"x": 3.0}), ("x", {"x": 1e-7})]
ARRAYS = [
    (ROW_5, ROW_5_POINT),
    ("sum(relu(W@x+b)^2)", {"W": [[1.0, 2.0], [3.0, -4.0]], "x": [1.0, -1.0], "b": [0.5, 0.5]}),
]
SEVERAL = ("a = x*y; b = sin(a)*x; a; b", {"x": 2.0, "y": 0.5})


def silent(page: Page) -> None:
    """Nothing was said, and nothing but the file itself was asked for."""
    assert page.messages() == []
    requests = page.requests()
    assert len(requests) == 1, requests
    assert requests[0].startswith("file://")


@pytest.mark.parametrize(("text", "point"), [*SCALARS, *ARRAYS, SEVERAL], ids=lambda value: str(value)[:20])
def test_every_step_without_a_word_on_the_console_and_without_a_request(page: Page, text: str, point: dict) -> None:
    page.open(page_of(text, point))
    count, told = page.run(
        "document.getElementById('first').click(); const told = [];"
        "for (let step = 0; step < slider.max; step++) {"
        "  document.getElementById('next').click(); told.push(document.getElementById('step').innerText);"
        "} return [document.getElementById('count').innerText, told]"
    )
    assert all(told)
    assert count == f"{len(told)} / {len(told)}"
    assert page.run("return slider.max") == str(len(told))
    silent(page)


@pytest.mark.parametrize(("text", "point"), [*SCALARS, SEVERAL], ids=lambda value: str(value)[:20])
def test_values_on_screen_are_those_of_the_answer(page: Page, text: str, point: dict) -> None:
    inspection = inspect(text, point)
    page.open(pages.page(inspection, [View("", "", picture_of(inspection, text))]))
    trace = list(page.trace().values())
    levels = inspection.graph.levels(inspection.nodes)
    numbers = [
        ([inspection.value(node)], inspection.tangents_of(node), list(inspection.adjoints_of(node).values()))
        for node in sorted(inspection.rows, key=lambda node: levels[node])
    ]
    assert trace == [[short(n) for n in (*value, *adjoints, *tangents)] for value, tangents, adjoints in numbers]
    on_cards = [
        [number for label, number in rows.items() if not label.startswith("true ")]
        for rows in page.card_rows().values()
    ]
    assert sorted(on_cards) == sorted([short(n) for part in parts for n in part] for parts in numbers)


def test_both_sweeps_of_row_1_end_in_the_gradient(page: Page) -> None:
    page.open(page_of(ROW_1, ROW_1_POINT))
    page.run("document.getElementById('first').click()")
    assert all(not rows for rows in page.card_rows().values())
    page.keys(*"nnnnnnn")
    cards = page.card_rows()
    assert cards["f = v₄ − v₃"] == {"value": "11.65", "∂/∂x₁ →": "5.5", "∂/∂x₂ →": "1.716"}
    assert page.text("#step").splitlines()[0] == "Forward sweep · f"
    assert page.trace()["x₁"] == ["2", "", "1", "0"]
    page.keys("n")
    assert page.card_rows()["f = v₄ − v₃"]["← ∂f/∂f"] == "1"
    assert "← ∂f/∂v₃" not in page.card_rows()["v₃ = sin(x₂)"]
    page.keys(*"nnnnnn")
    cards = page.card_rows()
    assert (cards["x₁"]["← ∂f/∂x₁"], cards["x₂"]["← ∂f/∂x₂"]) == ("5.5", "1.716")


def equations(page: Page) -> str:
    return " ".join(page.text("#step .equation:last-of-type").split())


def test_arithmetic_is_spelled_out(page: Page) -> None:
    page.open(page_of(ROW_1, ROW_1_POINT))
    assert equations(page) == "∂f/∂x₁ = ∂f/∂v₁·∂v₁/∂x₁ + ∂f/∂v₂·∂v₂/∂x₁ = (1)(0.5) + (1)(5) = 5.5"
    page.keys("p")
    assert equations(page) == "∂f/∂x₂ = ∂f/∂v₂·∂v₂/∂x₂ + ∂f/∂v₃·∂v₃/∂x₂ = (1)(2) + (−1)(0.2837) = 1.716"
    page.keys(*"pppppp")
    assert " ".join(page.text("#step .equation").split()) == "f = v₄ − v₃ = 10.69 − (−0.9589) = 11.65"
    assert equations(page) == "∂f/∂x₂ = ∂f/∂v₄·∂v₄/∂x₂ + ∂f/∂v₃·∂v₃/∂x₂ = (1)(2) + (−1)(0.2837) = 1.716"


def test_two_edges_between_the_same_nodes_are_two_terms(page: Page) -> None:
    page.open(page_of("x*x", {"x": 3.0}))
    assert equations(page) == "∂f/∂x = ∂f/∂f·x + ∂f/∂f·x = (1)(3) + (1)(3) = 6"


def test_a_zero_that_was_computed_is_a_factor_too(page: Page) -> None:
    page.open(page_of("sqrt(x)*y", {"x": 0.0, "y": 0.0}))
    page.run("document.getElementById('slider').value = 7; slider.dispatchEvent(new Event('input'))")
    assert page.text("#step").startswith("Reverse sweep of f · y")
    page.keys("n")
    assert equations(page) == "∂f/∂x = ∂f/∂v₁·∂v₁/∂x = (0)(inf) = NaN"


def test_a_structural_zero_is_no_factor(page: Page) -> None:
    page.open(page_of("sqrt(x)*y", {"x": 0.0, "y": 1.0}))
    page.run("document.getElementById('slider').value = 3; slider.dispatchEvent(new Event('input'))")
    assert equations(page) == "∂v₁/∂y = 0"


def test_arrays_in_matrix_words(page: Page) -> None:
    page.open(page_of(ROW_5, ROW_5_POINT))
    page.run("document.getElementById('slider').value = 4; slider.dispatchEvent(new Event('input'))")
    assert "∂a/∂t = dot(dx, w) + dot(x, dw) = 7.5" in " ".join(page.text("#step").split())


def test_the_current_card_its_row_and_its_edges_are_marked(page: Page) -> None:
    page.open(page_of(ROW_1, ROW_1_POINT))
    page.keys("p", "p", "p")
    assert [card.text.splitlines()[0] for card in page.all("g.card.current")] == ["v₂ = x₁·x₂"]
    assert [row.text.split()[0] for row in page.all("tr.current")] == ["v₂"]
    assert len(page.all("g.edge.active")) == 1
    page.run("document.getElementById('slider').value = 4; slider.dispatchEvent(new Event('input'))")
    assert [card.text.splitlines()[0] for card in page.all("g.card.current")] == ["v₂ = x₁·x₂"]
    assert len(page.all("g.edge.active")) == 2


def test_playing_runs_to_the_end_and_can_be_paused(page: Page) -> None:
    page.open(page_of("x*x", {"x": 3.0}))
    page.one("#play").click()
    assert page.one("#play").get_attribute("aria-label") == "Pause"
    assert page.text("#count") == "0 / 4"
    page.one("#play").click()
    assert page.one("#play").get_attribute("aria-label") == "Play"


def test_several_outputs_have_a_sweep_each(page: Page) -> None:
    text, point = SEVERAL
    page.open(page_of(text, point))
    assert page.one("#sweeps").text.splitlines() == ["forward", "reverse, a", "reverse, b"]


def test_every_sweep_says_what_it_ends_in(page: Page) -> None:
    text, point = SEVERAL
    page.open(page_of(text, point))
    assert "The adjoints of the inputs are the gradient of b." in page.text("#step")
    step = int(page.one("#slider").get_attribute("max"))
    page.run(f"document.getElementById('slider').value = {step * 2 // 3}; slider.dispatchEvent(new Event('input'))")
    assert "The adjoints of the inputs are the gradient of a." in page.text("#step")
    page.keys("n")
    assert "The adjoints" not in page.text("#step")


def test_a_cotangent_has_its_own_words(page: Page) -> None:
    inspection = inspect("x^2", {"x": [1.0, 2.0]}, [1.0, 10.0])
    page.open(pages.page(inspection, [View("", "", picture_of(inspection, ""))]))
    assert "The adjoints of the inputs are the cotangent times the Jacobian of f." in page.text("#step")


def test_without_a_point_there_are_no_sweeps(page: Page) -> None:
    page.open(page_of("ln(x1)+x1*x2", shapes={"x1": (), "x2": ()}))
    assert not page.one("#transport").is_displayed()
    assert page.trace()["v₂ = x₁·x₂"] == ["∂v₂/∂x₁ = x₂, ∂v₂/∂x₂ = x₁"]
    page.keys("n", " ", "p")
    page.card("v₁ = ln(x₁)").click()
    assert "1/x₁" in page.text("#details")
    silent(page)


def test_hostile_title_is_inert(page: Page) -> None:
    page.open(page_of(ROW_1, ROW_1_POINT, title=HOSTILE))
    heading = page.run("return document.querySelector('h1').textContent")
    assert "</title><script>" in heading
    assert "\\u202e" in heading
    assert "\u202e" not in page.run("return document.documentElement.outerHTML")
    assert page.trace()["x₁"][1] == "5.5"
    silent(page)


def test_names_that_mean_something_to_javascript_are_names(page: Page) -> None:
    page.open(page_of("constructor*__proto__ + toString", {"constructor": 3.0, "__proto__": 2.0, "toString": 1.0}))
    trace = page.trace()
    assert [trace[name][1] for name in ("constructor", "__proto__", "toString")] == ["2", "3", "1"]
    page.card("__proto__").click()
    assert "The contributions add up to the adjoint." in page.text("#details")
    silent(page)


def test_the_policy_stops_what_is_added(page: Page) -> None:
    page.open(page_of("x*x", {"x": 3.0}))
    page.run(
        "const s = document.createElement('script'); s.textContent = 'window.hacked = 1'; document.body.append(s);"
        "const i = document.createElement('img'); i.src = 'https://example.org/x.png'; document.body.append(i);"
    )
    assert page.run("return window.hacked") is None
    assert any("Content Security Policy" in message for message in page.messages())
    assert page.blocked() == ["csp"]
