"""The process that trains beside the page, started by `jobs.Training`.

Its arguments are the recipe, as JSON, and the folder to save in. Each line that it writes is a
JSON object: what has changed in `jobs.Progress`. A line of input asks it to stop and keep the
best network so far. The end of its input, when the page is gone, ends it at once.
"""

import json
import os
import sys
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from threading import Event, Lock, Thread

from digits.console import print_error, start_up_notes_hidden
from digits.errors import DataError, DigitsError, SavingError
from digits.learning.recipe import Recipe


def main() -> None:
    """Train as the command line says."""
    recipe, folder = Recipe.from_dict(json.loads(sys.argv[1])), Path(sys.argv[2])
    with suppress(AttributeError):  # Windows has no such function
        os.nice(10)  # whoever draws goes first
    # From here on, standard output is the terminal: libraries may print what they like.
    lines = os.fdopen(os.dup(1), "w")
    os.dup2(2, 1)

    def report(**changes: object) -> None:
        print(json.dumps(changes), file=lines, flush=True)

    stop, saving = Event(), Lock()
    Thread(target=obey, args=(stop, saving), daemon=True).start()
    try:
        train(recipe, folder, report, stop, saving)
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


def obey(stop: Event, saving: Lock) -> None:
    """Set `stop` at a line of input; exit at its end, but not while a model is being saved."""
    # Read without Python's own buffer: a thread blocked in there disturbs the process's exit.
    while os.read(0, 100):
        stop.set()
    with saving:
        os._exit(0)


def train(
    recipe: Recipe, folder: Path, report: Callable[..., None], stop: Event, saving: Lock
) -> None:
    """Train, report how it goes, and save the network under a name of its own."""
    report(step="Starting")
    with start_up_notes_hidden():
        import keras

        from digits.classifier import DigitClassifier
        from digits.data.corpus import training_data
        from digits.learning.training import TrainingInterrupted
        from digits.page.background_training.callback import ProgressCallback
        from digits.saving import check_writable

        keras.utils.set_random_seed(recipe.seed)
        classifier = DigitClassifier.build(recipe.architecture)
    stem = f"my_{recipe.architecture}"
    check_writable(folder / f"{stem}.keras", classifier.model)
    report(step="Loading the digits" if recipe.data == "mnist" else "Drawing digits to train on")
    data = training_data(recipe.data, images=recipe.images, seed=recipe.seed)
    recipe = recipe.changed({"parts": data.counts, "validation_parts": data.validation_counts})
    validation = data.validation
    with suppress(TrainingInterrupted):
        classifier.train(
            data.train,
            validation,
            recipe=recipe,
            callbacks=[ProgressCallback(report, stop, validation, recipe.total_epochs)],
            verbose=0,
        )
    report(step="Saving", share=None)
    with saving:
        classifier.save_under_new_name(folder, stem)
    accuracy = classifier.card["figures"]["validation"]["accuracy"]
    report(saved=classifier.file.stem, accuracy=accuracy)


if __name__ == "__main__":
    main()
