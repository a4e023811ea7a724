"""The process behind the symbolic method: one problem a line on standard input, one answer a line on standard output.

Started as `python -m gradcli.methods.symbolic_worker`, with a limit on memory; its parent kills it at the time limit,
and it ends by itself when its parent is gone.
"""

from __future__ import annotations

import json
import os
import sys
import threading
from collections.abc import Callable
from queue import SimpleQueue
from time import perf_counter
from typing import Any

from gradcli.errors import Unstated

MEMORY = 4 * 2**30
DIGITS = (50, 100, 200, 400, 800)
"""Working precisions of an evaluation, in decimal digits: it rises until two in a row agree."""
AGREE = 17
"""Significant digits that tell any two float64 apart."""
FORMULA_LENGTH = 240


def answer(message: dict[str, Any]) -> dict[str, Any]:
    """Gradient (flat lists, row-major) and formulas by input name."""
    import mpmath
    import sympy

    from gradcli.carriers.sympy import SymPy
    from gradcli.primitives.registry import by_name

    m = SymPy()
    values: list[Any] = []
    symbols: dict[str, Any] = {}
    for name, arguments, parameters, shape in message["nodes"]:
        if name == "input":
            symbols[parameters[0]] = m.symbols(parameters[0], tuple(shape))
            values.append(symbols[parameters[0]])
        elif name == "constant":
            values.append(m.constant(parameters[0], tuple(shape)))
        else:
            operands = tuple(values[a] for a in arguments)
            values.append(m.apply(by_name()[name], operands, tuple(map(as_tuple, parameters))))
    expression = values[message["output"]]
    if message["cotangent"] is not None:
        cotangent = m.constant(message["cotangent"], tuple(m.shape(expression)))
        expression = m.numpy.sum(m.numpy.asarray(cotangent * expression, dtype=object))
    free = [s for symbol in symbols.values() for s in m.numpy.ravel(symbol)]
    numbers = [v for name in symbols for v in m.numpy.ravel(m.numpy.array(message["point"][name], dtype=object))]
    gradient, formula = {}, {}
    for name in message["wrt"]:
        # An input that the output does not need is no node, but has a gradient of zeros.
        flat = list(m.numpy.ravel(symbols.get(name, m.symbols(name, tuple(message["shapes"][name])))))
        derivatives = [sympy.diff(expression, s) for s in flat]
        function = sympy.lambdify(free, derivatives, modules=[STEPS, "mpmath"], cse=True, dummify=True)
        gradient[name] = settled(lambda f=function: f(*map(mpmath.mpf, numbers)))  # type: ignore[misc]
        text = str(derivatives[0]) if len(derivatives) == 1 else str(derivatives)
        if len(text) <= FORMULA_LENGTH:
            formula[name] = text
    return {"gradient": gradient, "formula": formula}


def settled(evaluate: Callable[[], list[Any]]) -> list[float]:
    """The numbers of a closed form, at the first precision that leaves them as the one before did.

    A fixed precision is not enough: (1 - cos x)/x^2 at 1e-30 cancels more digits than any that was chosen before.
    """
    import mpmath

    found: list[Any] = []
    for digits in DIGITS:
        with mpmath.workdps(digits):
            before, found = found, [mpmath.mpf(number) for number in evaluate()]
            same = zip(before, found, strict=False)
            if before and all(mpmath.almosteq(a, b, rel_eps=mpmath.mpf(10) ** -AGREE, abs_eps=0) for a, b in same):
                break
    return [float(number) for number in found]


STEPS = {"Heaviside": lambda x, *at_zero: 1 if x > 0 else 0, "DiracDelta": lambda *x: 0}
"""Away from kinks, where alone this process is asked, these need no more."""


def as_tuple(parameter: Any) -> Any:
    """Parameters as the graph holds them: JSON knows only lists."""
    return tuple(map(as_tuple, parameter)) if isinstance(parameter, list) else parameter


FAILURES = (ArithmeticError, TypeError, ValueError, AttributeError, RecursionError, NotImplementedError)
"""What SymPy raises over expressions that it cannot do."""


def failure(error: Exception) -> str:
    """Why there is no answer, in words. mpmath's ZeroDivisionError has none of its own."""
    if isinstance(error, ZeroDivisionError):
        return "SymPy's derivative divides by 0 at this point"
    said = (error.message if isinstance(error, Unstated) else str(error))[:120]
    if isinstance(error, (NotImplementedError, Unstated)) and said:
        return f"SymPy has no answer: {said}"
    return f"SymPy failed: {type(error).__name__}" + (f": {said}" if said else "")


def listen(lines: SimpleQueue[str]) -> None:
    """Queue the requests; end the process with standard input, even in the middle of an answer."""
    for line in sys.stdin:
        lines.put(line)
    os._exit(0)


def main() -> None:
    """Answer until standard input ends."""
    import resource

    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    sys.setrecursionlimit(20_000)
    lines: SimpleQueue[str] = SimpleQueue()
    threading.Thread(target=listen, args=(lines,), daemon=True).start()
    import sympy  # noqa: F401 - loaded before the first problem, which is timed

    print(json.dumps({"ready": True}), flush=True)
    while True:
        line = lines.get()
        start = perf_counter()
        try:
            reply = answer(json.loads(line))
            reply["seconds"] = perf_counter() - start
        except MemoryError:
            reply = {"reason": "SymPy ran out of memory"}
        except (*FAILURES, Unstated) as error:
            reply = {"reason": failure(error)}
        print(json.dumps(reply), flush=True)


if __name__ == "__main__":
    main()
