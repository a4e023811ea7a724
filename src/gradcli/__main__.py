"""Entry point. Everything is imported inside, so that `--version` costs nothing."""

from __future__ import annotations

import os
import sys
from contextlib import suppress

ESCAPED = "backslashreplace"


def main() -> None:
    """Run the command line and leave with its status.

    The cyclic collector is off: a one-shot process only pays for it. The streams are flushed and the process ends at
    once, without tearing down libraries that have nothing left to do.
    """
    import gc

    gc.disable()
    prepare_streams()
    status = 0
    try:
        status = version() if sys.argv[1:] == ["--version"] else command()
        sys.stdout.flush()
    except OSError as error:
        from gradcli.cli.app import output_lost

        status = output_lost(error) or status
    with suppress(OSError):
        sys.stderr.flush()
    os._exit(status)


def prepare_streams() -> None:
    """A stream that the caller closed reads and writes nothing; characters that an encoding lacks are escaped."""
    for name, mode, errors in (("stdin", "r", "replace"), ("stdout", "w", ESCAPED), ("stderr", "w", ESCAPED)):
        stream = getattr(sys, name)
        if stream is None:
            setattr(sys, name, open(os.devnull, mode, encoding="utf-8"))  # noqa: SIM115 - for as long as the process lives
        else:
            stream.reconfigure(errors=errors)


def version() -> int:
    """Print the version; nothing needs to be parsed for that."""
    from gradcli.version import __version__

    print(f"gradcli {__version__}")
    return 0


def command() -> int:
    """Run the command that was typed."""
    from gradcli.cli.app import run

    return run(sys.argv[1:])


if __name__ == "__main__":
    main()
