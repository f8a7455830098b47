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
             f"--benchmark_repetitions={stage.options.rounds}",
             "--benchmark_enable_random_interleaving=true"],
            check=True, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL,
            preexec_fn=on(self.cores)).stdout
        values = {}
        for run in json.loads(output)["benchmarks"]:
            if run["run_type"] == "iteration":
                values.setdefault(run["run_name"], []).append(run)
        return {name: statistics.median(figure(run) for run in runs)
                for name, runs in values.items()}


def time_or_memory(run):
    return run.get("bytes_per_key", run["cpu_time"])


class Limiter(MicroRow):
    name = "limiter"
    program = "limiter_bench"

    def run(self, stage):
        found = self.medians(stage, time_or_memory)
        return {"decision_ns": found["Decide"], "look_up_ns": found["LookUp"],
                "ratio": found["Decide"] / found["LookUp"],
                "ratio_target": 3.0,
                "bytes_per_key": found["FillKeys/iterations:1"],
                "bytes_per_key_target": 600}

    def show(self, result):
        met = result["bytes_per_key"] <= result["bytes_per_key_target"]
        print(f"  decision  {result['decision_ns']:8.1f} ns, look-up in "
              f"flat_hash_map {result['look_up_ns']:.1f} ns: "
              f"{result['ratio']:.2f}x"
              f"{report.verdict(result['ratio'], result['ratio_target'])}\n"
              f"  memory    {result['bytes_per_key']:8.0f} bytes per key at "
              f"100/s, target {result['bytes_per_key_target']}: "
              f"{'met' if met else 'MISSED'}")


class Routing(MicroRow):
    name = "routing of 10000 operations"
    program = "router_bench"
    filter = "BM_Route/10+$"

    def run(self, stage):
        found = self.medians(stage, time_or_memory)
        many, few = found["BM_Route/10000"], found["BM_Route/10"]
        return {"many_ns": many, "few_ns": few, "ratio": many / few,
                "ratio_target": 1.5}

    def show(self, result):
        print(f"  {result['many_ns']:8.1f} ns, of 10 operations "
              f"{result['few_ns']:.1f} ns: {result['ratio']:.2f}x"
              f"{report.verdict(result['ratio'], result['ratio_target'])}")


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
                "ratio": ours / alone, "ratio_target": 0.7}

    def show(self, result):
        met = result["ratio"] >= result["ratio_target"]
        print(f"  {result['writes_per_second']:8.0f}/s, SQLite alone with the "
              f"same rows {result['sqlite_alone_per_second']:.0f}/s: "
              f"{result['ratio']:.2f}x, target at least "
              f"{result['ratio_target']:.2f}x: {'met' if met else 'MISSED'}")


ROWS = [Limiter(), Routing(), Store()]
