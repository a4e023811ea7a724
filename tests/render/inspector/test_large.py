"""Pages of graphs in which a node has very many users, or in which there is very much of something."""

import pytest

from gradcli.render.cards import short
from gradcli.render.hierarchy.views import views
from gradcli.render.inspection import Inspection, as_drawn, output_note
from gradcli.render.inspector.page import to_html
from tests.render.inspections import inspect
from tests.render.inspector import pages
from tests.render.inspector.pages import Page
from tests.render.inspector.test_inputs import settle


def large(page: Page, text: str, point: dict) -> str:
    """Open the page of an expression whose picture is made of groups; its text."""
    inspection = inspect(text, point)
    html = pages.page(inspection, views(inspection, "title"))
    page.open(html)
    return html


def wide_sum(terms: int) -> str:
    return "+".join(f"x*{k}.5" for k in range(terms))


@pytest.mark.parametrize(("terms", "known"), [(1500, 4000), (1100, 500)], ids=["every node known", "some unknown"])
def test_a_node_with_thousands_of_users_names_a_dozen_of_them(
    page: Page, terms: int, known: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("gradcli.render.inspector.data.MOST_NODES", known)
    html = large(page, wide_sum(terms), {"x": 0.5})
    assert (len(page.all(".trace tbody tr")) < 2 * terms) == (terms == 1100)
    assert page.messages() == []
    step = " ".join(page.text("#step").split())
    assert step.count(f"… and {terms - 12:,} more") == 2
    assert step.count("∂f/∂v") == 12
    assert len(step) < 2000
    assert len(html) < 8_000_000
    assert page.trace()["x"][1] == short(terms**2 / 2)


STEP = """
const seen = new MutationObserver(() => 0);
seen.observe(document, { subtree: true, attributes: true, childList: true, characterData: true });
document.getElementById("back").click();
const written = seen.takeRecords().filter(({ target }) => target.parentElement?.closest("#canvas, .trace"));
const marks = ["class", "aria-label", "aria-pressed", "style"];
return [written.length, written.filter(({ attributeName }) => !marks.includes(attributeName)).length];
"""


def test_a_step_changes_no_more_of_a_large_page_than_of_a_small_one(page: Page) -> None:
    counts = []
    for nodes in (20, 200):
        lines = [f"u{k} = sin(u{k - 1})*x" for k in range(1, nodes)]
        page.open(pages.page_of("; ".join(["u0 = x*y", *lines, f"u{nodes - 1} + y"]), {"x": 0.5, "y": 2.0}))
        page.run("slider.value = slider.max * 0.75; slider.dispatchEvent(new Event('input'))")
        marks, others = page.run(STEP)
        assert others == 0
        counts.append(marks)
    assert 3 < counts[1] <= counts[0] + 4


def many_outputs(count: int) -> Inspection:
    lines = [f"h{k} = sin(h{k - 1}) + {k}*y" for k in range(1, count + 1)]
    return inspect("; ".join(["h0 = x", *lines, *(f"h{k}" for k in range(1, count + 1))]), {"x": 0.5, "y": 0.25})


def test_of_many_outputs_the_adjoints_of_the_last_are_shown(page: Page) -> None:
    whole = many_outputs(30)
    drawn = as_drawn(whole)
    assert [*drawn.adjoints] == [whole.outputs[-1]]
    html = to_html(drawn, whole, views(drawn, "title"), "auto", 20.0)
    assert len(html) < 500_000
    page.open(html)
    assert page.one("#sweeps").text.splitlines() == ["forward", "reverse, h₃₀"]
    note = "adjoints are shown of h₃₀ alone, not of 29 other outputs; the output that stands last is shown"
    assert note in page.text("#trace")
    assert "30 outputs, such as h₁: " in page.text("#verdicts")
    assert page.messages() == []


def test_a_few_outputs_are_all_swept() -> None:
    whole = many_outputs(8)
    assert as_drawn(whole) is whole
    assert output_note(whole, whole) == ""


def test_a_node_with_hundreds_of_users_has_forty_rows_that_add_up(page: Page) -> None:
    large(page, "; ".join(["u = sin(x)", f"s = {'+'.join(f'u*{k}.5' for k in range(300))}", "s"]), {"x": 0.5})
    page.run("[...document.querySelectorAll('.trace tbody tr')].find(r => r.textContent.startsWith('u =')).click()")
    table = page.text("#details table.paths")
    assert "300 paths to s" in page.text("#details")
    assert len(page.all("#details table.paths tbody tr")) == 41
    assert "and 260 more" in table
    assert "… and 288 more" in table
    assert "The contributions add up to the adjoint." in page.text("#details")


def test_paths_are_put_together_once_for_all_steps_of_a_sweep(page: Page) -> None:
    page.open(pages.page_of("x*y + sin(x)", {"x": 0.5, "y": 2.0}))
    page.card("x").click()
    page.run("window.before = document.querySelector('table.paths')")
    same = "return window.before === document.querySelector('table.paths')"
    page.keys("p", "p")
    assert page.run(same)
    page.run("const f = document.getElementById('input-0-0'); f.value = '0.75'; f.dispatchEvent(new Event('input'))")
    settle(page)
    assert not page.run(same)


def test_paths_through_a_lattice_are_counted_and_not_walked(page: Page) -> None:
    lines = [f"u{k} = u{k - 1}*x + u{k - 2}*x" for k in range(2, 300)]
    large(page, "; ".join(["u0 = sin(x)", "u1 = u0*x", *lines, "u299"]), {"x": 0.5})
    took = page.run(
        "const t = performance.now();"
        "[...document.querySelectorAll('.trace tbody tr')].find(r => r.textContent.startsWith('x')).click();"
        "return performance.now() - t"
    )
    assert "Over a million paths" in page.text("#details")
    assert "The contributions add up to the adjoint." in page.text("#details")
    assert took < 2000
