"""A graph as LaTeX."""

import pytest

from gradcli.syntax.latex import expression_latex, name_latex
from tests.syntax.graphs import read


@pytest.mark.parametrize(
    ("text", "latex"),
    [
        ("ln(x1) + x1*x2 - sin(x2)", r"\ln\left(x_{1}\right) + x_{1} \cdot x_{2} - \sin\left(x_{2}\right)"),
        ("-2^2", "-{2}^{2}"),
        ("(-x)^2", r"{\left(-x\right)}^{2}"),
        ("x/(y*z)", r"\frac{x}{y \cdot z}"),
        ("(x/y)^2", r"{\left(\frac{x}{y}\right)}^{2}"),
        ("x*(y/z)", r"x \cdot \frac{y}{z}"),
        ("x - (-y)/z", r"x - \frac{-y}{z}"),
        ("x^(y/2)", r"{x}^{\frac{y}{2}}"),
        ("(2^x)^y", r"{\left({2}^{x}\right)}^{y}"),
        ("sqrt(x + 1)", r"\sqrt{x + 1}"),
        ("|x - 1|", r"\left|x - 1\right|"),
        ("2*pi*e*x", r"2 \cdot \pi \cdot \mathrm{e} \cdot x"),
        ("B' @ w", r"B^\top \, w"),
        ("B''", r"\left(B^\top\right)^\top"),
        ("(A @ B)'", r"\left(A \, B\right)^\top"),
        ("norm(v)^3", r"{\left\lVert v \right\rVert}^{3}"),
        ("dot(u, v)", r"\left\langle u, v \right\rangle"),
        ("sum(u + v)", r"\sum \left(u + v\right)"),
        ("sum(u)*x", r"\left(\sum u\right) \cdot x"),
        ("sum(A, axis=0)", r"\operatorname{sum}\left(A, \mathrm{axis}=0\right)"),
        ("A[0, :1]", r"{A}_{0, 0:1}"),
        ("[1, 2.5]", r"\begin{pmatrix} 1 \\ 2.5 \end{pmatrix}"),
        ("[[1, 2], [3, 4]]", r"\begin{pmatrix} 1 & 2 \\ 3 & 4 \end{pmatrix}"),
        ("[x, y]", r"\begin{pmatrix} x \\ y \end{pmatrix}"),
        ("max(u)*x", r"\max\left(u\right) \cdot x"),
        ("norm(u, p=inf)", r"\operatorname{norm}\left(u, \mathrm{p}=\infty\right)"),
        ("prod(u)*x", r"\left(\prod u\right) \cdot x"),
        ("outer(u, v)*x", r"\left(u \otimes v\right) \cdot x"),
        ("trace(S)^2", r"{\operatorname{tr}\left(S\right)}^{2}"),
        ("A[[0, 2], 1]", r"{A}_{[0, 2], 1}"),
        ("1e-5*x", r"1 \cdot 10^{-5} \cdot x"),
        ("where(x < y, x, 0)", r"\operatorname{where}\left(x < y, x, 0\right)"),
        ("x % y*z", r"\operatorname{mod}\left(x, y\right) \cdot z"),
        ("(x//y)^2", r"{\left(\left\lfloor \frac{x}{y} \right\rfloor\right)}^{2}"),
        ("x < y and not (x or y) or z", r"x < y \land \lnot \left(x \lor y\right) \lor z"),
        ("logical_xor(x, y)*z", r"\left(x \oplus y\right) \cdot z"),
        ('gelu(x, approximate="tanh")', r'\operatorname{gelu}\left(x, \mathrm{approximate}=\mathtt{"tanh"}\right)'),
        ("b = x - y", r"b = x - y"),
        ("b = x - y; b^2", "\\begin{aligned}\nb &= x - y \\\\\n& {b}^{2}\n\\end{aligned}"),
        ("b = x; b; y", "\\begin{aligned}\n& x \\\\\n& y\n\\end{aligned}"),
    ],
)
def test_writes(text: str, latex: str) -> None:
    built = read(text)
    assert expression_latex(built.graph, built.outputs) == latex


@pytest.mark.parametrize(
    ("name", "latex"),
    [
        ("x", "x"), ("x1", "x_{1}"), ("x_1", "x_{1}"), ("x_i", "x_{i}"), ("alpha", r"\alpha"),
        ("theta2", r"\theta_{2}"),
        ("loss", r"\mathrm{loss}"), ("w_out", r"w_{\mathrm{out}}"), ("θ", "θ"), ("_1", r"\mathrm{\_1}"),
    ],
)  # fmt: skip
def test_names(name: str, latex: str) -> None:
    assert name_latex(name) == latex
