"""Small damages to a reference are all noticed by its check, or are listed as changing nothing."""

import ast
import copy
import inspect

import numpy as np
import pytest

from unrolled import CheckFailed, cells, check, layers
from unrolled.exercises import start

WRAPPED = [
    "-({})",
    "({}) + 0.001",
    "({}) * 1.001",
    "0 * ({})",
    "np.abs({})",
    "np.sin({})",
    "np.flip({})",
    "np.sort({})",
    "np.round({}, 2)",
    "({})[::-1]",
]
OPERATORS = [ast.Add, ast.Sub, ast.Mult, ast.Div, ast.MatMult, ast.Pow, ast.Mod]
REFERENCES = {
    "affine": start.affine_reference,
    "rnn_step": cells.rnn_step,
    "rnn_layer": layers.rnn_layer,
}

# What survives, and why it may.
EQUIVALENT = {
    "affine": {"return b + x @ W": "a sum may be turned round"},
    "rnn_step": {
        "return np.tanh(h @ W_h + x @ W_x + b)": "a sum may be turned round",
        "return np.tanh(b + (x @ W_x + h @ W_h))": "a sum may be turned round",
    },
    "rnn_layer": {},
}


def replacements(node):
    """Every small damage of one expression, as other expressions."""
    text = ast.unparse(node)
    if not isinstance(node, ast.Constant | ast.List) and "append" not in text:
        yield from (ast.parse(wrap.format(text), mode="eval").body for wrap in WRAPPED)
    if isinstance(node, ast.BinOp):
        yield from (node.left, node.right)
        for operator in OPERATORS:
            if not isinstance(node.op, operator):
                yield ast.BinOp(node.left, operator(), node.right)
        yield ast.BinOp(node.right, node.op, node.left)
    if isinstance(node, ast.Name):
        for other in ("x", "h", "h0", "W_x", "W_h", "W", "b"):
            if other != node.id:
                yield ast.Name(other, ast.Load())
    if isinstance(node, ast.Constant) and isinstance(node.value, int):
        for value in (node.value - 2, node.value - 1, node.value + 1, node.value + 2):
            yield ast.Constant(value)


def mutants(function):
    """Every version of a function with one damaged expression."""
    tree = ast.parse(inspect.getsource(function))
    definition = tree.body[0]
    assert isinstance(definition, ast.FunctionDef)
    definition.body = definition.body[1:]  # the docstring
    definition.args.defaults = []
    definition.args.args = [a for a in definition.args.args if a.arg != "step"]
    count = len(list(ast.walk(tree)))
    for place in range(count):
        node = list(ast.walk(tree))[place]
        whole = isinstance(node, ast.expr) and not isinstance(getattr(node, "ctx", None), ast.Store)
        if not whole or ast.unparse(node) in ("np", "np.tanh", "np.stack", "np.moveaxis", "step"):
            continue
        for new in replacements(node):
            damaged = copy.deepcopy(tree)
            old = list(ast.walk(damaged))[place]
            for parent in ast.walk(damaged):
                for field, value in ast.iter_fields(parent):
                    if value is old:
                        setattr(parent, field, new)
                    elif isinstance(value, list) and any(each is old for each in value):
                        value[[each is old for each in value].index(True)] = new
            yield ast.unparse(ast.fix_missing_locations(damaged)).partition("\n")[2]


def runnable(name, parameters, body):
    names = {"np": np, "step": cells.rnn_step}
    exec(f"def {name}({', '.join(parameters)}):\n{body}", names)
    return names[name]


def is_noticed(name, answer):
    for seed in (None, ...):
        try:
            check(name, answer, seed=seed)
        except CheckFailed:
            continue
        return False
    return True


@pytest.mark.slow
@pytest.mark.filterwarnings("ignore::RuntimeWarning", "ignore::SyntaxWarning")
@pytest.mark.parametrize("name", REFERENCES)
def test_every_damage_to_a_reference_is_noticed(name):
    function = REFERENCES[name]
    parameters = [p for p in inspect.signature(function).parameters if p != "step"]
    bodies = sorted({body for body in mutants(function) if body})
    noticed = [body for body in bodies if is_noticed(name, runnable(name, parameters, body))]
    assert len(noticed) >= 50
    survived = {body.strip() for body in bodies if body not in noticed}
    assert survived == set(EQUIVALENT[name])
