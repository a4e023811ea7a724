"""Pointing, selecting, searching, zooming and opening groups in Chromium, by pointer and by keyboard."""

import re

import pytest

from gradcli.render.cards import picture_of
from gradcli.render.inspection import Inspection
from gradcli.render.picture import Card, Edge, Picture, Row
from gradcli.render.view import View
from tests.render.inspections import ROW_1, ROW_1_POINT, ROW_5, ROW_5_POINT, inspect, node_named
from tests.render.inspector import pages
from tests.render.inspector.pages import Page, page_of


def words(page: Page, selector: str) -> str:
    return " ".join(page.text(selector).split())


def titles(page: Page, selector: str) -> list[str]:
    return [card.text.splitlines()[0] for card in page.all(selector)]


def test_pointing_shows_numbers_in_full_rule_and_contributions(page: Page) -> None:
    from selenium.webdriver.common.action_chains import ActionChains

    page.open(page_of(ROW_1, ROW_1_POINT))
    ActionChains(page.driver).move_to_element(page.card("v₃ = sin(x₂)")).perform()
    shown = words(page, "#details")
    assert "value −0.9589242746631385" in shown
    assert "∂v₃/∂x₂ = cos(x₂) = 0.28366218546322625" in shown
    assert "∂f/∂v₃ = ∂f/∂f·∂f/∂v₃ = (1)(−1) = −1" in shown
    ActionChains(page.driver).move_to_element(page.one("h1")).perform()
    assert "Point at a card" in shown or "Point at a card" in words(page, "#details")


def test_contributions_along_the_paths_add_up_to_the_gradient(page: Page) -> None:
    page.open(page_of(ROW_1, ROW_1_POINT))
    page.card("x₂").click()
    shown = words(page, "#details")
    assert "2 paths to f" in shown
    assert "x₂ → v₂ → v₄ → f (2)(1)(1) 2" in shown
    assert "x₂ → v₃ → f (0.2837)(−1) −0.2837" in shown
    assert "∂f/∂x₂ 2 − 0.2837 1.716" in shown
    assert "The contributions add up to the adjoint." in shown
    assert titles(page, "g.card.on-path") == ["x₂", "v₂ = x₁·x₂", "v₃ = sin(x₂)", "v₄ = v₁ + v₂", "f = v₄ − v₃"]
    assert titles(page, "g.card.dim") == ["x₁", "v₁ = ln(x₁)"]
    assert len(page.all("g.edge.on-path")) == 5
    page.card("x₂").click()
    assert page.all("g.card.dim, g.card.on-path") == []


def test_one_path_is_marked_while_it_is_pointed_at(page: Page) -> None:
    page.open(page_of(ROW_1, ROW_1_POINT))
    page.card("x₂").click()
    page.run("document.querySelectorAll('.paths button')[1].focus()")
    assert titles(page, "g.card.on-path") == ["x₂", "v₃ = sin(x₂)", "f = v₄ − v₃"]
    assert len(page.all("g.edge.on-path")) == 2


def test_many_paths_are_summed_by_their_first_edge(page: Page) -> None:
    text = "; ".join(["v0 = x*y", *(f"v{k} = v{k - 1}*y + v{k - 1}" for k in range(1, 6)), "v5"])
    page.open(page_of(text, {"x": 1.5, "y": 0.5}))
    page.card("x").click()
    shown = words(page, "#details")
    assert "32 paths" in shown
    assert "The contributions add up to the adjoint." in shown


def test_paths_between_arrays_show_their_contributions(page: Page) -> None:
    page.open(page_of(ROW_5, ROW_5_POINT))
    page.card("x").click()
    assert "x → a → b → z" in words(page, "#details")
    assert "[3, −6, 12]" in words(page, "#details")


def test_without_adjoints_the_paths_to_every_output_are_marked(page: Page) -> None:
    page.open(page_of("a = x*y; b = sin(y); a; b", shapes={"x": (), "y": ()}))
    page.card("x").click()
    assert titles(page, "g.card.on-path") == ["x", "a = x·y"]
    page.card("y").click()
    assert titles(page, "g.card.on-path") == ["y", "a = x·y", "b = sin(y)"]


def test_a_kink_is_told_with_its_convention(page: Page) -> None:
    page.open(page_of("relu(x)*y", {"x": 0.0, "y": 3.0}))
    page.card("v₁ = relu(x)").click()
    assert "kink" in words(page, "#details")
    assert "convention" in words(page, "#details")


def test_search_finds_by_name_and_by_operation(page: Page) -> None:
    from selenium.webdriver.common.keys import Keys

    page.open(page_of(ROW_1, ROW_1_POINT))
    page.keys("/")
    assert page.focused() == "search"
    page.keys(*"sin")
    assert page.text("#found") == "1 found"
    assert titles(page, "g.card.found") == ["v₃ = sin(x₂)"]
    page.keys(Keys.ENTER)
    assert page.text("#found") == "1 of 1"
    assert "−0.9589242746631385" in page.text("#details")
    page.keys(Keys.ESCAPE)
    assert page.all("g.card.found") == []
    page.keys("/", *"x1*x2")
    assert page.text("#found") == "1 found"


def view_box(page: Page) -> list[float]:
    """What is seen of the picture, in its own lengths: left, top, width, height."""
    return page.run(
        "const svg = document.querySelector('#canvas > svg'), seen = svg.getBoundingClientRect();"
        "const canvas = document.getElementById('canvas').getBoundingClientRect();"
        "const scale = seen.width / svg.getAttribute('width');"
        "return [canvas.left - seen.left, canvas.top - seen.top, canvas.width, canvas.height].map((n) => n / scale)"
    )


def test_zoom_pan_and_fit(page: Page) -> None:
    from selenium.webdriver.common.action_chains import ActionChains

    page.open(page_of(ROW_1, ROW_1_POINT))
    page.keys("0")
    whole = view_box(page)
    page.keys("+")
    assert view_box(page)[2] == pytest.approx(whole[2] / 1.25, rel=1e-3)
    page.one("#farther").click()
    assert view_box(page) == pytest.approx(whole, rel=1e-3)
    chain = ActionChains(page.driver).move_to_element_with_offset(page.one("#canvas"), -200, 200)
    chain.click_and_hold().move_by_offset(50, 0).release().perform()
    scale = page.one("#canvas").size["width"] / whole[2]
    assert view_box(page)[0] == pytest.approx(whole[0] - 50 / scale, abs=1)
    page.one("#fit").click()
    assert view_box(page) == pytest.approx(whole, rel=1e-3)


def test_two_fingers_zoom(page: Page) -> None:
    page.open(page_of(ROW_1, ROW_1_POINT))
    page.keys("0")
    before = view_box(page)
    box = page.one("#canvas").rect
    x, y = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2

    def touch(kind: str, *apart: float) -> None:
        points = [{"x": x + side, "y": y, "id": number} for number, side in enumerate(apart)]
        page.driver.execute_cdp_cmd("Input.dispatchTouchEvent", {"type": kind, "touchPoints": points})

    touch("touchStart", -40, 40)
    for apart in (50, 60, 70, 80):
        touch("touchMove", -apart, apart)
    touch("touchEnd")
    after = view_box(page)
    assert after[2] == pytest.approx(before[2] / 2, rel=0.1)
    assert after[0] + after[2] / 2 == pytest.approx(before[0] + before[2] / 2, abs=20)
    assert page.all("g.card.chosen") == []


def test_everything_is_reached_by_keyboard(page: Page) -> None:
    from selenium.webdriver.common.keys import Keys

    page.open(page_of(ROW_1, ROW_1_POINT))
    page.run("document.activeElement.blur()")
    seen = []
    for _ in range(24):
        page.keys(Keys.TAB)
        seen.append(page.focused())
    wanted = ["search", "theme", "help", "closer", "farther", "fit", "first", "back", "play", "next", "last", "slider"]
    assert [name for name in wanted if name not in seen] == []
    assert any(name.startswith("x₁, input, value 2") for name in seen)
    assert "Evaluation trace, scrolls" in seen


def test_arrow_keys_walk_over_the_cards_and_enter_selects(page: Page) -> None:
    from selenium.webdriver.common.keys import Keys

    page.open(page_of(ROW_1, ROW_1_POINT))
    page.run("document.querySelector('g.card').focus()")
    page.keys(Keys.ARROW_DOWN)
    assert page.focused().startswith("x₂,")
    page.keys(Keys.ARROW_RIGHT)
    assert page.focused().startswith("v₃ = sin(x₂)")
    page.keys(Keys.ENTER)
    assert titles(page, "g.card.chosen") == ["v₃ = sin(x₂)"]
    assert page.one("g.card.chosen").get_attribute("aria-pressed") == "true"
    page.keys(Keys.ESCAPE)
    assert page.all("g.card.chosen") == []


def test_steps_by_keyboard_and_slider(page: Page) -> None:
    from selenium.webdriver.common.keys import Keys

    page.open(page_of(ROW_1, ROW_1_POINT))
    page.keys(Keys.HOME)
    assert page.text("#count") == "0 / 14"
    page.keys(Keys.ARROW_RIGHT, Keys.ARROW_RIGHT, Keys.ARROW_LEFT)
    assert page.text("#count") == "1 / 14"
    page.one("#slider").send_keys(Keys.ARROW_RIGHT)
    assert page.text("#count") == "2 / 14"
    assert page.one("#slider").get_attribute("aria-valuetext") == "Forward sweep, x₂"
    page.keys("n")
    assert page.text("#spoken").startswith("Forward sweep, step 3 of 14: v₁ = ln(2) = 0.6931")


def test_the_trace_is_walked_by_arrow_keys(page: Page) -> None:
    from selenium.webdriver.common.keys import Keys

    page.open(page_of(ROW_1, ROW_1_POINT))
    page.run("document.querySelector('.trace button').focus()")
    page.keys(Keys.ARROW_DOWN)
    assert page.focused() == "x₂"
    page.keys(Keys.ENTER)
    assert titles(page, "g.card.chosen") == ["x₂"]


def test_theme_and_help(page: Page) -> None:
    from selenium.webdriver.common.keys import Keys

    page.open(page_of(ROW_1, ROW_1_POINT))
    paper = "return getComputedStyle(document.getElementById('stage')).backgroundColor"
    assert page.run(paper) == "rgb(255, 255, 255)"
    page.keys("t", "t")
    assert page.run(paper) == "rgb(15, 18, 24)"
    page.keys("?")
    assert page.one("#keys").is_displayed()
    page.keys(Keys.ESCAPE)
    assert not page.one("#keys").is_displayed()


def grouped() -> tuple[Inspection, list[View]]:
    """Row 1 with ln(x1) + x1*x2 in a group, and in that the product in another; a third is not embedded."""
    inspection = inspect(ROW_1, ROW_1_POINT)
    whole = picture_of(inspection, ROW_1)
    cards = {card.id: card for card in whole.cards}
    x1, x2, v1, v2, v4, f = (str(node_named(inspection, name)) for name in ("x1", "x2", "v1", "v2", "v4", "f"))

    def group(name: str, count: int, description: str = "") -> Card:
        rows = (Row("nodes", str(count)), Row("largest adjoint", "1", 1.0, True))
        return Card(name, name, "group", rows, description=description, group=name)

    def edges(*pairs: tuple[str, str]) -> tuple[Edge, ...]:
        return tuple(next((e for e in whole.edges if (e.source, e.target) == pair), Edge(*pair)) for pair in pairs)

    top = (cards[x1], cards[x2], group("sum", 3), group("sine", 1, "gradcli graph ... --expand sine"), cards[f])
    first = Picture(ROW_1, top, edges((x1, "sum"), (x2, "sum"), (x2, "sine"), ("sum", f), ("sine", f)))
    second = Picture("sum", (cards[v1], group("product", 1), cards[v4]), edges((v1, v4), ("product", v4)))
    third = Picture("product", (cards[v2],))
    return inspection, [View("", "", first), View("sum", "", second), View("product", "sum", third)]


def test_groups_open_in_place_and_there_is_a_way_back(page: Page) -> None:
    from selenium.webdriver.common.keys import Keys

    page.open(pages.page(*grouped()))
    assert titles(page, "g.card.group") == ["sum", "sine"]
    page.card("sum").click()
    assert titles(page, "g.card") == ["v₁ = ln(x₁)", "product", "v₄ = v₁ + v₂"]
    assert words(page, "#crumbs") == "whole graph sum"
    page.run("document.querySelectorAll('g.card')[1].focus()")
    page.keys(Keys.ENTER)
    assert titles(page, "g.card") == ["v₂ = x₁·x₂"]
    assert page.focused().startswith("v₂ = x₁·x₂")
    page.keys(Keys.ESCAPE)
    assert page.focused() == "product, a group; opens"
    page.all("#crumbs button")[0].click()
    assert titles(page, "g.card") == ["x₁", "x₂", "sum", "sine", "f = v₄ − v₃"]
    assert page.messages() == []


def test_a_group_without_a_picture_tells_the_command_that_shows_it(page: Page) -> None:
    page.open(pages.page(*grouped()))
    page.card("sine").click()
    page.run("document.querySelectorAll('g.card')[3].focus()")
    assert "gradcli graph ... --expand sine" in page.text("#details")


def test_paths_steps_and_search_cross_groups(page: Page) -> None:
    from selenium.webdriver.common.keys import Keys

    page.open(pages.page(*grouped()))
    page.card("x₁").click()
    assert titles(page, "g.card.on-path") == ["x₁", "sum", "f = v₄ − v₃"]
    assert len(page.all("g.edge.on-path")) == 2
    page.keys(Keys.ESCAPE, Keys.HOME, "n", "n", "n")
    assert titles(page, "g.card.current") == ["sum"]
    page.keys("/", *"x1*x2", Keys.ENTER)
    assert titles(page, "g.card.found") == ["v₂ = x₁·x₂"]
    assert words(page, "#crumbs") == "whole graph sum product"


def test_narrow_page_needs_no_scrolling_sideways(page: Page) -> None:
    size = {"width": 390, "height": 844, "deviceScaleFactor": 1, "mobile": True}
    page.driver.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", size)
    try:
        page.open(page_of(ROW_1, ROW_1_POINT))
        assert page.run("return document.documentElement.scrollWidth") == 390
        outside = page.run(
            "return [...document.querySelectorAll('button, input, h1')].filter(e => e.checkVisibility())"
            ".filter(e => e.getBoundingClientRect().right > 391 || e.getBoundingClientRect().left < -1).map(e => e.id)"
        )
        assert outside == []
    finally:
        page.driver.execute_cdp_cmd("Emulation.clearDeviceMetricsOverride", {})


def test_print_has_the_whole_picture_and_the_trace_and_no_controls(page: Page) -> None:
    page.open(page_of(ROW_1, ROW_1_POINT))
    page.keys("+", "+", "+", "+")
    page.driver.execute_cdp_cmd("Emulation.setEmulatedMedia", {"media": "print"})
    try:
        left, top, right, bottom = page.run(
            "const seen = document.querySelector('#canvas > svg').getBoundingClientRect();"
            "return [seen.left, seen.top, seen.right, seen.bottom]"
        )
        assert 0 <= left < right <= 1280
        assert 0 < bottom - top <= 150 / 25.4 * 96 + 1
        assert page.run("return getComputedStyle(document.querySelector('#canvas > svg')).transform") == "none"
        assert not page.one("#play").is_displayed()
        assert page.one(".trace").is_displayed()
        assert not re.search("[Ff]ind a node", page.text("body"))
    finally:
        page.driver.execute_cdp_cmd("Emulation.setEmulatedMedia", {"media": ""})


def test_still_for_those_who_want_it(page: Page) -> None:
    page.driver.execute_cdp_cmd(
        "Emulation.setEmulatedMedia", {"features": [{"name": "prefers-reduced-motion", "value": "reduce"}]}
    )
    try:
        page.open(page_of(ROW_1, ROW_1_POINT))
        assert page.run("return getComputedStyle(document.querySelector('g.card')).transitionDuration") == "0s"
    finally:
        page.driver.execute_cdp_cmd("Emulation.setEmulatedMedia", {"features": []})


def test_what_is_in_no_picture_is_not_taken_for_independence(page: Page, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("gradcli.render.inspector.data.MOST_NODES", 3)
    inspection, views = grouped()
    page.open(pages.page(inspection, views[:1]))
    assert list(page.trace()) == ["x₁", "x₂", "f = v₄ − v₃"]
    assert "4 nodes have no card of their own here" in page.text("#verdicts")
    assert words(page, "#step").startswith("Reverse sweep of f · x₁ ∂f/∂x₁ = ∂f/∂v₁·∂v₁/∂x₁ + ∂f/∂v₂·∂v₂/∂x₁")
    page.card("x₁").click()
    assert "The paths lead through nodes that have no card of their own here." in words(page, "#details")
    assert page.messages() == []


def test_without_a_point_the_products_along_paths_are_formulas(page: Page) -> None:
    page.open(page_of(ROW_1, shapes={"x1": (), "x2": ()}))
    assert "numbers" not in page.text("#details")
    page.card("x₂").click()
    shown = page.text("#details")
    assert "x₂ → v₂ → v₄ → f" in shown
    assert "∂f/∂x₂" in shown
    assert "x₁ + cos(x₂)·(−1)" in shown
    assert "undefined" not in shown
    page.card("f = v₄ − v₃").click()
    assert "∂f/∂v₃" in page.text("#details")
    page.open(page_of("relu(x)^2", shapes={"x": ()}))
    page.card("x").click()
    assert "∂f/∂x = (x>0)·2·v₁" in words(page, "#details")
    assert page.messages() == []


def test_a_picture_without_steps_is_looked_at_from_its_beginning(page: Page) -> None:
    steps = ["h0 = x", *(f"h{k + 1} = tanh(h{k}) + sin(w{k})" for k in range(9))]
    inputs = ["x", *(f"w{k}" for k in range(9))]
    page.open(page_of("; ".join(steps), shapes=dict.fromkeys(inputs, ())))
    seen = page.run(
        "const stage = document.getElementById('canvas').getBoundingClientRect();"
        "return [...document.querySelectorAll('g.card')].filter(card => {"
        " const box = card.getBoundingClientRect(); return box.left >= stage.left && box.right <= stage.right; })"
        ".map(card => card.querySelector('.name').textContent)"
    )
    assert "x" in seen
    assert len(seen) < 37


def test_the_last_step_does_not_call_a_refuted_number_the_gradient(page: Page) -> None:
    page.open(page_of("relu(x)-relu(-x)", {"x": 0.0}))
    assert "are not the gradient of f: true ∂f/∂x = 1." in page.text("#step")
    assert page.card_rows()["x"]["true ∂f/∂x"] == "1"
    page.run("document.getElementById('back').click()")
    assert "true ∂f/∂x" not in page.card_rows()["x"]
    page.open(page_of("|x|+relu(x)", {"x": 0.0}))
    assert "are not the gradient of f: ∂f/∂x = −1 to 2." in page.text("#step")
    page.open(page_of(ROW_1, ROW_1_POINT))
    assert "The adjoints of the inputs are the gradient of f." in page.text("#step")


def test_each_sweep_ends_in_what_is_true_of_its_output(page: Page) -> None:
    page.open(page_of("a = relu(x)-relu(-x); b = x^2+1; a; b", {"x": 0.0}))
    assert "The adjoints of the inputs are the gradient of b." in page.text("#step")
    step = int(page.one("#slider").get_attribute("max"))
    page.run(f"document.getElementById('slider').value = {step * 2 // 3}; slider.dispatchEvent(new Event('input'))")
    assert "are not the gradient of a: true ∂a/∂x = 1." in page.text("#step")


def test_arrays_are_whole_in_the_panel(page: Page) -> None:
    page.open(page_of("sum(x^2)", {"x": [k + 0.5 for k in range(24)]}))
    page.card("x").click()
    words = page.text("#details")
    assert ", ".join(f"{k + 0.5}" for k in range(24)) in words
    assert ", ".join(f"{2 * k + 1}" for k in range(24)) in words
    assert ", ".join(f"{2 * k + 1}" for k in range(24)) in page.text("#step")


def test_the_dialog_explains_colours_dashes_and_badges(page: Page) -> None:
    page.open(page_of(ROW_1, ROW_1_POINT))
    page.keys("?")
    words = page.text("#keys")
    for word in ("a positive adjoint", "dashed border", "no derivative flows", "again"):
        assert word in words


def test_a_nan_is_spelled_one_way_and_names_the_command_that_explains_it(page: Page) -> None:
    page.open(page_of("sum(where(x > 0, sqrt(x), 0))", {"x": [-1.0, 4.0]}))
    assert "gradcli why" in page.text("#trace")
    page.card("x").click()
    words = page.text("#details")
    assert "[NaN, 0.25]" in words
    assert "nan" not in words + page.text("#step") + page.text("#trace")


def test_the_list_of_keys_is_read_from_its_beginning(page: Page) -> None:
    page.open(page_of(ROW_1, ROW_1_POINT))
    page.keys("?")
    assert page.run("const keys = document.getElementById('keys'); return keys.scrollHeight > keys.clientHeight")
    assert page.run("return document.getElementById('keys').scrollTop") == 0
    assert page.focused() == "Close"


def test_the_products_along_paths_and_their_sum_are_equations(page: Page) -> None:
    page.open(page_of(ROW_1, ROW_1_POINT))
    page.card("x₁").click()
    shown = page.run(
        "return [...document.querySelectorAll('.paths tr')].map(row => [...row.querySelectorAll('td')].map(cell =>"
        " getComputedStyle(cell, '::before').content.replace(/none|\"/g, '') + cell.textContent).join(' '))"
    )
    assert shown == ["(0.5)(1)(1) = 0.5", "(5)(1)(1) = 5", "0.5 + 5 = 5.5"]


def test_a_long_name_of_the_output_leaves_room_for_its_adjoints_on_a_phone(page: Page) -> None:
    size = {"width": 390, "height": 844, "deviceScaleFactor": 1, "mobile": True}
    page.driver.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", size)
    try:
        page.open(page_of("loss_of_the_whole_network_and_more = ln(x)*x", {"x": 2.0}))
        heads = page.run(
            "return [...document.querySelectorAll('.trace thead th')]"
            ".map(head => [head.getBoundingClientRect().right, head.title])"
        )
    finally:
        page.driver.execute_cdp_cmd("Emulation.clearDeviceMetricsOverride", {})
    right, title = heads[2]
    assert title == "∂loss_of_the_whole_network_and_more/∂v"
    assert right <= 390
