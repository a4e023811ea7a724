"""User text for LaTeX."""

import pytest

from gradcli.render.tex_text import tex_text


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("x₁·x₂", "x$_{1}$$\\cdot$x$_{2}$"),
        ("−1", "$-$1"),
        ("∂f/∂λ", "$\\partial$f/$\\partial$$\\lambda$"),
        ("Α Ω", "A $\\Omega$"),
        ("a_b^2 {c}", r"a\_b\textasciicircum{}2 \{c\}"),
        ("50% #1 & $x$ ~ \\n", r"50\% \#1 \& \$x\$ \textasciitilde{} \textbackslash{}n"),
        ("<'\"`>", r"""\textless{}\textquotesingle{}{"}\textasciigrave{}\textgreater{}"""),
        ("--,,", "{-}{-}{,}{,}"),
        ("é ï Š e\u0301", r"""\'{e} \"{\i} \v{S} \'{e}"""),
        ("😀", "\\gradhex{01F}{600}"),
        ("漢Ж", "\\gradhex{6F}{22}\\gradhex{04}{16}"),
    ],
)
def test_tex_text(text: str, expected: str) -> None:
    assert tex_text(text) == expected
