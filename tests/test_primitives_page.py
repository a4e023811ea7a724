"""docs/primitives.md is generated from the registry: `pytest tests/test_primitives_page.py --overwrite` writes it."""

import re
from pathlib import Path

from gradcli.primitives.constructors import CONSTRUCTORS
from gradcli.primitives.registry import families
from gradcli.render.primitives import constructor_data, primitive_data

PAGE = Path(__file__).parent.parent / "docs" / "primitives.md"
HEAD = """\
# The primitives

Generated from the registry; [how to add one](adding-a-primitive.md). `out` is the result. Under *rule* stands the local
partial by each argument, or how a linear operation is differentiated. *At a kink* says which value the rule returns,
which is PyTorch's where it has the function; *JAX there* is what JAX 0.10.2 was measured to return.
"""


def cell(text: str) -> str:
    return text.replace("|", "\\|")


def entry(data: dict) -> str:
    """One primitive as a list under its signature."""
    points = [("also", ", ".join(f"`{s}`" for s in data["spellings"] if not data["signature"].startswith(f"{s}(")))]
    points += [("rule", "; ".join(f"`{line}`" if " = " in line else line for line in data["rule"]))]
    points += [
        ("domain", "; ".join(data["domain"])),
        ("at a kink", data["kink"] or ""),
        ("JAX there", data["jax"] or ""),
    ]
    lines = [f"- {label}: {cell(text)}" for label, text in points if text]
    return f"### `{data['signature']}`\n\n{sentence(data['doc'])}.\n\n" + "\n".join(lines) + "\n"


def sentence(doc: str) -> str:
    """With a capital letter, unless it begins with a formula or a letter: `exp(x) - 1 without cancellation`."""
    first, _, rest = doc.partition(" ")
    is_formula = not re.fullmatch(r"[a-z]{2,}(-[a-z]{2,})*[,:;]?", first) or re.match(r"[-+*/^=<>] ", rest)
    return doc if is_formula else doc[:1].upper() + doc[1:]


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


def test_only_words_begin_with_a_capital() -> None:
    assert sentence("sine of an angle") == "Sine of an angle"
    assert sentence("multiply-add, elementwise") == "Multiply-add, elementwise"
    assert sentence("exp(x) - 1 near 0") == "exp(x) - 1 near 0"
    assert sentence("x / y where y is not 0") == "x / y where y is not 0"
    assert sentence("p-norm of all elements") == "p-norm of all elements"
    assert sentence("x limited to an interval") == "x limited to an interval"
