"""CSV and TSV: headers, columns, gaps, categories, and what is refused."""

import csv
import statistics
from pathlib import Path

import pytest

from tests.values.reading import read, refused, write

HOUSE = "NumRooms,Alley,Price\nNA,Pave,127500\n2,NA,106000\n4,NA,178100\nNA,NA,140000\n"
GAPS = "a,b,c\n1,NA,3\n4,5,NA\n7,8,9\n"


@pytest.fixture
def house(tmp_path: Path) -> str:
    return write(tmp_path, "house_tiny.csv", HOUSE)


@pytest.fixture
def gaps(tmp_path: Path) -> str:
    return write(tmp_path, "gaps.csv", GAPS)


def test_row_11_of_the_worked_examples(house: str) -> None:
    found, notes = read(f"X=@{house}:NumRooms,Alley,y=@{house}:Price", "mean", one_hot=True)
    assert found == {"X": [[3, 1, 0], [2, 0, 1], [4, 0, 1], [3, 0, 1]], "y": [127500, 106000, 178100, 140000]}
    assert [note.removeprefix(f"{house}: ") for note in notes] == [
        "2 gaps of column 'NumRooms' filled with the mean of the others, 3",
        "column 'Alley' is one-hot: Pave, (missing)",
    ]


@pytest.mark.parametrize(
    ("text", "names", "expected"),
    [
        ("a,b\n1,2\n3,4\n", "", [[1, 2], [3, 4]]),
        ("a,b\n1,2\n3,4\n", ":b", [2, 4]),
        ("a,b\n1,2\n3,4\n", ":b,a", [[2, 1], [4, 3]]),
        ("1,2\n3,4\n", "", [[1, 2], [3, 4]]),
        ("1\n2.5\n-3e2\n", "", [1, 2.5, -300]),
        ("a\n1\n", "", [1]),
        ("2019,2020\n1,2\n", "", [[2019, 2020], [1, 2]]),
        ("2019,2020\n1,2\n", ":2020", [2]),
        ("\ufeffa,b\r\n1,2\r\n", ":a", [1]),
        ("\n a , b\n\n 1 , 2 \n\n", ":a,b", [[1, 2]]),
        ('"num rooms","Price, EUR","q""q"\n1,2,3\n', ':num rooms,"Price, EUR","q""q"', [[1, 2, 3]]),
        ('"a\nb",c\n1,2\n', ":c", [2]),
        ("a,a\n1,2\n", "", [[1, 2]]),
        ("größe m.²\n1\n", ":größe m.²", [1]),
    ],
)
def test_reads(tmp_path: Path, text: str, names: str, expected: list) -> None:
    assert read(f"X=@{write(tmp_path, 't.csv', text)}{names}")[0]["X"] == expected


def test_tabs_separate_in_tsv(tmp_path: Path) -> None:
    path = write(tmp_path, "t.TSV", "a,b\tc\n1\t2\n")
    assert read(f"X=@{path}:c")[0]["X"] == [2]


@pytest.mark.parametrize(
    ("text", "names", "note"),
    [
        ("1,2\n3,4\n", "", "no header"),
        ("2019,2020\n1,2\n", ":2020", "read as the header"),
        ("a,b\n1,2\n", "", None),
    ],
)
def test_a_header_that_was_inferred_is_noted(tmp_path: Path, text: str, names: str, note: str | None) -> None:
    notes = read(f"X=@{write(tmp_path, 't.csv', text)}{names}")[1]
    assert [note in found for found in notes] == [True] if note else notes == []


@pytest.mark.parametrize("gap", ["", "NA", "N/A", "NaN", "nan", "null", "?"])
def test_a_gap_is_an_error_that_names_row_and_column(tmp_path: Path, gap: str) -> None:
    path = write(tmp_path, "t.csv", f"a,b\n1,2\n3,{gap}\n")
    error = refused(f"X=@{path}")
    assert "missing in row 2 (line 3), column 'b'" in error.message
    assert "--missing mean" in error.hint
    assert "--missing drop" in error.hint


def test_missing_mean(gaps: str) -> None:
    found, notes = read(f"X=@{gaps}", "mean")
    assert found["X"] == [[1, 6.5, 3], [4, 5, 6], [7, 8, 9]]
    assert len(notes) == 2


def test_the_mean_is_correctly_rounded(tmp_path: Path) -> None:
    numbers = [0.1, 1e16, 0.3, -1e16, 0.7]
    path = write(tmp_path, "t.csv", "\n".join(["a", *map(repr, numbers), "NA"]))
    assert read(f"x=@{path}", "mean")[0]["x"][-1] == statistics.fmean(numbers)
    path = write(tmp_path, "t.csv", "a\n1.5e308\n1.5e308\n?\n")
    assert read(f"x=@{path}", "mean")[0]["x"][-1] == 1.5e308


def test_a_dropped_row_is_dropped_for_every_value_of_the_file(gaps: str) -> None:
    found, notes = read(f"x=@{gaps}:a,y=@{gaps}:b", "drop")
    assert found == {"x": [4, 7], "y": [5, 8]}
    assert [note.rpartition(": ")[2] for note in notes] == ["1 of 3 rows dropped for their gaps"]
    assert read(f"x=@{gaps}:a,y=@{gaps}:b,z=@{gaps}:c", "drop")[0] == {"x": [7], "y": [8], "z": [9]}
    assert read(f"x=@{gaps}:a", "drop") == ({"x": [1, 4, 7]}, [])


def test_the_same_file_by_two_paths_is_one_file(gaps: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(Path(gaps).parent)
    assert read(f"x=@{gaps}:a,y=@gaps.csv:b", "drop")[0] == {"x": [4, 7], "y": [5, 8]}


def test_one_hot_sorts_categories_as_pandas_does(tmp_path: Path) -> None:
    path = write(tmp_path, "t.csv", "n,c\n1,b\n2,a\n3,B\n4,b\n")
    found, notes = read(f"X=@{path}:c,n", one_hot=True)
    assert found["X"] == [[0, 0, 1, 1], [0, 1, 0, 2], [1, 0, 0, 3], [0, 0, 1, 4]]
    assert notes[0].endswith("column 'c' is one-hot: B, a, b")
    assert read(f"y=@{path}:c", one_hot=True)[0]["y"] == [[0, 0, 1], [0, 1, 0], [1, 0, 0], [0, 0, 1]]


def test_drop_takes_a_gap_in_a_text_column_for_a_gap(tmp_path: Path) -> None:
    path = write(tmp_path, "t.csv", "n,c\n1,b\n2,NA\n3,a\n")
    assert read(f"X=@{path}", "drop", one_hot=True)[0]["X"] == [[1, 0, 1], [3, 1, 0]]


@pytest.mark.parametrize(
    ("text", "names", "cleaning", "cause", "hint"),
    [
        ("a,b\n1,2\n3\n", "", {}, "line 3 has 1 cells, the first row has 2", "same number"),
        ("a,b\n1,2\n3,4,5\n", "", {}, "line 3 has 3 cells, the first row has 2", "quotes"),
        ("a,b\n1,x\n3,y\n", "", {}, "column 'b' holds text, such as 'x' in row 1 (line 2)", "--one-hot"),
        ("a,b\n1,2\n3,x\n", "", {}, "'x' in row 2 (line 3), column 'b', is no number", "mend the cell"),
        ("a,b\n1,2\n3,x\n", "", {"one_hot": True}, "'x' in row 2 (line 3), column 'b', is no number", "mend"),
        ("1,2\n3,x\n", "", {}, "'x' in row 2 (line 2), column 2", "mend the cell"),
        ("a;b\n1;2\n", "", {}, "column 'a;b' holds text", "comma separates"),
        ("a\n1_000\n", "", {}, "'1_000'", "other columns"),
        ("a\ninf\n", "", {}, "column 'a', is inf", "finite"),
        ("a\n1\n-Infinity\n", "", {"missing": "mean"}, "row 2 (line 3), column 'a', is -inf", "finite"),
        ("Price,Age\n1,2\n", ":price", {}, "no column 'price'", "did you mean Price ? all: Price, Age"),
        ("Price,Age\n1,2\n", ":Age,zzz", {}, "no column 'zzz'", "there are Price, Age"),
        ("1,2\n", ":a", {}, "no header", "X[:, 0]"),
        ("a,a\n1,2\n", ":a", {}, "2 columns 'a'", "different names"),
        ("a,b\n", "", {}, "a header and no rows", "data"),
        ("\n\n", "", {}, "has no rows", "data"),
        ('a\n"1\n', "", {}, "is no table", "quotes"),
        ("a,b\n,1\n,2\n", "", {"missing": "mean"}, "column 'a' has no values at all", "other columns"),
        ("a,b\n,1\n2,\n", "", {"missing": "drop"}, "none is left", "--missing mean"),
    ],
)  # fmt: skip
def test_refuses(tmp_path: Path, text: str, names: str, cleaning: dict, cause: str, hint: str) -> None:
    error = refused(f"X=@{write(tmp_path, 't.csv', text)}{names}", **cleaning)
    assert cause in error.message
    assert hint in error.hint
    assert error.status == 2


@pytest.mark.parametrize("content", ["a\xe9\n1\n".encode("latin-1"), "a\n1\n".encode("utf-16")])
def test_refuses_other_encodings(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "t.csv"
    path.write_bytes(content)
    assert "is not UTF-8 text" in refused(f"X=@{path}").message


def test_too_many_cells_and_categories_are_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = write(tmp_path, "t.csv", "a\n" + "".join(f"n{k}\n" for k in range(20)))
    assert len(read(f"X=@{path}", one_hot=True)[0]["X"]) == 20
    monkeypatch.setattr("gradcli.values.value.MOST_ELEMENTS", 399)
    assert "has 400 elements" in refused(f"X=@{path}", one_hot=True).message
    monkeypatch.setattr("gradcli.values.table.MOST_ELEMENTS", 20)
    assert "more than the 20 cells" in refused(f"X=@{path}", one_hot=True).message


def test_a_large_table_is_what_the_csv_module_reads(tmp_path: Path) -> None:
    rows = [[k * 0.1, -k, k / 7] for k in range(1000)]
    path = tmp_path / "t.csv"
    with path.open("w", newline="", encoding="utf-8") as file:
        csv.writer(file).writerows(rows)
    assert read(f"X=@{path}")[0]["X"] == rows
