"""What the inspector's script knows: nodes, edges and their numbers, and how the pictures are tied to them.

Everything refers to nodes by their place in the trace, so that the numbers are plain lists: the state that the script
computes anew when an input is changed.
"""

from __future__ import annotations

import math
import re
from bisect import bisect_left
from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any

from gradcli.errors import visible
from gradcli.methods.base import flatten
from gradcli.primitives.declare import Primitive
from gradcli.problem import Nested
from gradcli.render.cards import NORM, NORM_OF_FINITE, number_text, typeset
from gradcli.render.inspection import MOST_OUTPUTS, Inspection, Link, output_note
from gradcli.render.listing import enclosed
from gradcli.render.picture import DECADES, FAINTEST, LEAST_TINT, OF_NAN, STRONGEST, Card, Edge
from gradcli.render.steps import contribution_text, forward_step, is_scalar, reverse_step, users_of
from gradcli.render.summary import WHOLE, array_text, nested_shape, weights_text
from gradcli.render.trace_table import captions
from gradcli.render.truths import SHORT, derivative_truths, is_gradient, signed, truths_at
from gradcli.render.view import View
from gradcli.shapes import format_shape, size

MOST_NODES = 4000
"""Of a larger graph the page knows only the nodes that its pictures show, outputs and inputs."""
MOST_INPUTS = 500
MOST_TERMS = 12
"""So many terms of a sum are written in a step; of more it is said how many."""
ARRAYS = {"short": SHORT, "full": WHOLE, "norm": NORM, "normOfFinite": NORM_OF_FINITE}
"""How long a text of a whole array may be, and what its norm is called."""
TINTS = {"decades": DECADES, "least": LEAST_TINT, "faintest": FAINTEST, "strongest": STRONGEST, "ofNaN": OF_NAN}
MOST_FINDABLE = 50_000
MOST_ELEMENTS, FEW_NODES = 64, 200
"""Arrays of at most so many elements are there in full, in a graph of at most so many nodes; above ranges suffice."""
MOST_IN_STEP = 24
"""The same of the arrays in the arithmetic of a step."""
SLOTS = "".join(chr(0xA000 + k) for k in range(64))
"""Letters that stand for the arguments while an operation is written, so that it can be written with numbers too."""
NAN = re.compile(r"\bnan\b")
SLOT = re.compile(f"([{SLOTS[0]}-{SLOTS[-1]}])")


def page_data(inspection: Inspection, judged: Inspection, views: Sequence[View]) -> dict[str, Any]:
    """All of it, with the verdicts on `judged`."""
    data = PageData(inspection, views).all()
    note = output_note(judged, inspection)
    return data | {
        "notes": [*data["notes"], *([screen(note, inspection)] if note else [])],
        "verdicts": verdicts(judged),
    }


class PageData:
    """Nodes and edges of a page, numbered."""

    def __init__(self, inspection: Inspection, views: Sequence[View]) -> None:
        self.inspection = inspection
        self.views = views
        self.levels = inspection.graph.levels(inspection.nodes)
        # Arguments before their users, an output too that others use.
        self.nodes = sorted(known_nodes(inspection, views), key=lambda node: self.levels[node])
        self.place = {node: place for place, node in enumerate(self.nodes)}
        self.links = [link for node in self.nodes for link in inspection.links(node) if link.argument in self.place]
        self.link_place = {(link.node, link.position): place for place, link in enumerate(self.links)}
        self.users = users_of(inspection)
        self.rows: dict[tuple[tuple[str, Any], ...], int] = {}
        self.whole = MOST_ELEMENTS if len(self.nodes) <= FEW_NODES else 0

    def all(self) -> dict[str, Any]:
        """The object that the script reads."""
        inspection = self.inspection
        return {
            "point": inspection.tape is not None,
            "scalar": all(not inspection.shape(node) for node in self.nodes),
            "omitted": len(inspection.rows) - len(self.nodes),
            "elsewhere": self.elsewhere(),
            "notes": [self.screen(line) for line in captions(inspection)],
            "mostTerms": MOST_TERMS,
            "arrays": ARRAYS | {"whole": self.whole},
            "tints": TINTS,
            "columns": [self.screen(column.label) for column in inspection.columns],
            "outputs": [self.output(output) for output in inspection.adjoints],
            "tops": [self.place[output] for output in inspection.adjoints or inspection.outputs],
            "nodes": [self.node(node) for node in self.nodes],
            "links": [self.link(link) for link in self.links],
            "state": self.state(),
            "views": [self.view(view) for view in self.views],
            "rows": [dict(row) for row in self.rows],
        }

    def elsewhere(self) -> list[list[str]]:
        """Name as typed and operation of nodes that only a search can find: the page knows nothing else of them."""
        unknown = [node for node in self.inspection.rows if node not in self.place][:MOST_FINDABLE]
        return [[visible(self.inspection.names[node]), self.called(node)] for node in unknown]

    def called(self, node: int) -> str:
        """The operation's name, `matmul` for `@`; nothing for an input."""
        operation = self.inspection.graph.operations[node]
        return operation.name if isinstance(operation, Primitive) else ""

    def state(self) -> dict[str, Any]:
        """The numbers: values by node, tangents by column and node, adjoints by output and node, partials by link."""
        inspection = self.inspection
        if inspection.tape is None:
            return {"values": [], "tangents": [], "adjoints": [], "partials": []}

        def by_node(nested: Sequence[Sequence[Nested]]) -> list[list[Any]]:
            columns = zip(*nested, strict=True)
            return [[number(n, self.whole) for n in column] for column in columns]

        return {
            "values": [number(inspection.value(node), self.whole) for node in self.nodes],
            "tangents": by_node([inspection.tangents_of(node) for node in self.nodes]),
            "adjoints": by_node([list(inspection.adjoints_of(node).values()) for node in self.nodes]),
            "partials": [number(inspection.partial(link), self.whole) for link in self.links],
        }

    def output(self, output: int) -> dict[str, Any]:
        """A node whose adjoints were swept, and what its sweep starts from."""
        weights = self.inspection.weights.get(output)
        shape = self.inspection.shape(output)
        start = "1" if weights is None else visible(weights_text(weights, shape))
        name = self.screen(self.inspection.names[output])
        found = {
            "node": self.place[output],
            "name": self.screen(self.inspection.weighted(output)),
            "start": start,
            "swept": f"the gradient of {name}" if weights is None else f"the cotangent times the Jacobian of {name}",
        }
        if not is_gradient(self.inspection, output):
            found["refuted"] = self.true_derivatives(output)
        return found if shape else found | {"weight": 1.0 if weights is None else weights}

    def true_derivatives(self, output: int) -> list[str]:
        """What is known to be true of an output's derivatives, where the adjoints of the inputs are something else."""
        inputs = self.inspection.graph.inputs.values()
        truths = [truth for node in inputs for truth in derivative_truths(self.inspection, output, node)]
        return [f"{self.screen(truth.label)} = {visible(signed(truth.full))}" for truth in truths if truth.full]

    def node(self, node: int) -> dict[str, Any]:
        """A node's texts. What can be counted from the links is left to the script."""
        inspection = self.inspection
        found: dict[str, Any] = {
            "id": node,
            "name": self.screen(inspection.names[node]),
            "operation": self.template(node),
            "arguments": [self.place.get(argument, -1) for argument in self.slots(node)],
        }
        unseen = [link for link in inspection.links(node) if link.argument not in self.place]
        unseen += [link for link in self.users.get(node, []) if link.node not in self.place]
        name = inspection.names[node]
        optional: dict[str, Any] = {
            "below": self.screen(enclosed(name)) if enclosed(name) != name else "",
            "aliases": [self.screen(alias) for alias in inspection.aliases.get(node, ())],
            "shape": format_shape(inspection.shape(node)) if inspection.shape(node) else "",
            "role": "output" if node in inspection.outputs else "input" if inspection.is_input(node) else "",
            "alarm": visible(inspection.alarms[node]),
            "convention": visible(inspection.convention(node)) if inspection.tape else "",
            "called": self.called(node),
            "unseen": len(unseen),
            "still": [place for place, tangents in enumerate(inspection.tangents) if tangents[node] is None],
            "truths": [
                [self.screen(truth.label), visible(signed(truth.full))] for truth in truths_at(inspection, node)
            ],
            "free": [place for place, adjoints in enumerate(inspection.adjoints.values()) if adjoints[node] is None],
        }
        if inspection.tape is not None and not self.plain(node):
            users = self.users.get(node, [])
            near = {node, *(link.argument for link in inspection.links(node)), *(link.node for link in users)}
            full = all(size(inspection.shape(other)) <= MOST_IN_STEP for other in near) and len(self.nodes) <= FEW_NODES
            optional["forward"] = [
                self.screen(forward_step(inspection, node, column, full, most=MOST_TERMS))
                for column in range(len(inspection.columns))
            ]
            optional["reverse"] = [
                self.screen(reverse_step(inspection, node, output, users, full, most=MOST_TERMS))
                for output in inspection.adjoints
            ]
        return found | {key: value for key, value in optional.items() if value}

    def plain(self, node: int) -> bool:
        """Whether all that meets at a node is scalar and known, so that the script can spell its steps out."""
        links = [*self.inspection.links(node), *self.users.get(node, [])]
        return not self.inspection.shape(node) and all(
            is_scalar(self.inspection, link) and {link.node, link.argument} <= self.place.keys() for link in links
        )

    def slots(self, node: int) -> list[int]:
        """The arguments that an operation's text names: each once."""
        links = self.inspection.links(node)
        found = list(dict.fromkeys(link.argument for link in links))
        return found if len(found) <= len(SLOTS) else []

    def template(self, node: int) -> list[str | int]:
        """An operation's text in pieces; a number stands for the argument of that place."""
        inspection = self.inspection
        if inspection.is_input(node):
            return []
        slots = self.slots(node)
        if any(argument not in self.place for argument in slots) or not slots:
            return [self.screen(inspection.operation(node))]
        held = dict(zip(slots, SLOTS, strict=False))
        printer = type(inspection.printer)(inspection.graph, {**inspection.names, **held}, compact=True)
        if node in held:
            return [self.screen(inspection.operation(node))]
        pieces = SLOT.split(typeset(printer.write(node, depth=1), inspection.plain_names))
        return [SLOTS.index(piece) if SLOT.fullmatch(piece) else visible(piece) for piece in pieces if piece]

    def link(self, link: Link) -> dict[str, Any]:
        """An edge's ends and its local partial as a formula."""
        inspection = self.inspection
        formula = inspection.formula(link)
        found: dict[str, Any] = {
            "source": self.place[link.argument],
            "target": self.place[link.node],
            "position": link.position,
            "formula": self.screen(formula.text),
        }
        if formula.differential:
            found["map"] = True
        if link.detached:
            found["detached"] = True
        if inspection.tape is not None and not is_scalar(inspection, link):
            found["contributions"] = [
                "" if link.detached or adjoints[link.node] is None else self.contribution(link, output)
                for output, adjoints in inspection.adjoints.items()
            ]
        return found

    def contribution(self, link: Link, output: int) -> str:
        """What an edge between arrays adds to an adjoint."""
        return self.screen(contribution_text(self.inspection, link, output, full=False))

    def view(self, view: View) -> dict[str, Any]:
        """A picture's cards and edges in their order: what each is."""
        names = {other.name: number for number, other in enumerate(self.views)}
        opened = (card for other in self.views for card in other.picture.cards if card.group == view.name)
        cards = {card.id: number for number, card in enumerate(view.picture.cards)}
        return {
            "name": visible(next((card.title for card in opened), view.name)),
            "parent": names.get(view.parent, 0),
            "cards": [self.card(card, names) for card in view.picture.cards],
            "edges": [self.edge(edge, cards) for edge in view.picture.edges],
        }

    def card(self, card: Card, names: Mapping[str, int]) -> dict[str, Any]:
        """A card's node, or the group that it opens."""
        node = node_of(card.id)
        found: dict[str, Any] = {"node": -1 if node is None else self.place.get(node, -1)}
        if any(row.part for row in card.rows):
            found["rows"] = self.rows_of(card)
        if found["node"] < 0:
            found |= {"title": visible(card.title), "description": visible(card.description)}
        if card.outside:
            found["outside"] = True
        if card.group:
            found["opens"] = names.get(card.group, -1)
        if card.group and card.group not in names and not card.outside:
            found["members"] = [self.place[member] for member in card.members if member in self.place]
            if card.members and not found["members"]:
                found["near"] = self.near(card.members[0])
        if found["node"] >= 0 and card.id != str(node):
            found["again"] = True
        return found

    def near(self, node: int) -> int:
        """The place in the trace where a node would stand that it does not have."""
        at = bisect_left(self.nodes, self.levels[node], key=self.levels.__getitem__)
        return min(at, len(self.nodes) - 1)

    def rows_of(self, card: Card) -> list[int]:
        """What each row of a card shows, by its place in `rows`: the part, `which` of them, what of an array, of which
        other node."""
        found = []
        before: Counter[tuple[str, int | None]] = Counter()
        for row in card.rows:
            written: dict[str, Any] = {"part": row.part, "which": before[row.part, row.node], "ofArray": row.of_array}
            before[row.part, row.node] += 1
            written = {key: value for key, value in written.items() if value}
            if row.node is not None:
                written["node"] = self.place.get(row.node, -1)
            found.append(self.rows.setdefault(tuple(written.items()), len(self.rows)))
        return found

    def edge(self, edge: Edge, cards: Mapping[str, int]) -> list[int]:
        """The cards at both ends, the link (-1 for none of its own), whether there is a label."""
        target = node_of(edge.target)
        link = -1
        if edge.position is not None and target is not None:
            link = self.link_place.get((target, edge.position), -1)
        return [cards[edge.source], cards[edge.target], link, int(bool(edge.label.strip()))]

    def screen(self, text: str) -> str:
        """An expression as it is shown."""
        return screen(text, self.inspection)


def known_nodes(inspection: Inspection, views: Sequence[View]) -> list[int]:
    """The rows of the trace; of a large graph only those that have a card, outputs and inputs."""
    if len(inspection.rows) <= MOST_NODES:
        return list(inspection.rows)
    drawn = {node_of(card.id) for view in views for card in view.picture.cards}
    drawn |= {*inspection.outputs, *list(inspection.graph.inputs.values())[:MOST_INPUTS]}
    return [node for node in inspection.rows if node in drawn]


def node_of(card: str) -> int | None:
    """The node that a card shows, by the card's id: `7`, or `7@12` where it is shown again."""
    head = card.partition("@")[0]
    return int(head) if head.isascii() and head.isdigit() else None


def verdicts(judged: Inspection) -> list[dict[str, str]]:
    """Word and reason of each verdict; the output's name where there are several."""
    if judged.tape is None:
        return []
    if len(judged.verdicts) > MOST_OUTPUTS:
        return counted_verdicts(judged)
    ground = f"{judged.tape.carrier.dtype}, {judged.tape.carrier.device}"
    return [
        {
            "output": screen(judged.names[output], judged) if len(judged.verdicts) > 1 else "",
            "word": verdict.word,
            "reason": f"{visible(verdict.sentence)} ({ground})",
        }
        for output, verdict in judged.verdicts.items()
    ]


def counted_verdicts(judged: Inspection) -> list[dict[str, str]]:
    """Of many outputs how many have each verdict, with the first of them."""
    found: dict[str, list[int]] = {}
    for output, verdict in judged.verdicts.items():
        found.setdefault(verdict.word, []).append(output)
    return [
        {
            "output": "",
            "word": word,
            "reason": f"{len(of)} of {len(judged.verdicts)} outputs, such as {screen(judged.names[of[0]], judged)}: "
            + visible(judged.verdicts[of[0]].sentence),
        }
        for word, of in found.items()
    ]


def screen(text: str, inspection: Inspection) -> str:
    """An expression as it is shown; what is no number has one spelling."""
    return visible(NAN.sub("NaN", typeset(text, inspection.plain_names)))


def number(value: Nested, whole: int = 0) -> Any:
    """A number as itself, those that are not finite as text; an array as its text in short and in full, with every
    element where there are no more than `whole`."""
    if value is None:
        return None
    if isinstance(value, (list, tuple)):
        full = array_text(value, nested_shape(value), full=len(flatten(value)) <= whole)
        return {"short": number_text(value), "full": full.replace("-", "−").replace("nan", "NaN")}
    if isinstance(value, float) and not math.isfinite(value):
        return "nan" if value != value else "inf" if value > 0 else "-inf"
    return value
