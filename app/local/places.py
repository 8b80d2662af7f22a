"""Answers: where on this machine does the local installation keep its things?"""

from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
CACHE = ROOT / ".cache"  # can be deleted at any time
VAR = ROOT / "var"  # what ./ky run remembers
