"""What to write instead of what no expression holds: pasted Python and LaTeX, signs of other calculators."""

from __future__ import annotations

import re
import unicodedata

from gradcli.primitives.registry import function_names

HINTS = {
    "!": "write gamma(n + 1) for a factorial, != for 'not equal', not x for a negation",
    "&": "write x and y",
    "~": "write not x",
    "°": "angles are in radians: write 30*pi/180 for 30 degrees",
    "}": "use ( ) or [ ]",
    "$": "delete it: LaTeX is not read",
    "∑": "write sum(x)",
    "∂": "the derivative is what the command finds: write the function only",
    "∇": "the gradient is what the command finds: write the function only",
    "‘": "write ' for the transpose",
    "“": 'strings stand between "..."',
    "”": 'strings stand between "..."',
}
MODULES = frozenset({"np", "numpy", "jnp", "jax", "torch", "math", "cmath", "nn", "F", "tf", "sp", "sympy", "scipy"})
SIGNS = {"cdot": "*", "times": "*", "div": "/", "le": "<=", "leq": "<=", "ge": ">=", "geq": ">=", "neq": "!="}
LONGEST_SHOWN = 24
"""Longer arguments are not repeated in a hint."""


def hint(text: str, position: int) -> str:
    """What to write instead of the character there."""
    character = text[position]
    special = {".": _after_dot, "\\": _after_backslash, "{": _brace}.get(character)
    if special is not None:
        return special(text, position)
    known = HINTS.get(character)
    if known is not None:
        return known
    plain = unicodedata.normalize("NFKC", character)
    above, slash, below = plain.partition("⁄")
    if slash and above.isdigit() and below.isdigit():
        return f"write ({above}/{below})"
    if plain != character and plain.isascii() and plain.isprintable() and plain.strip():
        return f"did you mean {plain} ?"
    return "delete it" if character.isprintable() else "delete the invisible character"


def _after_dot(text: str, position: int) -> str:
    """`np.sin(x)`, `x.sum()`, `math.pi`."""
    names = re.compile(r"(?:\.[^\W\d]\w{0,40}){1,9}").match(text, position)
    before = re.search(r"[^\W\d]\w{0,40}$", text[max(0, position - LONGEST_SHOWN) : position])
    if names is not None:
        last = names.group().rpartition(".")[2]
        in_module = before is not None and before.group() in MODULES
        if in_module and last in ("pi", "e"):
            return f"write {last}"
        if last in function_names() and text.startswith("(", names.end()):
            given = _inside(text, names.end(), "()")
            if in_module:
                return f"write {last}({given or 'x'})"
            return f"write {last}({', '.join(filter(None, (before.group() if before else 'x', given)))})"
        if in_module:
            return "`gradcli ops` lists the functions; they stand without a module"
    return "write x*y for a product, x.T for a transpose; names have no parts"


def _after_backslash(text: str, position: int) -> str:
    """`\\frac{a}{b}`, `\\sin(x)`, `\\alpha`."""
    command = re.compile(r"\\([A-Za-z]{1,30})").match(text, position)
    name = command.group(1) if command else ""
    end = command.end() if command else position
    if name in ("frac", "dfrac", "tfrac"):
        above = _inside(text, end, "{}")
        below = _inside(text, end + len(above) + 2, "{}") if above else ""
        mend = f"write ({above})/({below})" if below else "write (a)/(b)"
    elif name in SIGNS:
        mend = f"write {SIGNS[name]}"
    elif name in function_names():
        mend = f"write {name}({_inside(text, end, '()') or _inside(text, end, '{}') or 'x'})"
    elif name in ("left", "right"):
        mend = f"delete \\{name}"
    else:
        mend = f"write {name}" if name else "delete it"
    return f"{mend}; LaTeX is not read"


def _brace(text: str, position: int) -> str:
    """`x^{2}`, `x_{1}`."""
    before = re.search(r"(\w*)(\^|\*\*)[ \t]?$", text[max(0, position - LONGEST_SHOWN) : position])
    inside = _inside(text, position, "{}")
    if before is None or not inside:
        return "use ( ) or [ ]"
    base = before.group(1)
    grouped = f"{base}^({inside})"
    return f"write {base}^{inside} or {grouped}" if inside.isalnum() else f"write {grouped}"


def _inside(text: str, position: int, brackets: str) -> str:
    """What stands between brackets that open there, if it is short and holds no others."""
    opening, closing = map(re.escape, brackets)
    found = re.compile(rf"{opening}([^(){{}}\n]{{1,{LONGEST_SHOWN}}}){closing}").match(text, position)
    return found.group(1).strip() if found else ""
