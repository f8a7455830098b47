"""Rows of calls that pass a proxy or are refused by it: CPU time per request.
"""

import subprocess
from contextlib import ExitStack
from dataclasses import dataclass, field

import report
import work
from machine import call_once


@dataclass
class CpuRow:
    """The same work for everybody."""
    name: str
    requests: str  # of Headgate
    targets: dict  # peer -> Headgate's time at most so many times the peer's
    status: str = "200"
    settings: dict = field(default_factory=dict)  # Stage.start's
    words: tuple = ()  # bench_load's
    share: float = 1.0  # of the number of requests: less where one costs more
    peer_requests: str = ""  # where a peer needs others to do the same
    peer_status: str = ""

    def run(self, stage):
        """Every round asks everybody once."""
        names = list(self.targets)
        if stage.options.headgate:
            names.insert(0, "headgate")
        with ExitStack() as stack:
            programs = self.start(stage, names, stack)
            count = int(stage.options.requests * self.share)
            for who in names:
                self.measure(stage, who, programs[who], count // 10)
            values = {who: [] for who in names}
            for _ in range(stage.options.rounds):
                for who in names:
                    values[who].append(
                        self.measure(stage, who, programs[who], count))
        return report.cpu_row(values, self.targets)

    def start(self, stage, names, stack):
        programs = {}
        refusal = work.REFUSAL
        for who in names:
            settings = dict(self.settings)
            if who == "relay":
                settings.pop("upstream", None)
            programs[who] = stage.start(who, refusal=refusal, **settings)
            stack.callback(programs[who].stop)
            if who == "headgate" and self.status != "200":
                # The peers answer their fixed 400 with the same body.
                refusal = call_once(programs[who].port,
                                    work.first_of(self.requests))
        return programs

    def measure(self, stage, who, program, count):
        if who == "headgate" or not self.peer_requests:
            requests, status = self.requests, self.status
        else:
            requests, status = self.peer_requests, self.peer_status
        return stage.cpu(program, requests, count, [status], *self.words)

    def show(self, result):
        report.show_cpu(result)


class H2cRow(CpuRow):
    """HTTP/2 to an upstream in clear text, for binaries that offer it."""

    def missing(self, stage):
        if not stage.options.headgate:
            return None
        config = stage.headgate_config(1, **self.settings)
        done = subprocess.run([stage.options.headgate, "check", config],
                              check=False, text=True, stdout=subprocess.PIPE,
                              stderr=subprocess.STDOUT)
        return done.stdout.partition("\n")[0] if done.returncode else None


ROWS = [
    CpuRow("proxied call", work.add_one(),
           {"nginx": 0.85, "haproxy": 0.80, "relay": 1.15}),
    CpuRow("proxied call, no two heads alike", work.add_one(alike=False),
           {"nginx": None, "haproxy": None, "relay": None}),
    CpuRow("body of 60 names", work.add_sixty(),
           {"nginx": 1.0, "haproxy": None, "relay": None}),
    CpuRow("refused: illegal name", work.illegal_name(),
           {"nginx": 0.80, "haproxy": None}, status="400"),
    # The peers answer their fixed 400, which costs them least.
    CpuRow("refused: over the limit", work.add_one(),
           {"nginx": 0.80, "haproxy": None}, status="429",
           settings={"limit": "{limit: 0, window: 1s}"},
           peer_requests=work.illegal_name(), peer_status="400"),
    CpuRow("TLS to the client", work.add_one(), {"nginx": 0.9},
           settings={"tls": True}, words=("tls",)),
    CpuRow("HTTPS upstream", work.add_one(), {"nginx": 1.0},
           settings={"upstream": "https"}),
    H2cRow("h2c upstream", work.add_one(), {"relay": 0.9},
           settings={"upstream": "h2c"}),
    H2cRow("h2c upstream: nginx", work.add_one(), {"relay": None},
           settings={"upstream": "nginx-h2c"}),
    CpuRow("new connection per request", work.add_one(closing=True),
           {"nginx": 0.9, "haproxy": None}, words=("new",), share=0.5),
    CpuRow("new TLS connection per request", work.add_one(closing=True),
           {"nginx": None}, settings={"tls": True}, words=("tls", "new"),
           share=0.1),
]
