"""Answers: what does each `./ky` command do, once the virtual environment is there?

A command's module is loaded when it is asked for: `./ky check` must work while the system does not.
"""

import importlib
import sys

from app.local.terminal import SetupError

COMMANDS = {
    "run": ("app.local.run", "run"),
    "demo": ("app.local.run", "demo"),
    "month": ("app.local.month", "run"),
    "test": ("app.local.quality", "test"),
    "check": ("app.local.quality", "check"),
    "bench": ("app.local.quality", "bench"),
    "calculate": ("app.local.calculating", "calculate"),
    "regulate": ("app.local.regulating", "regulate"),
    "replay": ("app.local.replaying", "replay"),
    "bpmn": ("app.local.models", "bpmn"),
    "dmn": ("app.local.models", "dmn"),
    "pictures": ("app.local.pictures", "run"),
    "lock": ("app.local.locking", "lock"),
    "setup": ("app.local.quality", "setup"),
}


def main(arguments: list[str]) -> int:
    """Run one command and return its exit code."""
    module, function = COMMANDS[arguments[0]]
    try:
        return int(getattr(importlib.import_module(module), function)(arguments[1:]))
    except SetupError as error:
        print(error, file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        print("\nAfbrudt.", file=sys.stderr)
        return 130


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
