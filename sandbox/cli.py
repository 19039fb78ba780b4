"""The `sandbox` command: one verb a module under `sandbox/commands`."""

from __future__ import annotations

import sys
import tempfile
import traceback

import click

from sandbox import __version__
from sandbox.commands.clean import clean
from sandbox.commands.doctor import doctor
from sandbox.commands.down import down
from sandbox.commands.engine import engine
from sandbox.commands.iam import iam
from sandbox.commands.images import images
from sandbox.commands.logs import logs
from sandbox.commands.restart import restart, start, stop
from sandbox.commands.send import send
from sandbox.commands.status import status
from sandbox.commands.terraform import terraform
from sandbox.commands.trace import trace
from sandbox.commands.up import up
from sandbox.errors import ExitCode, SandboxError
from sandbox.isolation import ignore_user_settings
from sandbox.terminal import Terminal


@click.group(context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
@click.version_option(__version__, prog_name="sandbox")
def cli() -> None:
    r"""The CALI log pipeline on this machine, from the definitions that run it on AWS.

    \b
    Exit codes: 0 done, 1 it failed, 2 wrong usage, 3 a prerequisite is missing.
    All state is under .sandbox/ (CALI_HOME moves it); CALI_INSTANCE names a second sandbox.
    """


for command in (
    *(up, status, send, trace, logs, start, stop, restart, down, clean, doctor),
    *(terraform, engine, images, iam),
):
    cli.add_command(command)


def _keep_lines(command: click.Command) -> None:
    """Examples keep their lines: click wants a control character for it, which no docstring should hold."""
    command.help = command.help and command.help.replace("\\b\n", "\b\n")
    for nested in command.commands.values() if isinstance(command, click.Group) else ():
        _keep_lines(nested)


_keep_lines(cli)


def main() -> None:
    """Run the command line; every expected failure is one line and an exit code."""
    ignore_user_settings()
    try:
        code = cli.main(standalone_mode=False)
    except SandboxError as error:
        Terminal(to_stderr=True).error(error)
        sys.exit(error.exit_code)
    except click.UsageError as error:
        error.show()
        sys.exit(ExitCode.USAGE)
    except click.ClickException as error:
        error.show()
        sys.exit(ExitCode.FAILED)
    except (click.Abort, KeyboardInterrupt):
        Terminal(to_stderr=True).say("interrupted")
        sys.exit(130)
    except Exception as error:  # noqa: BLE001 - the last resort: one line for the user, the rest for who mends it
        # Of a new name and its owner's alone: it may tell of settings.
        with tempfile.NamedTemporaryFile("w", prefix="cali-error-", suffix=".log", delete=False) as file:
            file.write(traceback.format_exc())
        hint = f"see {file.name}"
        Terminal(to_stderr=True).error(SandboxError(f"unexpected {type(error).__name__}: {error}", hint=hint))
        sys.exit(ExitCode.FAILED)
    sys.exit(code if isinstance(code, int) else 0)
