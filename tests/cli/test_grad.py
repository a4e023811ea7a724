"""`gradcli grad`: the numbers of the worked examples, shapes, options, JSON."""

import json

import pytest

from tests.process import run_gradcli

WORKED = ("ln(x1)+x1*x2-sin(x2)", "--at", "x1=2,x2=5")


def gradient(*arguments: str) -> dict:
    done = run_gradcli("grad", *arguments, "--json")
    assert done.status == 0, done.stderr
    return json.loads(done.stdout)


def test_the_worked_example() -> None:
    done = run_gradcli("grad", *WORKED)
    assert done.status == 0
    assert done.stderr == ""
    assert done.stdout.splitlines()[:3] == [
        "f = 11.652071455223084",
        "∂f/∂x1 = 5.5",
        "∂f/∂x2 = 1.7163378145367738",
    ]
    assert done.stdout.splitlines()[3].startswith("verified: ")


def test_plain_is_ascii() -> None:
    assert run_gradcli("grad", *WORKED, "--plain").stdout.isascii()


@pytest.mark.parametrize(
    ("arguments", "value", "expected"),
    [
        (
            ("a = dot(x,w); b = a - y; z = b^2", "--at", "x=[1,2,3]", "--at", "w=[0.5,-1,2]", "--at", "y=1.5"),
            9.0,
            {"x": [3.0, -6.0, 12.0], "w": [6.0, 12.0, 18.0], "y": -6.0},
        ),
        (("(x*w - y)^2", "--at", "x=2,w=3,y=1"), 25.0, {"x": 30.0, "w": 20.0, "y": -10.0}),
        (
            ("z = sum((X@w - y)^2)", "--at", "X=[[1,2],[3,4],[5,6]],w=[1,-1],y=[0.5,1,2]"),
            15.25,
            {
                "X": [[-3.0, 3.0], [-4.0, 4.0], [-6.0, 6.0]],
                "w": [-45.0, -58.0],
                "y": [3.0, 4.0, 6.0],
            },
        ),
        (("2*dot(x,x)", "--at", "x=[0,1,2,3]"), 28.0, {"x": [0.0, 4.0, 8.0, 12.0]}),
        (("sum(x)", "--at", "x=[0,1,2,3]"), 6.0, {"x": [1.0, 1.0, 1.0, 1.0]}),
        (("u = detach(x*x); sum(u*x)", "--at", "x=[0,1,2,3]"), 36.0, {"x": [0.0, 1.0, 4.0, 9.0]}),
        (("x1^2 + 2*x2^2", "--at", "x1=3,x2=-1"), 11.0, {"x1": 6.0, "x2": -4.0}),
    ],
)
def test_rows_of_the_worked_examples(arguments: tuple[str, ...], value: float, expected: dict) -> None:
    answer = gradient(*arguments)
    assert answer["value"] == value
    assert answer["gradient"] == expected
    assert answer["verdict"] == "verified"


def test_the_norm_squared_is_the_sum_of_squares_but_rounds() -> None:
    answer = gradient("‖X w - y‖²", "--at", "X=[[1,2],[3,4],[5,6]],w=[1,-1],y=[0.5,1,2]")
    assert answer["value"] == pytest.approx(15.25, rel=4e-16)
    assert answer["gradient"]["w"] == pytest.approx([-45.0, -58.0], rel=1e-15)


def test_a_weighted_vector_has_the_gradient_of_the_sum() -> None:
    answer = gradient("x*x", "--at", "x=[0,1,2,3]", "--cotangent", "ones")
    assert answer["gradient"] == {"x": [0.0, 2.0, 4.0, 6.0]}
    assert gradient("x*x", "--at", "x=[0,1,2,3]", "--cotangent", "e(2)")["gradient"] == {"x": [0.0, 0.0, 4.0, 0.0]}


def test_a_vector_output_offers_the_ways_out() -> None:
    done = run_gradcli("grad", "x*x", "--at", "x=[1,2]")
    assert done.status == 2
    for way in ("--cotangent ones", "sum(...)", "jacobian"):
        assert way in done.stderr


@pytest.mark.parametrize(
    ("expression", "value", "interval"),
    [("abs(x)", 0.0, [-1.0, 1.0]), ("relu(x)", 0.0, [0.0, 1.0]), ("max(x, 0)", 0.5, [0.0, 1.0])],
)
def test_kinks_give_the_convention_and_the_interval(expression: str, value: float, interval: list[float]) -> None:
    answer = gradient(expression, "--at", "x=0")
    assert answer["verdict"] == "kink"
    assert answer["gradient"] == {"x": value}
    assert answer["interval"] == {"x": [interval]}


def test_wrt_chooses_the_inputs() -> None:
    assert list(gradient(*WORKED, "--wrt", "x2")["gradient"]) == ["x2"]


def test_float32_on_torch() -> None:
    answer = gradient(*WORKED, "--dtype", "float32")
    assert answer["dtype"] == "float32"
    assert answer["gradient"]["x2"] == pytest.approx(1.7163378145367738, rel=1e-6)
    assert answer["gradient"]["x2"] != 1.7163378145367738


def test_a_typed_device_reaches_torch() -> None:
    assert gradient(*WORKED, "--device", "cpu")["gradient"] == {"x1": 5.5, "x2": 1.7163378145367738}


def test_more_than_a_block_of_inputs_is_checked_along_one_direction() -> None:
    values = ",".join(str(k / 10) for k in range(100))
    answer = gradient("sum(sin(x)^2)", "--at", f"x=[{values}]")
    assert answer["verdict"] == "verified"
    assert "one direction" in answer["reason"]


def test_an_expression_without_inputs() -> None:
    answer = gradient("sin(1)^2 + cos(1)^2")
    assert answer["value"] == pytest.approx(1.0)
    assert answer["gradient"] == {}


def test_several_outputs_are_answered_one_by_one() -> None:
    answer = gradient("u = x*y; u^2; sin(u)", "--at", "x=1,y=2")
    assert [r["gradient"]["x"] for r in answer["results"]] == pytest.approx([8.0, 2 * -0.4161468365471424])


def test_a_constant_output() -> None:
    assert gradient("0*x + 3", "--at", "x=1")["gradient"] == {"x": 0.0}


def test_an_input_that_cancels_is_still_verified() -> None:
    assert gradient("x - x", "--at", "x=1")["verdict"] == "verified"
