"""Comparison with expected text that is kept in tests/golden/."""

import difflib
from dataclasses import dataclass
from pathlib import Path

import pytest

FOLDER = Path(__file__).parent / "golden"


@dataclass(frozen=True)
class Golden:
    """Compares a text with a golden file, or writes the file anew when asked to."""

    overwrite: bool
    folder: Path = FOLDER

    def __call__(self, name: str, text: str) -> None:
        path = self.folder / name
        if self.overwrite:
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text, encoding="utf-8")
            return
        if not path.exists():
            pytest.fail(f"golden file {name} does not exist; `pytest --overwrite` writes it", pytrace=False)
        expected = path.read_text(encoding="utf-8")
        if text != expected:
            lines = difflib.unified_diff(
                expected.splitlines(), text.splitlines(), f"golden/{name}", "this run", lineterm=""
            )
            difference = "\n".join(lines) or "only line endings or the end of the text differ"
            pytest.fail(f"{difference}\n\n`pytest --overwrite` accepts this run", pytrace=False)
