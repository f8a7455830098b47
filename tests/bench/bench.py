#!/usr/bin/env python3
"""Measures Headgate beside nginx, HAProxy and a raw relay: the rows of the
targets that exist by now. README.md says what is compared and how.
"""

import argparse
import json
import os
import statistics
import subprocess
import sys
import tempfile
from dataclasses import dataclass

import work
from standalone import StandaloneBench
from machine import (OTHER_CORE, PROXY_CORE, Program, call_once, free_port,
                     run_load)

PEERS = os.path.join(os.path.dirname(os.path.abspath(__file__)), "peers")
CONNECTIONS = 64
NGINX = "/usr/sbin/nginx"
HAPROXY = "/usr/sbin/haproxy"


@dataclass
class Row:
    """One line of the targets: the same work for everybody."""
    name: str
    requests: str  # of Headgate
    status: str
    targets: dict  # peer -> Headgate's time at most so many times the peer's
    limit: str = "100/s"
    peer_requests: str = ""  # where a peer needs others to do the same
    peer_status: str = ""


ROWS = [
    Row("proxied call", work.add_one(), "200",
        {"nginx": 0.85, "haproxy": 0.80, "relay": 1.15}),
    Row("refused: illegal name", work.illegal_name(), "400",
        {"nginx": 0.80, "haproxy": None}),
    # The peers answer their fixed 400, which costs them least.
    Row("refused: over the limit", work.add_one(), "429",
        {"nginx": 0.80, "haproxy": None}, "{limit: 0, window: 1s}",
        work.illegal_name(), "400"),
    Row("body of 60 names", work.add_sixty(), "200",
        {"nginx": 1.0, "haproxy": None, "relay": None}),
]


class Bench:

    def __init__(self, options, folder):
        self.options = options
        self.folder = folder
        answer = self.write("answer", work.ANSWER)
        self.upstream_port = free_port()
        self.upstream = Program(
            [self.program("bench_upstream"), str(self.upstream_port), answer],
            OTHER_CORE, self.upstream_port, self.path("upstream.log"))

    def path(self, name):
        return os.path.join(self.folder, name)

    def write(self, name, text):
        with open(self.path(name), "w", encoding="utf-8", newline="") as file:
            file.write(text)
        return self.path(name)

    def program(self, name):
        return os.path.join(self.options.programs, name)

    def config(self, name, port, **values):
        with open(os.path.join(PEERS, name), encoding="utf-8") as file:
            text = file.read()
        values.update(PORT=port, UPSTREAM=self.upstream_port, DIR=self.folder)
        for key, value in values.items():
            text = text.replace(f"@{key}@", str(value))
        return self.write(name, text)

    def start(self, who, row, refusal):
        port = free_port()
        if who == "headgate":
            config = self.config("headgate.yaml", port, LIMIT=row.limit)
            command = [self.options.headgate, "serve", "-c", config]
        elif who == "nginx":
            config = self.config("nginx.conf", port, REFUSAL=refusal)
            command = [NGINX, "-c", config, "-p", self.folder]
        elif who == "haproxy":
            config = self.config("haproxy.cfg", port, REFUSAL=refusal)
            command = [HAPROXY, "-db", "-f", config]
        else:
            command = [self.program("bench_relay"), str(port),
                       str(self.upstream_port)]
        return Program(command, PROXY_CORE, port, self.path(who + ".log"))

    def measure(self, who, program, row, requests):
        """CPU microseconds per request, and requests per second."""
        own = who == "headgate" or not row.peer_requests
        text = row.requests if own else row.peer_requests
        status = row.status if own else row.peer_status
        before = program.cpu_seconds()
        result = run_load(self.program("bench_load"), program.port,
                          self.write("requests", text), requests, CONNECTIONS)
        spent = program.cpu_seconds() - before
        if result["statuses"] != {status: requests}:
            raise RuntimeError(f"{who} did other work in '{row.name}': "
                               f"{result['statuses']}, not all {status}")
        return (1e6 * spent / requests, requests / result["seconds"])

    def run(self, row):
        """Every round asks everybody once; the values by name."""
        refusal = work.REFUSAL
        programs = {}
        names = [*row.targets]
        if self.options.headgate:
            names.insert(0, "headgate")
        try:
            for who in names:
                programs[who] = self.start(who, row, refusal)
                if who == "headgate" and row.status != "200":
                    refusal = call_once(programs[who].port,
                                        work.first_of(row.requests))
                self.measure(who, programs[who], row,
                             self.options.requests // 10)
            values = {who: [] for who in names}
            for _ in range(self.options.rounds):
                for who in names:
                    values[who].append(self.measure(
                        who, programs[who], row, self.options.requests))
            return values
        finally:
            for program in programs.values():
                program.stop()

    def stop(self):
        self.upstream.stop()


def summary(values):
    cpu = [cpu for cpu, _ in values]
    return {"cpu_us": statistics.median(cpu), "cpu_us_min": min(cpu),
            "cpu_us_max": max(cpu), "cpu_us_rounds": cpu,
            "requests_per_second": statistics.median(r for _, r in values)}


def compare(row, values):
    """The row as it goes into the JSON file."""
    result = {"row": row.name, "who": {who: summary(rounds)
                                       for who, rounds in values.items()}}
    if "headgate" not in values:
        return result
    result["ratios"] = {}
    for peer, target in row.targets.items():
        ratios = [ours[0] / theirs[0] for ours, theirs
                  in zip(values["headgate"], values[peer])]
        result["ratios"][peer] = {
            "median": statistics.median(ratios), "min": min(ratios),
            "max": max(ratios), "target": target}
    return result


def show(result):
    print(f"\n{result['row']}")
    for who, figures in result["who"].items():
        line = (f"  {who:<10}{figures['cpu_us']:8.2f} us "
                f"({figures['cpu_us_min']:.2f}..{figures['cpu_us_max']:.2f})"
                f"{figures['requests_per_second']:10.0f}/s")
        ratio = result.get("ratios", {}).get(who)
        if ratio:
            line += (f"   headgate is {ratio['median']:.2f}x "
                     f"({ratio['min']:.2f}..{ratio['max']:.2f})")
            line += verdict(ratio["median"], ratio["target"])
        print(line, flush=True)


def verdict(value, target):
    if target is None:
        return ""
    met = "met" if value <= target else "MISSED"
    return f", target {target:.2f}x: {met}"


# Of the services that Headgate answers itself.
STANDALONE_ROWS = [
    (Row("token issued", "", "200", {"nginx": 1.5}), StandaloneBench.token),
    (Row("list of 1000 members", "", "200", {"nginx": 3.0}),
     StandaloneBench.listing),
]
MEMBERSHIPS = "durable membership write"


def standalone_rows(bench, options):
    wanted = [(row, run) for row, run in STANDALONE_ROWS
              if not options.row or options.row in row.name]
    writes = not options.row or options.row in MEMBERSHIPS
    results = []
    if not options.headgate or not (wanted or writes):
        return results
    standalone = StandaloneBench(options, bench.config, bench.folder)
    try:
        for row, run in wanted:
            results.append(compare(row, run(standalone)))
            show(results[-1])
        if writes:
            results.append({"row": MEMBERSHIPS, **standalone.memberships()})
            print(f"\n{MEMBERSHIPS}, {CONNECTIONS} connections\n"
                  f"  headgate  {results[-1]['cpu_us']:8.2f} us"
                  f"{results[-1]['writes_per_second']:10.0f}/s", flush=True)
        return results
    finally:
        standalone.stop()


def limiter_rows(options):
    """The limiter's decision and memory, from Google Benchmark."""
    output = subprocess.run(
        [os.path.join(options.programs, "limiter_bench"),
         "--benchmark_format=json", f"--benchmark_repetitions={options.rounds}",
         "--benchmark_enable_random_interleaving=true"],
        check=True, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL,
        preexec_fn=lambda: os.sched_setaffinity(0, {PROXY_CORE})).stdout
    runs = [run for run in json.loads(output)["benchmarks"]
            if run["run_type"] == "iteration"]

    def times(name):
        return [run["cpu_time"] for run in runs if run["run_name"] == name]

    decide, look_up = times("Decide"), times("LookUp")
    memory = [run["bytes_per_key"] for run in runs if "bytes_per_key" in run]
    return {"row": "limiter", "decision_ns": statistics.median(decide),
            "look_up_ns": statistics.median(look_up),
            "ratio": statistics.median(decide) / statistics.median(look_up),
            "ratio_target": 3.0, "bytes_per_key": statistics.median(memory),
            "bytes_per_key_target": 600}


def show_limiter(result):
    met = result["bytes_per_key"] <= result["bytes_per_key_target"]
    print(f"\nlimiter, a million keys live\n"
          f"  decision  {result['decision_ns']:8.1f} ns, look-up in "
          f"flat_hash_map {result['look_up_ns']:.1f} ns: "
          f"{result['ratio']:.2f}x"
          f"{verdict(result['ratio'], result['ratio_target'])}\n"
          f"  memory    {result['bytes_per_key']:8.0f} bytes per key at "
          f"100/s, target {result['bytes_per_key_target']}: "
          f"{'met' if met else 'MISSED'}", flush=True)


def store_row(options):
    """Durable memberships of the store beside SQLite alone."""
    output = subprocess.run(
        [os.path.join(options.programs, "store_bench"),
         "--benchmark_format=json", f"--benchmark_repetitions={options.rounds}",
         "--benchmark_enable_random_interleaving=true"],
        check=True, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL).stdout
    rates = {}
    for run in json.loads(output)["benchmarks"]:
        if run["run_type"] == "iteration":
            name = run["run_name"].partition("/")[0]
            rates.setdefault(name, []).append(run["items_per_second"])
    ours = statistics.median(rates["MembershipWrites"])
    alone = statistics.median(rates["SqliteAlone"])
    return {"row": "store", "writes_per_second": ours,
            "sqlite_alone_per_second": alone, "ratio": ours / alone,
            "ratio_target": 0.7}


def show_store(result):
    met = result["ratio"] >= result["ratio_target"]
    print(f"\nstore: durable memberships of 64 writers\n"
          f"  {result['writes_per_second']:8.0f}/s, SQLite alone with the same "
          f"rows {result['sqlite_alone_per_second']:.0f}/s: "
          f"{result['ratio']:.2f}x, target at least "
          f"{result['ratio_target']:.2f}x: {'met' if met else 'MISSED'}",
          flush=True)


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
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--requests", type=int, default=60000,
                        help="in each round, for each program")
    parser.add_argument("--short", action="store_true",
                        help="3 rounds of 10000, to see that it works")
    parser.add_argument("--row", help="only rows whose name has this in it")
    options = parser.parse_args()
    if options.short:
        options.rounds, options.requests = 3, 10000
    return options


def main():
    options = arguments()
    results = []
    with tempfile.TemporaryDirectory(prefix="headgate-bench-") as folder:
        # nginx's worker may run as another user.
        os.chmod(folder, 0o755)
        bench = Bench(options, folder)
        try:
            for row in ROWS:
                if not options.row or options.row in row.name:
                    results.append(compare(row, bench.run(row)))
                    show(results[-1])
            results += standalone_rows(bench, options)
        finally:
            bench.stop()
    limiter = os.path.join(options.programs, "limiter_bench")
    if os.path.exists(limiter) and options.row in (None, "limiter"):
        results.append(limiter_rows(options))
        show_limiter(results[-1])
    store = os.path.join(options.programs, "store_bench")
    if os.path.exists(store) and options.row in (None, "store"):
        results.append(store_row(options))
        show_store(results[-1])
    if options.json:
        with open(options.json, "w", encoding="utf-8") as file:
            json.dump({"rounds": options.rounds, "requests": options.requests,
                       "nginx": version_of([NGINX, "-v"]),
                       "haproxy": version_of([HAPROXY, "-v"]),
                       "rows": results}, file, indent=1)
        print(f"\nWritten: {options.json}")


if __name__ == "__main__":
    try:
        main()
    except (OSError, RuntimeError, subprocess.SubprocessError) as error:
        sys.exit(f"bench: {error}")
