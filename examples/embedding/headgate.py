"""Headgate as a child of your program, reached through a unix socket.

    with Headgate("build/release/headgate", config) as headgate:
        status, answer = headgate.call("GET", "/v2/apps/me/members")
"""

import http.client
import json
import os
import socket
import subprocess
import tempfile
import time


class UnixConnection(http.client.HTTPConnection):
    def __init__(self, path):
        super().__init__("localhost")
        self.path = path

    def connect(self):
        self.sock = socket.socket(socket.AF_UNIX)
        self.sock.connect(self.path)


class Headgate:
    """`config` is the operator's file as a dict; its listeners are added."""

    def __init__(self, binary, config, start_seconds_max=10):
        # The folder is its owner's only, and the socket with it.
        self.folder = tempfile.TemporaryDirectory(prefix="headgate-")
        self.socket_path = os.path.join(self.folder.name, "socket")
        config_path = os.path.join(self.folder.name, "headgate.yaml")
        ports_path = os.path.join(self.folder.name, "ports")
        listeners = [{"address": f"unix:{self.socket_path}"}]
        with open(config_path, "w", encoding="utf-8") as file:
            json.dump({"listeners": listeners, **config}, file)
        self.process = subprocess.Popen(
            [binary, "serve", "-c", config_path, "--ports-file", ports_path],
            stdout=subprocess.DEVNULL)
        try:
            self.wait_until_open(ports_path, start_seconds_max)
        except BaseException:  # a signal too: no child is left behind
            self.stop()
            raise

    def wait_until_open(self, ports_path, seconds_max):
        deadline = time.monotonic() + seconds_max
        while not os.path.exists(ports_path):
            if self.process.poll() is not None or time.monotonic() > deadline:
                raise RuntimeError("headgate did not start")
            time.sleep(0.01)

    def call(self, method, path, body=None, headers=None):
        """The status and the JSON of the answer (None without a body)."""
        headers = dict(headers or {})
        if body is not None:
            body = json.dumps(body)
            headers["Content-Type"] = "application/json"
        connection = UnixConnection(self.socket_path)
        try:
            connection.request(method, path, body, headers)
            answer = connection.getresponse()
            text = answer.read()
            return answer.status, json.loads(text) if text else None
        finally:
            connection.close()

    def stop(self):
        """Every call that is under way gets its answer first."""
        self.process.terminate()
        self.process.wait()
        self.folder.cleanup()

    def __enter__(self):
        return self

    def __exit__(self, *exception):
        self.stop()
