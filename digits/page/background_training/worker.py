"""The process that trains beside the page, started by `process.Process`.

Its argument is the folder to save in; the first line of its input is what to do, as JSON: a
`jobs.Job`. It may come late, and the process has imported what it needs by then. Each line that it
writes is a JSON object: what has changed in `jobs.Progress`. Further lines of input are for
`controls.Controls`, such as "stop", which keeps the best network so far. The end of its input, when
the page is gone, ends it at once.
"""

import json
import os
import sys
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from queue import SimpleQueue
from threading import Lock, Thread

from digits.console import print_error, start_up_notes_hidden
from digits.errors import DataError, DigitsError, SavingError


def main() -> None:
    """Get ready, and do what the first line of the input says, whenever it comes."""
    folder = Path(sys.argv[1])
    with suppress(AttributeError):  # Windows has no such function
        os.nice(10)  # whoever draws goes first
    # From here on, standard output is the terminal: libraries may print what they like.
    lines = os.fdopen(os.dup(1), "w")
    os.dup2(2, 1)

    def report(**changes: object) -> None:
        print(json.dumps(changes), file=lines, flush=True)

    saving = Lock()
    asked: SimpleQueue[str] = SimpleQueue()  # until there is somebody to hear it
    hear: list[Callable[[str], None]] = [asked.put]
    Thread(target=listen, args=(hear, saving), daemon=True).start()
    try:
        with start_up_notes_hidden():
            # TensorFlow takes seconds to import: that is done by the time that somebody asks.
            from digits.learning.training import TrainingInterrupted
            from digits.page.background_training.controls import Controls
            from digits.page.background_training.new_network import train
            from digits.page.background_training.teaching import teach
        job = json.loads(asked.get())
        report(step="Starting")
        controls = Controls()
        for name, value in job["choices"].items():
            controls.obey(f"{name} {value}")
        hear[0] = controls.obey
        while not asked.empty():
            controls.obey(asked.get())
        with suppress(TrainingInterrupted):
            if job["hand"]:
                teach(job["hand"], Path(job["model"]), folder, report, controls, saving)
            else:
                train(job, folder, report, controls, saving)
    except DigitsError as error:
        print_error(error)
        report(error=for_visitors(error))
    os._exit(0)  # at once: TensorFlow takes long to shut down


def for_visitors(error: DigitsError) -> str:
    """What the page says of an error: whoever visits it need not know the server's folders."""
    why = "the terminal in which the page runs says why."
    if isinstance(error, SavingError):
        return f"The model cannot be saved on this server: {why}"
    if isinstance(error, DataError):
        return f"The digits to train on cannot be loaded: {why}"
    return str(error)


def listen(hear: list[Callable[[str], None]], saving: Lock) -> None:
    """Hand on each line of input; exit at its end, but not while a model is being saved."""
    rest = b""
    # Read without Python's own buffer: a thread blocked in there disturbs the process's exit.
    while read := os.read(0, 100):
        *lines, rest = (rest + read).split(b"\n")
        for line in lines:
            hear[0](line.decode())
    with saving:
        os._exit(0)


if __name__ == "__main__":
    main()
