"""Verifying a signed request against the bare work that it cannot do without."""

from __future__ import annotations

import base64
import hmac
import json
from collections.abc import Callable

import msgspec

from benchmarks.box import CONSUMER_SECRET, Box
from benchmarks.rows import Goal, Row
from benchmarks.scale import Scale
from benchmarks.timing import alternate
from canvas.signed_request import verify

SIZE = 4300
_CALLS = 200
_KEY = CONSUMER_SECRET.encode()


def measure(scale: Scale, box: Box) -> list[Row]:
    """One row: microseconds for one request of 4.3 kB."""
    text = _of_size(box.sign(box.main["contact"]))

    def ours() -> None:
        for _ in range(_CALLS):
            verify(text, (CONSUMER_SECRET,))

    plain = alternate(ours, _repeated(text, json.loads), scale.verify_rounds)
    quick = alternate(ours, _repeated(text, msgspec.json.decode), scale.verify_rounds)
    return [
        Row(
            "verify a signed request of 4.3 kB",
            plain.value / _CALLS * 1e6,
            "µs",
            plain.floor / _CALLS * 1e6,
            Goal(1.3),
            "baseline: hmac.digest, base64.b64decode, json.loads; with msgspec.json.decode "
            f"in its place the ratio is {quick.value / quick.floor:.2f}",
        )
    ]


def _repeated(text: str, decode: Callable[[bytes], object]) -> Callable[[], None]:
    def bare() -> None:
        for _ in range(_CALLS):
            signature, _, payload = text.partition(".")
            digest = hmac.digest(_KEY, payload.encode(), "sha256")
            assert hmac.compare_digest(base64.b64decode(signature), digest)
            decode(base64.b64decode(payload))

    return bare


def _of_size(text: str) -> str:
    """The same request with a parameter that fills it up to the size, signed again."""
    body = json.loads(base64.b64decode(text.partition(".")[2]))
    parameters = body["context"]["environment"]["parameters"]
    parameters["note"] = ""
    missing = SIZE - len(_signed(body))
    parameters["note"] = "n" * max(0, missing * 3 // 4)
    signed = _signed(body)
    assert abs(len(signed) - SIZE) < SIZE / 10, len(signed)
    return signed


def _signed(body: object) -> str:
    payload = base64.b64encode(json.dumps(body, separators=(",", ":")).encode())
    digest = hmac.digest(_KEY, payload, "sha256")
    return f"{base64.b64encode(digest).decode()}.{payload.decode()}"
