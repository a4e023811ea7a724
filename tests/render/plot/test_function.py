"""The function that a plot samples."""

from typing import Any

import pytest

from tests.render.plot.plots import function_of


def test_what_does_not_move_is_computed_once(monkeypatch: pytest.MonkeyPatch) -> None:
    function = function_of("dot([1, 2], [3, 4])*x + detach(x^2)", x=3.0)
    applied = []
    apply = function.carrier.apply

    def counted(operation: Any, arguments: Any, parameters: Any) -> Any:
        applied.append(operation.name)
        return apply(operation, arguments, parameters)

    monkeypatch.setattr(type(function.carrier), "apply", staticmethod(counted))
    # 11 x, and 9 stands still.
    assert function.value(2.0) == 31.0
    assert applied == ["mul", "power", "add"]
