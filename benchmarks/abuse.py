"""Measures what a hostile visitor costs the others: `python -m benchmarks.abuse`.

One address sends the worst of what is allowed, on many connections at once, while somebody at
another address draws. The page runs in a process of its own, as a public one.
"""

import argparse
import asyncio
import io
import sys
import time
from collections import Counter
from collections.abc import Awaitable, Callable

import httpx
import numpy as np
from PIL import Image

from benchmarks.load import PAUSE, SCHOOL, ask_page, drawings
from benchmarks.page_servers import PUBLIC_PAGE, Server, serving
from digits.images.data_urls import data_url

HOSTILE = {"X-Forwarded-For": "203.0.113.66"}
CONNECTIONS = 8

Attack = Callable[[httpx.AsyncClient], Awaitable[httpx.Response]]


def noisy_drawing() -> str:
    """The data URL of a drawing as large as is allowed, which packs badly."""
    pixels = np.random.default_rng(0).integers(0, 256, (1000, 1000), np.uint8)
    return data_url(pixels)


def large_photo() -> bytes:
    """A JPEG of almost 25 megapixels."""
    rough = np.random.default_rng(0).integers(60, 200, (60, 60), np.uint8)
    file = io.BytesIO()
    Image.fromarray(rough).resize((4990, 4990)).save(file, "JPEG")
    return file.getvalue()


def attacks() -> dict[str, Attack]:
    """The attacks, by what they are."""
    drawing, photo = {"data": [noisy_drawing()]}, large_photo()

    async def draw(client: httpx.AsyncClient) -> httpx.Response:
        return await client.post("/gradio_api/run/classify", json=drawing)

    async def queue(client: httpx.AsyncClient) -> httpx.Response:
        return await client.post("/gradio_api/call/classify", json=drawing)

    async def upload(client: httpx.AsyncClient) -> httpx.Response:
        files = {"files": ("photo.jpg", photo)}
        answer = await client.post("/gradio_api/upload", files=files)
        if not answer.is_success:
            return answer
        value = {"path": answer.json()[0]}
        return await client.post("/gradio_api/run/classify_photo", json={"data": [value]})

    async def garbage(client: httpx.AsyncClient) -> httpx.Response:
        body = {"data": [{"path": "/etc/hostname"}], "fn_index": -1, "session_hash": ""}
        return await client.post("/gradio_api/queue/join", json=body)

    return {
        "drawings of 1 megapixel": draw,
        "the same through the queue": queue,
        "photos of 25 megapixels": upload,
        "garbage": garbage,
    }


async def measure(server: Server, attack: Attack | None, seconds: float) -> str:
    """Let somebody draw during an attack; the cells of a table."""
    urls, end = drawings(), time.perf_counter() + seconds
    latencies: list[float] = []
    victim_statuses: Counter[int] = Counter()
    hostile_statuses: Counter[int] = Counter()

    async def hostile() -> None:
        async with httpx.AsyncClient(
            base_url=server.address, headers=HOSTILE, timeout=120
        ) as client:
            while attack and time.perf_counter() < end:
                hostile_statuses[(await attack(client)).status_code] += 1

    async def victim() -> None:
        async with httpx.AsyncClient(base_url=server.address, headers=SCHOOL, timeout=60) as client:
            await client.get("/")
            turn = 0
            while time.perf_counter() < end:
                started = time.perf_counter()
                status, _ = await ask_page(client, urls[turn % len(urls)])
                latencies.append(time.perf_counter() - started)
                victim_statuses[status] += 1
                turn += 1
                await asyncio.sleep(PAUSE)

    await asyncio.gather(victim(), *(hostile() for _ in range(CONNECTIONS)))
    p50, p95 = 1000 * np.percentile(latencies, [50, 95])
    refused = sum(count for status, count in victim_statuses.items() if status != 200)
    count, size = server.kept()
    return (
        f"{p50:.0f} | {p95:.0f} | {refused} | {hostile_statuses[200]:,} of "
        f"{hostile_statuses.total():,} | {server.memory():.0f} | {count} ({size:.0f} MB) | "
        f"{server.log_size():.0f}"
    )


def main() -> int:
    """Measure, and print a Markdown table; returns the exit code."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--seconds", type=float, default=20, help="how long each attack lasts")
    args = parser.parse_args()
    print(
        "| attack | victim p50, ms | p95, ms | refused to the victim | answered to the attacker | "
        "memory, MB | files kept | log, kB |\n"
        "| --- | ---: | ---: | ---: | ---: | ---: | ---: | ---: |"
    )
    with serving(PUBLIC_PAGE) as server:
        for name, attack in ({"none": None} | attacks()).items():
            row = asyncio.run(measure(server, attack, args.seconds))
            print(f"| {name} | {row} |", flush=True)
    return 0


if __name__ == "__main__":
    sys.exit(main())
