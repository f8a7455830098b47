#!/usr/bin/env python3
"""A web shop with Headgate inside: customers get their chat tokens from it.

usage: shop.py PORT HEADGATE DATABASE

    shop.py 8000 build/release/headgate data/shop.db
    curl 'http://127.0.0.1:8000/chat-token?user=ann'
"""

import base64
import json
import secrets
import signal
import sys
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, quote, urlsplit

from headgate import Headgate

# Known to the two of us only, and for as long as we run.
KEY, SECRET = secrets.token_hex(16), secrets.token_hex(32)


def config(database):
    return {
        "storage": f"sqlite:{database}",
        "services": {"flipflop": {
            "chat_server_url": "wss://chat.example.com/ws",
            "apps": [{"app_id": "shop", "api_key": KEY, "api_secret": SECRET}],
        }},
    }


def chat_token(headgate, user):
    """Status and answer: the customer is a member, from the first time on."""
    credentials = base64.b64encode(f"{KEY}:{SECRET}".encode()).decode()
    headers = {"Authorization": f"Basic {credentials}"}
    members = "/v2/apps/me/members"
    status, answer = headgate.call("POST", f"{members}/login",
                                   {"appUserId": user}, headers)
    if status != 200:
        return status, answer
    return headgate.call("POST", f"{members}/{quote(user)}/chat-tokens",
                         headers=headers)


class Shop(BaseHTTPRequestHandler):
    headgate = None

    def do_GET(self):
        url = urlsplit(self.path)
        user = parse_qs(url.query).get("user", [""])[0]
        if url.path != "/chat-token":
            self.answer(404, {"error": "there is only /chat-token?user=NAME"})
        else:
            self.answer(*chat_token(self.headgate, user))

    def answer(self, status, body):
        data = json.dumps(body).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(data)))
        self.end_headers()
        self.wfile.write(data)


def main():
    port, binary, database = sys.argv[1:]
    # An end by SIGTERM is an end like any other: the child ends too.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
    with Headgate(binary, config(database)) as Shop.headgate:
        server = ThreadingHTTPServer(("127.0.0.1", int(port)), Shop)
        print(f"shop on 127.0.0.1:{server.server_port}", flush=True)
        server.serve_forever()


if __name__ == "__main__":
    main()
