"""Console blocks in Markdown: found, run in bash, compared with what the page shows, written anew on request.

    ```console
    $ gradcli grad "x^2" --at x=3
    value  9
    ...
    $ gradcli grad "x^" --at x=3  # exit 2
    ```

A line that begins with `$ ` is a command (one that ends in a backslash goes on in the next line); what follows is its
standard output and standard error, in the order written. A line `...` stands for any lines, `<time>` for a duration or
another number, and `# exit N` after a command for its exit status. Commands run one after another in one folder a page,
each in a bash of its own.
"""

import re
import subprocess
import textwrap
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from tests.process import plain_environment

BLOCK = re.compile(r"^(?P<indent> *)```console\n(?P<body>.*?)^(?P=indent)```$", re.DOTALL | re.MULTILINE)
EXIT = re.compile(r"# exit (\d+)$")
NUMBER = r"[-+\d.,eE]+(?: ?(?:ns|[µμu]s|ms|s|min|h))?"
SECONDS_ALLOWED = 120


@dataclass(frozen=True)
class Command:
    """A command of a page, and the output that the page shows for it."""

    text: str
    expected: str

    @property
    def status(self) -> int:
        annotation = EXIT.search(self.text)
        return int(annotation[1]) if annotation else 0

    def run(self, folder: Path) -> tuple[int, str]:
        """The exit status and the output, its lines without trailing blanks."""
        done = subprocess.run(
            ["bash", "-c", self.text],
            cwd=folder,
            env=plain_environment({"PYTHONUNBUFFERED": "1"}),  # keeps the two streams in the order written
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            timeout=SECONDS_ALLOWED,
            check=False,
            encoding="utf-8",
        )
        return done.returncode, "".join(f"{line.rstrip()}\n" for line in done.stdout.splitlines())


def commands_of(block: str) -> list[Command]:
    """The commands of a block's text; raises ValueError where there is none, or output before the first."""
    commands: list[Command] = []
    lines = iter(block.splitlines())
    for line in lines:
        if line.startswith("$ "):
            text = line[2:]
            while text.endswith("\\"):
                text += "\n" + next(lines)
            commands.append(Command(text, ""))
        elif commands:
            commands[-1] = Command(commands[-1].text, f"{commands[-1].expected}{line.rstrip()}\n")
        else:
            raise ValueError(f"the block begins with {line!r}, which is no command ('$ ...')")
    if not commands:
        raise ValueError("the block has no command ('$ ...')")
    return commands


def matches(expected: str, output: str) -> bool:
    """Whether the output is what the page shows, `...` and `<time>` standing for what varies."""
    return re.fullmatch("".join(_patterns(expected)), "".join(f"{line}\n" for line in output.splitlines())) is not None


def _patterns(expected: str) -> Iterator[str]:
    for line in expected.splitlines():
        if line.strip() == "...":
            yield r"(?:.*\n)*?"
        elif "<time>" in line:
            words = (re.escape(word).replace("<time>", NUMBER) for word in line.split())
            yield r"\s*" + r"\s+".join(words) + r"\n"
        else:
            yield re.escape(line) + r"\n"


@dataclass(frozen=True)
class PageRun:
    """A page with its output as it is now, and what is not as it shows."""

    text: str
    outdated: list[str]
    """Outputs that differ: `text` has them anew."""
    wrong: list[str]
    """Blocks without commands and exit statuses that differ: only an author can mend these."""


def run_page(page: str, folder: Path) -> PageRun:
    """Run a page's blocks. An output that matches stays as it stands, and so do blank lines between commands."""
    outdated: list[str] = []
    wrong: list[str] = []

    def run_block(found: re.Match[str]) -> str:
        indent = found["indent"]
        shown = []
        try:
            commands = commands_of("".join(line.removeprefix(indent) for line in found["body"].splitlines(True)))
        except ValueError as error:
            wrong.append(str(error))
            return found[0]
        for command in commands:
            status, output = command.run(folder)
            if status != command.status:
                wrong.append(f"$ {command.text}\nexit status {status}, not {command.status}:\n{output}")
            expected = command.expected.rstrip("\n")
            blank_lines = command.expected[len(expected) + 1 :] if expected else command.expected
            if not matches(expected, output.rstrip("\n")):
                outdated.append(f"$ {command.text}\nprints:\n{output}instead of:\n{expected}")
                expected = output.rstrip("\n")
            shown += [f"$ {command.text}\n", f"{expected}\n" if expected else "", blank_lines]
        return f"{indent}```console\n{textwrap.indent(''.join(shown), indent)}{indent}```"

    return PageRun(BLOCK.sub(run_block, page), outdated, wrong)
