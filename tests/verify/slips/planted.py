"""Planted slips: wrong numbers from wrong formulas that are written out here by hand, in plain floats. Nothing of the
slips' own code is in them.
"""

from collections.abc import Callable
from math import cos, exp, log, radians, sin, sqrt, tan, tanh

SIGN, HALF, PATH, CHAIN = "flipped sign", "half of a product rule", "dropped path", "missing chain factor"
FACTOR, DEGREES, TRANSPOSED = "missing factor", "degrees for radians", "transposed matrix"
LAYOUT, TRUNCATED = "other layout", "truncated for rounded"
PRODUCT, UNSQUARED, ARGUMENT = "product of derivatives", "denominator not squared", "wrong argument"
POWER, LOWERED, BASE = "power rule on an exponential", "exponent not lowered", "forgotten base"
RAISED = "exponent raised"
CIRCULAR, KEPT, DIAGONAL = "hyperbolic for circular", "constant kept", "Jacobian taken as diagonal"
INTEGRAL, SQUARE = "integral for derivative", "missing square"


def softmax(x: list[float]) -> list[float]:
    """exp(x) divided by its sum."""
    return [exp(n) / sum(map(exp, x)) for n in x]


EXPRESSIONS: dict[str, tuple[dict, list[tuple[str, str, Callable]]]] = {
    "ln(x1)+x1*x2-sin(x2)": (
        {"x1": 2.0, "x2": 5.0},
        [
            ("x2", SIGN, lambda x1, x2: x1 + cos(x2)),
            ("x2", PATH, lambda x1, x2: -cos(x2)),
            ("x2", DEGREES, lambda x1, x2: x1 - cos(radians(x2))),
            ("x1", PATH, lambda x1, x2: x2),
        ],
    ),
    "x^3*exp(x)": (
        {"x": 1.5},
        [
            ("x", HALF, lambda x: 3 * x**2 * exp(x)),
            ("x", HALF, lambda x: x**3 * exp(x)),
            ("x", FACTOR, lambda x: x**2 * exp(x) + x**3 * exp(x)),
        ],
    ),
    "sin(x)/x": (
        {"x": 2.0},
        [
            ("x", SIGN, lambda x: cos(x) / x + sin(x) / x**2),
            ("x", HALF, lambda x: cos(x) / x),
            ("x", DEGREES, lambda x: cos(radians(x)) / x - sin(radians(x)) / x**2),
        ],
    ),
    "cos(ln(x^2+1))": (
        {"x": 0.7},
        [
            ("x", CHAIN, lambda x: -sin(log(x**2 + 1)) * 2 * x),
            ("x", CHAIN, lambda x: -sin(log(x**2 + 1)) / (x**2 + 1)),
            ("x", SIGN, lambda x: sin(log(x**2 + 1)) * 2 * x / (x**2 + 1)),
        ],
    ),
    "x1^2+2*x2^2": (
        {"x1": 1.37, "x2": -1.713},
        [
            ("x1", FACTOR, lambda x1, x2: x1),
            ("x2", SIGN, lambda x1, x2: -4 * x2),
            ("x2", FACTOR, lambda x1, x2: 2 * x2),
        ],
    ),
    "(x*w-y)^2": (
        {"x": 2.1, "w": 3.3, "y": 1.2},
        [
            ("w", CHAIN, lambda x, w, y: 2 * (x * w - y)),
            ("w", FACTOR, lambda x, w, y: (x * w - y) * x),
            ("y", SIGN, lambda x, w, y: 2 * (x * w - y)),
        ],
    ),
    "exp(-x^2/2)": (
        {"x": 1.3},
        [
            ("x", SIGN, lambda x: x * exp(-(x**2) / 2)),
            ("x", FACTOR, lambda x: -x / 2 * exp(-(x**2) / 2)),
            ("x", CHAIN, lambda x: exp(-(x**2) / 2)),
        ],
    ),
    "sqrt(1+x^2)": (
        {"x": 1.7},
        [
            ("x", CHAIN, lambda x: 1 / (2 * sqrt(1 + x**2))),
            ("x", FACTOR, lambda x: 2 * x / sqrt(1 + x**2)),
            ("x", SIGN, lambda x: -x / sqrt(1 + x**2)),
        ],
    ),
    "x*sin(y)+y*cos(x)": (
        {"x": 0.8, "y": 1.9},
        [
            ("x", PATH, lambda x, y: sin(y)),
            ("x", SIGN, lambda x, y: sin(y) + y * sin(x)),
            ("x", DEGREES, lambda x, y: sin(radians(y)) - y * sin(radians(x))),
        ],
    ),
    "ln(x)*x^2": (
        {"x": 2.3},
        [
            ("x", HALF, lambda x: x),
            ("x", HALF, lambda x: 2 * x * log(x)),
            ("x", FACTOR, lambda x: x + x * log(x)),
        ],
    ),
    "tanh(3*x)": (
        {"x": 0.4},
        [
            ("x", CHAIN, lambda x: 1 - tanh(3 * x) ** 2),
            ("x", SIGN, lambda x: -3 * (1 - tanh(3 * x) ** 2)),
            ("x", CHAIN, lambda x: 3.0),
        ],
    ),
    "x*y/(x+y)": (
        {"x": 1.4, "y": 2.7},
        [
            ("x", SIGN, lambda x, y: y / (x + y) + x * y / (x + y) ** 2),
            ("x", HALF, lambda x, y: y / (x + y)),
            ("y", HALF, lambda x, y: -x * y / (x + y) ** 2),
        ],
    ),
    "sin(x)^2*cos(y)": (
        {"x": 0.9, "y": 2.2},
        [
            ("x", FACTOR, lambda x, y: sin(x) * cos(x) * cos(y)),
            ("x", CHAIN, lambda x, y: 2 * sin(x) * cos(y)),
            ("y", DEGREES, lambda x, y: -(sin(x) ** 2) * sin(radians(y))),
        ],
    ),
    "exp(x)*sin(x)*x": (
        {"x": 1.1},
        [
            ("x", HALF, lambda x: exp(x) * cos(x) * x + exp(x) * sin(x)),
            ("x", HALF, lambda x: exp(x) * sin(x) * x + exp(x) * cos(x) * x),
            ("x", SIGN, lambda x: exp(x) * sin(x) * x - exp(x) * cos(x) * x + exp(x) * sin(x)),
        ],
    ),
    "1/(1+exp(-x))": (
        {"x": 0.6},
        [
            ("x", SIGN, lambda x: -exp(-x) / (1 + exp(-x)) ** 2),
            ("x", CHAIN, lambda x: -1 / (1 + exp(-x)) ** 2),
            ("x", CHAIN, lambda x: -exp(-x)),
        ],
    ),
    "atan(x*y)": (
        {"x": 1.213, "y": 0.717},
        [
            ("x", CHAIN, lambda x, y: 1 / (1 + x**2 * y**2)),
            ("x", SIGN, lambda x, y: -y / (1 + x**2 * y**2)),
            ("x", CHAIN, lambda x, y: y),
        ],
    ),
    "a = dot(x,w); b = a - y; z = b^2": (
        {"x": [1.0, 2.0, 3.0], "w": [0.5, -1.0, 2.0], "y": 1.5},
        [
            ("w", FACTOR, lambda x, w, y: [3.0, 6.0, 9.0]),
            ("w", SIGN, lambda x, w, y: [-6.0, -12.0, -18.0]),
            ("w", LAYOUT, lambda x, w, y: [[6.0, 12.0, 18.0]]),
        ],
    ),
    "norm(X@w-y)^2": (
        {"X": [[1.0, 2.0], [3.0, 4.0], [5.0, 6.0]], "w": [1.0, -1.0], "y": [0.5, 1.0, 2.0]},
        [
            ("X", TRANSPOSED, lambda X, w, y: [[-3.0, -4.0, -6.0], [3.0, 4.0, 6.0]]),
            ("w", FACTOR, lambda X, w, y: [-22.5, -29.0]),
            ("y", SIGN, lambda X, w, y: [-3.0, -4.0, -6.0]),
        ],
    ),
    "y' @ A @ y": (
        {"y": [1.2, -2.1], "A": [[2.0, 1.5], [-0.5, 3.0]]},
        [
            ("y", TRANSPOSED, lambda y, A: [2 * (2.0 * 1.2 - 1.5 * 2.1), 2 * (-0.5 * 1.2 - 3.0 * 2.1)]),
            ("y", HALF, lambda y, A: [2.0 * 1.2 - 1.5 * 2.1, -0.5 * 1.2 - 3.0 * 2.1]),
            ("y", SIGN, lambda y, A: [-4.8 + 2.1, -1.2 + 12.6]),
        ],
    ),
    "ln(x1/x2)+x2^2": (
        {"x1": 1.7, "x2": 0.6},
        [
            ("x2", SIGN, lambda x1, x2: 1 / x2 + 2 * x2),
            ("x2", PATH, lambda x1, x2: 2 * x2),
            ("x2", FACTOR, lambda x1, x2: -1 / x2 + x2),
        ],
    ),
}

FURTHER: dict[str, tuple[dict, list[tuple[str, str, Callable]]]] = {
    "1/x^3": ({"x": 1.7}, [("x", RAISED, lambda x: -3 / x**2), ("x", PRODUCT, lambda x: 1 / (3 * x**2))]),
    "5*x^-2": ({"x": 1.7}, [("x", RAISED, lambda x: -10 / x)]),
    "sin(x)*ln(x)": (
        {"x": 1.7},
        [
            ("x", PRODUCT, lambda x: cos(x) / x),
            ("x", INTEGRAL, lambda x: cos(x) * log(x) + sin(x) * (x * log(x) - x)),
        ],
    ),
    "(x^2+1)*cos(x)": ({"x": 1.3}, [("x", PRODUCT, lambda x: 2 * x * -sin(x))]),
    "sin(x)/(x^2+1)": (
        {"x": 1.9},
        [
            ("x", PRODUCT, lambda x: cos(x) / (2 * x)),
            ("x", UNSQUARED, lambda x: (cos(x) * (x**2 + 1) - sin(x) * 2 * x) / (x**2 + 1)),
            ("x", UNSQUARED, lambda x: cos(x) * (x**2 + 1) - sin(x) * 2 * x),
        ],
    ),
    "x + 3/(1+x^3)": (
        {"x": 1.2},
        [
            ("x", UNSQUARED, lambda x: 1 - 3 * 3 * x**2 / (1 + x**3)),
            ("x", INTEGRAL, lambda x: 1 + 3 * log(1 + x**3) * 3 * x**2),
        ],
    ),
    "2^x + x": (
        {"x": 2.6},
        [
            ("x", POWER, lambda x: x * 2 ** (x - 1) + 1),
            ("x", BASE, lambda x: 2**x + 1),
        ],
    ),
    "x*exp(x)": ({"x": 1.6}, [("x", POWER, lambda x: exp(x) + x * x * exp(x - 1))]),
    "exp(2*x)+x^2": ({"x": 0.8}, [("x", POWER, lambda x: 2 * 2 * x * exp(2 * x - 1) + 2 * x)]),
    "log10(x^2+3)": ({"x": 1.4}, [("x", BASE, lambda x: 2 * x / (x**2 + 3))]),
    "x*log2(x)": ({"x": 5.3}, [("x", BASE, lambda x: log(x) / log(2) + 1)]),
    "sin(x^3)": (
        {"x": 1.3},
        [
            ("x", ARGUMENT, lambda x: cos(3 * x**2)),
            ("x", ARGUMENT, lambda x: cos(3 * x**2) * 3 * x**2),
            ("x", ARGUMENT, lambda x: cos(x) * 3 * x**2),
            ("x", ARGUMENT, lambda x: sin(3 * x**2)),
        ],
    ),
    "ln(x^2+5)": (
        {"x": 2.3},
        [
            ("x", ARGUMENT, lambda x: 1 / (2 * x)),
            ("x", ARGUMENT, lambda x: 1 / x * 2 * x),
            ("x", ARGUMENT, lambda x: log(2 * x)),
        ],
    ),
    "x^4+cos(x)": (
        {"x": 1.3},
        [
            ("x", LOWERED, lambda x: 4 * x**4 - sin(x)),
            ("x", INTEGRAL, lambda x: x**5 / 5 - sin(x)),
        ],
    ),
    "tan(x)*x": ({"x": 0.7}, [("x", SQUARE, lambda x: x / cos(x) + sin(x) / cos(x))]),
    "tanh(2*x)": ({"x": 0.4}, [("x", SQUARE, lambda x: 2 * (1 - tanh(2 * x)))]),
    "tan(x)*x+1": ({"x": 0.6}, [("x", CIRCULAR, lambda x: (1 - tan(x) ** 2) * x + tan(x))]),
    "tanh(x)": ({"x": 0.6}, [("x", CIRCULAR, lambda x: 1 + tanh(x) ** 2)]),
    "5*x^4-3*x+7": ({"x": 1.3}, [("x", KEPT, lambda x: 20 * x**3 - 3 + 7)]),
    "(x^2-2.5)^3": ({"x": 1.9}, [("x", KEPT, lambda x: 3 * (x**2 - 2.5) ** 2 * (2 * x - 2.5))]),
    "[3,-2,5] @ softmax(x)": (
        {"x": [0.2, 1.4, -0.3]},
        [("x", DIAGONAL, lambda x: [g * p * (1 - p) for g, p in zip((3, -2, 5), softmax(x), strict=True)])],
    ),
    "mean(x^3)": (
        {"x": [1.2, -0.7, 2.1]},
        [
            ("x", FACTOR, lambda x: [3 * n**2 for n in x]),
            ("x", LOWERED, lambda x: [n**3 for n in x]),
        ],
    ),
}
"""Slips with the rule of one function, with the shape of a rule, or with the argument of the outer derivative."""
