#!/usr/bin/env python3
"""Writes a made-up HAR as Chromium would write it.

usage: har_file.py <megabytes> [FILE]    without FILE to standard output

Of ten entries seven are cross-origin GETs, one is a same-origin GET, and two are a preflight and its
PUT; one in a thousand is blocked. Bodies have 0.1 to 40 kB, about 5 kB on average: half of them JSON
with its many escapes, some HTML, some base64. The same each time.
"""

import random
import sys

PAGE = "https://app.example.com"
API = "https://api.example.com"

REQUEST = [
    ("accept", "application/json, text/plain, */*"),
    ("accept-encoding", "gzip, deflate, br, zstd"),
    ("accept-language", "en-GB,en;q=0.9,de;q=0.8"),
    ("referer", PAGE + "/"),
    ("sec-ch-ua", r'\"Chromium\";v=\"156\", \"Not.A/Brand\";v=\"24\"'),
    ("sec-fetch-mode", "cors"),
    (
        "user-agent",
        "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) "
        "Chrome/156.0.0.0 Safari/537.36",
    ),
]
RESPONSE = [
    ("cache-control", "private, max-age=0, must-revalidate"),
    ("content-type", "application/json; charset=utf-8"),
    ("date", "Sun, 22 Nov 2026 10:00:00 GMT"),
    ("etag", r"W/\"2f-8a7f6b5c4d3e2f1a\""),
    ("strict-transport-security", "max-age=31536000; includeSubDomains"),
    ("vary", "Origin, Accept-Encoding"),
]
ALLOWED = [
    ("access-control-allow-origin", PAGE),
    ("access-control-allow-credentials", "true"),
]
PREFLIGHT = [
    ("access-control-allow-methods", "PUT"),
    ("access-control-allow-headers", "content-type,x-request-id"),
    ("access-control-max-age", "0"),
]
BODIES = [
    (r'{\"id\":12345,\"name\":\"a name of some length\",\"tags\":[\"x\",\"y\"]},', ""),
    (r"<p>Lorem ipsum dolor sit amet, consectetur adipiscing elit</p>\n", ""),
    (
        "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGA",
        ',\n            "encoding": "base64"',
    ),
]

HEAD = """{
  "log": {
    "version": "1.2",
    "creator": {"name": "WebInspector", "version": "537.36"},
    "pages": [{"startedDateTime": "2026-11-22T10:00:00.000Z", "id": "page_1",
      "title": "https://app.example.com/", "pageTimings": {"onLoad": 312.5}}],
    "entries": ["""

ENTRY = """
      {
        "_connectionId": "%(connection)d",
        "_initiator": {"type": "script", "stack": {"callFrames": [
          {"functionName": "load", "scriptId": "12", "url": "https://app.example.com/app.js", "lineNumber": 10, "columnNumber": 3},
          {"functionName": "", "scriptId": "12", "url": "https://app.example.com/app.js", "lineNumber": 99, "columnNumber": 1}]}},
        "_priority": "High",
        "_resourceType": "%(kind)s",
        "cache": {},
        "connection": "443",
        "pageref": "page_1",
        "request": {
          "method": "%(method)s",
          "url": "%(url)s",
          "httpVersion": "http/2.0",
          "headers": [%(request)s],
          "queryString": [{"name": "page", "value": "3"}],
          "cookies": [],
          "headersSize": -1,
          "bodySize": 0
        },
        "response": {
          "status": %(status)d,
          "statusText": "",
          "httpVersion": "http/2.0",
          "headers": [%(response)s],
          "cookies": [],
          "content": {
            "size": %(size)d,
            "mimeType": "application/json",
            "text": "%(body)s"%(encoding)s
          },
          "redirectURL": "",
          "headersSize": -1,
          "bodySize": -1,
          "_transferSize": %(size)d,
          "_error": null,
          "_fetchedViaServiceWorker": false
        },
        "serverIPAddress": "192.0.2.7",
        "startedDateTime": "2026-11-22T%(hour)02d:%(minute)02d:%(second)02d.%(milli)03dZ",
        "time": %(total).3f,
        "timings": {"blocked": 1.2340000001, "dns": -1, "ssl": -1, "connect": -1, "send": 0.123, "wait": %(wait).3f, "receive": 1.5000000000291038, "_blocked_queueing": 0.9}
      }"""


def headers(pairs):
    lines = (
        '\n            {\n              "name": "%s",\n              "value": "%s"\n            }' % pair
        for pair in pairs
    )
    return ",".join(lines)


def entries(dice):
    """The entries, one by one, for ever."""
    same_site = [("sec-fetch-site", "same-site")]
    origin = [("origin", PAGE)]
    asks = [
        ("access-control-request-method", "PUT"),
        ("access-control-request-headers", "content-type,x-request-id"),
    ]
    sends = [("content-type", "application/json"), ("x-request-id", "7")]
    of_request = {
        "get": headers(REQUEST + same_site + origin),
        "own": headers(REQUEST + [("sec-fetch-site", "same-origin")]),
        "preflight": headers(REQUEST + same_site + origin + asks),
        "put": headers(REQUEST + same_site + origin + sends),
    }
    of_response = {
        "get": headers(RESPONSE + ALLOWED),
        "own": headers(RESPONSE),
        "preflight": headers(RESPONSE + ALLOWED + PREFLIGHT),
        "put": headers(RESPONSE + ALLOWED),
        "blocked": headers(RESPONSE),
    }
    turn = ["get"] * 7 + ["own", "preflight", "put"]
    number = 0
    while True:
        what = turn[number % 10]
        subject = number - (what == "put")
        site = PAGE if what == "own" else API
        size = 100 + dice.randrange(40) * dice.randrange(33) * dice.randrange(31)
        if what == "preflight":
            size = 0
        piece, encoding = BODIES[dice.choice((0, 0, 0, 0, 0, 1, 1, 1, 2, 2))]
        wait = dice.randrange(40_000) / 1000.0
        moment = number * 50  # milliseconds
        yield ENTRY % {
            "connection": dice.randrange(200),
            "kind": "preflight" if what == "preflight" else "fetch",
            "method": {"preflight": "OPTIONS", "put": "PUT"}.get(what, "GET"),
            "url": "%s/items/%d?page=%d" % (site, subject, subject % 50),
            "request": of_request[what],
            "response": of_response["blocked" if number % 1000 == 3 else what],
            "status": 204 if what == "preflight" else 200,
            "size": size,
            "body": piece * (size // len(piece)),
            "encoding": encoding,
            "hour": moment // 3_600_000 % 24,
            "minute": moment // 60_000 % 60,
            "second": moment // 1000 % 60,
            "milli": moment % 1000,
            "wait": wait,
            "total": wait + 3.0,
        }
        number += 1


def main():
    size = int(sys.argv[1]) * 1_000_000
    out = open(sys.argv[2], "w") if len(sys.argv) > 2 else sys.stdout
    written = out.write(HEAD)
    for number, entry in enumerate(entries(random.Random(7))):
        written += out.write("," + entry if number else entry)
        if written >= size:
            break
    out.write("\n    ]\n  }\n}\n")
    out.close()


main()
