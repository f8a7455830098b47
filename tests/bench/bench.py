#!/usr/bin/env python3
"""Measures Headgate beside nginx, HAProxy and a raw relay: the rows of the
targets. README.md says what is compared and how.
"""

import argparse
import json
import os
import subprocess
import sys
import tempfile
import time

import cases
import idle
import latency
import micro
import proxied
import report
import standalone
import workers
from stage import HAPROXY, NGINX, Stage

HERE = os.path.dirname(os.path.abspath(__file__))
# Each row has a name, run(stage), which measures, and show(result), which
# prints. Where it has needs_headgate, it has no meaning without the binary;
# where it has missing(stage), that says what keeps it from being measured. A
# result's `judged` says how it stands to the targets.
ROWS = [*proxied.ROWS, *latency.ROWS, *workers.ROWS, *idle.ROWS,
        *standalone.ROWS, *cases.ROWS, *micro.ROWS]


def version_of(command):
    done = subprocess.run(command, stdout=subprocess.PIPE, check=False,
                          stderr=subprocess.STDOUT, text=True)
    return done.stdout.split("\n")[0]


def arguments():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--headgate", help="the binary; none: peers alone")
    parser.add_argument("--programs", required=True,
                        help="folder of bench_load and the others")
    parser.add_argument("--json", help="file to write")
    parser.add_argument("--label", help="what the file calls this run; "
                        "default: the commit of this tree")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--requests", type=int, default=60000,
                        help="in each round, for each program")
    parser.add_argument("--short", action="store_true",
                        help="5 rounds of 10000, in less than five minutes")
    parser.add_argument("--row", action="append", metavar="WORD",
                        help="only rows whose name has this in it; repeatable")
    parser.add_argument("--list", action="store_true",
                        help="print the rows' names and end")
    options = parser.parse_args()
    if options.short:
        options.rounds, options.requests = 5, 10000
    return options


def is_wanted(row, options):
    if not options.headgate and getattr(row, "needs_headgate", False):
        return False
    return not options.row or any(word in row.name for word in options.row)


def measure(row, stage):
    """Prints the row as well."""
    print(f"\n{row.name}")
    missing = row.missing(stage) if hasattr(row, "missing") else None
    if missing:
        print(f"  left out: {missing}", flush=True)
        return {"row": row.name, "left_out": missing}
    begun = time.monotonic()
    result = row.run(stage)
    row.show(result)
    sys.stdout.flush()
    return {"row": row.name, **result,
            "took_seconds": round(time.monotonic() - begun, 1)}


def write_json(options, results):
    with open(options.json, "w", encoding="utf-8") as file:
        json.dump({"rounds": options.rounds, "requests": options.requests,
                   "label": options.label or version_of(
                       ["git", "-C", HERE, "describe", "--always", "--dirty"]),
                   "nginx": version_of([NGINX, "-v"]),
                   "haproxy": version_of([HAPROXY, "-v"]),
                   "rows": results}, file, indent=1)


def main():
    options = arguments()
    if options.list:
        print("\n".join(row.name for row in ROWS))
        return
    with tempfile.TemporaryDirectory(prefix="headgate-bench-") as folder:
        # nginx's worker may run as another user.
        os.chmod(folder, 0o755)
        stage = Stage(options, folder)
        try:
            results = [measure(row, stage) for row in ROWS
                       if is_wanted(row, options)]
        finally:
            stage.stop()
    report.show_summary(results)
    if options.json:
        write_json(options, results)
        print(f"\nWritten: {options.json}")


if __name__ == "__main__":
    try:
        main()
    except (OSError, RuntimeError, subprocess.SubprocessError) as error:
        sys.exit(f"bench: {error}")
