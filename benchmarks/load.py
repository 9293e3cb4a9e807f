"""Measures how many people can draw at once: `python -m benchmarks.load`.

Everybody is behind one address, as a class is, opens the page, and sends the next drawing a tenth
of a second after the last answer, over HTTP. Beside the page stands the usual way, `gr.Interface`
around `model.predict`, in the same run. Each drawing is known by the picture that comes back with
its answer, so that an answer to somebody else's drawing is found.
"""

import argparse
import asyncio
import json
import re
import sys
import time
from collections import Counter
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from pathlib import Path

import httpx
import numpy as np

from benchmarks.page_servers import PUBLIC_PAGE, USUAL_WAY, Server, serving
from digits.data.digit_forms import DIGIT_FORMS, parse_form
from digits.data.strokes import draw
from digits.images.data_urls import data_url

PAUSE = 0.1  # seconds between an answer and the next drawing
PEOPLE = (1, 5, 10, 20, 40, 70, 100)  # for the plot
SCHOOL = {"X-Forwarded-For": "203.0.113.1"}

Ask = Callable[[httpx.AsyncClient, str], Awaitable[tuple[int, str]]]


@dataclass
class Outcome:
    """What a number of people have met."""

    seconds: float = 0.0
    latencies: list[float] = field(default_factory=list)  # seconds
    statuses: Counter[int] = field(default_factory=Counter)
    wrong: int = 0  # answers to another drawing

    def row(self) -> str:
        """The cells of a table."""
        milliseconds = 1000 * np.percentile(self.latencies, [50, 95, 99])
        refused = sum(count for status, count in self.statuses.items() if status != 200)
        return (
            f"{len(self.latencies) / self.seconds:.0f} | "
            + " | ".join(f"{value:.0f}" for value in milliseconds)
            + f" | {len(self.latencies):,} | {refused:,} | {self.wrong:,}"
        )


def drawings() -> list[str]:
    """Data URLs of drawings on a canvas, every one different."""
    forms = [parse_form(form) for forms in DIGIT_FORMS.values() for form in forms]
    inks = [draw(form, size=size) for form in forms for size in (0.5, 0.65)]
    return [data_url(1 - ink) for ink in inks]


async def ask_page(client: httpx.AsyncClient, drawing: str) -> tuple[int, str]:
    """Send a drawing as our page does: the status, and the picture that the network received."""
    answer = await client.post("/gradio_api/run/classify", json={"data": [drawing]})
    return answer.status_code, answer.json()["data"][1] if answer.is_success else ""


async def ask_usual_way(client: httpx.AsyncClient, drawing: str) -> tuple[int, str]:
    """Send a drawing through Gradio's queue: the status, and the whole answer."""
    image = {"url": drawing, "path": None, "meta": {"_type": "gradio.FileData"}}
    joined = await client.post("/gradio_api/call/classify", json={"data": [image]})
    if not joined.is_success:
        return joined.status_code, ""
    answer = await client.get(f"/gradio_api/call/classify/{joined.json()['event_id']}")
    kind, data = (line.partition(": ")[2] for line in answer.text.strip().splitlines()[-2:])
    return (200, json.dumps(json.loads(data))) if kind == "complete" else (500, "")


async def draw_for(seconds: float, people: int, server: Server, ask: Ask) -> Outcome:
    """Let so many people draw for a time."""
    urls, outcome = drawings(), Outcome()
    right: dict[str, str] = {}
    limits = httpx.Limits(max_connections=None, max_keepalive_connections=None)

    async def person(number: int, client: httpx.AsyncClient, end: float) -> None:
        turn = number * 7
        while time.perf_counter() < end:
            url = urls[turn % len(urls)]
            turn += 1
            started = time.perf_counter()
            status, answer = await ask(client, url)
            outcome.latencies.append(time.perf_counter() - started)
            outcome.statuses[status] += 1
            if status == 200:
                outcome.wrong += right.setdefault(url, answer) != answer
            await asyncio.sleep(PAUSE)

    async def visitor() -> httpx.AsyncClient:
        client = httpx.AsyncClient(
            base_url=server.address, headers=SCHOOL, timeout=60, limits=limits
        )
        await client.get("/")
        return client

    clients = [await visitor() for _ in range(people)]
    for url in urls:  # what each answer should be, asked by one person alone
        right[url] = (await ask(clients[0], url))[1]
    started = time.perf_counter()
    await asyncio.gather(
        *(person(number, client, started + seconds) for number, client in enumerate(clients))
    )
    outcome.seconds = time.perf_counter() - started
    for client in clients:
        await client.aclose()
    return outcome


async def watch(server: Server, seconds: float) -> list[tuple[float, int, int]]:
    """Note memory, open files and kept files every five seconds."""
    notes = []
    end = time.perf_counter() + seconds
    while time.perf_counter() < end:
        notes.append((server.memory(), server.open_files(), server.kept()[0]))
        await asyncio.sleep(5)
    return notes


async def long_run(seconds: float, people: int) -> None:
    """Let a class draw on our page for minutes, and print what it met and what the page used."""
    with serving(PUBLIC_PAGE) as server:
        outcome, notes = await asyncio.gather(
            draw_for(seconds, people, server, ask_page), watch(server, seconds)
        )
    print(f"\n{people} people drawing for {seconds:.0f} seconds\n")
    print(HEAD)
    print(f"| this page | {people} | {outcome.row()} |")
    first = [note for number, note in enumerate(notes) if number >= len(notes) // 5]
    growth = notes[-1][0] / first[0][0] - 1
    print(
        f"\nMemory {first[0][0]:.0f} MB after a fifth of the time, {notes[-1][0]:.0f} MB at the "
        f"end ({growth:+.1%}); at most {max(note[1] for note in notes)} open files; "
        f"{notes[-1][2]} files kept."
    )


async def open_at_once(people: int) -> None:
    """Let a class open the page at the same moment, and print how long it takes until all have it.

    Everybody loads the page and every file that it names, on six connections, as browsers do.
    """

    async def load(client: httpx.AsyncClient) -> list[int]:
        page = await client.get("/")
        names = sorted(set(re.findall(r"assets/[\w-]+\.\w+", page.text)))
        paths = [f"/{name}" for name in names] + ["/theme.css", "/config", "/gradio_api/info"]
        answers = await asyncio.gather(*(client.get(path) for path in paths))
        return [page.status_code, *(answer.status_code for answer in answers)]

    limits = httpx.Limits(max_connections=6)
    with serving(PUBLIC_PAGE) as server:
        clients = [
            httpx.AsyncClient(base_url=server.address, headers=SCHOOL, timeout=120, limits=limits)
            for _ in range(people)
        ]
        started = time.perf_counter()
        statuses = [status for each in await asyncio.gather(*map(load, clients)) for status in each]
        seconds = time.perf_counter() - started
        for client in clients:
            await client.aclose()
    refused = sum(status != 200 for status in statuses)
    print(
        f"\n{people} people open the page at once: {seconds:.1f} s until the last of them has all "
        f"its files ({len(statuses):,} requests, {refused:,} refused)."
    )


HEAD = (
    "| way | people | answers/s | p50, ms | p95, ms | p99, ms | answers | refused | wrong |\n"
    "| --- | ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: |"
)
WAYS: dict[str, tuple[tuple[str, ...], Ask]] = {
    "this page": (PUBLIC_PAGE, ask_page),
    "usual way": (USUAL_WAY, ask_usual_way),
}


async def by_people(seconds: float, plot: Path | None) -> None:
    """Measure both ways with more and more people, and plot the latency."""
    print("Both ways, with more and more people\n")
    print(HEAD)
    measured: dict[str, list[Outcome]] = {}
    for name, (command, ask) in WAYS.items():
        with serving(command) as server:
            for people in PEOPLE:
                outcome = await draw_for(seconds, people, server, ask)
                measured.setdefault(name, []).append(outcome)
                print(f"| {name} | {people} | {outcome.row()} |", flush=True)
    if plot:
        draw_plot(measured, plot)


def draw_plot(measured: dict[str, list[Outcome]], file: Path) -> None:
    """Plot the median and the 95th percentile of the latency against the number of people."""
    import matplotlib.pyplot as plt

    figure, axes = plt.subplots(figsize=(7, 4), layout="constrained")
    for colour, (name, outcomes) in zip(("tab:blue", "tab:orange"), measured.items(), strict=True):
        for percentile, style in ((50, "-"), (95, "--")):
            values = [1000 * np.percentile(outcome.latencies, percentile) for outcome in outcomes]
            axes.plot(PEOPLE, values, style, marker="o", ms=4, color=colour)
            axes.annotate(
                f"{name}, p{percentile}",
                (PEOPLE[-1], values[-1]),
                xytext=(6, 6 if percentile == 95 else -6),
                textcoords="offset points",
                va="center",
                color=colour,
            )
    axes.set(xlabel="people who draw at once", ylabel="time to an answer, ms", yscale="log")
    axes.set_xlim(0, 135)
    axes.yaxis.set_major_formatter("{x:,.0f}")
    axes.grid(alpha=0.3)
    axes.spines[["top", "right"]].set_visible(False)
    figure.savefig(file, dpi=144)


def main() -> int:
    """Measure, and print Markdown; returns the exit code."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--seconds", type=float, default=300, help="how long the class draws")
    parser.add_argument("--people", type=int, default=40, help="how many they are")
    parser.add_argument("--step", type=float, default=8, help="seconds for each number of people")
    parser.add_argument("--plot", type=Path, help="where to save the plot, as PNG")
    parser.add_argument("--only-class", action="store_true", help="leave the comparison out")
    args = parser.parse_args()
    if not args.only_class:
        asyncio.run(by_people(args.step, args.plot))
    asyncio.run(open_at_once(50))
    asyncio.run(long_run(args.seconds, args.people))
    return 0


if __name__ == "__main__":
    sys.exit(main())
