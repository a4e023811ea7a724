"""JSON as docs/schema.json describes it: full precision, non-finite numbers as strings."""

from __future__ import annotations

import json
import math
import sys
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from gradcli.errors import Failure

if TYPE_CHECKING:
    from gradcli.carriers.base import Carrier

SCHEMA = "gradcli/1"


def dumps(data: dict[str, Any]) -> str:
    """One line of strict JSON, floats that hold an integer as they are, -0.0 included.

    Where standard output cannot hold a character, such as half of a surrogate pair, all that are not ASCII are escaped.
    """
    strict = encodable(data)
    text = json.dumps(strict, allow_nan=False, ensure_ascii=False)
    try:
        text.encode(getattr(sys.stdout, "encoding", None) or "utf-8")
    except UnicodeEncodeError:
        return json.dumps(strict, allow_nan=False)
    return text


def encodable(value: Any) -> Any:
    """The value with infinities and NaN as the strings "inf", "-inf", "nan". Depth is that of the answer's lists."""
    if isinstance(value, float) and not math.isfinite(value):
        return "nan" if value != value else "inf" if value > 0 else "-inf"
    if isinstance(value, dict):
        return {str(k): encodable(v) for k, v in value.items()}
    if isinstance(value, (list, tuple)):
        return [encodable(v) for v in value]
    return value


def head(command: str, expression: str, point: Mapping[str, Any], carrier: Carrier) -> dict[str, Any]:
    """What the answer of a command at a point begins with."""
    return {
        "schema": SCHEMA,
        "command": command,
        "expression": expression,
        "inputs": dict(point),
        "dtype": carrier.dtype,
        "device": carrier.device,
    }


def error_object(error: Failure) -> dict[str, Any]:
    """The answer to a request that failed."""
    return {"schema": SCHEMA, "error": error.as_json()}
