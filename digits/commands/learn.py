"""`learn`: fine-tunes a copy of a model on the corrections made on the page."""

import argparse
import time
from pathlib import Path

from digits.commands.arguments import keras_file, positive, seed
from digits.console import (
    load_classifier,
    print_how_to_draw,
    progress_style,
    start_up_notes_hidden,
)
from digits.errors import DataError, ModelError

SUMMARY = "fine-tune a copy of a model on the corrections made on the page"
USES_MODEL = True


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the arguments of this command."""
    parser.add_argument(
        "folder",
        nargs="?",
        type=Path,
        default=Path("feedback"),
        metavar="FOLDER",
        help="the folder of corrections (default: %(default)s)",
    )
    parser.add_argument(
        "--images",
        type=positive,
        metavar="N",
        help="replay N training images with the corrections (default: 10000)",
    )
    parser.add_argument(
        "--seed", type=seed, default=0, metavar="N", help="the same seed gives the same network"
    )
    parser.add_argument(
        "--output",
        type=keras_file,
        metavar="PATH",
        help="the model file to write (default: models/corrected.keras)",
    )


def run(args: argparse.Namespace) -> int:
    """Fine-tune a copy of the model, and print accuracy before and after; 130 after Ctrl-C."""
    with start_up_notes_hidden():
        import keras

        from digits.data.corpus import training_data
        from digits.data.mnist import load_mnist
        from digits.learning.finetuning import REPLAY, corrected_digits
        from digits.learning.training import TrainingInterrupted
        from digits.measuring.learning_from_corrections import learn_and_measure
        from digits.saving import check_writable

        keras.utils.set_random_seed(args.seed)
    corrections, skipped = corrected_digits(args.folder)
    classifier = load_classifier(args.model)
    started_from = classifier.file
    output = args.output or Path("models") / "corrected.keras"
    if not args.output and output.resolve() == started_from.resolve():
        raise ModelError(
            f"{output} is the model to start from: choose a name for the new one with --output "
            "(the same name replaces it)"
        )
    check_writable(output, classifier.model)
    damaged = f" ({skipped} more {'is' if skipped == 1 else 'are'} damaged)" if skipped else ""
    print(f"{args.folder} holds {len(corrections.y)} different corrections{damaged}.")
    print("Drawing training images to replay with them ...", flush=True)
    mnist = load_mnist()
    images = args.images or REPLAY
    try:
        data = training_data("mnist+pen", images=images, seed=args.seed)
    except DataError as error:
        print(f"Continuing without the pen digits: {error}.", flush=True)
        data = training_data("mnist+synthetic", images=images, seed=args.seed)
    print("Fine-tuning on one half, to measure on the other; then on all of them.", flush=True)
    started = time.perf_counter()
    try:
        outcome = learn_and_measure(
            classifier,
            corrections,
            data.train,
            data.validation,
            mnist,
            seed=args.seed,
            verbose=progress_style(),
        )
    except TrainingInterrupted:
        print("\nStopped: no model was written.")
        return 130
    classifier.card["started_from"] = started_from.name
    classifier.save(output)
    print(
        f"\nSaved {output} after {(time.perf_counter() - started) / 60:.1f} minutes. "
        "Read correctly, before and after:\n"
        f"  {100 * outcome.held_out_before:6.2f} % and {100 * outcome.held_out_after:6.2f} % of "
        f"{outcome.held_out} held-out corrections, after fine-tuning on the others\n"
        f"  {100 * outcome.test_before:6.2f} % and {100 * outcome.test_after:6.2f} % of the "
        f"{len(mnist.test.y):,} digits of {mnist.test_name}, after fine-tuning on all corrections, "
        "as saved"
    )
    print_how_to_draw(output)
    return 0
