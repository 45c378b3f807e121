"""The file of a trained task: its weights and its vocabulary."""

import json
from pathlib import Path
from typing import Any

import numpy as np


def load_weights(path: Path) -> tuple[dict[str, np.ndarray], dict[str, int]]:
    """Return float32 weights by name and the id of each token, as `save_weights` wrote them."""
    with np.load(path, allow_pickle=False) as file:
        names = [name for name in file.files if name != "vocabulary"]
        weights = {name: file[name].astype(np.float32) for name in names}
        tokens = json.loads(file["vocabulary"].tobytes())
    return weights, {token: index for index, token in enumerate(tokens)}


def save_weights(weights: dict[str, np.ndarray], vocabulary: dict[str, int], path: Path) -> None:
    """Write weights and the tokens in order, byte for byte the same each time.

    Stored as float16: half the bytes, and no score that `unrolled train` prints moves by it.
    """
    tokens = json.dumps(list(vocabulary), ensure_ascii=False).encode()
    arrays: dict[str, Any] = {name: weights[name].astype(np.float16) for name in sorted(weights)}
    np.savez(path, vocabulary=np.frombuffer(tokens, np.uint8), **arrays)
