"""What a text means, shown as the printer writes it."""

import pytest

from gradcli.graph import display_names
from gradcli.syntax.build import build
from gradcli.syntax.parse import parse
from gradcli.syntax.text import expression_text, format_node
from tests.syntax.graphs import read, same_graph

MEANINGS = [
    # precedence and associativity
    ("ln(x1)+x1*x2-sin(x2)", "ln(x1) + x1*x2 - sin(x2)"),
    ("-2^2", "-2^2"),
    ("(-2)^2*x", "(-2)^2*x"),
    ("-x^2*y", "-x^2*y"),
    ("2^x^y", "2^x^y"),
    ("(2^x)^y", "(2^x)^y"),
    ("2^-1", "2^-1"),
    ("x^-y*z", "x^(-y)*z"),
    ("2^-x^y", "2^(-x^y)"),
    ("x - -2", "x - (-2)"),
    ("x - (y - z)", "x - (y - z)"),
    ("x + (y + z)", "x + (y + z)"),
    ("x/(y*z)", "x/(y*z)"),
    ("x/y*z", "x/y*z"),
    ("-(2)", "-(2)"),
    ("-(-x)", "-(-x)"),
    ("+x + +y", "x + y"),
    ("x<y+1", "x < y + 1"),
    ("(x<y)<z", "(x < y) < z"),
    ("x//y*z%x", "x//y*z%x"),
    ("x//(y*z)", "x//(y*z)"),
    ("-x // 2", "-x//2"),
    ("-7 // 2^x", "-7//2^x"),
    ("mod(x, y) + floor_divide(x, y)", "x%y + x//y"),
    ("x or y and z", "x or y and z"),
    ("(x or y) and z", "(x or y) and z"),
    ("x or (y or z)", "x or (y or z)"),
    ("not x == y and z", "not x == y and z"),
    ("(not x) == y", "(not x) == y"),
    ("not not x", "not not x"),
    ("not -x", "not (-x)"),
    ("-(not x)", "-(not x)"),
    ("x + not y * z", "x + (not y*z)"),
    ("x < y and y < z + 1", "x < y and y < z + 1"),
    ("x ∧ y ∨ ¬z", "x and y or not z"),
    ("logical_and(x, logical_or(y, z))", "x and (y or z)"),
    ("logical_not(x) - logical_xor(x, y)", "(not x) - logical_xor(x, y)"),
    ("swish(x) + silu(y)", "silu(x) + silu(y)"),
    ("mse_loss(u, v)", "mse(u, v)"),
    ("huber(u, v, 2)", "huber(u, v, delta=2.0)"),
    ('gelu(x, "tanh")', 'gelu(x, approximate="tanh")'),
    # constants
    ("x^(1/2)", "x^0.5"),
    ("x^(4/2)", "x^2"),
    ("x^1000000000", "x^1000000000"),
    ("10^10^10", "10^10000000000"),
    ("10^10^20", "10^10^20"),
    ("n = 3; x^n", "x^3"),
    ("2*pi*x", "2*pi*x"),
    ("e^x + e", "exp(x) + e"),
    ("pow(e, x)", "pow(e, x)"),
    ("pow(x, 2)", "pow(x, 2)"),
    ("1e-5^x", "1e-05^x"),
    ("-0.0*x", "-0.0*x"),
    # juxtaposition
    ("2x", "2*x"),
    ("2 x y", "2*x*y"),
    ("2(x+1)", "2*(x + 1)"),
    ("(x)(y)", "x*y"),
    ("3sin(x)cos(y)", "3*sin(x)*cos(y)"),
    ("x (y + 1)", "x*(y + 1)"),
    ("2x^2", "2*x^2"),
    ("1/2x", "1/2*x"),
    ("-2x", "-2*x"),
    ("2[x, y]", "2*[x, y]"),
    ("u' S u", "u' @ S @ u"),
    ("2 S u", "2*S @ u"),
    ("x u", "x*u"),
    ("S u' u", "S @ u' @ u"),
    # mathematical writing
    ("x·y × z", "x*y*z"),
    ("x₁² + x₂", "x1^2 + x2"),
    ("x⁻¹", "x^-1"),
    ("√x", "sqrt(x)"),
    ("√x²", "sqrt(x^2)"),
    ("2√2x", "2*sqrt(2)*x"),
    ("√(x+y)", "sqrt(x + y)"),
    ("⟨u, v⟩ + 1", "dot(u, v) + 1"),
    ("⟨u,v⟩ + ‖v‖²", "dot(u, v) + sumsq(v)"),
    ("‖A w - v‖^2", "sumsq(A @ w - v)"),
    ("||A w - v||^2", "sumsq(A @ w - v)"),
    ("‖v‖³", "norm(v)^3"),
    ("a = ‖v‖; a²", "a = norm(v); a^2"),
    ("power(norm(v), 2)", "power(norm(v))"),
    ("|x|", "abs(x)"),
    ("|x||y|", "abs(x)*abs(y)"),
    ("|x| |y|", "abs(x)*abs(y)"),
    ("||x| - 1|", "abs(abs(x) - 1)"),
    ("|1 - |x||", "abs(1 - abs(x))"),
    ("|-x|", "abs(-x)"),
    ("x|y|z", "x*abs(y)*z"),
    ("Bᵀ w", "B' @ w"),
    ("B.T @ w", "B' @ w"),
    ("B'' ", "B''"),
    ("u ⊙ v", "u*v"),
    ("u .* v ./ u .^ 2", "u*v/u^2"),
    ("x ≤ y", "x <= y"),
    ("x ≠ y", "x != y"),
    # calls
    ("log(x)", "ln(x)"),
    ("max(x, 0)", "max(x, 0)"),
    ("sum(A)", "sum(A)"),
    ("sum(A, 0)", "sum(A, axis=0)"),
    ("sum(A, axis=-1, keepdim=true)", "sum(A, axis=1, keepdim=true)"),
    ("sum(A, dim=0, keepdims=True)", "sum(A, axis=0, keepdim=true)"),
    ("sum(A, axis=[0, 1])", "sum(A)"),
    ("sum(x=A, axis=none)", "sum(A)"),
    ("mm(A, B)", "A @ B"),
    ("reshape(A, [2, -1])", "reshape(A, shape=[2, 3])"),
    ("where(x < y, x, -y)", "where(x < y, x, -y)"),
    ("gamma(x)*gamma", "gamma(x)*gamma"),
    ("lambda + E*I", "lambda + E*I"),
    ("sin = x; sin(sin)", "sin(x)"),
    ("sin (x)", "sin(x)"),
    # lists and indices
    ("[1, 2, 3]", "[1, 2, 3]"),
    ("[[1, -2], [3, 4.5]]", "[[1, -2], [3, 4.5]]"),
    ("[x, 2*y]", "[x, 2*y]"),
    ("[[x, 1], [2, y]]", "[[x, 1], [2, y]]"),
    ("stack(1, 2)", "stack(1, 2)"),
    ("k = [1, 2]; dot(k, k)", "k = [1, 2]; dot(k, k)"),
    ("-[1, 2]", "-[1, 2]"),
    ("A[0]", "A[0]"),
    ("A[-1, 0]", "A[2, 0]"),
    ("A[0, 0:1]", "A[0, 0:1]"),
    ("A[:, 1]", "A[:, 1]"),
    ("A[1:]", "A[1:3]"),
    ("u[::2]", "u[0:3:2]"),
    ("A[:]", "A[:]"),
    ("(u + v)[1]^2", "(u + v)[1]^2"),
    ("A'[0]", "A'[0]"),
    ("[1, 2, 3][1 + 1]", "[1, 2, 3][2]"),
    # statements
    ("a = dot(u, v); b = a - y; b^2", "a = dot(u, v); b = a - y; b^2"),
    ("a = dot(u, v)\n\nb = a - y  # residual\nz1 = b^2\n", "a = dot(u, v); b = a - y; z1 = b^2"),
    ("x; y", "x; y"),
    ("a = x*y; a; a", "a = x*y; a; a"),
    ("a = x; a", "x"),
    ("sin(x)*sin(x)", "v1 = sin(x); v1*v1"),
    ("v1 = x; sin(v1)*sin(v1)", "v1 = sin(x); v1*v1"),
    ("x +\n y", "x + y"),
    ("sum([x,\n y])", "sum([x, y])"),
    (";; x ;;", "x"),
    ("e = x - 1; e^2", "e = x - 1; e^2"),
]


@pytest.mark.parametrize(("text", "printed"), MEANINGS)
def test_means(text: str, printed: str) -> None:
    built = read(text)
    assert expression_text(built.graph, built.outputs) == printed


@pytest.mark.parametrize("text", [text for text, _ in MEANINGS])
def test_printed_text_parses_to_the_same_graph(text: str) -> None:
    built = read(text)
    again = read(expression_text(built.graph, built.outputs))
    assert same_graph(built.graph, built.outputs, again.graph, again.outputs)


def test_spans_point_at_operators_and_names_of_functions() -> None:
    source = "ln(x1) + x1*x2"
    built = build(parse(source), {"x1": (), "x2": ()})
    graph = built.graph
    written = {graph.operations[n].name: source[s.start : s.end] for n, s in graph.spans.items()}
    assert written == {"input": "x2", "log": "ln", "mul": "*", "add": "+"}


def test_table_of_the_worked_example() -> None:
    built = build(parse("ln(x1)+x1*x2-sin(x2)"), {"x1": (), "x2": ()})
    names = display_names(built.graph, built.outputs)
    rows = {name: format_node(built.graph, node, names) for node, name in names.items()}
    assert rows == {
        "x1": "x1", "x2": "x2", "v1": "ln(x1)", "v2": "x1*x2", "v3": "sin(x2)", "v4": "v1+v2", "f": "v4-v3",
    }  # fmt: skip
    assert format_node(built.graph, built.outputs[0], names, depth=2) == "v1+v2-sin(x2)"


def test_free_names_are_in_order_and_without_constants() -> None:
    program = parse("b = w*x + e; b^2 + pi*y")
    assert program.free_names == ("w", "x", "y")
    assert program.names == ("w", "x", "e", "pi", "y")
    assert program.assigned == ("b",)


def test_bound_constants_are_inputs() -> None:
    built = build(parse("e + pi"), {"e": ()})
    assert built.free == ("e",)
    assert expression_text(built.graph, built.outputs) == "e + pi"


def test_shared_constant_list_is_written_with_its_name() -> None:
    built = read("k = [1, 2]; [k, k]")
    assert expression_text(built.graph, built.outputs) == "[[1, 2], [1, 2]]"


@pytest.mark.parametrize(
    ("text", "note"),
    [
        ("1/2x", "`1/2x` was read as `(1/2)*x`"),
        ("x/2(y+1)", "`x/2(y+1)` was read as `(x/2)*(y+1)`"),
        ("e^2x", "`e^2x` was read as `(e^2)*x`"),
        ("u' S u", "a product without a sign was read as `u' @ S @ u`"),
        ("a = x; y", "`a` is assigned but never used"),
        (
            "; ".join(f"a{k} = x" for k in range(8)) + "; y",
            "`a0`, `a1`, `a2`, `a3` and 4 more are assigned but never used",
        ),
        ("S^-1", "`S^-1` is the reciprocal of each element; inv(S) is the inverse"),
        ("v'Sv + 1", "`Sv` after ' is one name; a product is written `S v`"),
    ],
)
def test_notes_what_may_surprise(text: str, note: str) -> None:
    assert note in read(text).notes


@pytest.mark.parametrize("text", ["x^2 y", "x²y", "2x", "x/y*z", "a = x; a^2", "a = x", "norm(v)"])
def test_says_nothing_about_plain_text(text: str) -> None:
    assert read(text).notes == ()


@pytest.mark.parametrize(("text", "inferred"), [("2*x", False), ("2x", True), ("A w", True), ("|x|", False)])
def test_knows_whether_something_was_inferred(text: str, inferred: bool) -> None:
    assert read(text).inferred is inferred
