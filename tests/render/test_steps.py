"""The arithmetic of the sweeps in words and numbers."""

from gradcli.render.steps import step_lines
from tests.render.inspections import ROW_1, ROW_1_POINT, ROW_5, ROW_5_POINT, inspect


def steps(*arguments: object, **options: bool) -> list[str]:
    return [line.strip() for line in step_lines(inspect(*arguments), **options)]  # type: ignore[arg-type]


def test_forward_steps_of_row_1() -> None:
    found = steps(ROW_1, ROW_1_POINT)
    assert "∂v2/∂x1 = x2·∂x1/∂x1 + x1·∂x2/∂x1 = 5·1 + 2·0 = 5" in found
    assert "∂v1/∂x1 = (1/x1)·∂x1/∂x1 = 0.5·1 = 0.5" in found
    assert "∂v1/∂x2 = 0, no dependence on x2" in found


def test_every_contribution_to_an_adjoint_of_row_1() -> None:
    sums = "∂f/∂x2 = ∂f/∂v2·∂v2/∂x2 + ∂f/∂v3·∂v3/∂x2"
    assert f"{sums} = 1·2 + (-1)·0.28366218546322625 = 1.7163378145367738" in steps(ROW_1, ROW_1_POINT)


def test_the_reverse_sweep_goes_backwards() -> None:
    lines = [line for line in steps(ROW_1, ROW_1_POINT) if line.startswith("∂f/∂")]
    order = ["f", "v4", "v3", "v2", "v1", "x2", "x1"]
    assert [line.split(" ")[0] for line in lines[-7:]] == [f"∂f/∂{name}" for name in order]


def test_vectors_of_row_5() -> None:
    found = steps(ROW_5, ROW_5_POINT)
    assert "∂a/∂t = dot(dx, w) + dot(x, dw) = 7.5" in found
    assert "∂z/∂x = ∂z/∂a·∂a/∂x = 6·[0.5, -1, 2] = [3, -6, 12]" in found


def test_both_terms_of_a_square() -> None:
    found = steps("x*x", {"x": 3.0})
    assert "∂f/∂x = x·∂x/∂x + x·∂x/∂x = 3·1 + 3·1 = 6" in found
    assert "∂f/∂x = ∂f/∂f·x + ∂f/∂f·x = 1·3 + 1·3 = 6" in found


def test_a_product_that_the_sweep_skips_is_not_shown() -> None:
    lines = steps("x*y/x + sqrt(x)*y", {"x": 0.0, "y": 1.0})
    assert not any("inf·0" in line for line in lines if "∂/∂y" in line)


def test_an_output_that_another_uses_begins_with_its_own_cotangent() -> None:
    found = steps("a = x^2; a; 3*a", {"x": 2.0})
    assert "∂a/∂a = 1" in found
    assert "∂f/∂a = ∂f/∂f·∂f/∂a = 1·3 = 3" in found


def test_plain_is_ascii() -> None:
    assert all(line.isascii() for line in steps(ROW_1, ROW_1_POINT, plain=True))


def test_a_cotangent() -> None:
    found = steps("x^2", {"x": [1.0, 2.0]}, [1.0, 10.0])
    assert "∂<cotangent, f>/∂f = [1, 10]" in found
    assert "∂<cotangent, f>/∂x = ∂<cotangent, f>/∂f·∂f/∂x = [2, 40]" in found
