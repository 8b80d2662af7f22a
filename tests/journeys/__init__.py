"""Whole journeys; what the helpers assert is told in full, as in the tests themselves."""

import pytest

pytest.register_assert_rewrite("tests.journeys.letters", "tests.journeys.screens")
