"""The row of policy tests: a thousand cases, from the start of the process to
its end."""

import os
import subprocess
import time

import report
from machine import PROXY_CORE, on

CASES = 1000
SECONDS_MAX = 1.0
HEAD = """policy: headgate.yaml
defaults:
  headers: {Authorization: Bearer t}
  app: {org_name: acme, app_name: chat}
tests:
"""
# Four of a kind of what people write: a name allowed, a name refused, a body,
# a limit.
KINDS = """\
  - name: user{n} is added
    request: {{method: POST, path: /acme/chat/chatrooms/{n}/users/user{n}}}
    expect: {{decision: allow}}
  - name: user!{n} is refused
    request: {{method: POST, path: "/acme/chat/chatrooms/{n}/users/user!{n}"}}
    expect: {{status: 400, error: illegal_argument}}
  - name: the users from {n} on are added at once
    request:
      method: POST
      path: /acme/chat/chatrooms/{n}/users
      json: {{usernames: {{$range: {{from: {n}, to: "{last}",
                                 format: "user%d"}}}}}}
    expect: {{decision: allow}}
  - name: room {n} takes a hundred calls a second
    steps:
      - {{at: 0ms, repeat: 100, every: 1ms, request: &add{n} {{method: POST,
           path: /acme/chat/chatrooms/{n}/users/bob}},
         expect: {{decision: allow}}}}
      - {{at: 999ms, request: *add{n}, expect: {{status: 429}}}}
"""


class PolicyTests:
    name = "1000 policy test cases"
    needs_headgate = True

    def run(self, stage):
        stage.headgate_config(1)
        path = stage.write("cases.yaml", HEAD + "".join(
            KINDS.format(n=number, last=number + 59)
            for number in range(CASES // 4)))
        rounds = [self.measure(stage, path)
                  for _ in range(stage.options.rounds)]
        seconds = report.spread([wall for wall, _ in rounds])
        return {"seconds": seconds,
                "cpu_seconds": report.spread([cpu for _, cpu in rounds]),
                "judged": [report.judge("seconds", seconds["median"],
                                        SECONDS_MAX, " s")]}

    def measure(self, stage, path):
        """Seconds, and CPU seconds."""
        begun = time.monotonic()
        with subprocess.Popen(
                [stage.options.headgate, "test", path], text=True,
                stdout=subprocess.PIPE, preexec_fn=on(PROXY_CORE)) as run:
            said = run.stdout.read()
            _, status, usage = os.wait4(run.pid, 0)
            run.returncode = os.waitstatus_to_exitcode(status)
        seconds = time.monotonic() - begun
        if run.returncode != 0 or str(CASES) not in said:
            raise RuntimeError(f"the cases failed: {said[-2000:]}")
        return seconds, usage.ru_utime + usage.ru_stime

    def show(self, result):
        print(f"  headgate  {report.show_spread(result['seconds'])} s, "
              f"{result['cpu_seconds']['median']:.2f} s of CPU"
              + report.show_target(result["judged"], "seconds"))


ROWS = [PolicyTests()]
