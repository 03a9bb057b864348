"""Assertions in the expected answers tell as much as those in the tests."""

import pytest

pytest.register_assert_rewrite("tests.grafana.answers")
