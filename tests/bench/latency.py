"""Rows of time rather than CPU time: what a proxy adds to one call at a time,
and percentiles at fixed rates (open loop, see load.cc)."""

from contextlib import ExitStack

import report
import work
from machine import OTHER_CORE, PROXY_CORE
from stage import CONNECTIONS, check

PROXIES = ["headgate", "nginx", "haproxy", "relay"]
PERCENTILES = ["p50", "p90", "p99", "p99.9", "max"]


def measure(stage, count, *words, cores=PROXY_CORE, connections=CONNECTIONS):
    """Latencies of all proxies and of the upstream alone, round by round."""
    names = ["direct"] + [who for who in PROXIES
                          if who != "headgate" or stage.options.headgate]
    values = {who: [] for who in names}
    with ExitStack() as stack:
        programs = {who: stage.start(who, cores=cores) for who in names}
        for program in programs.values():
            stack.callback(program.stop)
        for number in range(stage.options.rounds + 1):
            for who in names:
                requests = count if number else count // 10
                result = stage.load(programs[who], work.add_one(), requests,
                                    *words, connections=connections)
                check(result, ["200"])
                if number:
                    values[who].append(result["latency_us"])
    return values


def spreads(values):
    return {who: {name: report.spread([each[name] for each in rounds])
                  for name in PERCENTILES} for who, rounds in values.items()}


class OneConnection:
    """Added latency: a proxy's percentile less that of the upstream called
    directly in the same round. All are on one core: with one call at a time
    nothing runs at once, and to wake another core takes several times as long
    as all else, the same for all proxies."""
    name = "added latency, one connection"
    targets = {"nginx": 0.8, "haproxy": None, "relay": None}

    def run(self, stage):
        values = measure(stage, stage.options.requests // 5,
                         cores=OTHER_CORE, connections=1)
        added = {who: {name: [
            each[name] - direct[name] for each, direct
            in zip(rounds, values["direct"])] for name in ("p50", "p99")}
            for who, rounds in values.items() if who != "direct"}
        result = {"who": spreads(values), "ratios": {}, "judged": [],
                  "added_us": {who: {name: report.spread(each)
                                     for name, each in figures.items()}
                               for who, figures in added.items()}}
        if "headgate" in added:
            self.compare(added, result)
        return result

    def compare(self, added, result):
        for peer, target in self.targets.items():
            ratios = {name: report.ratios(added["headgate"][name], theirs)
                      for name, theirs in added[peer].items()}
            result["ratios"][peer] = ratios
            if target is not None:
                result["judged"] += [
                    report.judge(f"{name}, {peer}", ratio["median"], target)
                    for name, ratio in ratios.items()]

    def show(self, result):
        for who, figures in result["who"].items():
            print(f"  {who:<10}p50 {figures['p50']['median']:8.1f} us, "
                  f"p99 {figures['p99']['median']:8.1f} us")
        for name in ("p50", "p99"):
            for who, figures in result["added_us"].items():
                line = (f"  {who:<10}adds to the {name} "
                        f"{report.show_spread(figures[name], 1)} us")
                if who in result["ratios"]:
                    ratio = result["ratios"][who][name]
                    line += f"   headgate is {report.show_ratio(ratio)}"
                print(line + report.show_target(result["judged"],
                                                f"{name}, {who}"))


class OpenLoop:
    """Percentiles at a fixed rate; no target, since the machine's other work
    is in them."""

    def __init__(self, rate):
        self.rate = rate
        self.name = f"open loop, {rate}/s"

    def run(self, stage):
        seconds = 1 if stage.options.short else 4
        values = measure(stage, self.rate * seconds, f"rate={self.rate}")
        return {"who": spreads(values)}

    def show(self, result):
        print(f"  {'':<10}" + "".join(f"{name:>10}" for name in PERCENTILES)
              + "  us")
        for who, figures in result["who"].items():
            print(f"  {who:<10}" + "".join(
                f"{figures[name]['median']:10.0f}" for name in PERCENTILES))


ROWS = [OneConnection(), OpenLoop(1000), OpenLoop(5000),
        OpenLoop(20000)]
