"""Equal expressions of which the second keeps its digits or does not overflow where the first does.

Each line is a pair in the language itself. A lower-case letter stands for any expression, but v for a vector, and a
capital for a matrix. Sums and products match in both orders. Where several lines match, an earlier one is tried
first. A line is a candidate only: it is offered to nobody before it has been checked at the point and beside it
(`mend`).

Sources: Higham, Accuracy and Stability of Numerical Algorithms (2002), sections 1.7 to 1.14 and 27.8; Mächler,
Accurately Computing log(1 - exp(-|a|)) (2012); Blanchard, Higham, Higham, Accurately computing the log-sum-exp and
softmax functions (2021).
"""

from __future__ import annotations

AXES = (0, 1)

REWRITINGS: tuple[tuple[str, str], ...] = (
    # Exponentials that overflow
    ("log(1/(1 + exp(-a)))", "-softplus(-a)"),
    ("log(exp(v)/sum(exp(v)))", "log_softmax(v)"),
    *((f"log(exp(X)/sum(exp(X), axis={k}, keepdim=true))", f"log_softmax(X, axis={k})") for k in AXES),
    ("log(softmax(v))", "log_softmax(v)"),
    *((f"log(softmax(X, axis={k}))", f"log_softmax(X, axis={k})") for k in AXES),
    ("log(1 + exp(a))", "softplus(a)"),
    ("log1p(exp(a))", "softplus(a)"),
    ("log(exp(a) + exp(b))", "logsumexp([a, b])"),
    ("log(exp(a) + exp(b))", "a + softplus(b - a)"),
    ("log(sum(exp(a)))", "logsumexp(a)"),
    *((f"log(sum(exp(X), axis={k}))", f"logsumexp(X, axis={k})") for k in AXES),
    *((f"log(sum(exp(X), axis={k}, keepdim=true))", f"logsumexp(X, axis={k}, keepdim=true)") for k in AXES),
    ("log(mean(exp(a)))", "logsumexp(a) - log(numel(a))"),
    ("log(cosh(a))", "a + softplus(-2*a) - log(2)"),
    ("log(prod(a))", "sum(log(abs(a)))"),
    ("log(exp(a))", "a"),
    ("log(sigmoid(a))", "-softplus(-a)"),
    ("log(1 - sigmoid(a))", "-softplus(a)"),
    ("exp(v)/sum(exp(v))", "softmax(v)"),
    *((f"exp(X)/sum(exp(X), axis={k}, keepdim=true)", f"softmax(X, axis={k})") for k in AXES),
    ("log(exp(a)/sum(exp(v)))", "a - logsumexp(v)"),
    ("exp(a)/sum(exp(v))", "exp(a - logsumexp(v))"),
    ("exp(a)/(exp(a) + exp(b))", "sigmoid(a - b)"),
    ("exp(a)/(1 + exp(a))", "sigmoid(a)"),
    ("1/(1 + exp(-a))", "sigmoid(a)"),
    ("1/(1 + exp(a))", "sigmoid(-a)"),
    ("(exp(a) - exp(-a))/(exp(a) + exp(-a))", "tanh(a)"),
    ("(exp(2*a) - 1)/(exp(2*a) + 1)", "tanh(a)"),
    ("exp(a)/exp(b)", "exp(a - b)"),
    ("exp(a)*exp(-b)", "exp(a - b)"),
    ("exp(a)*exp(b)", "exp(a + b)"),
    # Products and quotients that overflow or underflow on the way
    ("log(a/b)", "log(abs(a)) - log(abs(b))"),
    ("log(a*b)", "log(abs(a)) + log(abs(b))"),
    ("a*b*c", "a*(b*c)"),
    ("a*b/c", "a*(b/c)"),
    ("a*b/c", "a/c*b"),
    # Squares that overflow or underflow, and the tip of a root
    ("sqrt(a^2 + b^2)", "hypot(a, b)"),
    ("sqrt(a*a + b*b)", "hypot(a, b)"),
    ("sqrt(a^2 + b^2)", "norm([a, b])"),
    ("sqrt(1 + a^2)", "hypot(1, a)"),
    ("sqrt(a^2)", "|a|"),
    ("sqrt(a*a)", "|a|"),
    ("sqrt(sum(a^2))", "norm(a)"),
    ("sqrt(sum(a*a))", "norm(a)"),
    ("sqrt(dot(v, v))", "norm(v)"),
    ("a/|a|", "sign(a)"),
    ("|a|/a", "sign(a)"),
    # Differences that cancel
    ("log(1 - tanh(a)^2)", "2*log(2) - 2*a - 2*softplus(-2*a)"),
    ("log(1 - tanh(a)^2)", "log1p(-tanh(a)^2)"),
    ("log(1 - exp(a))", "log(-expm1(a))"),
    ("log(1 - exp(a))", "log1p(-exp(a))"),
    ("log(exp(a) - 1)", "a + log(-expm1(-a))"),
    ("log(a + b) - log(a)", "log1p(b/a)"),
    ("log(1 + a)", "log1p(a)"),
    ("log(1 - a)", "log1p(-a)"),
    ("(exp(a) - 1)/(exp(a) + 1)", "tanh(a/2)"),
    ("exp(a) - 1", "expm1(a)"),
    ("1 - exp(a)", "-expm1(a)"),
    ("(exp(a) - exp(-a))/2", "sinh(a)"),
    ("exp(a) - exp(-a)", "2*sinh(a)"),
    ("(1 - cos(a))/a^2", "(sin(a/2)/(a/2))^2/2"),
    ("1 - cos(a)", "2*sin(a/2)^2"),
    ("cos(a) - 1", "-2*sin(a/2)^2"),
    ("1 - cos(a)^2", "sin(a)^2"),
    ("1 - sin(a)^2", "cos(a)^2"),
    ("cosh(a) - 1", "2*sinh(a/2)^2"),
    ("1 - tanh(a)^2", "sech(a)^2"),
    ("1 - tanh(a)", "2*sigmoid(-2*a)"),
    ("1 + tanh(a)", "2*sigmoid(2*a)"),
    ("1 - sigmoid(a)", "sigmoid(-a)"),
    ("1 - erf(a)", "erfc(a)"),
    ("1 - erfc(a)", "erf(a)"),
    ("sqrt(a + b) - sqrt(a)", "b/(sqrt(a + b) + sqrt(a))"),
    ("sqrt(a) - sqrt(a - b)", "b/(sqrt(a) + sqrt(a - b))"),
    ("sqrt(a + b) - sqrt(a - b)", "2*b/(sqrt(a + b) + sqrt(a - b))"),
    ("sqrt(1 + a) - 1", "a/(sqrt(1 + a) + 1)"),
    ("1 - sqrt(1 - a)", "a/(1 + sqrt(1 - a))"),
    ("sqrt(a) - sqrt(b)", "(a - b)/(sqrt(a) + sqrt(b))"),
    ("(-b + sqrt(b^2 - 4*a*c))/(2*a)", "-2*c/(b + sqrt(b^2 - 4*a*c))"),
    ("(-b - sqrt(b^2 - 4*a*c))/(2*a)", "2*c/(sqrt(b^2 - 4*a*c) - b)"),
    ("sqrt(a^2 - b) - a", "-b/(sqrt(a^2 - b) + a)"),
    ("a - sqrt(a^2 - b)", "b/(a + sqrt(a^2 - b))"),
    ("-a - sqrt(a^2 - b)", "b/(sqrt(a^2 - b) - a)"),
    ("sin(a + b) - sin(a)", "2*cos(a + b/2)*sin(b/2)"),
    ("cos(a + b) - cos(a)", "-2*sin(a + b/2)*sin(b/2)"),
    ("tan(a) - sin(a)", "2*tan(a)*sin(a/2)^2"),
    ("exp(a + b) - exp(a)", "exp(a)*expm1(b)"),
    ("mean(a^2) - mean(a)^2", "var(a, correction=0)"),
    ("1/a - 1/(a + b)", "b/(a*(a + b))"),
    ("1/a - 1/b", "(b - a)/(a*b)"),
    ("1/(1 + a) - 1", "-a/(1 + a)"),
    ("1 - 1/(1 + a)", "a/(1 + a)"),
    ("a^2 - 1", "(a - 1)*(a + 1)"),
    ("1 - a^2", "(1 - a)*(1 + a)"),
    ("a^2 - b^2", "(a - b)*(a + b)"),
    ("a*a - b*b", "(a - b)*(a + b)"),
    ("a^2 - 2*a*b + b^2", "(a - b)^2"),
    ("(a + b) - a", "b"),
    # Removable gaps of the value
    ("a*log(a)", "where(a > 0, a*log(where(a > 0, a, 1)), 0)"),
    ("log(a)*a", "where(a > 0, log(where(a > 0, a, 1))*a, 0)"),
    ("a*log(a/b)", "where(a != 0, a*log(where(a != 0, a, 1)/b), 0)"),
)


def alternating(first: int, terms: int) -> str:
    """1 - u^2/(k(k+1))*(1 - u^2/((k+2)(k+3))*(...)): what is left of a sine or a cosine."""
    text = "1"
    for k in reversed(range(first, first + 2 * terms, 2)):
        text = f"1 - u^2/{k * (k + 1)}*({text})" if text != "1" else f"1 - u^2/{k * (k + 1)}"
    return text


def exponential(first: int, terms: int) -> str:
    """1 + u/k*(1 + u/(k+1)*(...)): what is left of an exponential."""
    text = f"1 + u/{first + terms - 1}"
    for k in reversed(range(first, first + terms - 1)):
        text = f"1 + u/{k}*({text})"
    return text


def logarithmic(first: int, terms: int) -> str:
    """1/k - u*(1/(k+1) - u*(...)): what is left of a logarithm."""
    text = f"1/{first + terms - 1}"
    for k in reversed(range(first, first + terms - 1)):
        text = f"1/{k} - u*({text})" if k > 1 else f"1 - u*({text})"
    return text


def near_zero(pattern: str, series: str, radius: float, otherwise: str) -> tuple[str, str]:
    """A pattern, and its series near 0, where its quotient has a gap and its derivative cancels. Neither branch sees an
    argument that is the other's: what is not taken must be finite too."""
    parts = f"near = a^2 < {radius * radius}; u = where(near, a, 0); t = where(near, 1, a)"
    return pattern, f"{parts}; where(near, {series}, {otherwise})"


QUARTER, SMALL = 0.25, 0.03125
SERIES: tuple[tuple[str, str], ...] = (
    near_zero("sin(a)/a", alternating(2, 7), QUARTER, "sin(t)/t"),
    near_zero("(1 - cos(a))/a^2", f"({alternating(3, 7)})/2", QUARTER, "(sin(t/2)/(t/2))^2/2"),
    near_zero("(a - sin(a))/a^3", f"({alternating(4, 7)})/6", 2 * QUARTER, "(t - sin(t))/t^3"),
    near_zero("a - sin(a)", f"u^3/6*({alternating(4, 7)})", 2 * QUARTER, "t - sin(t)"),
    near_zero("(exp(a) - 1)/a", exponential(2, 13), QUARTER, "expm1(t)/t"),
    near_zero("(exp(a) - 1 - a)/a^2", f"({exponential(3, 13)})/2", QUARTER, "(expm1(t) - t)/t^2"),
    near_zero("exp(a) - 1 - a", f"u^2/2*({exponential(3, 13)})", QUARTER, "expm1(t) - t"),
    near_zero("log(1 + a)/a", logarithmic(1, 13), SMALL, "log1p(t)/t"),
    near_zero("a - log(1 + a)", f"u^2*({logarithmic(2, 13)})", SMALL, "t - log1p(t)"),
)
"""The same near 0 for quotients whose derivatives cancel whatever they are written as: as many terms of Taylor's series
as a float64 has digits. Both sides are equal to those digits, and no further."""
SERIES_AGREEMENT = 15
"""Decimal digits to which they are."""
EXACT_AGREEMENT = 30
"""Decimal digits to which the others must be found equal, in balls."""
