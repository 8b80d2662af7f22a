"""The pictures of the documentation are those the command takes, in the sizes it says."""

import re
import struct
from pathlib import Path

import pytest

from app.local import pictures
from app.local.places import ROOT


def size_of(file: Path) -> tuple[int, int]:
    """Return a PNG's width and height, which stand in its first chunk."""
    head = file.read_bytes()[:24]
    assert head.startswith(b"\x89PNG\r\n\x1a\n")
    width, height = struct.unpack(">II", head[16:24])
    return width, height


def test_every_picture_there_is_was_taken_by_the_command() -> None:
    kept = {file.stem: size_of(file) for file in pictures.FOLDER.glob("*.png")}

    assert kept == {each.name: each.size for each in pictures.PICTURES}


def test_the_readme_shows_every_picture_and_no_other() -> None:
    shown = re.findall(r"\(docs/pictures/(\w+)\.png\)", (ROOT / "README.md").read_text())

    assert sorted(shown) == sorted(each.name for each in pictures.PICTURES)


@pytest.mark.xdist_group("browser")
def test_a_picture_is_taken_of_a_page_at_the_desk_and_of_one_on_a_phone(tmp_path: Path) -> None:
    wanted = [each for each in pictures.PICTURES if each.name in {"calculation", "citizen"}]

    pictures.take(wanted, tmp_path)

    for each in wanted:
        assert size_of(tmp_path / f"{each.name}.png") == each.size
