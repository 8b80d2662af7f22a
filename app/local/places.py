"""Answers: where on this machine does the local installation keep its things?"""

import os
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
CACHE = ROOT / ".cache"  # can be deleted at any time
VAR = Path(os.environ.get("KY_VAR", ROOT / "var"))  # what ./ky run remembers
