"""Twenty kiosks at once against one server: how long a step takes."""

import http.client
import json
import random
import secrets
import statistics
import threading
import time
from dataclasses import dataclass, field
from typing import Any

from sallyport.http_signatures import sign_request
from sallyport.keys import P256Signer

BAR_STEP_MS = 300.0
KIOSKS = 20
SIGNATURE = [[[20 + 10 * n, 120 - 40 * (n % 2), 30 * n] for n in range(40)]]


@dataclass
class Terminal:
    """One kiosk that signs its requests."""

    host: str
    port: int
    key: P256Signer
    keyid: str
    steps: list[tuple[str, float]] = field(default_factory=list)
    nothing: list[float] = field(default_factory=list)
    failed: list[str] = field(default_factory=list)

    def post(self, path: str, told: dict[str, Any]) -> tuple[float, Any]:
        """Milliseconds, and the answer."""
        body = json.dumps(told).encode()
        signed = sign_request(
            method="POST",
            url=f"http://{self.host}/api/v1/{path}",
            body=body,
            key=self.key,
            keyid=self.keyid,
            created=int(time.time()),
            nonce=secrets.token_urlsafe(16),
        )
        headers = {"Host": self.host, "Content-Type": "application/json", **signed}
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=30)
        begun = time.perf_counter()
        connection.request("POST", f"/api/v1/{path}", body, headers)
        answer = connection.getresponse()
        raw = answer.read()
        took = (time.perf_counter() - begun) * 1000
        connection.close()
        if answer.status >= 400:
            self.failed.append(f"{path} {answer.status} {raw[:200]!r}")
        said = json.loads(raw) if answer.headers.get_content_type() == "application/json" and raw else None
        return took, said

    def step(self, name: str, path: str, told: dict[str, Any], pause: float) -> Any:
        """A step, a request that asks for nothing beside it, and a person's pause around both."""
        took, said = self.post(path, told)
        self.steps.append((name, took))
        time.sleep(pause * random.uniform(0.5, 1.5))
        self.nothing.append(self.post("kiosk/state", {"waiting": 0})[0])
        return said

    def take_in(self, codes: list[str], pause: float) -> None:
        """One expected visitor after the other."""
        time.sleep(pause * random.random() * 3)
        for code in codes:
            view = self.step(
                "begin", "kiosk/arrivals", {"flow": "expected", "language": "en", "code": code}, pause
            )
            way = f"kiosk/arrivals/{view['id']}"
            (document,) = view["documents"]
            told = {"version": document["version"], "name": view["name"], "strokes": SIGNATURE}
            self.step("sign and be let in", f"{way}/documents", told, pause)
            self.step("way and pass", f"{way}/way", {"way": "day_pass"}, pause)
            self.step("badge", f"{way}/badge", {}, pause)
            self.step("end", f"{way}/end", {}, pause)


def p95(values: list[float]) -> float:
    """The 95th percentile."""
    return statistics.quantiles(values, n=20)[-1]


def together(host: str, port: int, laid: Any, visits: int, pause: float) -> bool:
    """Print what twenty kiosks at once make of a step; whether the bar is held."""
    stage, house = laid
    keys = [P256Signer.generate() for _ in range(KIOSKS)]
    terminals = [Terminal(host, port, *one) for one in zip(keys, stage.stand(house, keys), strict=True)]
    codes = stage.invite(house, KIOSKS * visits, "many")
    threads = [
        threading.Thread(target=one.take_in, args=(codes[n::KIOSKS], pause))
        for n, one in enumerate(terminals)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(600)
    failed = [one for terminal in terminals for one in terminal.failed]
    assert not failed, failed[:3]
    steps = [one for terminal in terminals for one in terminal.steps]
    told = figures(steps, [one for terminal in terminals for one in terminal.nothing])
    print(json.dumps(told | {"kiosks": KIOSKS, "pause_s": pause}), flush=True)
    return bool(told["held"])


def figures(steps: list[tuple[str, float]], nothing: list[float]) -> dict[str, Any]:
    """What the line says of steps (name, milliseconds): the p95 of all, which is judged, and of each kind."""
    value, baseline = p95([took for _, took in steps]), p95(nothing)
    kinds = {
        name: p95([took for one, took in steps if one == name])
        for name in dict.fromkeys(name for name, _ in steps)
    }
    slowest = max(kinds, key=lambda name: kinds[name])
    told: dict[str, Any] = {"bench": "kiosks", "value": round(value, 1), "baseline": round(baseline, 1)}
    told |= {"ratio": round(value / baseline, 2), "unit": "ms p95 of all steps", "bar": BAR_STEP_MS}
    told |= {"held": value <= BAR_STEP_MS, "steps": len(steps)}
    told |= {"slowest": slowest, "slowest_p95": round(kinds[slowest], 1)}
    return told | {name: round(took, 1) for name, took in kinds.items()}
