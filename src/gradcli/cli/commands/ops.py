"""`gradcli ops`: the primitives, from the registry."""

from __future__ import annotations

from typing import Annotated, Any

import typer

from gradcli.cli.options import Settings, with_settings
from gradcli.cli.runner import Report, present
from gradcli.errors import NameProblem, suggestion
from gradcli.primitives.constructors import CONSTRUCTORS, Constructor, constructors
from gradcli.primitives.declare import Primitive
from gradcli.primitives.registry import by_name, by_spelling, families, function_names
from gradcli.render.json import SCHEMA

Operation = Primitive | Constructor


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command("ops")(ops)


@with_settings
def ops(
    name: Annotated[str, typer.Argument(metavar="[NAME]", help="One operation: its rule, domain and kinks.")] = "",
    *,
    settings: Settings,
) -> int:
    """The operations that an expression can use."""
    chosen: tuple[Operation, ...] = find(name) if name else (*by_name().values(), *CONSTRUCTORS)
    operations = [data_of(operation) for operation in chosen]
    data = {"schema": SCHEMA, "command": "ops", "operations": operations}

    def show() -> None:
        if name:
            print("\n\n".join(page(operation) for operation in chosen))
        else:
            print_table(settings)

    return present(Report(data, show), settings)


def data_of(operation: Operation) -> dict[str, Any]:
    """The JSON of one operation."""
    from gradcli.render.primitives import constructor_data, primitive_data

    return constructor_data(operation) if isinstance(operation, Constructor) else primitive_data(operation)


def find(name: str) -> tuple[Operation, ...]:
    """The operations called or written so. Raises NameProblem with a suggestion."""
    if name in constructors():
        return (constructors()[name],)
    found = by_spelling().get(name) or tuple(
        p for p in by_name().values() if name in (p.name, p.notation.infix, p.notation.prefix)
    )
    if not found:
        hint = suggestion(name, [*function_names(), *by_name()], "gradcli ops lists them all")
        raise NameProblem(f"no operation is called '{name}'", hint=hint)
    return found


def page(operation: Operation) -> str:
    """One operation in full."""
    from gradcli.render.primitives import signature

    data = data_of(operation)
    calls = [signature(operation, s) for s in data["spellings"]] if isinstance(operation, Primitive) else []
    rows: list[tuple[str, Any]] = [
        ("also", ", ".join(call for call in calls if call != data["signature"])),
        *[("rule" if k == 0 else "", line) for k, line in enumerate(data["rule"])],
        ("domain", "; ".join(data["domain"])),
        ("at a kink", data["kink"]),
        ("JAX there", data["jax"]),
        ("family", data["family"]),
    ]
    head = f"{data['signature']}   {data['doc']}"
    return "\n".join([head, *(f"  {label:<11}{text}" for label, text in rows if text)])


def print_table(settings: Settings) -> None:
    """All primitives, family by family, and the constructors."""
    from gradcli.render.console import new_table, open_console
    from gradcli.render.primitives import calls, signature

    console = open_console(settings)
    for family, group in families().items():
        table = new_table(settings, title=family)
        for heading in ("operation", "called", "what it is", "domain"):
            table.add_column(heading)
        for primitive in group:
            domain = "; ".join(d.text for d in primitive.domain)
            table.add_row(signature(primitive), ", ".join(calls(primitive)), primitive.doc, domain)
        console.print(table)
    table = new_table(settings, title="constructors")
    for heading in ("operation", "what it is"):
        table.add_column(heading)
    for constructor in CONSTRUCTORS:
        table.add_row(", ".join(constructor.signatures), constructor.doc)
    console.print(table)
