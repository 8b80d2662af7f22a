"""Answers: what does each `./ky` command do, once the virtual environment is there?"""

import sys
from collections.abc import Callable

from app.local import locking, quality, run
from app.local.chromium import environment_for_tests
from app.local.frontend import ensure_bundles
from app.local.terminal import SetupError


def setup(arguments: list[str]) -> int:
    """Fetch and build what the other commands need, and nothing more."""
    ensure_bundles()
    if "--test" in arguments:
        environment_for_tests()
    return 0


COMMANDS: dict[str, Callable[[list[str]], int]] = {
    "run": run.run,
    "demo": run.demo,
    "test": quality.test,
    "check": quality.check,
    "bench": quality.bench,
    "lock": locking.lock,
    "setup": setup,
}


def main(arguments: list[str]) -> int:
    """Run one command and return its exit code."""
    try:
        return COMMANDS[arguments[0]](arguments[1:])
    except SetupError as error:
        print(error, file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        print("\nAfbrudt.", file=sys.stderr)
        return 130


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
