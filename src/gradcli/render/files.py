"""Files that are written whole or not at all."""

from __future__ import annotations

import os
import secrets
import stat
from contextlib import suppress

from gradcli.errors import FileError

ELSEWHERE = "name a file in a folder that you may write to"


def write_file(path: str, content: bytes) -> None:
    """Write beside the target, then rename. Links are followed; what is no regular file (a pipe, a device) and standard
    output are written into. Raises FileError."""
    if os.path.isdir(path):
        raise FileError(f"'{path}' is a directory", hint=f"name a file in it: {os.path.join(path, 'graph.svg')}")
    try:
        if is_stream(path):
            with open(os.open(path, os.O_WRONLY | os.O_APPEND), "wb") as stream:
                stream.write(content)
            return
        replace_file(os.path.realpath(path), content)
    except OSError as error:
        cause = f"cannot write '{path}': {(error.strerror or str(error)).lower()}"
        raise FileError(cause, hint=ELSEWHERE) from error


def check_folder(path: str, example: str) -> None:
    """Raise FileError for a file that could not be written; `example` is a name that it could have in a folder."""
    if os.path.isdir(path):
        raise FileError(f"'{path}' is a directory", hint=f"name a file in it: {os.path.join(path, example)}")
    if is_stream(path):
        return
    folder = os.path.dirname(os.path.realpath(path))
    if not os.path.isdir(folder):
        raise FileError(f"cannot write '{path}': there is no folder {os.path.dirname(path)}", hint=ELSEWHERE)
    if not os.access(folder, os.W_OK):
        raise FileError(f"cannot write '{path}': the folder is not writable", hint=ELSEWHERE)


def replace_file(target: str, content: bytes) -> None:
    """Put a file in the place of the target, with the permissions that the target has or a new file gets."""
    temporary = os.path.join(os.path.dirname(target), f".gradcli-{secrets.token_hex(8)}")
    try:
        with open(os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o666), "wb") as file:
            file.write(content)
        if os.path.exists(target):
            os.chmod(temporary, stat.S_IMODE(os.stat(target).st_mode) & 0o777)
        os.replace(temporary, target)
    except BaseException:
        with suppress(OSError):
            os.unlink(temporary)
        raise


def is_stream(path: str) -> bool:
    """Whether the path is something that is no regular file, or standard output whatever that is."""
    try:
        found = os.stat(path)
    except OSError:
        return False
    return not stat.S_ISREG(found.st_mode) or path == "/dev/stdout"


def ending(path: str) -> str:
    """The format that a file's name asks for; nothing where it says none."""
    return os.path.splitext(path)[1].removeprefix(".")
