"""Every command's JSON against docs/schema.json."""

import json
from pathlib import Path

import pytest
from jsonschema import Draft202012Validator

from tests.process import run_gradcli

SCHEMA = json.loads((Path(__file__).parents[2] / "docs" / "schema.json").read_text(encoding="utf-8"))
VALIDATOR = Draft202012Validator(SCHEMA)
WORKED = ("ln(x1)+x1*x2-sin(x2)", "--at", "x1=2,x2=5")
VECTORS = ("a = dot(x,w); b = a - y; z = b^2", "--at", "x=[1,2,3],w=[0.5,-1,2],y=1.5")


def refuse(constant: str) -> None:
    raise AssertionError(f"{constant} is not JSON")


def answers(*arguments: str, stdin: str | None = None) -> list[dict]:
    done = run_gradcli(*arguments, stdin=stdin)
    assert done.stderr == ""
    return [json.loads(line, parse_constant=refuse) for line in done.stdout.splitlines()]


def test_the_schema_is_a_schema() -> None:
    Draft202012Validator.check_schema(SCHEMA)


@pytest.mark.parametrize(
    "arguments",
    [
        ("grad", *WORKED),
        ("grad", *VECTORS),
        ("grad", "x*x", "--at", "x=[1,2]", "--cotangent", "ones"),
        ("grad", "abs(x)", "--at", "x=0"),
        ("grad", "sqrt(x)", "--at", "x=0"),
        ("grad", "ln(x)", "--at", "x=-1"),
        ("grad", "x^2; x^3", "--at", "x=2"),
        ("grad", "(1-cos(x))/x^2", "--at", "x=1e-8"),
        ("grad", "ln(1+exp(x))", "--at", "x=800"),
        ("grad", *WORKED, "--precision", "30"),
        ("jacobian", "A @ x", "--at", "A=[[1,2],[3,4]],x=[1,-1]", "--precision", "20"),
        ("hessian", *WORKED, "--precision", "20"),
        ("jvp", *VECTORS, "--tangent", "x=[1,0,0]", "--precision", "20"),
        ("vjp", "x*x", "--at", "x=[1,2]", "--cotangent", "ones", "--precision", "20"),
        ("hvp", *WORKED, "--tangent", "ones", "--precision", "20"),
        ("grad", "x +", "--at", "x=2"),
        ("jacobian", "A @ x", "--at", "A=[[1,2],[3,4]],x=[1,-1]", "--layout", "numerator"),
        ("jacobian", "x^2; x^3", "--at", "x=2"),
        ("hessian", *WORKED),
        ("jvp", *VECTORS, "--tangent", "x=[1,0,0]"),
        ("vjp", "x*x", "--at", "x=[1,2]", "--cotangent", "ones"),
        ("hvp", *WORKED, "--tangent", "ones"),
        ("hessian", "|x|", "--at", "x=0"),
        ("compare", *WORKED),
        ("compare", "relu(x)", "--at", "x=0"),
        ("compare", "--modes", "forward,numerical"),
        ("compare", "(1 - cos(x))/x^2", "--at", "x=1e-8"),
        ("compare", *WORKED, "--rtol", "1e-6", "--atol", "1e-9"),
        ("compare", *WORKED, "--step-sizes"),
        ("compare", "ln(x)", "--region", "x=-1..1", "--points", "8"),
        ("compare", "x^2; x^3", "--region", "x=0..1", "--points", "2"),
        ("compare", "ln(x)", "--region", "x=-2..-1", "--points", "8"),
        ("check", *WORKED, "--claim", "x2=2.283,f=11.651"),
        ("check", *VECTORS, "--claim", "w=[6,12,19]", "--claim", "w: b*x", "--claim", "y: -2*b"),
        ("check", "|x| + sqrt(y)", "--at", "x=0,y=0", "--claim", "x=3,y=1"),
        ("check", *WORKED, "--claim", "x2=2.283,x1=abc", "--claim", "x2: x1"),
        ("check", "ln(1+exp(x))", "--at", "x=800", "--claim", "x=1,f=3,v1=2"),
        ("check", "x*y", "--at", "x=2,y=2", "--claim", "x: x"),
        ("check", "2^x", "--claim", "x: x*2^(x-1)"),
        ("trace", *WORKED),
        ("trace", *VECTORS),
        ("graph", *WORKED, "-o", "-", "--format", "json"),
        ("graph", *WORKED, "--gradient-graph"),
        ("graph", "x + detach(y)", "--gradient-graph"),
        ("plot", "sqrt(x) + |x - 1| + floor(x)", "--at", "x=1"),
        ("plot", "ln(x)", "--at", "x=-1"),
        ("plot", "tan(x)", "--at", "x=1", "--range", "x=-5..5", "--precision", "20"),
        ("plot", "sqrt(x*y) + |x - 1|", "--at", "x=1,y=2"),
        ("plot", "x*y*z", "--at", "x=1,y=2,z=3"),
        ("why", *WORKED),
        ("why", "sum(where(x > 0, sqrt(x), 0))", "--at", "x=[-1,4]"),
        ("why", "log(1 + exp(x))", "--at", "x=800"),
        ("why", "relu(x); x^2", "--at", "x=0"),
        ("why", "x +", "--at", "x=2"),
        ("cost", *WORKED),
        ("cost", *VECTORS),
        ("cost", "A @ x", "--shape", "A=m,n,x=n", "--wrt", "x"),
        ("cost", "sum(x*x)", "--shape", "x=n", "--as-n-grows"),
        ("cost", "A @ x", "--shape", "A=m,n,x=n", "--over", "m"),
        ("cost", "2 + 3"),
        ("cost", "x +"),
        ("ops",),
        ("ops", "sin"),
    ],
    ids=" ".join,
)
def test_answers_follow_the_schema(arguments: tuple[str, ...]) -> None:
    (answer,) = answers(*arguments, "--json")
    VALIDATOR.validate(answer)


def test_a_stream_follows_the_schema() -> None:
    for answer in answers("grad", "-", "--at", "x=2", stdin="x^2\nx^\nln(-x)\n"):
        VALIDATOR.validate(answer)


def test_full_precision() -> None:
    (answer,) = answers("grad", *WORKED, "--json")
    assert answer["value"] == 11.652071455223084
    assert answer["gradient"] == {"x1": 5.5, "x2": 1.7163378145367738}


def test_infinities_are_strings() -> None:
    (answer,) = answers("grad", "sqrt(x)", "--at", "x=0", "--json")
    assert answer["gradient"] == {"x": "inf"}
