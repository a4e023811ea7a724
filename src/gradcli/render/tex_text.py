"""User text as LaTeX prints it: every special sign escaped, mathematics in the fonts that every TeX has."""

from __future__ import annotations

import unicodedata

SPECIAL = {
    "\\": r"\textbackslash{}",
    "{": r"\{",
    "}": r"\}",
    "$": r"\$",
    "&": r"\&",
    "%": r"\%",
    "#": r"\#",
    "_": r"\_",
    "^": r"\textasciicircum{}",
    "~": r"\textasciitilde{}",
    "<": r"\textless{}",
    ">": r"\textgreater{}",
    "'": r"\textquotesingle{}",
    "`": r"\textasciigrave{}",
    "-": "{-}",
    ",": "{,}",
    '"': '{"}',
}
"""The last three would be joined with their neighbours to other signs."""

MATHS = {
    "∂": r"\partial", "∇": r"\nabla", "∆": r"\Delta", "√": r"\surd", "∞": r"\infty", "∑": r"\Sigma", "∏": r"\Pi",
    "∫": r"\int", "−": "-", "·": r"\cdot", "∙": r"\cdot", "⋅": r"\cdot", "×": r"\times", "÷": r"\div", "±": r"\pm",
    "≈": r"\approx", "≠": r"\neq", "≡": r"\equiv", "≤": r"\leq", "≥": r"\geq", "∈": r"\in", "∉": r"\notin",
    "←": r"\leftarrow", "→": r"\rightarrow", "↔": r"\leftrightarrow", "↑": r"\uparrow", "↓": r"\downarrow",
    "⟨": r"\langle", "⟩": r"\rangle", "‖": r"\Vert", "⊗": r"\otimes", "⊙": r"\odot", "⊕": r"\oplus", "∘": r"\circ",
    "⊤": r"\top", "⊥": r"\bot", "∧": r"\wedge", "∨": r"\vee", "¬": r"\neg", "…": r"\ldots", "′": "'",
    "⁺": "^{+}", "⁻": "^{-}", "ᵀ": r"^{\mathsf T}", "ⁿ": "^{n}", "₊": "_{+}", "₋": "_{-}",
    "ᵢ": "_{i}", "ⱼ": "_{j}", "ₖ": "_{k}", "ₘ": "_{m}", "ₙ": "_{n}",
    "ϵ": r"\epsilon", "ϕ": r"\phi", "ϑ": r"\vartheta", "µ": r"\mu", "ℝ": r"\mathbb{R}",
}  # fmt: skip
GREEK = [
    "alpha", "beta", "gamma", "delta", "varepsilon", "zeta", "eta", "theta", "iota", "kappa", "lambda", "mu", "nu",
    "xi", "o", "pi", "rho", "varsigma", "sigma", "tau", "upsilon", "varphi", "chi", "psi", "omega",
]  # fmt: skip
UPPER = ["Gamma", "Delta", "Theta", "Lambda", "Xi", "Pi", "Sigma", "Upsilon", "Phi", "Psi", "Omega"]
LATIN = dict(zip("ΑΒΕΖΗΙΚΜΝΟΡΤΧ", "ABEZHIKMNOPTX", strict=True))
"""Greek capitals that TeX has no sign of its own for, because they look like Latin ones."""
DIGITS = {"_": "₀₁₂₃₄₅₆₇₈₉", "^": "⁰¹²³⁴⁵⁶⁷⁸⁹"}
ACCENTS = {
    "\u0300": "`", "\u0301": "'", "\u0302": "^", "\u0303": "~", "\u0304": "=", "\u0306": "u", "\u0307": ".",
    "\u0308": '"', "\u030a": "r", "\u030b": "H", "\u030c": "v", "\u0327": "c", "\u0323": "d", "\u0331": "b",
}  # fmt: skip


def table() -> dict[str, str]:
    """What each character is written as."""
    found = {char: f"${maths}$" for char, maths in MATHS.items()} | SPECIAL | LATIN
    for index, name in enumerate(GREEK):
        found[chr(0x3B1 + index)] = "o" if name == "o" else f"$\\{name}$"
    for name in UPPER:
        found[unicodedata.lookup(f"GREEK CAPITAL LETTER {name.upper().replace('LAMBDA', 'LAMDA')}")] = f"$\\{name}$"
    for sign, digits in DIGITS.items():
        found |= {digit: f"${sign}{{{value}}}$" for value, digit in enumerate(digits)}
    return found


TABLE = table()


def tex_text(text: str) -> str:
    """The text for a node. A character that TeX's own fonts lack is the command gradhex with its number: 6F over 22."""
    return "".join(map(tex_char, unicodedata.normalize("NFC", text)))


def tex_char(char: str) -> str:
    """One character."""
    if char in TABLE:
        return TABLE[char]
    if char.isascii():
        return char
    letter, *marks = list(unicodedata.normalize("NFD", char))
    if letter.isascii() and letter.isalpha() and len(marks) == 1 and marks[0] in ACCENTS:
        base = {"i": "\\i", "j": "\\j"}.get(letter, letter)
        return f"\\{ACCENTS[marks[0]]}{{{base}}}"
    code = f"{ord(char):04X}" if ord(char) < 0x10000 else f"{ord(char):06X}"
    half = len(code) // 2
    return f"\\gradhex{{{code[:half]}}}{{{code[half:]}}}"
