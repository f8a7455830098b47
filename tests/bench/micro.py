"""Rows of Google Benchmark's programs: the limiter, the router, the store.
Each is left out where its program was not built."""

import json
import os
import statistics
import subprocess

import report
from machine import PROXY_CORE, on


class MicroRow:
    """`program`: its name; `figure` chooses from a run what is to be said of
    it."""
    cores = PROXY_CORE
    filter = "."

    def missing(self, stage):
        path = stage.program(self.program)
        return None if os.path.exists(path) else f"no {path}"

    def medians(self, stage, figure):
        """By the benchmark's name."""
        output = subprocess.run(
            [stage.program(self.program), "--benchmark_format=json",
             f"--benchmark_filter={self.filter}",
             f"--benchmark_min_time={0.1 if stage.options.short else 0.5}",
             f"--benchmark_repetitions={stage.options.rounds}",
             "--benchmark_enable_random_interleaving=true"],
            # Not in /tmp, which may be memory: the store is to wait for a disk.
            cwd=stage.options.programs, check=True, stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL, preexec_fn=on(self.cores)).stdout
        values = {}
        for run in json.loads(output)["benchmarks"]:
            if run["run_type"] == "iteration":
                values.setdefault(run["run_name"], []).append(run)
        return {name: statistics.median(figure(run) for run in runs)
                for name, runs in values.items()}


def time_or_memory(run):
    return run.get("bytes_per_key", run["cpu_time"])


class Limiter(MicroRow):
    """A decision, and one that waits for the answer of the one before."""
    name = "limiter, a million keys live"
    program = "limiter_bench"

    def run(self, stage):
        found = self.medians(stage, time_or_memory)
        result = {name: found[name] for name in (
            "Decide", "LookUp", "DecideInTurn", "LookUpInTurn")}
        memory = found["FillKeys/iterations:1"]
        return {"ns": result, "bytes_per_key": memory, "judged": [
            report.judge("decision", result["Decide"] / result["LookUp"], 3.0),
            report.judge("decision in turn", result["DecideInTurn"]
                         / result["LookUpInTurn"], 3.0),
            report.judge("memory of a key", memory, 600, "bytes")]}

    def show(self, result):
        for name, in_turn in (("decision", ""), ("decision in turn", "InTurn")):
            decide = result["ns"]["Decide" + in_turn]
            look_up = result["ns"]["LookUp" + in_turn]
            print(f"  {name:<17}{decide:8.1f} ns, look-up in flat_hash_map "
                  f"{look_up:.1f} ns: {decide / look_up:.2f}x"
                  + report.show_target(result["judged"], name))
        print(f"  {'memory of a key':<17}{result['bytes_per_key']:8.0f} bytes "
              "at 100/s"
              + report.show_target(result["judged"], "memory of a key"))


class Routing(MicroRow):
    name = "routing of 10000 operations"
    program = "router_bench"
    filter = "BM_Route/10+$"

    def run(self, stage):
        found = self.medians(stage, time_or_memory)
        many, few = found["BM_Route/10000"], found["BM_Route/10"]
        return {"many_ns": many, "few_ns": few,
                "judged": [report.judge("10 operations", many / few, 1.5)]}

    def show(self, result):
        many, few = result["many_ns"], result["few_ns"]
        print(f"  {many:8.1f} ns, of 10 operations {few:.1f} ns: "
              f"{many / few:.2f}x"
              + report.show_target(result["judged"], "10 operations"))


class Store(MicroRow):
    """Durable memberships of the store beside SQLite alone."""
    name = "store: durable memberships of 64 writers"
    program = "store_bench"
    cores = set(range(os.cpu_count()))

    def run(self, stage):
        found = self.medians(stage, lambda run: run["items_per_second"])
        rates = {name.partition("/")[0]: rate for name, rate in found.items()}
        ours, alone = rates["MembershipWrites"], rates["SqliteAlone"]
        return {"writes_per_second": ours, "sqlite_alone_per_second": alone,
                "judged": [report.judge("SQLite alone", ours / alone, 0.7,
                                        at_least=True)]}

    def show(self, result):
        ours = result["writes_per_second"]
        alone = result["sqlite_alone_per_second"]
        print(f"  {ours:8.0f}/s, SQLite alone with the same rows "
              f"{alone:.0f}/s: {ours / alone:.2f}x"
              + report.show_target(result["judged"], "SQLite alone"))


ROWS = [Limiter(), Routing(), Store()]
