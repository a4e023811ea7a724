"""docs/primitives.md is generated from the registry: `pytest tests/test_primitives_page.py --overwrite` writes it."""

from pathlib import Path

from gradcli.primitives.constructors import CONSTRUCTORS
from gradcli.primitives.registry import families
from gradcli.render.primitives import constructor_data, primitive_data

PAGE = Path(__file__).parent.parent / "docs" / "primitives.md"
HEAD = """\
# The primitives

Generated from the registry; [how to add one](adding-a-primitive.md). `out` is the result. Under *rule* stands the local
partial by each argument, or how a linear operation is differentiated. *At a kink* says which value the rule returns.
"""


def cell(text: str) -> str:
    return text.replace("|", "\\|")


def entry(data: dict) -> str:
    """One primitive as a list under its signature."""
    points = [("also", ", ".join(f"`{s}`" for s in data["spellings"] if not data["signature"].startswith(f"{s}(")))]
    points += [("rule", "; ".join(f"`{line}`" if " = " in line else line for line in data["rule"]))]
    points += [("domain", "; ".join(data["domain"])), ("at a kink", data["kink"] or "")]
    lines = [f"- {label}: {cell(text)}" for label, text in points if text]
    return f"### `{data['signature']}`\n\n{data['doc'][:1].upper()}{data['doc'][1:]}.\n\n" + "\n".join(lines) + "\n"


def page() -> str:
    """The whole page."""
    parts = [HEAD]
    for family, group in families().items():
        parts.append(f"## {family.capitalize()}\n")
        parts += [entry(primitive_data(primitive)) for primitive in group]
    parts.append("## Constructors\n")
    parts += [entry(constructor_data(constructor)) for constructor in CONSTRUCTORS]
    return "\n".join(parts)


def test_the_page_is_up_to_date(overwrite: bool) -> None:
    if overwrite:
        PAGE.write_text(page(), encoding="utf-8")
    assert PAGE.read_text(encoding="utf-8") == page(), "pytest tests/test_primitives_page.py --overwrite writes it anew"
