"""docs/notebook.ipynb runs in a kernel and shows what it is stored with; `--overwrite` stores its outputs anew."""

import re
from pathlib import Path
from typing import Any

import pytest

NOTEBOOK = Path(__file__).parent.parent / "docs" / "notebook.ipynb"
NEEDED = "the notebook is run by nbclient and ipykernel, of the extra `dev`"
SECONDS_ALLOWED = 60
TIME = re.compile(r"\b\d[\d.e-]* m?s\b")


def shown(notebook: Any) -> list[list[dict[str, str]]]:
    """The outputs of each cell as text by kind. Times vary; so does a drawing with the engine that lays it out."""
    return [[texts(output) for output in cell.outputs] for cell in notebook.cells if cell.cell_type == "code"]


def texts(output: Any) -> dict[str, str]:
    found = {"stream": output.text} if "text" in output else dict(output.get("data", {}))
    if "image/svg+xml" in found:
        found["image/svg+xml"] = " ".join(sorted(re.findall(r">([^<]+)</text>", found["image/svg+xml"])))
    return {kind: re.sub(r" +", " ", TIME.sub("<time>", text)) for kind, text in found.items()}


def test_the_notebook_runs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, overwrite: bool) -> None:
    nbformat = pytest.importorskip("nbformat", reason=NEEDED)
    nbclient = pytest.importorskip("nbclient", reason=NEEDED)
    pytest.importorskip("ipykernel", reason=NEEDED)
    for folder in ("IPYTHONDIR", "JUPYTER_RUNTIME_DIR", "JUPYTER_CONFIG_DIR"):
        monkeypatch.setenv(folder, str(tmp_path / folder))
    stored = nbformat.read(NOTEBOOK, as_version=4)
    fresh = nbformat.read(NOTEBOOK, as_version=4)
    client = nbclient.NotebookClient(
        fresh,
        timeout=SECONDS_ALLOWED,
        startup_timeout=SECONDS_ALLOWED,
        record_timing=False,
        resources={"metadata": {"path": str(tmp_path)}},
    )
    client.execute()  # raises for a cell that fails
    if overwrite:
        fresh.metadata.pop("language_info", None)
        nbformat.write(fresh, NOTEBOOK)
        stored = fresh
    assert shown(fresh) == shown(stored)
    kinds = [set(output) for cell in shown(fresh) for output in cell]
    assert {"text/html", "text/plain"} in kinds
    assert {"image/svg+xml", "text/plain"} in kinds
