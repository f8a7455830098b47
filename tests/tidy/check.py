#!/usr/bin/env python3
"""Checks the source tree against the rules of the house (rules.py).

usage: check.py ROOT        prints file:line: message, exits 1 if there is any
"""

import os
import sys

import rules
from source import Source

SKIPPED = {"build", "data", ".git", ".cache", "__pycache__", "node_modules"}
CPP = (".h", ".cc")
TEXT = CPP + (".py", ".sh", ".cmake", ".txt", ".yaml", ".yml", ".md", ".json",
              ".cfg", ".conf", ".lua")
# Ours without a suffix.
SCRIPT_FOLDERS = ("scripts", ".ci")


def files(root):
    for folder, folders, names in os.walk(root):
        folders[:] = sorted(set(folders) - SKIPPED)
        inside = os.path.relpath(folder, root)
        for name in sorted(names):
            if name.endswith(TEXT) or inside in SCRIPT_FOLDERS:
                yield os.path.normpath(os.path.join(inside, name))


def read(root, path):
    with open(os.path.join(root, path), encoding="utf-8") as file:
        return Source(path, file.read())


def findings(root):
    cpp = []
    for path in files(root):
        source = read(root, path)
        chosen = list(rules.TEXT_RULES)
        if path.endswith(CPP):
            cpp.append(source)
            chosen += rules.CPP_RULES
        elif path.endswith(".py"):
            chosen += [rules.line_length, rules.file_size]
        for rule in chosen:
            for line, message in rule(source):
                yield path, line, message
    yield from rules.package_count(cpp)


def main():
    if len(sys.argv) != 2:
        sys.exit(__doc__)
    found = sorted(findings(sys.argv[1]))
    for path, line, message in found:
        print(f"{path}:{line}: {message}")
    if found:
        sys.exit(f"{len(found)} findings")


if __name__ == "__main__":
    main()
