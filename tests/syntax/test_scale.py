"""A hundred thousand of anything, in linear time and without recursion."""

import pytest

from tests.process import run_python

PROGRAM = """
import gc, sys, time
from gradcli.syntax.build import build
from gradcli.syntax.guess import default_shapes
from gradcli.syntax.latex import expression_latex
from gradcli.syntax.parse import parse
from gradcli.syntax.text import expression_text
from gradcli.primitives.registry import by_name, resolve
by_name(); [resolve(p.math) for p in by_name().values() if p.math]
gc.disable()
def seconds(n):
    text = eval(sys.argv[1], {"n": n})
    begin = time.process_time()
    program = parse(text)
    built = build(program, default_shapes(program, {}))
    printed = expression_text(built.graph, built.outputs)
    expression_latex(built.graph, built.outputs)
    spent = time.process_time() - begin
    again = build(parse(printed), {name: () for name in built.free})
    assert expression_text(again.graph, again.outputs) == printed
    return spent
seconds(1000)
sys.setrecursionlimit(200)
print(seconds(20_000), seconds(100_000))
"""


@pytest.mark.heavy(sample=3)
@pytest.mark.parametrize(
    "text",
    [
        "'+'.join(f'x^{k}' for k in range(n))",
        "'('*n + 'x' + ')'*n",
        "'sin('*n + 'x' + ')'*n",
        "'-'*n + 'x'",
        "'-('*n + 'x' + ')'*n",
        "'x-('*n + 'x' + ')'*n",
        "'√'*n + 'x'",
        "'x^'*n + 'x'",
        "'x' + '^2'*n",
        "'('*n + 'x' + ')²'*n",
        "'x' + \"'\"*n",
        "'x' + ' x'*n",
        "'1/2x*'*n + 'x'",
        "'/'.join(['x']*n)",
        "'|x|+'*n + 'x'",
        "'[' + ','.join(['x']*n) + ']'",
        "'[' + ','.join(['1']*n) + ']'",
        "'x^(' + '+'.join(['1']*n) + ')'",
        "'+'.join(f'x{k}' for k in range(n))",
        "'a0=x;' + ';'.join(f'a{k+1}=a{k}*x' for k in range(n))",
        "'norm('*n + '[x,x]' + ')'*n",
        "'sum('*n + 'x' + ')'*n",
        "';'.join(['x']*n)",
    ],
)
def test_linear_under_a_small_recursion_limit(text: str) -> None:
    done = run_python("-c", PROGRAM, text, timeout=900)
    assert done.status == 0, done.stderr[-500:]
    small, large = map(float, done.stdout.split())
    # Five times the size; a busy machine may double that, a square would be twenty-five.
    assert large < 12 * small + 0.2


@pytest.mark.heavy(sample=3)
@pytest.mark.parametrize(
    "text", ["'('*n", "'['*n", "'sin('*n", "'|'*n", "'[1,'*n", "'x['*n", "'x'*n", "'1'*n", "'x '*n + '['", "'a='*n"]
)
def test_bad_input_of_any_size_is_refused(text: str) -> None:
    program = """
import sys
from gradcli.errors import GradcliError
from gradcli.syntax.build import build
from gradcli.syntax.parse import parse
sys.setrecursionlimit(200)
try:
    build(parse(eval(sys.argv[1], {"n": 100_000})), {})
except GradcliError as error:
    print(len(str(error)) < 2000)
"""
    done = run_python("-c", program, text)
    assert (done.status, done.stdout) == (0, "True\n"), done.stderr[-500:]
