"""Runs the simulator: `python -m integrations.simulator --port 8099`."""

from integrations.simulator.server import main

main()
