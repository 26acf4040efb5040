"""Rows that all tests share."""

from __future__ import annotations

import random
from pathlib import Path
from typing import Any

import pytest


@pytest.fixture(scope="session")
def rows() -> dict[str, list[Any]]:
    """600 persons: one region has few in poor health."""
    draw = random.Random(7)
    n = 600
    region = [draw.choice(["North", "South", "East", "West"]) for _ in range(n)]
    state = ["poor" if draw.random() < (0.02 if r == "East" else 0.3) else "good" for r in region]
    return {
        "person": [f"p{i:04d}" for i in range(n)],
        "region": region,
        "state": state,
        "year": [draw.choice([2024, 2025]) for _ in range(n)],
        "amount": [draw.randint(1, 100) for _ in range(n)],
    }


@pytest.fixture(scope="session")
def repository() -> Path:
    """The folder of the repository."""
    return Path(__file__).resolve().parents[2]
