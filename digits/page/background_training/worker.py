"""The process that trains beside the page, started by `jobs.Training`.

Its argument is the folder to save in; the first line of its input is what to do, as JSON: a
`jobs.Job`. Each line that it writes is a JSON object: what has changed in `jobs.Progress`. Further
lines of input are for `controls.Controls`, such as "stop", which keeps the best network so far. The
end of its input, when the page is gone, ends it at once.
"""

import base64
import json
import os
import sys
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from threading import Lock, Thread
from typing import TYPE_CHECKING, Any

from digits.console import print_error, start_up_notes_hidden
from digits.errors import DataError, DigitsError, SavingError
from digits.learning.recipe import Recipe

if TYPE_CHECKING:  # TensorFlow takes seconds to import
    from digits.page.background_training.controls import Controls


def main() -> None:
    """Do what the first line of the input says."""
    folder, job = Path(sys.argv[1]), json.loads(first_line())
    with suppress(AttributeError):  # Windows has no such function
        os.nice(10)  # whoever draws goes first
    # From here on, standard output is the terminal: libraries may print what they like.
    lines = os.fdopen(os.dup(1), "w")
    os.dup2(2, 1)

    def report(**changes: object) -> None:
        print(json.dumps(changes), file=lines, flush=True)

    saving = Lock()
    asked: list[str] = []  # until there is somebody to hear it
    hear: list[Callable[[str], None]] = [asked.append]
    Thread(target=listen, args=(hear, saving), daemon=True).start()
    report(step="Starting")
    try:
        with start_up_notes_hidden():
            from digits.learning.training import TrainingInterrupted
            from digits.page.background_training.controls import Controls
        controls = Controls()
        controls.obey(f"pace {float(job['pace'])}")
        hear[0] = controls.obey
        for line in asked:
            controls.obey(line)
        with suppress(TrainingInterrupted):
            if job["hand"]:
                from digits.page.background_training.teaching import teach

                teach(job["hand"], Path(job["model"]), folder, report, controls, saving)
            else:
                train(job, folder, report, controls, saving)
    except DigitsError as error:
        print_error(error)
        report(error=for_visitors(error))
    os._exit(0)  # at once: TensorFlow takes long to shut down


def first_line() -> bytes:
    """Read the first line of the input, and nothing beyond it."""
    line = b""
    while not line.endswith(b"\n"):
        if not (byte := os.read(0, 1)):
            os._exit(0)
        line += byte
    return line


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


def train(
    job: dict[str, Any],
    folder: Path,
    report: Callable[..., None],
    controls: "Controls",
    saving: Lock,
) -> None:
    """Train, report how it goes, and save the network under a name of its own."""
    import keras
    import numpy as np

    from digits.classifier import DigitClassifier
    from digits.data.corpus import training_data
    from digits.images.preprocessing import SIZE
    from digits.learning.training import TrainingInterrupted
    from digits.page.background_training.callback import ProgressCallback
    from digits.saving import check_writable

    recipe = Recipe.from_dict(job["recipe"])
    keras.utils.set_random_seed(recipe.seed)
    classifier = DigitClassifier.build(recipe.architecture)
    stem = f"my_{recipe.architecture}"
    check_writable(folder / f"{stem}.keras", classifier.model)
    report(step="Loading the digits" if recipe.data == "mnist" else "Drawing digits to train on")
    data = training_data(recipe.data, images=recipe.images, seed=recipe.seed)
    recipe = recipe.changed({"parts": data.counts, "validation_parts": data.validation_counts})
    drawing = None
    if job["drawing"]:
        pixels = np.frombuffer(base64.b64decode(job["drawing"]), np.uint8)
        drawing = pixels.reshape(SIZE, SIZE).astype(np.float32) / 255
    callback = ProgressCallback(
        report, controls, recipe.total_epochs, validation=data.validation, drawing=drawing
    )
    with suppress(TrainingInterrupted):
        classifier.train(
            data.train,
            data.validation,
            recipe=recipe,
            callbacks=[callback],
            verbose=0,
            pace=controls.pace,
        )
    if controls.paces:
        classifier.card["training"]["paces"] = controls.paces
    report(step="Saving", share=None)
    with saving:
        classifier.save_under_new_name(folder, stem)
    accuracy = classifier.card["figures"]["validation"]["accuracy"]
    report(saved=classifier.file.stem, accuracy=accuracy)


if __name__ == "__main__":
    main()
