"""Rows of two workers on two cores beside one: CPU time per request, which
grows where workers wait for each other or share cache lines.

The load and the upstream need a core too. With one worker they have the other
core to themselves, with two workers they share both; what that alone costs
shows between one worker and two processes of one worker each, which share
nothing: the load gives each of them half of its connections.
"""

from contextlib import ExitStack
from dataclasses import dataclass

import report
import work
from machine import BOTH_CORES, OTHER_CORE, PROXY_CORE

ONE, TWO, APART = "one worker", "two workers", "two processes"


class Pair:
    """Two servers as one."""

    def __init__(self, first, second):
        self.port = f"{first.port},{second.port}"
        self.each = [first, second]

    def cpu_seconds(self):
        return sum(server.cpu_seconds() for server in self.each)


@dataclass
class WorkersRow:
    name: str
    requests: str
    statuses: list
    targets = {ONE: 1.1, APART: 1.1}
    needs_headgate = True

    def run(self, stage):
        with ExitStack() as stack:
            def start(**values):
                program = stage.start("headgate", **values)
                stack.callback(program.stop)
                return program

            programs = {
                TWO: start(workers=2),
                ONE: start(cores=PROXY_CORE),
                APART: Pair(start(cores=PROXY_CORE),
                            start(cores=OTHER_CORE))}
            values = {who: [] for who in programs}
            for number in range(stage.options.rounds + 1):
                for who, program in programs.items():
                    measured = self.measure(stage, who, program)
                    if number:
                        values[who].append(measured)
                if not number:  # only now it shows which threads work
                    programs[TWO].pin_busiest_threads(BOTH_CORES)
        return report.cpu_row(values, self.targets, TWO)

    def measure(self, stage, who, program):
        return stage.cpu(program, self.requests, stage.options.requests,
                         self.statuses,
                         cores=None if who == ONE else BOTH_CORES)

    def show(self, result):
        report.show_cpu(result, TWO)


ROWS = [
    WorkersRow("two workers: proxied", work.add_one(), ["200"]),
    WorkersRow("two workers: refused", work.illegal_name(), ["400"]),
    # All connections and both workers ask for the same key of the limiter,
    # which lets its hundred a second pass.
    WorkersRow("two workers: one hot key", work.first_of(work.add_one()),
               ["200", "429"]),
]
