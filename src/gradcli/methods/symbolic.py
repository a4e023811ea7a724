"""SymPy's own derivative of the primal: a witness that shares no rule with gradcli's sweeps.

SymPy can take for ever over a short input, so it works in a process that is killed at the time limit; expressions that
are certain to be too large are refused before. Its answers at kinks are conventions (Abs'(0) = 0, Max'(0) = 1/2), so
there it is not asked.
"""

from __future__ import annotations

import atexit
import json
import math
import os
import threading
from typing import Any

from gradcli.carriers.base import Carrier
from gradcli.carriers.tape import Tape, tape_of
from gradcli.graph import CONSTANT, INPUT, Graph
from gradcli.methods.base import BLOCK, elements, unflatten
from gradcli.primitives.declare import Primitive
from gradcli.problem import Derivative, Problem
from gradcli.shapes import size

TREE_LIMIT = 20_000
DEPTH_LIMIT = 300
LARGEST_CONSTANT = 1e300
LARGEST_EXPONENT = 1e4
"""An exact power to more than this could exhaust the machine."""
TIME_LIMIT = 15.0
"""Seconds for one problem."""
AT_KINK = "at a kink SymPy returns a convention, not a derivative"


class Symbolic:
    """Differentiated by SymPy, evaluated at a precision that rises until all digits of a float64 stand."""

    name = "symbolic"
    independent = True

    def __init__(self) -> None:
        self._worker: Worker | None = None

    def differentiate(self, problem: Problem, carrier: Carrier) -> Derivative:
        """The gradient and, when short, its formulas; a reason where SymPy is not asked or does not answer."""
        answer = Derivative(self.name)
        tape = tape_of(problem, carrier)
        answer.reason = refusal(problem, tape)
        if answer.reason:
            return answer
        if self._worker is None:
            self._worker = Worker()
            atexit.register(self._worker.close)
        reply = self._worker.ask(request(problem, tape), TIME_LIMIT)
        if "reason" in reply:
            answer.reason = reply["reason"]
            return answer
        answer.value = carrier.nested(tape.values[problem.output])
        answer.gradient = {name: unflatten(reply["gradient"][name], problem.input_shape(name)) for name in problem.wrt}
        answer.formula = reply["formula"]
        answer.seconds = reply["seconds"]
        answer.sweeps = "closed form"
        return answer


def refusal(problem: Problem, tape: Tape) -> str:
    """Why SymPy is not asked; empty when it is."""
    if elements(problem) > BLOCK:
        return f"more than {BLOCK} input elements"
    if tape.kinks():
        return AT_KINK
    tree, depth = tree_size(problem.graph, tape.nodes)
    if tree > TREE_LIMIT:
        return f"the expression written out has {tree:.3g} terms, the limit is {TREE_LIMIT}"
    if depth > DEPTH_LIMIT:
        return f"the expression is nested {depth} deep, the limit is {DEPTH_LIMIT}"
    for node in tape.nodes:
        operation = problem.graph.operations[node]
        if isinstance(operation, Primitive) and not (operation.sympy or operation.array or operation.definition):
            return f"SymPy has no {operation.name}"
        if operation is CONSTANT and exceeds(problem.graph.parameters[node][0], LARGEST_CONSTANT):
            return "a constant is too large for exact arithmetic"
        if isinstance(operation, Primitive) and any(
            exceeds(p, LARGEST_EXPONENT) and p != math.inf for p in problem.graph.parameters[node]
        ):
            return "a constant exponent is too large for exact arithmetic"
    return ""


def exceeds(number: Any, limit: float) -> bool:
    """Whether this is a number, and beyond the limit (or NaN)."""
    return isinstance(number, (int, float)) and not abs(number) < limit


def tree_size(graph: Graph, nodes: list[int]) -> tuple[float, int]:
    """Size of the last node written out without sharing, and its depth."""
    trees: dict[int, float] = {}
    depths: dict[int, int] = {}
    for node in nodes:
        arguments = graph.arguments[node]
        count = size(graph.shapes[node])
        terms = (trees[a] * max(1.0, size(graph.shapes[a]) / max(count, 1)) for a in arguments)
        trees[node] = 1.0 + sum(terms)
        depths[node] = 1 + max((depths[a] for a in arguments), default=0)
    last = nodes[-1]
    return trees[last] * size(graph.shapes[last]), depths[last]


def request(problem: Problem, tape: Tape) -> dict[str, Any]:
    """The problem as JSON. Held and locally constant nodes are replaced by their values at the point."""
    graph = problem.graph
    position = {node: k for k, node in enumerate(tape.nodes)}
    records: list[list[Any]] = []
    for node in tape.nodes:
        operation = graph.operations[node]
        shape = list(graph.shapes[node])
        fixed = isinstance(operation, Primitive) and (operation.holds_value or operation.locally_constant)
        if fixed:
            records.append(["constant", [], [tape.carrier.nested(tape.values[node])], shape])
        elif operation in (INPUT, CONSTANT):
            records.append([operation.name, [], list(graph.parameters[node]), shape])
        else:
            arguments = [position[a] for a in graph.arguments[node]]
            records.append([operation.name, arguments, list(graph.parameters[node]), shape])
    # The point as the dtype holds it.
    point = {name: problem.point[name] for name in graph.inputs if name in problem.point}
    point |= {
        graph.parameters[node][0]: tape.carrier.nested(tape.values[node])
        for node in tape.nodes
        if graph.operations[node] is INPUT
    }
    return {
        "nodes": records,
        "output": position[problem.output],
        "wrt": list(problem.wrt),
        "shapes": {name: list(problem.input_shape(name)) for name in problem.wrt},
        "point": point,
        "cotangent": problem.cotangent,
    }


class Worker:
    """The process that runs SymPy. Killed and started anew when it does not answer in time."""

    def __init__(self) -> None:
        self._process: Any = None
        self._owner = 0
        self._loaded = False
        self._turn = threading.Lock()

    def ask(self, message: dict[str, Any], seconds: float) -> dict[str, Any]:
        """The worker's reply, or a reason why there is none. Threads wait for one another."""
        with self._turn:
            return self._ask(message, seconds)

    def _ask(self, message: dict[str, Any], seconds: float) -> dict[str, Any]:
        process = self._start()
        timer = threading.Timer(seconds, process.kill)
        try:
            # The first line says that SymPy is loaded: the limit is for the problem alone.
            if not self._loaded:
                self._loaded = bool(process.stdout.readline())
            timer.start()
            process.stdin.write(json.dumps(message) + "\n")
            process.stdin.flush()
            line = process.stdout.readline()
        except BrokenPipeError:
            line = ""
        except BaseException:
            # Interrupted between the question and its answer: the next question must not get that answer.
            self.close()
            raise
        finally:
            expired = not timer.is_alive()
            timer.cancel()
        if line:
            reply: dict[str, Any] = json.loads(line)
            return reply
        self.close()
        return {"reason": f"SymPy did not answer within {seconds:g} s" if expired else "SymPy ran out of memory"}

    def _start(self) -> Any:
        import subprocess
        import sys

        # After a fork the worker is the parent's: two processes reading its answers would get each other's.
        if self._process is None or self._owner != os.getpid() or self._process.poll() is not None:
            self._loaded = False
            self._owner = os.getpid()
            self._process = subprocess.Popen(
                [sys.executable, "-m", "gradcli.methods.symbolic_worker"],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=subprocess.DEVNULL,
                text=True,
            )
        return self._process

    def close(self) -> None:
        """End the process."""
        if self._process is not None:
            self._process.kill()
            self._process.wait()
            self._process.stdin.close()
            self._process.stdout.close()
            self._process = None
            self._loaded = False


METHOD = Symbolic()
