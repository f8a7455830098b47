"""A C++ file as the rules see it: its lines, its code without comments and
strings, and its functions.

The reading is a heuristic that suits code formatted by clang-format. It knows
braces and what stands before them; it does not parse C++.
"""

import re
from dataclasses import dataclass, field

ACCESS = re.compile(r"^\s*((public|protected|private)\s*:\s*)+")
OPERATOR = re.compile(r"\boperator\s*(\(\)|[^\w\s(]+)")
CONTROL = re.compile(r"\b(if|for|while|switch|do|else|try|catch)\b")
# Comments, raw strings, strings, characters; digit separators are not quotes.
LITERAL = re.compile(
    r"//[^\n]*|/\*.*?\*/"
    r'|R"(?P<mark>[^(\s]*)\(.*?\)(?P=mark)"'
    r'|"(?:\\.|[^"\\\n])*"'
    r"|(?<![0-9a-fA-F])'(?:\\.|[^'\\\n])+'",
    re.DOTALL)


@dataclass
class Function:
    name: str
    line: int  # of its first line, from 1
    lines: int = 0  # data left out: the rows of tables, long raw strings
    nesting: int = 0  # of control blocks
    deepest_line: int = 0


@dataclass
class Block:
    kind: str  # function, control, table, other
    function: Function = None
    line: int = 0


@dataclass
class Source:
    path: str  # from the root of the tree
    text: str
    lines: list = field(init=False)
    code: str = field(init=False)  # same length, literals blanked

    def __post_init__(self):
        self.lines = self.text.split("\n")
        if self.lines[-1] == "":
            self.lines.pop()
        self.code = LITERAL.sub(blank, self.text)

    def line_of(self, offset):
        return self.text.count("\n", 0, offset) + 1

    def functions(self):
        return list(find_functions(self))


def blank(match):
    return "".join(c if c == "\n" else " " for c in match.group(0))


def classify(before):
    """The kind of the block that opens after the text `before`."""
    before = ACCESS.sub("", " ".join(before.split()))
    before = OPERATOR.sub("operator_", before)
    if before.endswith(("=", "(", "return")):
        return "table"
    if re.search(r"\]\s*(\([^{]*)?$", before):
        return "lambda"
    if CONTROL.match(before.split("(")[0].strip()):
        return "control"
    if re.match(r"(namespace|class|struct|enum|union|extern)\b", before):
        return "other"
    if "(" in before and "=" not in before.split("(")[0] and re.search(
            r"[)\w&>]$", before):
        return "function"
    return "other"


def without_preprocessor(code):
    return re.sub(r"^[ \t]*#(?:[^\n]*\\\n)*[^\n]*",
                  blank, code, flags=re.MULTILINE)


def find_functions(source):
    code = without_preprocessor(source.code)
    stack = []
    start = 0  # of the text that precedes the next brace
    for match in re.finditer(r"[{};]", code):
        at = match.start()
        if match.group() == ";":
            if not inside_parentheses(code[start:at]):
                start = at + 1
            continue
        if match.group() == "{":
            stack.append(open_block(source, code, start, at, stack))
        elif stack:
            block = stack.pop()
            if block.kind == "function":
                block.function.lines += (source.line_of(at)
                                         - block.function.line + 1)
                block.function.lines -= raw_string_lines(
                    source, block.function.line, source.line_of(at))
                yield block.function
            elif block.kind == "table" and not in_table(stack):
                forget_rows(stack, source.line_of(at) - block.line - 1)
        start = at + 1


def in_table(stack):
    return any(block.kind == "table" for block in stack)


def forget_rows(stack, rows):
    """Rows of a table do not make the function around it any longer."""
    for block in stack:
        if block.function and rows > 0:
            block.function.lines -= rows


def raw_string_lines(source, first, last):
    """Lines that raw strings between these lines add to their first ones."""
    start = sum(len(line) + 1 for line in source.lines[:first - 1])
    end = sum(len(line) + 1 for line in source.lines[:last])
    return sum(match.group().count("\n")
               for match in LITERAL.finditer(source.text[start:end])
               if match.group().startswith('R"'))


def inside_parentheses(text):
    """Whether the text ends in the middle of one: for (a; b; c)."""
    return text.count("(") > text.count(")")


def open_block(source, code, start, at, stack):
    before = code[start:at]
    kind = classify(before)
    around = next((block.function for block in reversed(stack)
                   if block.function), None)
    if kind == "function" and around is None:
        access = ACCESS.match(before)
        shown = before[access.end():] if access else before.lstrip()
        line = source.line_of(at - len(shown))
        name = re.search(r"[~\w:]+(?=\s*\()", before)
        return Block("function", Function(name.group() if name else "?", line))
    if kind == "control" and around is not None:
        depth = 1 + sum(block.kind == "control" for block in stack)
        if depth > around.nesting:
            around.nesting = depth
            around.deepest_line = source.line_of(at)
    return Block(kind if kind in ("control", "table") else "other",
                 line=source.line_of(at))
