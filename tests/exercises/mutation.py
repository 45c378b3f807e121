"""Makes small damages to a reference: another operator, sign, constant, index, axis or name."""

import ast
import copy
import difflib
import inspect
import textwrap
from collections.abc import Callable, Iterator

import numpy as np

from unrolled import cells, exercises, gradients, layers, sequences
from unrolled.exercises import start
from unrolled.outcome import attempt

MODULES = (cells, layers, gradients, sequences)
# What may be put around an expression, by what it holds when the reference runs.
WRAPPED = {
    "array": (
        "-({})", "({}) + 0.001", "({}) * 1.001", "0 * ({})", "np.abs({})", "np.round({}, 1)",
        "np.flip({})", "np.sort({})", "({})[::-1]",
    ),
    "zeros": ("({}) + 0.001",),
    "integers": ("-({})", "({}) + 1", "({}) - 1", "0 * ({})", "np.flip({})", "({})[::-1]"),
    "booleans": ("~({})", "np.flip({})", "({})[::-1]"),
    "number": ("-({})", "({}) + 1", "({}) - 1", "2 * ({})", "({}) / 2"),
    "list": ("({})[::-1]", "({})[1:]", "({})[:-1]"),
}  # fmt: skip
REORDERING = ("np.flip({})", "np.sort({})", "({})[::-1]")
# What does not depend on the values, or not on their order, of what it is asked of.
SHAPE_ALONE = ("shape", "ndim", "size", "dtype")
OF_SHAPE = ("len", "np.zeros_like", "np.full_like")
ANY_ORDER = ("min", "max", "sum", "mean", "any", "all")
OPERATORS = (ast.Add, ast.Sub, ast.Mult, ast.Div, ast.MatMult, ast.Pow, ast.Mod)
COMMUTATIVE = (ast.Add, ast.Mult)
COMPARISONS = (ast.Lt, ast.LtE, ast.Gt, ast.GtE, ast.Eq, ast.NotEq)
# One function in place of another that people take for it.
INSTEAD = {
    "np.tanh": ("np.sin", "sigmoid"),
    "sigmoid": ("np.tanh", "np.exp"),
    "np.exp": ("np.exp2", "np.log"),
    "np.log": ("np.log2", "np.exp"),
    "np.sum": ("np.mean", "np.max"),
    "np.sqrt": ("np.square", "np.abs"),
    "np.square": ("np.abs",),
    "np.argmax": ("np.argmin",),
    "np.zeros": ("np.ones",),
    "np.zeros_like": ("np.ones_like",),
    "reversed": ("list",),
    "softmax": ("np.exp", "sigmoid"),
    "int": ("float",),
    "len": ("np.size",),
}
METHODS = {"sum": ("mean", "max"), "mean": ("sum", "max"), "max": ("min", "sum"), "min": ("max",)}


def reference(name: str) -> Callable:
    """The function that an exercise's right answer is, also where facts of it are judged."""
    if name == "affine":
        return start.affine_reference
    return next(getattr(module, name) for module in MODULES if hasattr(module, name))


def definition(name: str) -> ast.FunctionDef:
    """A reference's definition without its docstring, with the exercise's parameters alone."""
    (function,) = ast.parse(textwrap.dedent(inspect.getsource(reference(name)))).body
    assert isinstance(function, ast.FunctionDef)
    function.name = name
    function.body = function.body[1:]
    if any(argument.arg == "step" for argument in function.args.args):  # rnn_layer's own extra
        function.args.args = [a for a in function.args.args if a.arg != "step"]
        function.args.defaults = []
    return function


def mutants(name: str) -> list[str]:
    """Every version of a reference with one damage, as source text."""
    whole = definition(name)
    names = sorted(
        {node.arg for node in ast.walk(whole) if isinstance(node, ast.arg)}
        | {n.id for n in ast.walk(whole) if isinstance(n, ast.Name) and is_stored(n)}
    )
    # The words of an error are free, and `strict` is about other arguments than a check's.
    words = {
        id(n) for each in ast.walk(whole) if isinstance(each, ast.Raise) for n in ast.walk(each)
    }
    words |= {
        id(n.value) for n in ast.walk(whole) if isinstance(n, ast.keyword) and n.arg == "strict"
    }
    asked = {id(n.value): n.attr for n in ast.walk(whole) if isinstance(n, ast.Attribute)}
    calls = [n for n in ast.walk(whole) if isinstance(n, ast.Call)]
    asked |= {id(n.args[0]): "size" for n in calls if ast.unparse(n.func) in OF_SHAPE}
    found = {}
    for place, node in enumerate(ast.walk(whole)):
        of = asked.get(id(node), "")
        if id(node) in words or of in SHAPE_ALONE:
            continue
        for new in damages(node, names, lambda place=place: kind_of(name, whole, place)):
            if not (of in ANY_ORDER and reorders(node, new)):
                found[source_with(whole, place, new)] = None
    found.pop(ast.unparse(whole), None)
    return list(found)


def reorders(node: ast.AST, new: ast.AST) -> bool:
    """Tell whether a damage only puts the same numbers in another order."""
    text = ast.unparse(node)
    return ast.unparse(new) in {ast.unparse(parsed(wrap.format(text))) for wrap in REORDERING}


def source_with(whole: ast.FunctionDef, place: int, new: ast.AST) -> str:
    """The source of a definition in which one node is another."""
    damaged = copy.deepcopy(whole)
    replace(damaged, list(ast.walk(damaged))[place], new)
    return ast.unparse(ast.fix_missing_locations(damaged))


def kind_of(name: str, whole: ast.FunctionDef, place: int) -> str:
    """What an expression of a reference holds when its check runs: a key of WRAPPED, or ""."""
    kinds = set()

    def seen(value):
        if isinstance(value, np.ndarray) and value.ndim:
            dtype = {"f": "array", "i": "integers", "b": "booleans"}.get(value.dtype.kind, "")
            zeros = dtype == "array" and not value.any()
            kinds.add("zeros" if zeros else dtype if value.size > 1 else "")
        elif isinstance(value, int | float | np.number) and not isinstance(value, bool):
            kinds.add("number")
        elif isinstance(value, list | tuple):
            kinds.add("list")
        return value

    node = list(ast.walk(whole))[place]
    assert isinstance(node, ast.expr)
    call = ast.Call(ast.Name("seen", ast.Load()), [copy.deepcopy(node)], [])
    watched = runnable(name, source_with(whole, place, call), seen=seen)
    exercise = exercises.get(name)
    for case in exercise.draw(None):
        attempt(exercise, watched, case)
    kinds -= {"", "zeros"} if "array" in kinds else {""}
    return kinds.pop() if len(kinds) == 1 else ""


def damage(name: str, source: str) -> str:
    """A mutant in short: the line that was, and what it became."""
    was, now = ast.unparse(definition(name)).splitlines(), source.splitlines()
    changed = [line.strip() for line in difflib.ndiff(was, now) if line[0] in "-+"]
    removed = [line[1:].strip() for line in changed if line[0] == "-"]
    added = [line[1:].strip() for line in changed if line[0] == "+"]
    return f"{' / '.join(removed)} → {' / '.join(added)}"


def is_stored(node: ast.Name) -> bool:
    return isinstance(node.ctx, ast.Store)


def replace(tree: ast.AST, old: ast.AST, new: ast.AST) -> None:
    for parent in ast.walk(tree):
        for field, value in ast.iter_fields(parent):
            if value is old:
                setattr(parent, field, new)
            elif isinstance(value, list) and any(each is old for each in value):
                value[[each is old for each in value].index(True)] = new


def damages(node: ast.AST, names: list[str], kind: Callable[[], str]) -> Iterator[ast.AST]:
    if isinstance(node, ast.Assign | ast.AugAssign | ast.If | ast.Break):
        yield ast.Pass()
    elif isinstance(node, ast.expr) and not isinstance(getattr(node, "ctx", None), ast.Store):
        yield from damaged_expressions(node, names, kind)


def damaged_expressions(
    node: ast.expr, names: list[str], kind: Callable[[], str]
) -> Iterator[ast.expr]:
    text = ast.unparse(node)
    if text in INSTEAD:
        yield from map(parsed, INSTEAD[text])
    if is_value(node, names):
        holds = "zeros" if text.startswith("np.zeros") else kind()
        yield from (parsed(wrap.format(text)) for wrap in WRAPPED.get(holds, ()))
    if isinstance(node, ast.BinOp):
        yield from (node.left, node.right)
        yield from (
            ast.BinOp(node.left, operator(), node.right)
            for operator in OPERATORS
            if not isinstance(node.op, operator)
        )
        if not isinstance(node.op, COMMUTATIVE):
            yield ast.BinOp(node.right, node.op, node.left)
    elif isinstance(node, ast.Compare) and isinstance(node.ops[0], COMPARISONS):
        yield from (
            ast.Compare(node.left, [operator()], node.comparators)
            for operator in COMPARISONS
            if not isinstance(node.ops[0], operator)
        )
    elif isinstance(node, ast.Compare) and isinstance(node.ops[0], ast.NotIn):
        yield ast.Constant(False)
    elif isinstance(node, ast.Name) and node.id in names:
        yield from (ast.Name(other, ast.Load()) for other in names if other != node.id)
    elif isinstance(node, ast.Constant) and type(node.value) is int:
        yield from (ast.Constant(node.value + by) for by in (-2, -1, 1, 2))
    elif isinstance(node, ast.Constant) and type(node.value) is bool:
        yield ast.Constant(not node.value)
    elif isinstance(node, ast.Slice):
        yield ast.Slice(None, node.upper, node.step)
        yield ast.Slice(node.lower, None, node.step)
        yield ast.Slice(node.lower, node.upper, None)
    elif isinstance(node, ast.Attribute):
        for other in METHODS.get(node.attr, ()):
            yield ast.Attribute(node.value, other, node.ctx)
    elif isinstance(node, ast.List | ast.Tuple) and len(node.elts) > 1:
        yield type(node)(node.elts[::-1], node.ctx)
        yield type(node)(node.elts[:-1], node.ctx)
        yield type(node)(node.elts[1:], node.ctx)
    elif isinstance(node, ast.Call):
        for place, keyword in enumerate(node.keywords):
            # Values are graded, not dtypes; and `strict` is about other arguments than a check's.
            if keyword.arg in ("dtype", "strict"):
                continue
            yield ast.Call(node.func, node.args, node.keywords[:place] + node.keywords[place + 1 :])


def is_value(node: ast.expr, names: list[str]) -> bool:
    """Tell whether an expression is worth wrapping: a number or an array, not a name of NumPy's."""
    if isinstance(node, ast.Name):
        return node.id in names
    if isinstance(node, ast.Call):
        return not (isinstance(node.func, ast.Attribute) and node.func.attr == "append")
    return isinstance(node, ast.BinOp | ast.Subscript | ast.UnaryOp | ast.ListComp)


def parsed(text: str) -> ast.expr:
    return ast.parse(text, mode="eval").body


def surroundings(name: str) -> dict:
    """The names that a reference finds around itself; `step` is rnn_layer's own extra."""
    every = {key: value for module in MODULES for key, value in vars(module).items()}
    return {**every, **vars(inspect.getmodule(reference(name))), "step": cells.rnn_step}


def runnable(name: str, source: str, **more) -> Callable:
    """A mutant as a function; more: further names for it."""
    around = surroundings(name) | more
    exec(compile(source, f"<mutant of {name}>", "exec"), around)
    return around[name]
