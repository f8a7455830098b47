"""The bytes of the benchmark: what is asked and what the upstream answers.

The calls come from APPS apps in turn, so that the documented limit of 100 per
second and app is in force everywhere and never reached.
"""

import json

APPS = 2000
ROOM = "193547122540545"
FIELDS = ("Host: chat.example\r\n"
          "User-Agent: bench\r\n"
          "Authorization: Bearer YWMtDemoTokenOfTheBenchmark0123456789\r\n")


def for_each_app(path, body=None, closing=False, alike=True):
    """One whole request of each app. `closing`: asks to close after it. Not
    `alike`: each has a field line that no other has."""
    fields = FIELDS + ("Connection: close\r\n" if closing else "")
    if body is not None:
        fields += ("Content-Type: application/json\r\n"
                   f"Content-Length: {len(body)}\r\n")
    own = ["" if alike else f"X-Trace: {app:032x}\r\n" for app in range(APPS)]
    return "".join(
        f"POST /acme/chat{app:04}/chatrooms/{ROOM}/{path} HTTP/1.1\r\n"
        f"{fields}{own[app]}\r\n{body or ''}"
        for app in range(APPS))


def each(requests):
    """Of several requests without a body."""
    return [head + "\r\n\r\n" for head in requests.split("\r\n\r\n")[:-1]]


def first_of(requests):
    return each(requests)[0]


def compact(document):
    return json.dumps(document, separators=(",", ":"))


def add_one(closing=False, alike=True):
    return for_each_app("users/bob", closing=closing, alike=alike)


def illegal_name():
    return for_each_app("users/b%21b")


def add_sixty():
    return for_each_app("users", compact(
        {"usernames": [f"user{number:02}" for number in range(60)]}))


ANSWER_BODY = compact({
    "action": "post",
    "application": "8be024f0-e978-11e8-b697-5d598d5f8402",
    "applicationName": "chat",
    "organization": "acme",
    "uri": f"http://chat.example/acme/chat/chatrooms/{ROOM}/users/bob",
    "entities": [],
    "data": {"result": True, "action": "add_member", "id": ROOM,
             "user": "bob"},
    "timestamp": 1542544296075,
    "duration": 1,
})
ANSWER = ("HTTP/1.1 200 OK\r\n"
          "Content-Type: application/json;charset=UTF-8\r\n"
          f"Content-Length: {len(ANSWER_BODY)}\r\n\r\n{ANSWER_BODY}")

# What the peers refuse with, where Headgate is not asked for its own words.
REFUSAL = compact({
    "error": "illegal_argument",
    "exception": "java.lang.IllegalArgumentException",
    "timestamp": 1542544296075,
    "duration": 0,
    "error_description": "username [b!b] is not legal",
})
