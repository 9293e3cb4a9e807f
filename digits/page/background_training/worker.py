"""The process that trains beside the page, started by `jobs.Training`.

Its arguments are the settings, as JSON, and the folder to save in. Each line that it writes is a
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

from digits.console import start_up_notes_hidden
from digits.errors import DigitsError
from digits.page.background_training.jobs import Settings

BATCH_SIZE = 32  # small: a few thousand images still make many steps


def main() -> None:
    """Train as the command line says."""
    settings, folder = Settings(**json.loads(sys.argv[1])), Path(sys.argv[2])
    with suppress(AttributeError):  # Windows has no such thing
        os.nice(10)  # who draws goes first
    # Libraries print what they like; from here on that is for the terminal.
    lines = os.fdopen(os.dup(1), "w")
    os.dup2(2, 1)

    def say(**changes) -> None:
        print(json.dumps(changes), file=lines, flush=True)

    stop, saving = Event(), Lock()
    Thread(target=obey, args=(stop, saving), daemon=True).start()
    try:
        train(settings, folder, say, stop, saving)
    except DigitsError as error:
        say(error=str(error))
    os._exit(0)  # at once: TensorFlow takes its time to pack up


def obey(stop: Event, saving: Lock) -> None:
    """Set `stop` at a line of input; leave at its end, but not while a file is half written."""
    # Read without Python's own buffer: a thread that waits in there disturbs the process's end.
    while os.read(0, 100):
        stop.set()
    with saving:
        os._exit(0)


def train(
    settings: Settings, folder: Path, say: Callable[..., None], stop: Event, saving: Lock
) -> None:
    """Train, tell of it with `say`, and save the network."""
    say(step="Starting")
    with start_up_notes_hidden():
        import keras

        from digits.classifier import DigitClassifier
        from digits.data.corpus import training_data
        from digits.learning.training import TrainingInterrupted
        from digits.page.background_training.callback import Watcher, total_epochs
        from digits.saving import check_writable

        keras.utils.set_random_seed(0)  # the same choices, the same network
        classifier = DigitClassifier.build(settings.architecture)
    path = folder / f"my_{settings.architecture}.keras"
    check_writable(path)
    say(step="Loading the digits" if settings.data == "mnist" else "Drawing digits to learn from")
    train, validation = training_data(settings.data, images=settings.images)
    epochs = total_epochs(settings.epochs, settings.augmented)
    with suppress(TrainingInterrupted):
        classifier.train(
            train,
            validation,
            epochs=settings.epochs,
            batch_size=BATCH_SIZE,
            augmented=settings.augmented,
            callbacks=[Watcher(say, stop, validation, epochs)],
            verbose=0,
        )
    say(step="Saving", share=None)
    with saving:
        classifier.save(path)
    say(saved=path.stem, accuracy=classifier.card["figures"]["validation"]["accuracy"])


if __name__ == "__main__":
    main()
