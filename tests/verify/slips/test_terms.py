"""Terms of the sum that are left out, on arrays."""

from tests.verify.judgements import kinds, one


def test_the_labels_of_a_cross_entropy() -> None:
    """A textbook's gradient is softmax(z) - y; softmax(z) alone is what is left without the labels."""
    text, z = "-sum([0,1,0]*log(softmax(z)))", {"z": [1.0, 2.0, 3.0]}
    assert one(text, z, "z: softmax(z) - [0,1,0]").word == "right"
    for claim in ("z: softmax(z)", "z=[0.09003,0.24473,0.66524]"):
        (explanation,) = one(text, z, claim).explanations
        assert explanation.text == "the term -[0, 1, 0] is left out"
    assert not one(text, z, "z: softmax(z) - [0,0.9,0]").explanations


def test_another_input_is_a_constant_too() -> None:
    point = {"x": [1.0, 2.0, 4.0], "c": [0.3, -0.7, 0.5]}
    wrong = one("sum(x^3) + dot(c, x) + 2", point, "x: 3x^2")
    assert "dropped path" in kinds(wrong)
    assert kinds(one("sum(exp(x)) - dot(c, x)", point, "x: exp(x) - 2c")) == {"dropped constant"}
