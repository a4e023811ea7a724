"""A graph as a tree from its outputs down to its inputs, a line a node, with columns for its numbers.

A node stands there once: later mentions point at it. What would be indented too far starts a tree of its own further
below. Of a large graph the nodes nearest to the outputs are shown, and each line that is cut says how many are not.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, field

from gradcli.errors import cell_width
from gradcli.graph import CONSTANT
from gradcli.problem import Nested
from gradcli.render.cards import badge, edge, has_both_signs, largest_adjoint, number_text, short, short_text, typeset
from gradcli.render.inspection import Inspection, Link
from gradcli.render.numbers import counted
from gradcli.render.picture import pretty_name, signed_log_tint
from gradcli.render.summary import summarize
from gradcli.render.terminal.canvas import Run, clipped, printed
from gradcli.render.terminal.layered import tint_style
from gradcli.shapes import format_shape

MOST_NODES = 100
"""Of a larger graph only so many are shown."""
STEP = 3
"""Columns by which a level is indented."""
DEEPEST = 0.25
"""How much of the width indentation may take."""
COLUMN_GAP = 2
NARROWEST = 30
"""Columns that the tree itself keeps, whatever columns of numbers there could be."""


@dataclass
class Branch:
    """A line of the tree: the strokes before it, the local partial on its branch, its text; `node` if it is shown."""

    strokes: str
    partial: str
    text: str
    node: int | None = None
    style: str = "name"


@dataclass
class Tree:
    """The lines, and which nodes they show; `omitted` is how many of the graph's they do not."""

    lines: list[list[Run]] = field(default_factory=list)
    shown: int = 0
    omitted: int = 0
    dropped: list[str] = field(default_factory=list)


def tree_of(
    inspection: Inspection, room: int, plain: bool, show: Collection[str], chosen: Collection[int] | None = None
) -> Tree:
    """The tree within so many columns, of the chosen nodes or of those nearest to the outputs."""
    kept = nearest(inspection) if chosen is None else set(chosen)
    grown = Grower(inspection, kept, max(1, int(DEEPEST * room) // STEP), plain, show)
    branches = grown.branches()
    tree = Tree(shown=len(kept), omitted=len(inspection.rows) - len(kept))
    lay_out(tree, inspection, branches, room, plain, show)
    return tree


def nearest(inspection: Inspection) -> set[int]:
    """The nodes fewest edges away from an output, as many as are shown; all of a graph that has no more."""
    rows = inspection.rows
    if len(rows) <= MOST_NODES:
        return set(rows)
    graph = inspection.graph
    found = list(dict.fromkeys(inspection.outputs))[:MOST_NODES]
    seen = set(found)
    for node in found:  # the list grows while it is walked: breadth first
        for argument in graph.arguments[node]:
            if len(found) < MOST_NODES and argument not in seen and graph.operations[argument] is not CONSTANT:
                seen.add(argument)
                found.append(argument)
    return seen


class Grower:
    """Walks the graph depth first and writes down the branches."""

    def __init__(
        self, inspection: Inspection, kept: Collection[int], deepest: int, plain: bool, show: Collection[str]
    ) -> None:
        self.inspection, self.kept, self.deepest, self.plain, self.show = inspection, kept, deepest, plain, show
        self.drawn: set[int] = set()
        self.lost: set[int] = set()
        self.later: list[int] = []

    def branches(self) -> list[Branch]:
        """All lines: a tree for each output that no other uses, then those that were put off, then unused inputs."""
        rows = [node for node in self.inspection.rows if node in self.kept]
        used = {link.argument for node in rows for link in self.inspection.links(node)}
        outputs = [node for node in dict.fromkeys(self.inspection.outputs) if node in self.kept]
        roots = [node for node in outputs if node not in used]
        found: list[Branch] = []
        self.later = [*roots, *(node for node in rows if node not in used and node not in roots)]
        for root in self.later:  # the list grows while it is walked
            if root not in self.drawn:
                found += self.below(root)
        return found

    def below(self, root: int) -> list[Branch]:
        """A tree of its own."""
        found: list[Branch] = []
        waiting: list[tuple[int | str, str, str, str]] = [(root, "", "", "")]
        while waiting:
            item, before, turn, partial = waiting.pop()
            strokes = before + turn
            if isinstance(item, str):
                found.append(Branch(strokes, "", item, style="muted"))
                continue
            name = self.name(item)
            depth = len(strokes) // STEP
            if item in self.drawn:
                found.append(Branch(strokes, partial, self.pointer("↑", name, "above"), style="muted"))
                continue
            if depth > self.deepest and self.inspection.links(item):
                self.later.append(item)
                found.append(Branch(strokes, partial, self.pointer("↓", name, "below"), style="muted"))
                continue
            self.drawn.add(item)
            found.append(Branch(strokes, partial, self.title(item), item))
            inner = before + ("" if not turn else "   " if turn.startswith("└") else "│  ")
            children = self.children(item)
            for index in range(len(children) - 1, -1, -1):
                child, label = children[index]
                waiting.append((child, inner, "└─ " if index == len(children) - 1 else "├─ ", label))
        return found

    def name(self, node: int) -> str:
        """A node's name on screen."""
        return pretty_name(self.inspection.names[node], self.inspection.plain_names)

    def pointer(self, arrow: str, name: str, where: str) -> str:
        """A mention of a node that stands elsewhere; in ASCII without the arrow, which would read as a name."""
        return f"{name} ({where})" if self.plain else f"{arrow} {name} ({where})"

    def children(self, node: int) -> list[tuple[int | str, str]]:
        """The arguments with the local partials, or in words how many there are."""
        links = self.inspection.links(node)
        shown: list[tuple[int | str, str]] = [
            (link.argument, self.partial(link)) for link in links if link.argument in self.kept
        ]
        cut = list(dict.fromkeys(link.argument for link in links if link.argument not in self.kept))
        return [*shown, (self.cut_text(cut), "")] if cut else shown

    def partial(self, link: Link) -> str:
        """What stands on a branch."""
        if link.detached:
            return "cut: 0"
        return edge(self.inspection, link, "").label if "partial" in self.show else ""

    def cut_text(self, arguments: Sequence[int]) -> str:
        """How many nodes a line leaves out that no line above has left out yet."""
        fresh = [node for node in arguments if node not in self.lost]
        self.lost |= set(fresh)
        found = list(fresh)
        for node in found:
            for link in self.inspection.links(node):
                if link.argument not in self.kept and link.argument not in self.lost:
                    self.lost.add(link.argument)
                    found.append(link.argument)
        names = ", ".join(map(self.name, arguments[:3]))
        names += ", …" if len(arguments) > 3 else ""
        more = f"{counted(len(found), 'node')} not shown" if found else "not shown either"
        return f"… {names}: {more}"

    def title(self, node: int) -> str:
        """Names, operation, shape and what is wrong."""
        inspection = self.inspection
        names = [*inspection.aliases.get(node, ()), inspection.names[node]]
        operation, shape = inspection.operation(node), inspection.shape(node)
        text = typeset(" = ".join([*names, operation] if operation else names), inspection.plain_names)
        return f"{text}  {format_shape(shape)}" if shape else text


def lay_out(
    tree: Tree, inspection: Inspection, branches: Sequence[Branch], room: int, plain: bool, show: Collection[str]
) -> None:
    """The lines with their columns of numbers side by side; columns for which there is no room are named."""
    heads = [head_runs(branch, plain) for branch in branches]
    # What has no node has no numbers either, and may take their room.
    numbered = [head for head, branch in zip(heads, branches, strict=True) if branch.node is not None]
    wanted = max(sum(cell_width(text) for text, _ in head) for head in numbered or heads)
    columns = []
    left = room - max(NARROWEST, min(wanted, 3 * room // 5))
    for title, cells in number_columns(inspection, [branch.node for branch in branches], plain, show):
        width = max(cell_width(text) for text, _ in [(title, ""), *cells])
        if left < width + COLUMN_GAP:
            tree.dropped.append(title)
            continue
        left -= width + COLUMN_GAP
        columns.append((title, width, cells))
    width = min(wanted, room - sum(width + COLUMN_GAP for _, width, _ in columns))
    if any(title for title, _, _ in columns):
        tree.lines.append([(" " * width, ""), *((" " * COLUMN_GAP + padded(t, w), "muted") for t, w, _ in columns)])
    for index, head in enumerate(heads):
        if branches[index].node is None:
            line = fitted(head, room, plain)
            line.pop()
            tree.lines.append(line)
            continue
        line = fitted(head, width, plain)
        for _, size, cells in columns:
            text, style = cells[index]
            line.append((" " * COLUMN_GAP + padded(text, size), style))
        while line and not line[-1][0].strip():
            line.pop()
        line[-1] = line[-1][0].rstrip(), line[-1][1]
        tree.lines.append(line)


def head_runs(branch: Branch, plain: bool) -> list[Run]:
    """The tree's part of a line."""
    strokes = branch.strokes
    if plain:
        strokes = strokes.replace("├─ ", "|- ").replace("└─ ", "'- ").replace("│", "|")
    partial = [(f"[{printed(branch.partial, plain)}] ", "partial")] if branch.partial else []
    return [(strokes, "line"), *partial, (printed(branch.text, plain), branch.style)]


def fitted(head: Sequence[Run], width: int, plain: bool) -> list[Run]:
    """Runs in just so many cells."""
    found: list[Run] = []
    left = width
    for text, style in head:
        text = clipped(text, left, plain)
        found.append((text, style))
        left -= cell_width(text)
    return [*found, (" " * left, "")]


def padded(text: str, width: int) -> str:
    """A text at the right end of so many cells."""
    return " " * (width - cell_width(text)) + text


def number_columns(
    inspection: Inspection, nodes: Sequence[int | None], plain: bool, show: Collection[str]
) -> list[tuple[str, list[Run]]]:
    """Title and cells of each column: what is wrong, value, adjoints, tangents."""
    shown = [node for node in nodes if node is not None]
    columns: list[tuple[str, list[Run]]] = []
    words = [word_run(inspection, node, plain) for node in shown]
    if any(text for text, _ in words):
        columns.append(("", words))
    if inspection.tape is not None and "value" in show:
        columns.append(("value", [(printed(value_text(inspection, node), plain), "") for node in shown]))
    if "adjoint" in show:
        largest = largest_adjoint(inspection, shown)
        for output in inspection.adjoints:
            cells = [adjoint_run(inspection.adjoints_of(node)[output], largest, plain) for node in shown]
            columns.append(
                (printed(f"∂{typeset(inspection.weighted(output), inspection.plain_names)}/∂ ←", plain), cells)
            )
    if "tangent" in show:
        for place, along in enumerate(inspection.columns):
            texts = [number_text(inspection.tangents_of(node)[place]) for node in shown]
            title = printed(f"∂/∂{typeset(along.label, inspection.plain_names)} →", plain)
            columns.append((title, [(printed(text, plain), "") for text in texts]))
    return [(title, with_blanks(cells, nodes)) for title, cells in columns]


def with_blanks(cells: Sequence[Run], nodes: Sequence[int | None]) -> list[Run]:
    """The cells of the lines that show a node, and blanks in the others."""
    following = iter(cells)
    return [("", "") if node is None else next(following) for node in nodes]


def word_run(inspection: Inspection, node: int, plain: bool) -> Run:
    """Whether a node is an input or an output, or else what is wrong with it."""
    alarm = inspection.alarms[node]
    if alarm:
        return printed(f"{alarm}!", plain), "alarm"
    return badge(inspection, node), "muted"


def value_text(inspection: Inspection, node: int) -> str:
    """The value where it is short, else its range."""
    whole = short_text(inspection.value(node))
    if whole:
        return whole
    found = inspection.summary(node)
    return f"{short(found.low)} … {short(found.high)}"


def adjoint_run(adjoint: Nested, largest: float, plain: bool) -> Run:
    """An adjoint, in the colour of its sign."""
    tint = signed_log_tint(summarize(adjoint).peak, largest)
    return printed(number_text(adjoint), plain), tint_style(tint, has_both_signs(adjoint))
