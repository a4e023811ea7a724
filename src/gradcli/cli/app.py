"""The Typer application: finds the commands, runs one, and turns every failure into one message and a status."""

from __future__ import annotations

import os
import re
import sys
from contextlib import suppress
from importlib import import_module
from pkgutil import iter_modules

import typer

from gradcli.cli import commands
from gradcli.errors import ExitStatus, Failure, FileError, UsageError, unforeseen
from gradcli.version import __version__

ORDER = (
    "grad",
    "jacobian",
    "hessian",
    "jvp",
    "vjp",
    "hvp",
    "trace",
    "graph",
    "plot",
    "compare",
    "check",
    "why",
    "cost",
    "ops",
)
NEGATIVE = re.compile(r"-(?!-[a-zA-Z][\w-]*(=|$))(?![a-zA-Z]+(=|$))(?=.*[\W\d])", re.DOTALL)
"""An argument that begins with a minus sign and is no option but an expression."""


def run(arguments: list[str]) -> int:
    """Run the command line; the exit status of interface.md. Never a traceback, unless `--debug` asks for it."""
    debug = "--debug" in arguments
    as_json = "--json" in arguments
    try:
        app = application(arguments)
        status = int(app(args=expression_last(arguments, app), prog_name="gradcli", standalone_mode=False) or 0)
        # Typer turns Ctrl-C into this status, in some releases into an exception.
        return interrupted() if status == ExitStatus.INTERRUPTED else status
    except Failure as error:
        if debug:
            raise
        return report(error, as_json)
    except (KeyboardInterrupt, typer.Abort):
        return interrupted()
    except Exception as error:
        if isinstance(error, OSError) and error.filename is None:
            return output_lost(error)
        if debug:
            raise
        return unexpected(error, as_json)


def expression_last(arguments: list[str], app: typer.Typer) -> list[str]:
    """The arguments with all expressions behind `--`, if one of them begins with a minus sign and is no option."""
    if "--" in arguments or not any(map(NEGATIVE.match, arguments[1:])):
        return arguments
    valued = options_with_value(app, arguments[0])
    short = tuple(option for option in valued if not option.startswith("--"))
    options, expressions = arguments[:1], []
    is_value = negative = False
    for argument in arguments[1:]:
        is_negative = bool(NEGATIVE.match(argument)) and not argument.startswith(short)
        if is_value or (argument.startswith("-") and argument != "-" and not is_negative):
            options.append(argument)
            is_value = not is_value and argument in valued
        else:
            negative = negative or is_negative
            expressions.append(argument)
    return [*options, "--", *expressions] if negative else arguments


def options_with_value(app: typer.Typer, command: str) -> frozenset[str]:
    """The spellings of a command's options that take a value."""
    found = getattr(typer.main.get_command(app), "commands", {}).get(command)
    options = [p for p in found.params if p.param_type_name == "option" and not p.is_flag] if found is not None else []
    return frozenset(spelling for option in options for spelling in option.opts)


def interrupted() -> int:
    """Say that Ctrl-C was heard."""
    say("interrupted")
    return ExitStatus.INTERRUPTED


def say(text: object) -> None:
    """A line on standard error, if that takes any."""
    with suppress(OSError):
        print(text, file=sys.stderr, flush=True)


def output_lost(error: OSError) -> int:
    """Standard output takes no more. That its reader has left (`| head`) is no failure; a full disk is."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), 1)
    if isinstance(error, BrokenPipeError):
        return ExitStatus.ANSWERED
    return report(FileError(f"cannot write the output: {(error.strerror or str(error)).lower()}"), as_json=False)


def report(error: Failure, as_json: bool) -> int:
    """Print an error where it belongs: JSON on standard output, else text on standard error."""
    if as_json:
        from gradcli.render.json import dumps, error_object

        print(dumps(error_object(error)))
    else:
        say(error)
    return error.status


def unexpected(error: Exception, as_json: bool) -> int:
    """A usage error found by the option parser, or a bug of ours."""
    if isinstance(error, typer.Exit):
        return error.exit_code
    # Typer brings its own copy of click from 0.26 on; the base of its errors is known by its name.
    names = {base.__name__ for base in type(error).__mro__}
    if "NoArgsIsHelpError" in names:
        print(getattr(error, "message", ""))
        return ExitStatus.BAD_REQUEST
    if "ClickException" in names:
        context = getattr(error, "ctx", None)
        hint = f"see {context.command_path} --help" if context else "see gradcli --help"
        if "NoSuchOption" in names and not getattr(error, "option_name", "--").startswith("--"):
            hint += "; an expression that begins with a minus sign goes last, after --"
        message = str(getattr(error, "format_message", lambda: error)()).rstrip(".")
        return report(UsageError(message[:1].lower() + message[1:], hint=hint), as_json)
    return report(unforeseen(error), as_json)


def application(arguments: list[str]) -> typer.Typer:
    """The commands of the package `gradcli.cli.commands`, each a module with `register(app)`.

    When the first argument names a command, only that one is loaded; help and misspellings need them all.
    """
    app = typer.Typer(
        name="gradcli",
        help="Gradients with proof, and a picture that explains them.",
        no_args_is_help=True,
        pretty_exceptions_enable=False,
        context_settings={"help_option_names": ["-h", "--help"]},
    )

    @app.callback(invoke_without_command=True)
    def root(
        version: bool = typer.Option(False, "--version", help="Show the version and exit.", is_eager=True),
    ) -> None:
        if version:
            print(f"gradcli {__version__}")
            raise typer.Exit

    names = [module.name for module in iter_modules(commands.__path__)]
    if arguments and arguments[0] in names:
        names = [arguments[0]]
    for name in sorted(names, key=lambda n: (ORDER.index(n) if n in ORDER else len(ORDER), n)):
        import_module(f"gradcli.cli.commands.{name}").register(app)
    return app
