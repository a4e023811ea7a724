"""`f.why(...)` gives what the command prints."""

import gradcli
from tests.process import run_gradcli


def test_as_the_command() -> None:
    for text, at, point in (
        ("sum(where(x > 0, sqrt(x), 0))", "x=[-1,4]", {"x": [-1, 4]}),
        ("log(1 + exp(x))", "x=800", {"x": 800}),
        ("x^2", "x=3", {"x": 3}),
    ):
        diagnosis = gradcli.parse(text).why(**point)
        assert f"{diagnosis}\n" == run_gradcli("why", text, "--at", at).stdout


def test_findings() -> None:
    diagnosis = gradcli.parse("log(1 + exp(x))").at(x=800).why()
    assert diagnosis
    (finding,) = diagnosis.findings
    assert (finding.kind, finding.name, finding.text) == ("infinite", "v1", "exp(x)")
    assert finding.mend is not None
    assert gradcli.parse(finding.mend.expression)(x=800) == 800.0
    assert not gradcli.parse("x^2").why(x=3)
    assert "<table" in diagnosis._repr_html_()
    assert "every derivative" in gradcli.parse("x^2").why(x=3)._repr_html_()
    assert repr(diagnosis) == "<Diagnosis: infinite>"


def test_options_of_a_point() -> None:
    point = gradcli.parse("x*y").at(x=[0, 1], y=[2, 3])
    (finding,) = point.why(wrt="y", cotangent="ones").findings
    assert [(part.name, part.elements) for part in finding.parts] == [("y", (0,))]


def test_threads_share_a_graph_and_a_precision() -> None:
    from concurrent.futures import ThreadPoolExecutor

    f = gradcli.parse("log(1 + exp(x))")
    with ThreadPoolExecutor(4) as pool:
        found = list(pool.map(lambda x: str(f.why(x=x)), [800, 900, 800, 900] * 3))
    assert len(set(found)) == 2
