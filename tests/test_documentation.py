"""Every console and Python session of the documentation does what it shows, and every link leads somewhere."""

import doctest
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.console import PageRun, matches, run_page

ROOT = Path(__file__).parent.parent
PAGES = [ROOT / "README.md", *sorted((ROOT / "docs").rglob("*.md"))]
SESSION = re.compile(r"^```pycon\n(.*?)^```$", re.DOTALL | re.MULTILINE)
FENCE = re.compile(r"^ *(```|~~~).*?^ *\1", re.DOTALL | re.MULTILINE)
LINK = re.compile(r"!?\[[^\]]*\]\(<?([^)\s>]+)>?(?:\s+\"[^\"]*\")?\)|<(?:img|a)\b[^>]*?\b(?:src|href)=\"([^\"]+)\"")

each_page = pytest.mark.parametrize("page", PAGES, ids=lambda page: page.relative_to(ROOT).as_posix())


def anchors(page: Path) -> set[str]:
    """The anchors that GitHub gives the headings of a page."""
    headings = re.findall(r"^#+ +(.+?) *#*$", FENCE.sub("", page.read_text(encoding="utf-8")), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings}


def dead_links(page: Path) -> Iterator[str]:
    """The links of a page to a file, folder or heading of this tree that does not exist."""
    for groups in LINK.findall(FENCE.sub("", page.read_text(encoding="utf-8"))):
        link = groups[0] or groups[1]
        if re.match(r"[a-z]+:", link):
            continue
        path, _, anchor = link.partition("#")
        target = page.parent / path if path else page
        if not target.exists() or (anchor and target.suffix == ".md" and anchor not in anchors(target)):
            yield link


@each_page
def test_console_blocks_do_what_they_show(page: Path, tmp_path: Path, overwrite: bool) -> None:
    done = run_page(page.read_text(encoding="utf-8"), tmp_path)
    assert not done.wrong, "\n\n".join(done.wrong)
    if overwrite and done.outdated:
        page.write_text(done.text, encoding="utf-8")
    else:
        assert not done.outdated, "\n\n".join(done.outdated) + "\n\n`pytest --overwrite` writes the page's output anew"


def run_sessions(page: str) -> str:
    """What is not as the Python sessions of a page show it. They share their names."""
    text = "\n\n".join(SESSION.findall(page))
    wrong: list[str] = []
    test = doctest.DocTestParser().get_doctest(text, {}, "page", None, 0)
    doctest.DocTestRunner(verbose=False).run(test, out=wrong.append)
    return "".join(wrong)


@each_page
def test_python_sessions_do_what_they_show(page: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    assert run_sessions(page.read_text(encoding="utf-8")) == ""


def test_sessions_are_run() -> None:
    page = "A\n```pycon\n>>> x = 2\n```\n>>> y\n```pycon\n>>> x + 1\n{}\n```\n"
    assert run_sessions(page.format(3)) == ""
    assert "Expected:\n    4" in run_sessions(page.format(4))


@each_page
def test_links_lead_somewhere(page: Path) -> None:
    assert list(dead_links(page)) == []


PAGE = """\
# A page

```console
$ echo one > file; echo oops >&2
oops

$ cat file; \\
  exit 3  # exit 3
one
```

1. In a list:

   ```console
   $ cat file; printf 'a\\n\\nb\\n'
   one
   ...
   b
   ```
"""


def test_runner_accepts_a_true_page(tmp_path: Path) -> None:
    assert run_page(PAGE, tmp_path) == PageRun(PAGE, [], [])


def test_runner_writes_true_output(tmp_path: Path) -> None:
    done = run_page(PAGE.replace("   one\n", "   two\n").replace("oops\n\n", "\n"), tmp_path)
    assert (len(done.outdated), done.wrong) == (2, [])
    assert done.text.replace("   one\n   a\n\n   b\n", "   one\n   ...\n   b\n") == PAGE


@pytest.mark.parametrize(
    ("block", "problem"),
    [
        ("gradcli ops", "no command"),
        ("", "no command"),
        ("$ exit 2", "exit status 2, not 0"),
        ("$ true  # exit 1", "exit status 0, not 1"),
        ("$ echo a\nb", "prints:\na\ninstead of:\nb"),
    ],
)
def test_runner_finds_the_problem(block: str, problem: str, tmp_path: Path) -> None:
    done = run_page(f"```console\n{block}\n```\n", tmp_path)
    assert [problem in line for line in done.wrong + done.outdated] == [True]


@pytest.mark.parametrize(
    ("expected", "output", "same"),
    [
        ("a\n", "a\n", True),
        ("a\n", "a\nb\n", False),
        ("a.c\n", "abc\n", False),
        ("...\n", "", True),
        ("a\n...\nd\n", "a\nb\nc\nd\n", True),
        ("a\n...\nd\n", "a\nb\n", False),
        ("forward <time>  2 sweeps\n", "forward   12.5 ms  2 sweeps\n", True),
        ("│ <time> │\n", "│ 3.1e-05 s │\n", True),
        ("took <time>\n", "took long\n", False),
    ],
)
def test_matching(expected: str, output: str, same: bool) -> None:
    assert matches(expected, output) is same


def test_dead_links_are_found(tmp_path: Path) -> None:
    page = tmp_path / "page.md"
    page.write_text(
        "# A `b` c\n[x](#a-b-c) [y](#no) [z](none.md) [w](https://a.b/c) ![p](page.md#a-b-c)\n```\n[q](q)\n```\n"
    )
    assert list(dead_links(page)) == ["#no", "none.md"]
