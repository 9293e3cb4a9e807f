"""`train`: trains a network of one's choice into a model file, or one that is there further."""

import argparse
import shlex
import sys
import time
from pathlib import Path

from digits.console import load_classifier, start_up_notes_hidden
from digits.errors import DataError, DigitsError, ModelError
from digits.learning.recipe import PRESETS, Preset

SUMMARY = "train a network into a model file"
STANDARD = "standard"  # the preset of who names none


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add what only this command takes."""
    parser.add_argument(
        "--preset",
        choices=PRESETS,
        help=f"settings to begin with; the flags below change them (default: {STANDARD})",
    )
    parser.add_argument("--architecture", metavar="NAME", help="the network, such as two_conv")
    parser.add_argument("--data", choices=["mnist", "mnist+pen"], help="what to learn from")
    parser.add_argument(
        "--images", type=positive, metavar="N", help="learn from so many images only"
    )
    parser.add_argument("--epochs", type=positive, metavar="N", help="times to see all images")
    parser.add_argument("--batch-size", type=positive, metavar="N", help="images per step")
    parser.add_argument(
        "--seed", type=seed, default=0, metavar="N", help="the same seed, the same network"
    )
    parser.add_argument(
        "--augment",
        dest="augmented",
        action=argparse.BooleanOptionalAction,
        help="vary the images while training",
    )
    parser.add_argument(
        "--output",
        type=keras_file,
        metavar="PATH",
        help="the model file to write (default: models/<architecture>.keras, or "
        "models/corrected.keras from feedback)",
    )
    parser.add_argument(
        "--resume", action="store_true", help="go on with a training that was stopped"
    )
    parser.add_argument(
        "--from-feedback",
        nargs="?",
        const="feedback",
        type=Path,
        metavar="FOLDER",
        help="teach a copy of --model what people corrected on the page (FOLDER: feedback)",
    )


def positive(text: str) -> int:
    """`text` as a whole number from 1 on."""
    if text.isdecimal() and int(text) > 0:
        return int(text)
    raise argparse.ArgumentTypeError(f"it is a whole number from 1 on, not {text!r}")


def seed(text: str) -> int:
    """`text` as a number that random numbers can begin with."""
    if text.isdecimal() and int(text) < 2**32:
        return int(text)
    raise argparse.ArgumentTypeError(f"it is a whole number from 0 to {2**32 - 1}, not {text!r}")


def keras_file(text: str) -> Path:
    """`text` as the path of a model file."""
    if text.endswith(".keras"):
        return Path(text)
    raise argparse.ArgumentTypeError(f"a model file ends in .keras, {text!r} does not")


def run(args: argparse.Namespace) -> int:
    """Train as `args` asks; 130 after Ctrl-C, with the best network so far saved."""
    if args.from_feedback:
        return learn_from_feedback(args)
    if args.model:
        raise DigitsError(
            "a training begins with a new network: choose one with --architecture, or go on from "
            "that model with --from-feedback"
        )
    preset = chosen_preset(args)
    with start_up_notes_hidden():
        import keras

        from digits.classifier import DigitClassifier
        from digits.data.corpus import training_data
        from digits.learning.training import TrainingInterrupted
        from digits.saving import check_writable

        keras.utils.set_random_seed(args.seed)
        classifier = DigitClassifier.build(preset.architecture)
    output = args.output or Path("models") / f"{preset.architecture}.keras"
    check_writable(output)
    checkpoint = output.with_suffix(".training")
    if preset.data != "mnist":
        print("Drawing the digits to learn from ...", flush=True)
    train, validation = training_data(preset.data, images=args.images, seed=args.seed)
    started = time.perf_counter()
    try:
        classifier.train(
            train,
            validation,
            **preset.settings(),
            seed=args.seed,
            checkpoint=checkpoint,
            resume=args.resume,
            verbose=progress(),
        )
    except TrainingInterrupted as interrupted:
        again = shlex.join([*sys.argv, *([] if args.resume else ["--resume"])])
        done = len(interrupted.history.get("loss", []))
        if done:
            classifier.save(output)
            print(f"\nStopped after {done} epochs; the best network so far is {output}.")
        else:
            print("\nStopped within the first epoch: there is nothing to keep.")
        print(f"To go on: python3 {again}")
        return 130
    classifier.save(output)
    checkpoint.unlink(missing_ok=True)
    accuracy = classifier.card["figures"]["validation"]["accuracy"]
    print(
        f"Saved {output} after {minutes(started)} minutes: it reads {100 * accuracy:.2f} % of the "
        "validation digits."
    )
    print_how_to_draw(output)
    return 0


def learn_from_feedback(args: argparse.Namespace) -> int:
    """Fine-tune a copy of the model on corrections, and say what that brought."""
    refuse_settings(args)
    with start_up_notes_hidden():
        import keras

        from digits.data.corpus import non_digits, training_data
        from digits.data.mnist import load_mnist
        from digits.data.splits import combine
        from digits.learning.finetuning import REPLAY, corrected_digits, learn_from_corrections
        from digits.learning.training import TrainingInterrupted
        from digits.saving import check_writable

        keras.utils.set_random_seed(args.seed)
    corrections, skipped = corrected_digits(args.from_feedback)
    classifier = load_classifier(args.model)
    output = args.output or Path("models") / "corrected.keras"
    if not args.output and output.resolve() == classifier.path.resolve():
        raise ModelError(
            f"{output} is the model to go on from: name the new one with --output (the same name "
            "replaces it)"
        )
    check_writable(output)
    damaged = f" ({skipped} more are damaged)" if skipped else ""
    print(f"{args.from_feedback} holds {len(corrections.y)} different corrections{damaged}.")
    print("Drawing the digits to see again beside them ...", flush=True)
    test = load_mnist().test
    images = args.images or REPLAY
    try:
        replay, validation = training_data("mnist+pen", images=images, seed=args.seed)
    except DataError as error:
        print(f"Going on without the pen digits: {error}.", flush=True)
        mnist, validation = training_data("mnist", images=images, seed=args.seed)
        replay = combine(mnist, non_digits(images // 10, seed=args.seed))
    print("Learning from one half, to measure on the other; then from all of them.", flush=True)
    started = time.perf_counter()
    try:
        outcome = learn_from_corrections(
            classifier,
            corrections,
            replay,
            validation,
            test,
            seed=args.seed,
            verbose=progress(),
        )
    except TrainingInterrupted:
        print("\nStopped: no model was written.")
        return 130
    classifier.card["started_from"] = classifier.path.name
    classifier.save(output)
    print(
        f"\nSaved {output} after {minutes(started)} minutes. It reads, before and after:\n"
        f"  {100 * outcome.held_out_before:6.2f} % and {100 * outcome.held_out_after:6.2f} % of "
        f"{outcome.held_out} corrections, having learned from the others only\n"
        f"  {100 * outcome.test_before:6.2f} % and {100 * outcome.test_after:6.2f} % of the "
        f"{len(test.y):,} MNIST test digits, having learned from all corrections, as saved"
    )
    print_how_to_draw(output)
    return 0


def refuse_settings(args: argparse.Namespace) -> None:
    """Raise DigitsError where `args` has a setting that learning from feedback chooses itself."""
    settings = {
        "--preset": args.preset,
        "--architecture": args.architecture,
        "--data": args.data,
        "--epochs": args.epochs,
        "--batch-size": args.batch_size,
        "--augment": args.augmented,
        "--resume": args.resume or None,
    }
    given = [flag for flag, value in settings.items() if value is not None]
    if given:
        raise DigitsError(
            f"--from-feedback goes on from a trained model in its own way: leave {given[0]} out"
        )


def chosen_preset(args: argparse.Namespace) -> Preset:
    """The preset `args` names, changed by the flags that were given."""
    given = {name: getattr(args, name) for name in Preset._fields if hasattr(args, name)}
    return PRESETS[args.preset or STANDARD]._replace(
        **{name: value for name, value in given.items() if value is not None}
    )


def progress() -> int:
    """How Keras is to show progress: a moving bar, or a line per epoch where nobody watches."""
    return 1 if sys.stdout.isatty() else 2


def minutes(started: float) -> str:
    """The time since `started`."""
    return f"{(time.perf_counter() - started) / 60:.1f}"


def print_how_to_draw(output: Path) -> None:
    """Say how the page is opened with a model."""
    print(f"To draw with it: python3 {shlex.quote(sys.argv[0])} --model {shlex.quote(str(output))}")
