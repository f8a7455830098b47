"""The stage of all rows: the folder, the certificate, the upstreams, and the
proxies with their configurations of peers/. README.md says how each is set up.
"""

import contextlib
import os
import subprocess

import work
from machine import (BOTH_CORES, OTHER_CORE, PROXY_CORE, Program, free_port,
                     run_load)

PEERS = os.path.join(os.path.dirname(os.path.abspath(__file__)), "peers")
CONNECTIONS = 64
NGINX = "/usr/sbin/nginx"
HAPROXY = "/usr/sbin/haproxy"


class Direct:
    """No proxy: the load calls the upstream itself."""

    def __init__(self, port):
        self.port = port

    def cpu_seconds(self):
        return 0.0

    def stop(self):
        pass


class Stage:
    """`options`: of bench.py. `folder`: for its files, removed by the caller.
    """

    def __init__(self, options, folder):
        self.options = options
        self.folder = folder
        self.upstreams = {}
        self.make_certificate()

    def stop(self):
        for upstream in self.upstreams.values():
            upstream.stop()

    def path(self, name):
        return os.path.join(self.folder, name)

    def write(self, name, text):
        with open(self.path(name), "w", encoding="utf-8", newline="") as file:
            file.write(text)
        return self.path(name)

    def remove(self, *names):
        for name in names:
            with contextlib.suppress(FileNotFoundError):
                os.remove(self.path(name))

    def program(self, name):
        return os.path.join(self.options.programs, name)

    def make_certificate(self):
        """Its own authority, on the curve that costs servers least."""
        subprocess.run(
            ["openssl", "req", "-x509", "-newkey", "ec", "-nodes", "-days", "2",
             "-pkeyopt", "ec_paramgen_curve:prime256v1",
             "-subj", "/CN=localhost",
             "-addext", "subjectAltName=DNS:localhost,IP:127.0.0.1",
             "-keyout", self.path("key.pem"), "-out", self.path("cert.pem")],
            check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)

    def upstream(self, scheme="http"):
        """The port of the one that speaks so: http, https, h2c or nginx-h2c."""
        if scheme not in self.upstreams:
            port = free_port()
            self.upstreams[scheme] = Program(
                self.upstream_command(scheme, port), OTHER_CORE, port,
                self.path(f"upstream-{scheme}.log"))
        return self.upstreams[scheme].port

    def upstream_command(self, scheme, port):
        if scheme == "nginx-h2c":
            config = self.config("nginx_h2c.conf", PORT=port,
                                 ANSWER=work.ANSWER_BODY)
            return [NGINX, "-c", config, "-p", self.folder]
        name = "bench_upstream_h2c" if scheme == "h2c" else "bench_upstream"
        command = [self.program(name), str(port),
                   self.write("upstream-answer", work.ANSWER)]
        if scheme == "https":
            command += [self.path("cert.pem"), self.path("key.pem")]
        return command

    def config(self, name, **values):
        with open(os.path.join(PEERS, name), encoding="utf-8") as file:
            text = file.read()
        for key, value in {"DIR": self.folder, **values}.items():
            text = text.replace(f"@{key}@", str(value))
        return self.write(name, text)

    def headgate_config(self, port, **values):
        """`tls`: to the client. Others as in peers/headgate.yaml."""
        scheme = values.get("upstream", "http")
        key, cert = self.path("key.pem"), self.path("cert.pem")
        url_scheme = "https" if scheme == "https" else "http"
        upstream = (f"servers: [{url_scheme}"
                    f"://127.0.0.1:{self.upstream(scheme)}]")
        if scheme == "https":
            upstream += f", ca: {cert}"
        if "h2c" in scheme:
            upstream += ", h2c: true"
        tls = f", tls: {{certificate: {cert}, key: {key}}}"
        return self.config(
            "headgate.yaml", PORT=port, UPSTREAM=upstream,
            TLS=tls if values.get("tls") else "",
            LIMIT=values.get("limit", "100/s"),
            WORKERS=values.get("workers", 1))

    def start(self, who, **values):
        """A proxy, or what stands for one. `values`: tls (to the client),
        upstream (as in upstream()), limit, workers, refusal, connections (of
        nginx), cores."""
        if who == "direct":
            return Direct(self.upstream(values.get("upstream", "http")))
        port = free_port()
        cores = BOTH_CORES if values.get("workers", 1) > 1 else PROXY_CORE
        return Program(self.command(who, port, values),
                       values.get("cores", cores), port,
                       self.path(who + ".log"))

    def command(self, who, port, values):
        scheme = values.get("upstream", "http")
        refusal = values.get("refusal", work.REFUSAL)
        if who == "headgate":
            config = self.headgate_config(port, **values)
            return [self.options.headgate, "serve", "-c", config]
        if who == "nginx":
            config = self.config(
                "nginx.conf", PORT=port, UPSTREAM=self.upstream(scheme),
                SCHEME=scheme, TLS=" ssl" if values.get("tls") else "",
                REFUSAL=refusal, CONNECTIONS=values.get("connections", 1024))
            return [NGINX, "-c", config, "-p", self.folder]
        if who == "haproxy":
            config = self.config("haproxy.cfg", PORT=port, REFUSAL=refusal,
                                 UPSTREAM=self.upstream())
            return [HAPROXY, "-db", "-f", config]
        return [self.program("bench_relay"), str(port), str(self.upstream())]

    def load(self, program, requests, count, *words, connections=CONNECTIONS,
             cores=None):
        """What bench_load says of `count` of the requests, sent in turn."""
        return run_load(
            [self.program("bench_load"), str(program.port),
             self.write("requests", requests), str(count), str(connections),
             *words], cores or OTHER_CORE, program.cpu_seconds)

    def cpu(self, program, requests, count, statuses, *words, **how):
        """CPU microseconds per request, and requests per second. `statuses`:
        those that the row allows."""
        result = self.load(program, requests, count, *words, **how)
        check(result, statuses)
        return (1e6 * result["cpu_seconds"] / count, count / result["seconds"])


def check(result, statuses):
    """That nobody did other work."""
    if not set(result["statuses"]) <= set(statuses):
        raise RuntimeError(f"other work was done: {result['statuses']}, not "
                           f"all {' or '.join(statuses)}")
    if result["reconnects"]:
        raise RuntimeError(f"{result['reconnects']} connections were not kept")
