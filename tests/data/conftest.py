# SPDX-License-Identifier: Apache-2.0
"""Tests on real data of ../shared/data; skipped where that folder is missing."""
import sys
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "functional"))

import kit  # noqa: E402


@pytest.fixture
def pakiti(tmp_path):
    return kit.Pakiti(tmp_path / "pakiti").init()


@pytest.fixture(autouse=True)
def data():
    if not kit.DATA.is_dir():
        pytest.skip("../shared/data is not there")
    return kit.DATA
