"""The layout engines: limits, errors and the cache of compiled code."""

import shutil
from pathlib import Path

import pytest

from gradcli.errors import LayoutError, OutOfTimeError
from gradcli.render import engines
from gradcli.render.drawing import draw
from tests.render.pictures import chain, random_graph, square


@pytest.fixture
def cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    return tmp_path / "gradcli"


def test_compiled_code_is_kept_privately(cache: Path) -> None:
    draw(square(), engine="wasm")
    (kept,) = cache.iterdir()
    assert cache.stat().st_mode & 0o777 == 0o700
    written = kept.stat().st_mtime_ns
    draw(square(), engine="wasm")
    assert kept.stat().st_mtime_ns == written


def test_code_of_another_build_is_replaced(cache: Path) -> None:
    draw(square(), engine="wasm")
    (kept,) = cache.iterdir()
    kept.write_bytes(b"something else")
    draw(square(), engine="wasm")
    assert kept.stat().st_size > 100_000


def test_a_folder_that_others_can_write_is_not_trusted(cache: Path) -> None:
    cache.mkdir(mode=0o777)
    cache.chmod(0o777)
    draw(square(), engine="wasm")
    assert list(cache.iterdir()) == []


def test_no_cache_is_no_error(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "file").touch()
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "file"))
    draw(square(), engine="wasm")


@pytest.mark.parametrize(
    "engine",
    [
        "wasm",
        pytest.param("dot", marks=pytest.mark.skipif(shutil.which("dot") is None, reason="Graphviz is not installed")),
    ],
)
def test_time_limit(engine: engines.Engine) -> None:
    draw(square(), engine=engine)  # compiled before the clock runs
    with pytest.raises(OutOfTimeError, match="longer than"):
        draw(random_graph(400, 1), engine=engine, timeout=0.001)


def test_a_failed_render_leaves_nothing_behind() -> None:
    with pytest.raises(LayoutError):
        engines.run("digraph {", 10, "wasm")
    assert engines.run("digraph { a }", 10, "wasm")["objects"][0]["name"] == "a"


def test_a_deep_graph_is_drawn() -> None:
    assert len(list(draw(chain(500), engine="wasm", timeout=120).groups("card"))) == 500


def test_wasm_serves_where_no_dot_is_installed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", "")
    assert engines.available_engine() == "wasm"
    assert draw(square()).width > 0
