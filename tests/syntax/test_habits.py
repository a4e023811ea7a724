"""What new users write from the habit of Python, LaTeX and paper: it is read, or the error names the mend."""

import pytest

from gradcli.errors import ExpressionError, GradcliError, NameProblem, closest
from gradcli.shapes import Shape
from gradcli.syntax.build import Built, build
from gradcli.syntax.parse import parse

SHAPES: dict[str, Shape] = {"x": (), "y": (), "a": (), "b": (), "alpha": (), "u": (2,), "A": (2, 2), "B": (3, 2)}


def read(text: str) -> Built:
    program = parse(text)
    return build(program, {name: SHAPES[name] for name in program.free_names if name in SHAPES})


def hint(text: str) -> str:
    with pytest.raises(GradcliError) as caught:
        read(text)
    assert caught.value.hint is not None
    return caught.value.hint


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("sin x", "write sin(x)"),
        ("2 + sum u", "write sum(u)"),
        ("ln|x|", "write ln(|x|)"),
        ("sin²(x)", "write sin(x)²"),
        ("sin^2(x)", "write sin(x)^2"),
        ("sin⁻¹(x)", "write asin(x) for the inverse function, sin(x)^-1 for 1/sin(x)"),
        ("tan^-1(x)", "write atan(x) for the inverse function, tan(x)^-1 for 1/tan(x)"),
        ("exp⁻¹(x)", "write exp(x)⁻¹"),
        ("sin + 1", "write sin(...) to call the function"),
        ("Σ x", "write sum(x)"),
        ("A^T", "write A' or A.T to transpose"),
        ("u^T u", "write u' or u.T to transpose"),
    ],
)
def test_a_name_without_a_value_has_the_call_as_mend(text: str, expected: str) -> None:
    with pytest.raises(NameProblem):
        read(text)
    assert hint(text) == expected


def test_a_bound_function_name_is_a_variable_with_a_note() -> None:
    built = build(parse("gamma x"), {"gamma": (), "x": ()})
    assert built.notes == ("`gamma` was read as a variable; the function is written gamma(x)",)


@pytest.mark.parametrize(
    ("text", "same", "notes"),
    [
        ("x(x+1)", "x*(x+1)", ("`x(x+1)` was read as `x*(x+1)`",)),
        ("2x(x+1)", "2*x*(x+1)", ("`x(x+1)` was read as `x*(x+1)`",)),
        ("alpha + alpha(x)", "alpha + alpha*(x)", ("`alpha(x)` was read as `alpha*(x)`",)),
        ("pi(x+1)", "pi*(x+1)", ("`pi(x+1)` was read as `pi*(x+1)`",)),
        ("1/x(x+1)", "1/x*(x+1)", ("`1/x(x+1)` was read as `(1/x)*(x+1)`",)),
    ],
)
def test_a_variable_multiplies_the_bracket_it_touches(text: str, same: str, notes: tuple[str, ...]) -> None:
    built, expected = read(text), read(same)
    assert built.notes == notes
    assert (built.graph.operations, built.graph.arguments) == (expected.graph.operations, expected.graph.arguments)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("sni(x)", "did you mean sin ?"),
        ("relux(x)", "did you mean relu ?"),
        ("σ(x)", "write sigmoid(x), or σ*(...) to multiply"),
        ("x(x, y)", "write x*(...) to multiply"),
        ("eigh(A)", "eigvalsh(A) gives the eigenvalues of a symmetric A, eigvecsh(A) its eigenvectors"),
        ("eigvals(A)", "eigvalsh(A) gives the eigenvalues of a symmetric A, eigvecsh(A) its eigenvectors"),
        ("eigenvalue(A)", "did you mean eigenvalues ?"),
        ("x()", "write x*(...) to multiply"),
    ],
)
def test_other_names_are_unknown_functions(text: str, expected: str) -> None:
    with pytest.raises(NameProblem):
        read(text)
    assert hint(text) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("x & y", "write x and y"),
        ("x && y", "write x and y"),
        ("~x", "write not x"),
        ("!x", "not x for a negation"),
        ("½x^2", "write (1/2)"),
        ("sin(30°)", "write 30*pi/180 for 30 degrees"),
        ("x if x > 0 else 0", "where(x > 0, a, b)"),
        ("[1 2 3]", "separated by commas: [1, 2]"),
        ("3,5*x", "a decimal point is a point: 3.5"),
        ("max(x, y, u)", "the max of three is max(max(x, y), z)"),
        ("0 < x < 1", "write 0 < x and x < 1"),
        ("sum(where(0 < max(x, y)*2 <= 1, x, 0))", "write 0 < max(x, y)*2 and max(x, y)*2 <= 1"),
        ("y or 0 < x <= y < 1", "write 0 < x and x <= y"),
        ("x < y < " + "x + " * 30 + "1", "write a < b and b < c"),
        (r"\sin(x)", "write sin(x);"),
        (r"\frac{a}{b}", "write (a)/(b);"),
        (r"\sqrt{x}", "write sqrt(x);"),
        (r"\alpha", "write alpha;"),
        (r"x \cdot y", "write *;"),
        ("np.sin(x)", "write sin(x)"),
        ("np.linalg.norm(u)", "write norm(u)"),
        ("math.log(x)", "write log(x)"),
        ("np.pi", "write pi"),
        ("x.sum()", "write sum(x)"),
        ("x.pow(2)", "write pow(x, 2)"),
        ("x.y", "write x*y"),
        ("log(x, 2)", "write log2(x), or ln(x)/ln(2)"),
        ("log(x, 3)", "write ln(x)/ln(3)"),
        ("x^{2}", "write x^2 or x^(2)"),
        ("x^{a+1}", "write x^(a+1)"),
        ("∑x", "write sum(x)"),
        ("max(x, y, x)", "write a number there: max(x, axis=none, keepdim=false)"),
    ],
)
def test_the_hint_says_how_it_is_written(text: str, expected: str) -> None:
    assert expected in hint(text)


@pytest.mark.parametrize(
    ("text", "note"), [("1//2x", "`(1//2)*x`"), ("x%2(y)", "`(x%2)*(y)`"), ("x%y(x + 1)", "`(x%y)*")]
)
def test_what_follows_a_quotient_is_no_part_of_it(text: str, note: str) -> None:
    assert any(note in n for n in read(text).notes)


@pytest.mark.parametrize("text", ["[]", "x = []; x"])
def test_an_empty_list_has_nothing_to_differentiate_by(text: str) -> None:
    with pytest.raises(ExpressionError, match="an empty list has no elements to differentiate by"):
        read(text)


def test_an_empty_index() -> None:
    assert hint("u[]") == "write one, as in x[0]"


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("trace", None), ("inv", None), ("det", None), ("nosuch", None), ("sni", "sin"), ("sinn", "sin"),
        ("alhpa", "alpha"), ("revers", "reverse"), ("sofmax", "softmax"), ("Cos", "cos"), ("", None),
    ],
)  # fmt: skip
def test_suggestions_are_near(typed: str, meant: str | None) -> None:
    words = ["subtract", "sin", "dot", "sech", "alpha", "reverse", "softmax", "cos", "relu", "min"]
    assert closest(typed, words) == meant


@pytest.mark.parametrize(
    ("text", "count"), [("A^2", 1), ("A^2 + A^2", 1), ("A² @ A²", 1), ("A.^2", 0), ("B^2", 0), ("u^2", 0), ("A^3", 0)]
)
def test_the_square_of_a_matrix_is_noted_once(text: str, count: int) -> None:
    note = "`A^2` squares each element; A @ A is the matrix product"
    assert list(read(text).notes) == [note] * count
