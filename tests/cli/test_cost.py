"""`gradcli cost` as a process: the table, the sentence, symbols and what is wrong with a request."""

import json

import pytest

from tests.process import run_gradcli


def cost(*arguments: str) -> dict:
    done = run_gradcli("cost", *arguments, "--json")
    assert done.status == 0, done.stdout
    return json.loads(done.stdout)


SENTENCES = {
    (
        "exp(x1*x2*x3)*x1",
    ): "reverse is cheapest, at 9 operations: 1 output against 3 inputs, so 1 sweep back replaces 3 sweeps "
    "forward; it keeps 5 values (40 bytes); reverse elimination takes as many",
    ("exp(x*x); sin(exp(x)); x^3",): "forward is cheapest",
    (
        "y = exp(sin(x1)*x2)*x3; y; y^2*x1; x2",
    ): "Markowitz elimination is cheapest, at 16 operations where both sweeps take 19: "
    "joining the vertices with the fewest ways through them first makes shared products once",
    (
        "ln(x1)+x1*x2-sin(x2)",
        "--dtype",
        "float32",
    ): "forward and reverse tie at 11 operations: reverse makes fewer sweeps, 1 against 2; forward "
    "keeps nothing, reverse keeps 2 values (8 bytes); elimination in any order takes as many",
    (
        "sum(tanh(W @ x)^2)",
        "--shape",
        "W=m,n,x=n",
    ): "reverse is cheapest for every m and n: 1 output against m·n + n inputs, so 1 "
    "sweep back replaces m·n + n sweeps forward; it keeps m·n + 2·m + n values (8·m·n + 16·m + 8·n bytes)",
    (
        "A @ x",
        "--shape",
        "A=m,n,x=n",
        "--wrt",
        "x",
        "--plain",
    ): "forward is cheapest where n < m, reverse where n > m: n sweeps forward against m sweeps back",
    (
        "A @ x",
        "--shape",
        "A=5,n,x=n",
        "--wrt",
        "x",
    ): "forward is cheapest for n from 1 to 4, they tie at n = 5, reverse is cheapest from "
    "n = 6 on: n sweeps forward against 5 sweeps back",
    (
        "A @ x",
        "--shape",
        "A=2,3,x=3",
    ): "elimination in any order is cheapest, at 6 operations where reverse, the cheaper sweep, takes 30: "
    "on single elements it leaves out the zeros that sweeps over whole arrays multiply",
    ("exp(x)", "--shape", "x=n"): "forward and reverse tie",
    (
        "norm(x)*x",
        "--shape",
        "x=n",
    ): "forward is cheapest for every n: n sweeps forward together do less than n sweeps back "
    "(3·n² + 4·n + 1 operations); it keeps nothing",
    (
        "max(x, y)",
        "--shape",
        "x=n,y=1",
    ): "forward is cheapest, or ties, for every n: n + 1 sweeps forward together do no more "
    "than n sweeps back (2·n² + 3·n operations)",
    (
        "sum(x)",
        "--shape",
        "x=n",
    ): "tie at 0 operations: reverse makes fewer sweeps, 1 against n; forward keeps nothing, reverse keeps 0 values",
    ("2 + 3",): "the value depends on no input: there is nothing to differentiate by",
    ("detach(2)",): "nothing to differentiate by",
}


@pytest.mark.parametrize("arguments", SENTENCES, ids=" ".join)
def test_which_is_cheapest_and_why(arguments: tuple[str, ...]) -> None:
    done = run_gradcli("cost", *arguments)
    assert done.status == 0
    assert SENTENCES[arguments] in done.stdout


def test_the_table_marks_the_cheapest() -> None:
    output = run_gradcli("cost", "exp(x1*x2*x3)*x1").stdout
    rows = [line.split() for line in output.splitlines()]
    assert ["forward", "3", "11", "1", "0", "0"] in rows
    assert ["reverse", "1", "8", "1", "5", "40", "cheapest"] in rows
    assert ["Markowitz", "elimination", "9", "1", "7", "56"] in rows
    assert "A tape of every intermediate: 4 values." in output


def test_counts_at_a_point_are_those_of_its_shapes() -> None:
    at_point = cost("tanh(A @ x)", "--at", "A=[[1,2,3],[4,5,6]],x=[1,2,3]")
    by_shape = cost("tanh(A @ x)", "--shape", "A=2,3,x=3")
    assert at_point["methods"] == by_shape["methods"]
    assert (at_point["n"], at_point["m"]) == (9, 2)


def test_outputs_are_one_function() -> None:
    found = cost("x*y; x^2; y")
    assert (found["n"], found["m"], found["methods"]["reverse"]["sweeps"]) == (2, 3, 3)


def test_growth_is_tabulated_over_the_symbol() -> None:
    grown = cost("A @ x", "--shape", "A=50,n,x=n", "--wrt", "x", "--as-n-grows")["growth"]
    assert grown["symbol"] == "n"
    assert [row["size"] for row in grown["rows"]] == [1, 10, 100, 1000, 10_000, 100_000, 1_000_000]
    assert [row["cheapest"] for row in grown["rows"]] == ["forward"] * 2 + ["reverse"] * 5
    # m·n for the value, and again for each of n sweeps, or each of m back.
    assert grown["rows"][1]["forward"] == 50 * 10 * 11
    assert grown["rows"][1]["reverse"] == 50 * 10 * 51


def test_the_other_symbols_stay() -> None:
    grown = cost("A @ x", "--shape", "A=m,n,x=n", "--wrt", "x", "--over", "m")["growth"]
    assert grown["rows"][1]["forward"] == "10*n^2 + 10*n"
    assert grown["rows"][0]["cheapest"] == "reverse"
    assert grown["rows"][1]["cheapest"] == ""


def test_a_value_in_symbols_that_all_rows_share_leaves_nothing_open() -> None:
    found = cost("d = dot(x, x); y = exp(sin(a)*b)*c; y*d; y^2*a*d; b", "--shape", "x=n", "--wrt", "a,b,c")
    assert found["cheapest"] == ["Markowitz elimination"]
    assert found["methods"]["reverse"]["multiplications"].startswith("n + ")


def test_empty_tensors() -> None:
    found = cost("sum(x)", "--shape", "x=0")
    assert (found["n"], found["methods"]["forward"]["sweeps"], found["methods"]["reverse"]["bytes"]) == (0, 0, 0)


def test_what_is_too_large_for_elimination_says_why() -> None:
    found = cost("sum(exp(x))", "--shape", "x=100000")
    assert found["methods"]["Markowitz elimination"]["reason"] == "200001 elements, more than 2000"
    assert found["methods"]["Markowitz elimination"]["multiplications"] is None
    assert found["cheapest"] == ["reverse"]


def test_a_scalar_graph_loads_nothing_heavy() -> None:
    from tests.test_startup import HEAVY, imports_of

    done, imported = imports_of("-m", "gradcli", "cost", "ln(x1)+x1*x2-sin(x2)", "--json")
    assert done.status == 0
    assert imported & HEAVY == set()


WRONG = {
    "shape at a point": (("x*y", "--at", "x=1,y=2", "--shape", "x=n"), "--shape is for a graph"),
    "part of a point": (("x*y", "--at", "x=1"), "y has no value"),
    "unknown input": (("x*y", "--wrt", "z"), "--wrt names z"),
    "no symbol": (("x*y", "--as-n-grows"), "no dimension is a symbol"),
    "no symbol at a point": (("sum(x)", "--at", "x=[1,2]", "--as-n-grows"), "no dimension is a symbol"),
    "unknown symbol": (("A @ x", "--shape", "A=m,n,x=n", "--over", "k"), "the symbols are m, n"),
    "several symbols": (("A @ x", "--shape", "A=p,q,x=q", "--as-n-grows"), "several dimensions may grow: p, q"),
    "shapes that do not fit": (("A @ x", "--shape", "A=m,n,x=k"), "shapes do not match"),
    "symbol beside number": (("x + [1,2,3]", "--shape", "x=n"), "give numbers: --shape"),
    "no shape": (("x*y", "--shape", "=3"), "no list of shapes"),
    "bad expression": (("x*",), "nothing stands right of '*'"),
}


@pytest.mark.parametrize("case", WRONG.values(), ids=WRONG)
def test_wrong_requests(case: tuple[tuple[str, ...], str]) -> None:
    arguments, message = case
    done = run_gradcli("cost", *arguments)
    assert (done.status, done.stdout) == (2, "")
    assert message in done.stderr


def test_a_stream() -> None:
    done = run_gradcli("cost", "-", stdin='x*y\n{"expr": "sum(x*x)", "at": {"x": [2, 3]}}\nx*\n')
    first, second, third = (json.loads(line) for line in done.stdout.splitlines())
    assert (first["n"], second["n"]) == (2, 2)
    assert third["error"]["kind"] == "syntax"


def test_plain_is_ascii() -> None:
    done = run_gradcli("cost", "norm(A @ x)", "--shape", "A=m,n,x=n", "--plain")
    assert done.stdout.isascii()
