"""The examples in the docstrings of the domain are true."""

import doctest
import importlib
import pkgutil

import pytest

import processes.domain

MODULES = [
    found.name for found in pkgutil.walk_packages(processes.domain.__path__, "processes.domain.")
]


@pytest.mark.parametrize("name", MODULES)
def test_the_examples_in_the_docstrings_hold(name: str) -> None:
    result = doctest.testmod(importlib.import_module(name), optionflags=doctest.ELLIPSIS)

    assert result.failed == 0


def test_some_module_has_examples() -> None:
    finder = doctest.DocTestFinder()
    examples = [
        example
        for name in MODULES
        for found in finder.find(importlib.import_module(name))
        for example in found.examples
    ]

    assert len(examples) >= 10
