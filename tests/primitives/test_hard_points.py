"""Points where a careless rule or backing loses its digits, against 150 digits; and float32 at the samples."""

from __future__ import annotations

import math

import numpy as np
import pytest

from gradcli.carriers.tensors import Tensors
from gradcli.methods.base import flatten
from gradcli.primitives.registry import by_name
from tests.primitives import checks

HARD_POINTS = [
    ("exp", (700.0,)),
    ("exp", (-700.0,)),
    ("expm1", (1e-18,)),
    ("expm1", (-50.0,)),
    ("log", (1e-300,)),
    ("log", (1.0 + 2**-52,)),
    ("log1p", (1e-18,)),
    ("log1p", (-1.0 + 2**-53,)),
    ("log2", (1.0 + 2**-40,)),
    ("log10", (1e300,)),
    ("sqrt", (1e-300,)),
    ("sqrt", (1e300,)),
    ("cbrt", (1e-300,)),
    ("cbrt", (-1e300,)),
    ("sin", (1e6,)),
    ("cos", (1.5707963267948966,)),
    ("tan", (1.5707963,)),
    ("asin", (1.0 - 2**-53,)),
    ("asin", (1e-18,)),
    ("acos", (-1.0 + 2**-53,)),
    ("atan", (1e150,)),
    ("atan2", (1e200, 1e-200)),
    ("atan2", (-3e-200, 4e-200)),
    ("atan2", (3e200, -4e200)),
    ("sinh", (1e-18,)),
    ("sinh", (700.0,)),
    ("cosh", (-700.0,)),
    ("tanh", (1e-18,)),
    ("tanh", (40.0,)),
    ("tanh", (-300.0,)),
    ("asinh", (1e-18,)),
    ("asinh", (-1e18,)),
    ("asinh", (1e200,)),
    ("acosh", (1.0 + 2**-52,)),
    ("acosh", (1e200,)),
    ("atanh", (1e-18,)),
    ("atanh", (1.0 - 2**-53,)),
    ("sigmoid", (40.0,)),
    ("sigmoid", (-700.0,)),
    ("softplus", (800.0,)),
    ("softplus", (-700.0,)),
    ("softplus", (1e-18,)),
    ("erf", (1e-18,)),
    ("erf", (6.0,)),
    ("erfc", (20.0,)),
    ("erfc", (-6.0,)),
    ("gamma", (1e-100,)),
    ("gamma", (20.5,)),
    ("gamma", (170.5,)),
    ("gamma", (-10.5,)),
    ("lgamma", (1.0 + 2**-30,)),
    ("lgamma", (2.0 - 2**-30,)),
    ("lgamma", (1e15,)),
    ("lgamma", (-2.5,)),
    ("digamma", (1.4616321449683623,)),
    ("digamma", (1e-10,)),
    ("digamma", (1e17,)),
    ("digamma", (-2.5,)),
    ("digamma", (-0.001,)),
    ("polygamma", (1e-10, 1)),
    ("polygamma", (1e17, 1)),
    ("polygamma", (-2.5, 1)),
    ("polygamma", (-2.25, 2)),
    ("polygamma", (-0.75, 3)),
    ("polygamma", (30.0, 6)),
    ("hypot", (3e200, 4e200)),
    ("hypot", (3e-200, 4e-200)),
    ("hypot", (1.0, 1e-200)),
    ("power", (1e-150, 2)),
    ("power", (-1.5, -3)),
    ("power", (1.0000001, 10_000)),
    ("power", (0.0, 2)),
    ("power", (0.0, 1)),
    ("power", (0.0, 0)),
    ("power", (-2.0, 1)),
    ("power", (-2.0, 0)),
    ("pow", (1e-150, 2.0)),
    ("pow", (1.0, 1e8)),
    ("pow", (0.5, 0.0)),
    ("div", (1e-100, 1e-200)),
    ("div", (1e-200, 1e100)),
    ("norm", ((3e200, -4e200),)),
    ("norm", ((3e-200, -4e-200),)),
    ("norm", ((1.0, 1e-200),)),
    ("norm", ((3e200, -4e200), 3)),
    ("norm", ((3e-200, -4e-200), 3)),
    ("norm", ((3e200, -4e200), 1.5)),
    ("norm", ((3e200, -4e200), math.inf)),
    ("std", ((3e200, -4e200, 1e200),)),
    ("std", ((3e-200, -4e-200, 1e-200),)),
    ("var", ((1e8 + 1.0, 1e8 + 2.0, 1e8 + 4.0),)),
    ("prod", ((1e-200, 3e200, 1e-200, 2.0),)),
    ("prod", ((0.0, 1e-200, 3e200),)),
    ("cumprod", ((1e-200, 3e200, 0.0, 2.0),)),
    ("cumsum", ((1.0, 1e-200, -1.0),)),
    ("softmax", ((1000.0, 999.0, -1000.0),)),
    ("floor_divide", (-1e-300, 1e300)),
    ("floor_divide", (1e17, 3.0)),
    ("remainder", (1e17, 3.0)),
    ("remainder", (-1e-9, 1e3)),
    ("remainder", (0.3, -0.1)),
    ("leaky_relu", (-1e-300,)),
    ("leaky_relu", (1e300, 0.5)),
    ("elu", (-1e-18,)),
    ("elu", (1e-18,)),
    ("elu", (-40.0,)),
    ("elu", (-40.0, 3.0)),
    ("elu", (1000.0, 3.0)),
    ("elu", (-700.0,)),
    ("silu", (0.0,)),
    ("silu", (-40.0,)),
    ("silu", (40.0,)),
    ("silu", (-700.0,)),
    ("silu", (1e300,)),
    ("silu", (1e-18,)),
    ("silu", (-1.2784645427610738,)),
    ("gelu", (0.0,)),
    ("gelu", (-40.0,)),
    ("gelu", (40.0,)),
    ("gelu", (-8.0,)),
    ("gelu", (-30.0,)),
    ("gelu", (1e-18,)),
    ("gelu", (1e300,)),
    ("gelu", (-0.7517915241217254,)),
    ("gelu", (0.0, "tanh")),
    ("gelu", (-8.0, "tanh")),
    ("gelu", (-20.0, "tanh")),
    ("gelu", (-40.0, "tanh")),
    ("gelu", (40.0, "tanh")),
    ("gelu", (-0.7523, "tanh")),
    ("log_softmax", ((1000.0, 999.0, -1000.0),)),
    ("log_softmax", ((40.0, 0.0),)),
    ("logsumexp", ((1000.0, 999.0, -1000.0),)),
    ("logsumexp", ((-1000.0, -1000.0),)),
    ("logsumexp", ((1e300, 1e300),)),
    ("log_softmax", ((1e300, 1e300),)),
    ("logsumexp", ((1e-18, -40.0), 0)),
    ("mse", ((1e8, 1.0), (1e8 + 1.0, 1.0))),
    ("huber", ((1e200, 1e-200), (-1e200, 0.0))),
    ("huber", ((1.0, 0.0), (0.0, 1.0))),
    ("cross_entropy", ((1000.0, -1000.0, 999.0), 1.0)),
    ("cross_entropy", ((1000.0, -1000.0, 999.0), 0.0)),
    ("cross_entropy", ((40.0, 0.0), 0.0)),
    ("cross_entropy", ((300.0, 0.0, -20.0), 0.0)),
    ("cross_entropy", ((300.0, 0.0), (0.25, 0.75))),
]
DIGITS = 900
"""Arguments differ by 400 orders of magnitude, and the differences take third powers of their steps."""
FEWER_DIGITS = {"gamma": 300, "lgamma": 200, "digamma": 200, "polygamma": 200}
"""These take seconds at so many digits, and do not need them."""


def case_of(name: str, sample: tuple[object, ...]) -> checks.Case:
    return checks.Case(
        by_name()[name],
        *checks.split_sample(by_name()[name], sample),
        f"{name}{sample}",
        FEWER_DIGITS.get(name, DIGITS),
    )


@pytest.mark.parametrize(("name", "sample"), HARD_POINTS, ids=lambda v: str(v).replace(" ", ""))
def test_digits_are_kept(name: str, sample: tuple[object, ...]) -> None:
    case = case_of(name, sample)
    checks.check_value(case)
    checks.check_first_order(case)


@pytest.mark.parametrize("name", sorted(by_name()))
def test_float32(name: str) -> None:
    """The same rules in float32, against the truth at the rounded point."""
    primitive = by_name()[name]
    for sample in primitive.samples:
        arguments, parameters = checks.split_sample(primitive, sample)
        rounded = tuple(a.astype(np.float32).astype(float) for a in arguments)
        hint = f"{name}{sample} in float32 (a harder point belongs in HARD_POINTS of this file)"
        case = checks.Case(primitive, rounded, parameters, hint)
        carrier = Tensors("cpu", "float32")
        tape = case.tape(carrier)
        value, scale = case.truth.derivative(0)
        found = flatten(carrier.nested(tape.values[case.output]))
        checks.assert_close(np.array(found), value, scale, checks.VALUE_ULPS, f"{hint}: value", "float32")
        exact, scale = case.truth.derivative(1)
        for mode in (checks.forward_jacobian, checks.reverse_jacobian):
            checks.assert_close(
                mode(case, tape), exact, scale, checks.FIRST_ULPS, f"{hint}: {mode.__name__}", "float32"
            )


def test_second_derivative_by_base_and_exponent_at_exponent_zero() -> None:
    """d2/dx dy x^y at y = 0 is 1/x; torch gives 0, because it masks the first derivative on all of y = 0."""
    case = case_of("pow", (0.5, 0.0))
    one = np.array(1.0)
    for carrier in case.carriers():
        for second in (checks.pulled_twice, checks.pushed_after_pull):
            by_x, _ = second(case, carrier, one, [np.array(0.0), one])
            assert by_x == pytest.approx(2.0, rel=1e-15)
            _, by_y = second(case, carrier, one, [one, np.array(0.0)])
            assert by_y == pytest.approx(2.0, rel=1e-15)
