"""Answers: what does the image start when its command is one word?

`web`, `worker` and `simulator` are the programs that `./ky run` starts, bound to every interface
because a container has one of its own; `migrate` and `example` do their work and end.
"""

import os
import sys
from typing import NoReturn

from app.config import Settings
from app.local import demo, programs
from app.migrations.run import upgrade

ANY_INTERFACE = "0.0.0.0"  # noqa: S104 - the container's own network, published on purpose
WEB_PORT = 8000
WORDS = ("web", "worker", "simulator", "migrate", "example")
"""What a container can be."""


def main(arguments: list[str]) -> int:
    """Become the program that the first argument names."""
    match arguments:
        case ["web"]:
            become(programs.web_command(int(os.environ.get("KY_PORT", WEB_PORT)), ANY_INTERFACE))
        case ["worker"]:
            become(programs.WORKER_COMMAND)
        case ["simulator"]:
            become(["-m", "integrations.simulator", "--host", ANY_INTERFACE])
        case ["migrate"]:
            return migrate()
        case ["example"]:
            return example()
    print(f"Name one of: {', '.join(WORDS)}", file=sys.stderr)
    return 2


def migrate() -> int:
    """Bring the database that KY_OWNER_URL names to the newest form."""
    owner_url = os.environ.get("KY_OWNER_URL")
    if not owner_url:
        print("KY_OWNER_URL is missing: PostgreSQL as a member of ky_owner", file=sys.stderr)
        return 1
    upgrade(owner_url)
    return 0


def example() -> int:
    """Put in the made-up municipality, staff and rates, and take the shipped diagrams into use."""
    settings = Settings.from_environment(os.environ)
    if not settings.simulator:
        print("KY_SIMULATOR is not 1: made-up people need made-up registers", file=sys.stderr)
        return 1
    demo.load(settings)
    return 0


def become(command: list[str]) -> NoReturn:
    """Replace this process, so that the program gets the container's signals."""
    os.execv(sys.executable, [sys.executable, *command])  # noqa: S606 - no shell is wanted


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
