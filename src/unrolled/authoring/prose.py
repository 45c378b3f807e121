"""Tells prose from code in a code cell: its comments and the sentences in its strings."""

import ast
import io
import re
import tokenize
from dataclasses import dataclass

MAGIC = re.compile(r"^(\s*)(%|!|\?).*$", re.MULTILINE)
SHAPE = re.compile(r"#+\s*\([\w, ·*+-]*\)$")


@dataclass(frozen=True)
class Code:
    """A cell's code without its words: the bare tree and, beside it, the strings in order."""

    tree: str
    strings: tuple[str, ...]


def is_prose(text: str) -> bool:
    """Tell words for a reader from a name: they hold a blank, or are a label ("ids:")."""
    words = text.split()
    label = len(words) == 1 and words[0].endswith(":")
    return bool(re.search(r"[^\W\d_]", text) and (len(words) > 1 or label))


def has_prose(source: str) -> bool:
    """Tell whether a code cell holds words for a reader: comments or sentences in strings."""
    try:
        return any(map(is_prose, code_of(source).strings)) or any(comments(source))
    except (SyntaxError, tokenize.TokenError):
        return False  # the linter reports it


def comments(source: str) -> list[str]:
    """Return a cell's comments, but for those that give a shape alone."""
    tokens = tokenize.generate_tokens(io.StringIO(_without_magics(source)).readline)
    return [
        token.string
        for token in tokens
        if token.type == tokenize.COMMENT
        and re.search(r"[^\W\d_]", token.string)
        and not SHAPE.match(token.string)
    ]


def code_of(source: str) -> Code:
    """Split a cell into code and strings; raise SyntaxError if it is not Python."""
    blanks = _Blanks()
    magics = [match[0] for match in MAGIC.finditer(source)]
    tree = ast.dump(blanks.visit(ast.parse(_without_magics(source))))
    return Code(tree + repr(magics), tuple(blanks.strings))


def _without_magics(source: str) -> str:
    return MAGIC.sub(r"\1pass", source)


class _Blanks(ast.NodeTransformer):
    """Takes the strings out of a tree."""

    def __init__(self):
        self.strings: list[str] = []

    def visit_Constant(self, node: ast.Constant) -> ast.AST:
        if not isinstance(node.value, str):
            return node
        self.strings.append(node.value)
        return ast.Constant("")

    def visit_JoinedStr(self, node: ast.JoinedStr) -> ast.AST:
        # Another language may need the fields in another order.
        fields = [ast.unparse(part) for part in node.values if isinstance(part, ast.FormattedValue)]
        self.strings.append(
            "".join(
                str(part.value) if isinstance(part, ast.Constant) else "0" for part in node.values
            )
        )
        return ast.Constant(f"f{sorted(fields)}")
