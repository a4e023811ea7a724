"""Claimed answers from JSON files: numbers stay text, so that their digits are known."""

from pathlib import Path

import pytest

from gradcli.errors import GradcliError
from gradcli.values.answers import read_answers


def test_numbers_are_read_as_they_are_written(tmp_path: Path) -> None:
    path = tmp_path / "my answers.json"
    path.write_text('{"x1": 5.50, "n": 3, "w": [1, 2.0], "x2": "x1 - cos(x2)", "z": NaN}', encoding="utf-8-sig")
    expected = {"x1": "5.50", "n": "3", "w": ["1", "2.0"], "x2": "x1 - cos(x2)", "z": "NaN"}
    assert read_answers(f'@"{path}"') == expected


@pytest.mark.parametrize("typed", ["@", "@none.json", "@.", "@a.json:x", "@a,b.json", "@answers.csv"])
def test_what_is_no_file_of_answers_is_one_error(typed: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "a.json").write_text('{"x": 1}')
    (tmp_path / "answers.csv").write_text("x\n1\n")
    with pytest.raises(GradcliError) as caught:
        read_answers(typed)
    assert caught.value.source == typed


def test_a_name_that_is_claimed_twice_is_refused(tmp_path: Path) -> None:
    """Python keeps the last of them: which one was meant, nobody knows."""
    path = tmp_path / "answers.json"
    path.write_text('{"x": 2, "y": 1, "x": 3}')
    with pytest.raises(GradcliError, match="'x' is claimed twice"):
        read_answers(f"@{path}")
