"""The rules of the house that a machine can check. Each takes a Source and
yields (line, message)."""

import re

LINE_COLUMNS_MAX = 80
# The agreed example files, quoted to the letter.
QUOTED_FILES = {"tests/config/examples.h"}
FILE_LINES_MAX = 500
FUNCTION_LINES_MAX = 60
NESTING_MAX = 3
# Tests also go through all combinations of something.
TEST_NESTING_MAX = 4

# A folder may include itself and those before it.
LAYERS = ["base", "config", "policy", "service", "proxy", "cli"]

# Outside packages: an include's beginning, and the folders that may use it.
PACKAGES = [
    (r"yaml-cpp/", ["config"]),
    (r"re2/", ["policy"]),
    (r"event2/", ["proxy"]),
    (r"llhttp", ["proxy/http"]),
    (r"curl/", ["proxy"]),
    (r"openssl/", ["base", "proxy"]),
    (r"sodium", ["base", "service"]),
    (r"simdjson", ["base"]),
    (r"rapidjson/", ["base"]),
    (r"spdlog/", ["proxy", "cli"]),
    (r"prometheus/", ["proxy"]),
    (r"CLI/", ["cli"]),
    (r"sqlite3", ["service"]),
]
# How many files may know a package.
PACKAGE_FILES_MAX = {"yaml-cpp/": 1, "re2/": 2, "sqlite3": 1}

INCLUDE = re.compile(r'^[ \t]*#[ \t]*include[ \t]*[<"]([^>"\n]+)[>"]',
                     re.MULTILINE)


def line_length(source):
    if str(source.path) in QUOTED_FILES:
        return
    for number, line in enumerate(source.lines, 1):
        # A URL cannot be broken.
        if len(line) > LINE_COLUMNS_MAX and not re.search(
                r"https?://\S{40,}", line):
            yield number, (f"{len(line)} columns, at most "
                           f"{LINE_COLUMNS_MAX}")


def file_size(source):
    if len(source.lines) > FILE_LINES_MAX:
        yield FILE_LINES_MAX + 1, (f"{len(source.lines)} lines, at most "
                                   f"{FILE_LINES_MAX}: split the file")


def function_size(source):
    for function in source.functions():
        if function.lines > FUNCTION_LINES_MAX:
            yield function.line, (f"{function.name} has {function.lines} "
                                  f"lines, at most {FUNCTION_LINES_MAX}")


def nesting(source):
    test = source.path.startswith("tests/")
    most = TEST_NESTING_MAX if test else NESTING_MAX
    for function in source.functions():
        if function.nesting > most:
            yield function.deepest_line, (
                f"{function.name} nests {function.nesting} deep, at most "
                f"{most}")


def layer_of(path):
    folder = path.split("/")[0]
    return LAYERS.index(folder) if folder in LAYERS else None


def layering(source):
    """Includes go down only (shown here, since `#include` is a string)."""
    layer = layer_of(source.path)
    if layer is None:
        return
    for match in INCLUDE.finditer(source.text):
        target = match.group(1)
        line = source.line_of(match.start())
        target_layer = layer_of(target)
        if target_layer is not None and target_layer > layer:
            yield line, (f"{LAYERS[layer]}/ may not include {target}: "
                         "includes go down only")
        if target.startswith("tests/"):
            yield line, f"the program may not include {target}"
        yield from foreign_package(source.path, target, line)


def foreign_package(path, target, line):
    for beginning, folders in PACKAGES:
        if re.match(beginning, target) and not any(
                path.startswith(folder + "/") for folder in folders):
            yield line, (f"only {', '.join(folders)}/ may use "
                         f"{target}")


BANNED_CODE = [
    (r"\busing\s+namespace\b", "using namespace"),
    (r"\bstd::endl\b", 'std::endl: write "\\n"'),
    (r"\bdelete\s+[A-Za-z_*(]", "naked delete: let an owner do it"),
    (r"\bDISABLED_", "a disabled test: mend it or remove it"),
]
BANNED_IN_TESTS = [
    (r"\bsleep_for\b|\busleep\(|\bnanosleep\(|\bsleep\(|\bSleepFor\b",
     "a sleep: wait for a condition until a deadline"),
]
# Spelled apart, so that this file passes its own rule.
BANNED_TEXT = [
    (r"\bFIX" r"ME\b|\bTO" r"DO\b|\bXX" r"X\b",
     "a note to oneself: do it, or open an issue"),
    (r"/wo" r"rk/|/tmp/h" r"g\b|/ro" r"ot/|/ho" r"me/\w",
     "a path of one machine"),
]


def banned_code(source):
    banned = list(BANNED_CODE)
    if source.path.startswith("tests/"):
        banned += BANNED_IN_TESTS
    for pattern, message in banned:
        for match in re.finditer(pattern, source.code):
            yield source.line_of(match.start()), message


def naked_new(source):
    """Where the constructor is private, unique_ptr<T>(new T) is the way."""
    for match in re.finditer(r"\bnew\s+[A-Za-z_:]", source.code):
        statement = re.split(r"[;{}]", source.code[:match.start()])[-1]
        # Of a member, the name shows it: policy_(new Policy).
        if "unique_ptr<" not in statement and not re.search(
                r"\b\w+_\($", statement):
            yield source.line_of(match.start()), "naked new: std::make_unique"


def banned_text(source):
    for pattern, message in BANNED_TEXT:
        for match in re.finditer(pattern, source.text):
            yield source.line_of(match.start()), message


def header_shape(source):
    """An essay first, then a guard named after the path."""
    if not source.path.endswith(".h"):
        return
    if not source.lines or not source.lines[0].startswith("// "):
        yield 1, "a header begins with a comment: what it is, and its idea"
    guard = "HEADGATE_" + re.sub(r"\W", "_", source.path).upper() + "_"
    if f"#ifndef {guard}\n#define {guard}\n" not in source.text:
        yield 1, f"the include guard shall be {guard}"


CPP_RULES = [line_length, file_size, function_size, nesting, layering,
             banned_code, naked_new, header_shape]
TEXT_RULES = [banned_text]


def package_count(sources):
    """Rules over all files together: yields (path, line, message)."""
    for beginning, most in PACKAGE_FILES_MAX.items():
        users = sorted(
            source.path for source in sources
            if layer_of(source.path) is not None
            and any(match.group(1).startswith(beginning)
                    for match in INCLUDE.finditer(source.text)))
        if len(users) > most:
            yield users[-1], 1, (f"{beginning} is known to {len(users)} "
                                 f"files, at most {most}: "
                                 + ", ".join(users))
