"""Arrays from files of NumPy, JSON, torch and safetensors: what is read, and that nothing is ever run."""

import errno
import json
import os
import pickle
import sys
import zipfile
from pathlib import Path

import numpy as np
import pytest
import torch
from safetensors.torch import save_file

from gradcli.values.files import LARGEST_FILE
from tests.values.reading import read, refused, write

MATRIX = [[0.5, 1.0, 2.0], [3.0, 4.0, 5.0]]


class Trap:
    """What leaves a file behind where it is unpickled."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def __reduce__(self) -> tuple:
        return os.mkdir, (str(self.path),)


@pytest.mark.parametrize(
    ("array", "expected"),
    [
        (np.array(MATRIX), MATRIX),
        (np.asfortranarray(MATRIX), MATRIX),
        (np.array(MATRIX, dtype=">f4"), MATRIX),
        (np.array([0.1], dtype=np.float32), [float(np.float32(0.1))]),
        (np.array([1, 2], dtype=np.float16), [1, 2]),
        (np.array([1, 2], dtype=np.longdouble), [1, 2]),
        (np.array([True, False]), [1, 0]),
        (np.array([2**53 + 1, -3]), [2**53 + 1, -3]),
        (np.array([2**64 - 1], dtype=np.uint64), [2**64 - 1]),
        (np.array(3.5), 3.5),
        (np.ones((2, 1, 2)), [[[1, 1]], [[1, 1]]]),
    ],
    ids=lambda value: str(getattr(value, "dtype", "")),
)
def test_npy(tmp_path: Path, array: np.ndarray, expected: object) -> None:
    np.save(tmp_path / "a.npy", array)
    found = read(f"X=@{tmp_path}/a.npy")[0]["X"]
    assert found == expected
    assert {type(number) for number in np.array(found, dtype=object).flat} <= {int, float}


@pytest.mark.parametrize("save", [np.savez, np.savez_compressed])
def test_npz(tmp_path: Path, save) -> None:
    save(tmp_path / "a.npz", x=np.array(MATRIX), y=np.arange(3))
    path = f"{tmp_path}/a.npz"
    assert read(f"X=@{path}:x,y=@{path}:y")[0] == {"X": MATRIX, "y": [0, 1, 2]}
    error = refused(f"X=@{path}")
    assert "several arrays: x, y" in error.message
    assert f"@{path}:x" in error.hint
    assert "there are x, y" in refused(f"X=@{path}:z").hint
    save(tmp_path / "one.npz", np.arange(3))
    assert read(f"X=@{tmp_path}/one.npz")[0]["X"] == [0, 1, 2]


@pytest.mark.parametrize(
    ("text", "name", "expected"),
    [
        ("[[1, 2.5], [3, 4]]", "", [[1, 2.5], [3, 4]]),
        ("7", "", 7),
        ('{"w": [1], "b": 2}', ":b", 2),
        ('{"w": [1]}', "", [1]),
    ],
)
def test_json(tmp_path: Path, text: str, name: str, expected: object) -> None:
    assert read(f"X=@{write(tmp_path, 'a.json', text)}{name}")[0]["X"] == expected


@pytest.mark.parametrize(
    ("content", "name", "expected"),
    [
        (torch.tensor(MATRIX), "", MATRIX),
        (torch.nn.Parameter(torch.ones(2)), "", [1, 1]),
        (torch.tensor([True, False]), "", [1, 0]),
        (torch.tensor([2**53 + 1]), "", [2**53 + 1]),
        (torch.tensor(MATRIX).T, "", [list(row) for row in zip(*MATRIX, strict=True)]),
        ({"w": torch.ones(2, dtype=torch.bfloat16), "b": torch.tensor(3.0), "epoch": 4}, ":w", [1, 1]),
        ({"w": torch.ones(2), "epoch": 4}, "", [1, 1]),
        (torch.nn.Linear(2, 1, bias=False).state_dict() | {"weight": torch.ones(1, 2)}, ":weight", [[1, 1]]),
    ],
)
def test_pt(tmp_path: Path, content: object, name: str, expected: object) -> None:
    for ending, zipped in (("pt", True), ("pth", False)):
        torch.save(content, tmp_path / f"a.{ending}", _use_new_zipfile_serialization=zipped)
        assert read(f"X=@{tmp_path}/a.{ending}{name}")[0]["X"] == expected


def test_safetensors(tmp_path: Path) -> None:
    path = tmp_path / "a.safetensors"
    save_file({"w": torch.tensor(MATRIX), "half": torch.ones(2, dtype=torch.bfloat16)}, path)
    assert read(f"X=@{path}:w,h=@{path}:half")[0] == {"X": MATRIX, "h": [1, 1]}
    assert "several arrays: half, w" in refused(f"X=@{path}").message
    assert "did you mean w ?" in refused(f"X=@{path}:W").hint


def test_a_missing_library_is_said(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "safetensors", None)
    error = refused(f"X=@{write(tmp_path, 'a.safetensors', 'x')}")
    assert error.status == 4
    assert "pip install safetensors" in error.hint


def test_no_file_is_ever_unpickled(tmp_path: Path) -> None:
    sprung = tmp_path / "sprung"
    trap = Trap(sprung)
    np.save(tmp_path / "a.npy", np.array([trap], dtype=object), allow_pickle=True)
    np.savez(tmp_path / "a.npz", x=np.array([trap], dtype=object))
    (tmp_path / "b.npy").write_bytes(pickle.dumps(trap))
    torch.save(trap, tmp_path / "a.pt")
    (tmp_path / "a.pth").write_bytes(pickle.dumps(trap))
    torch.save({"w": torch.ones(1), "trap": trap}, tmp_path / "c.pt")
    torch.save(torch.nn.Linear(2, 1), tmp_path / "module.pt")
    for name in ("a.npy", "a.npz", "b.npy", "a.pt", "a.pth", "c.pt:w", "module.pt"):
        error = refused(f"X=@{tmp_path}/{name}")
        assert "run code" in error.message, name
        assert error.status == 2
    assert not sprung.exists()
    pickle.loads(pickle.dumps(trap))  # noqa: S301 - the trap works
    assert sprung.exists()


def header(shape: str) -> bytes:
    """The beginning of an .npy file whose header promises a shape."""
    text = f"{{'descr': '<f8', 'fortran_order': False, 'shape': {shape}, }}".ljust(117) + "\n"
    return b"\x93NUMPY\x01\x00" + len(text).to_bytes(2, "little") + text.encode()


def files_to_refuse(folder: Path) -> None:
    """Files that are damaged, of another kind, or hold what is no point."""
    np.save(folder / "complex.npy", np.array([1j]))
    np.save(folder / "text.npy", np.array(["a"]))
    np.save(folder / "record.npy", np.zeros(2, dtype=[("é", "f8")]))
    np.save(folder / "date.npy", np.array(["2020-01-01"], dtype="datetime64[D]"))
    np.save(folder / "nan.npy", np.array([[1, np.nan], [np.inf, 2]]))
    np.save(folder / "none.npy", np.zeros((0, 3)))
    np.save(folder / "deep.npy", np.ones((1,) * 40))
    np.savez(folder / "a.npz", x=np.ones(2))
    (folder / "archive.npy").write_bytes((folder / "a.npz").read_bytes())
    (folder / "cut.npz").write_bytes((folder / "a.npz").read_bytes()[:150])
    (folder / "cut.npy").write_bytes(header("(1000,)") + bytes(64))
    (folder / "header.npy").write_bytes(header("(2,)")[:30])
    (folder / "bomb.npy").write_bytes(header("(1000000000, 9)") + bytes(64))
    with zipfile.ZipFile(folder / "bomb.npz", "w") as archive:
        archive.write(folder / "bomb.npy", "x.npy")
    torch.save(torch.ones(2, dtype=torch.complex64), folder / "complex.pt")
    torch.save(torch.eye(2).to_sparse(), folder / "sparse.pt")
    torch.save(torch.zeros(1).expand(10**9), folder / "wide.pt")
    torch.save([1, 2], folder / "list.pt")
    torch.save(torch.tensor([1, np.nan]), folder / "nan.pt")
    torch.save({"epoch": 3}, folder / "number.pt")
    (folder / "noise.pt").write_bytes(bytes(range(250)))
    (folder / "noise.safetensors").write_bytes(bytes(range(250)))
    texts = {
        "ragged": "[[1], [1, 2]]", "cut": "[1,", "nan": "[1, NaN]", "inf": "[[1, 1e400]]", "true": "[true]",
        "null": "[1, null]", "text": '["a"]', "deep": "[" * 40 + "1" + "]" * 40, "abyss": "[" * 100_000,
        "empty": "[]", "nothing": "{}", "long": "[1" + "0" * 400 + "]", "digits": "1" + "0" * 5000,
    }  # fmt: skip
    for name, text in texts.items():
        write(folder, f"{name}.json", text)
    (folder / "latin.json").write_bytes('{"é": 1}'.encode("latin-1"))
    for name in ("zero.npy", "zero.csv"):
        (folder / name).touch()
    (folder / "folder.csv").mkdir()
    os.mkfifo(folder / "pipe.csv")
    (folder / "device.npy").symlink_to("/dev/zero")
    (folder / "loop.npy").symlink_to("loop.npy")
    with (folder / "large.npy").open("wb") as file:
        file.truncate(LARGEST_FILE + 1)


@pytest.fixture(scope="module")
def refusals(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("refused")
    files_to_refuse(folder)
    return folder


@pytest.mark.parametrize(
    ("name", "cause"),
    [
        ("complex.npy", "holds complex128, not real"),
        ("text.npy", "holds <U1, not real"),
        ("record.npy", "not real"),
        ("date.npy", "not real"),
        ("nan.npy", "is nan at [0, 1], and 1 more are not finite"),
        ("none.npy", "no elements, its shape is (0, 3)"),
        ("deep.npy", "40 axes"),
        ("archive.npy", "an .npy file begins otherwise"),
        ("a.npz:x,y", "one name of an array follows ':', not 2"),
        ("cut.npz", "no .npz archive"),
        ("cut.npy", "is damaged"),
        ("header.npy", "is damaged"),
        ("bomb.npy", "has 9000000000 elements"),
        ("bomb.npz", "has 9000000000 elements"),
        ("complex.pt", "holds torch.complex64, not real"),
        ("sparse.pt", "is a torch.sparse_coo tensor"),
        ("wide.pt", "has 1000000000 elements"),
        ("list.pt", "holds a list"),
        ("nan.pt", "is nan at [1]"),
        ("number.pt", "holds no array"),
        ("noise.pt", "holds no tensors alone"),
        ("noise.safetensors", "no .safetensors file"),
        ("ragged.json", "ragged"),
        ("cut.json", "is no JSON"),
        ("nan.json", "is nan at [1]"),
        ("inf.json", "is inf at [0, 1]"),
        ("true.json", "holds True"),
        ("null.json", "holds None"),
        ("text.json", "holds 'a'"),
        ("deep.json", "more than 32 deep"),
        ("abyss.json", "nested too deep"),
        ("empty.json", "has no elements"),
        ("nothing.json", "holds no array"),
        ("long.json", "larger than any float64"),
        ("digits.json", "is no JSON"),
        ("latin.json", "not UTF-8"),
        ("zero.npy", "is empty"),
        ("zero.csv", "is empty"),
        ("folder.csv", "is a directory"),
        ("pipe.csv", "a pipe or a device"),
        ("device.npy", "a pipe or a device"),
        ("loop.npy", "too many levels"),
        ("large.npy", "1.07 GB, more than"),
        ("none.csv", "no such file"),
        ("", "is a directory"),
    ],
)
def test_refuses(refusals: Path, name: str, cause: str) -> None:
    error = refused(f"X=@{refusals}/{name}")
    assert cause in error.message
    assert len(str(error)) < 800
    assert error.status == 2


def test_a_misspelt_file_and_an_unknown_ending(tmp_path: Path) -> None:
    write(tmp_path, "house.csv", "1\n")
    assert f"did you mean @{tmp_path}/house.csv ?" in refused(f"X=@{tmp_path}/huose.csv").hint
    assert "looked for in" in refused(f"X=@{tmp_path}/other.csv").hint
    assert "no folder" in refused(f"X=@{tmp_path}/none/other.csv").hint
    assert ".npz" in refused(f"X=@{write(tmp_path, 'a.txt', '1')}").hint
    assert "null byte" in refused(f"X=@{tmp_path}/\0.csv").message


def test_an_unreadable_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    # Root may read everything, so that taking the right away would show nothing to it.
    def no_right(path: str, *_: object, **__: object) -> None:
        raise PermissionError(errno.EACCES, os.strerror(errno.EACCES), path)

    monkeypatch.setattr("gradcli.values.table.open", no_right, raising=False)
    assert "permission denied" in refused(f"X=@{write(tmp_path, 'a.csv', '1')}").message


def test_names_are_for_what_has_them(tmp_path: Path) -> None:
    np.save(tmp_path / "a.npy", np.ones(2))
    torch.save(torch.ones(2), tmp_path / "a.pt")
    write(tmp_path, "a.json", json.dumps([1]))
    for name in ("a.npy", "a.pt", "a.json"):
        assert f"write @{tmp_path}/{name}" in refused(f"X=@{tmp_path}/{name}:x").hint
