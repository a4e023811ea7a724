"""What the tree looks like, as far as a machine can tell."""

import ast
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
PACKAGE = ROOT / "src" / "gradcli"
MODULES = sorted(PACKAGE.rglob("*.py"))
TOP_LEVEL = {"pyproject.toml", "constraints.txt", "src", "tests", "docs", "README.md", "CHANGELOG.md", "LICENSE"}
LONGEST_MODULE = 450
EVALUATORS = {"eval", "exec"} | {dot + name for name in ("literal_eval", "parse_expr", "sympify") for dot in ("", ".")}

each_module = pytest.mark.parametrize("path", MODULES, ids=lambda path: path.relative_to(PACKAGE).as_posix())


def tracked_files() -> list[str]:
    listing = subprocess.run(["git", "ls-files"], cwd=ROOT, capture_output=True, check=False, text=True)
    if listing.returncode:
        pytest.skip("this tree is not a git checkout, so nothing tells its files from a user's")
    return listing.stdout.splitlines()


def called_names(tree: ast.AST) -> Iterator[str]:
    """What is called: `eval` for `eval(x)`, `.sympify` for `sympy.sympify(x)`; a method may well be named eval."""
    for node in ast.walk(tree):
        match node:
            case ast.Call(func=ast.Name(id=name)):
                yield name
            case ast.Call(func=ast.Attribute(attr=name)):
                yield f".{name}"


def imported_packages(tree: ast.AST) -> Iterator[str]:
    for node in ast.walk(tree):
        match node:
            case ast.Import(names=names):
                yield from (alias.name.partition(".")[0] for alias in names)
            case ast.ImportFrom(module=str(name)):
                yield name.partition(".")[0]


def test_top_level_entries_are_the_agreed_ones() -> None:
    entries = {name.partition("/")[0] for name in tracked_files()}
    assert {name for name in entries if not name.startswith(".")} <= TOP_LEVEL


def test_names_no_place_of_one_machine() -> None:
    home_folders = re.compile(r"/(?:work|tmp|root|home|farm)/\w")
    texts = {name: (ROOT / name).read_text(encoding="utf-8", errors="ignore") for name in tracked_files()}
    assert [name for name, text in texts.items() if home_folders.search(text)] == []


@each_module
def test_module_is_short(path: Path) -> None:
    assert len(path.read_text(encoding="utf-8").splitlines()) <= LONGEST_MODULE


@each_module
def test_evaluates_no_text(path: Path) -> None:
    tree = ast.parse(path.read_text(encoding="utf-8"))
    assert EVALUATORS.isdisjoint(called_names(tree))


@each_module
def test_only_the_command_line_knows_typer(path: Path) -> None:
    if not path.is_relative_to(PACKAGE / "cli"):
        assert "typer" not in imported_packages(ast.parse(path.read_text(encoding="utf-8")))


@each_module
def test_is_finished(path: Path) -> None:
    assert not re.search(r"\b(?:TODO|FIXME|XXX|HACK)\b", path.read_text(encoding="utf-8"))


def test_imports_run_downward_only() -> None:
    linter = Path(sys.executable).with_name("lint-imports")
    done = subprocess.run([linter, "--no-cache"], cwd=ROOT, capture_output=True, check=False, text=True)
    assert done.returncode == 0, done.stdout + done.stderr


def test_the_search_for_calls_finds_them() -> None:
    assert set(called_names(ast.parse("eval('1'); sympy.sympify(x)"))) == {"eval", ".sympify"}
