#!/usr/bin/env python3
"""The targets of two runs side by side, as a table for a commit or a report.

usage: compare.py BEFORE.json AFTER.json        (bench.py --json)
"""

import json
import sys

import report


def judged(path):
    """The label, and the targets of a run by row and peer."""
    with open(path, encoding="utf-8") as file:
        run = json.load(file)
    return run["label"], {(result["row"], each["what"]): each
                           for result in run["rows"]
                           for each in result.get("judged", [])}


def cell(each):
    if each is None:
        return ""
    text = report.quantity(each["value"], each["unit"])
    return text if each["met"] else f"{text} MISSED"


def main():
    if len(sys.argv) != 3:
        sys.exit(__doc__)
    (before_label, before), (after_label, after) = map(judged, sys.argv[1:])
    print(f"| row | beside | target | {before_label} | {after_label} |\n"
          "|---|---|---|---|---|")
    for key, each in {**before, **after}.items():
        print(f"| {key[0]} | {key[1]} | {report.bound(each)} "
              f"| {cell(before.get(key))} | {cell(after.get(key))} |")


if __name__ == "__main__":
    main()
