"""`compare`: trains several networks alike, and writes one table and one plot of what they do."""

import argparse
import logging
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from digits.commands.evaluate import digits_to_read
from digits.commands.train import positive, seed
from digits.console import start_up_notes_hidden
from digits.errors import DigitsError
from digits.files import make_writable
from digits.learning.recipe import PRESETS

if TYPE_CHECKING:  # TensorFlow takes seconds to import
    from digits.measuring.comparison import Result

SUMMARY = "train several networks alike and compare them, on validation digits"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add what only this command takes."""
    parser.add_argument(
        "--architectures",
        type=lambda text: text.split(","),
        metavar="NAME,NAME",
        help="the networks, such as mlp,two_conv (default: all)",
    )
    parser.add_argument(
        "--data",
        choices=["mnist", "mnist+pen"],
        default="mnist",
        help="what to learn from (default: %(default)s)",
    )
    parser.add_argument(
        "--images", type=positive, metavar="N", help="learn from so many images only"
    )
    parser.add_argument(
        "--epochs",
        type=positive,
        default=5,
        metavar="N",
        help="times to see all images varied (default: %(default)s); 3 times as they are follow",
    )
    parser.add_argument(
        "--seed", type=seed, default=0, metavar="N", help="the same seed, the same networks"
    )
    parser.add_argument(
        "--output",
        type=Path,
        default=Path("comparison"),
        metavar="FOLDER",
        help="where to put table, plot and trained networks (default: %(default)s)",
    )


def run(args: argparse.Namespace) -> int:
    """Train and measure one network after another; 130 after Ctrl-C, with what was done kept."""
    if args.model:
        raise DigitsError("compare trains new networks: leave --model out")
    with start_up_notes_hidden():
        from digits.architectures import ARCHITECTURES, build
        from digits.data.corpus import training_data
        from digits.measuring.comparison import compare, markdown

        # Each network is compiled anew; TensorFlow takes that for one in a loop, and warns.
        logging.getLogger("tensorflow").setLevel(logging.ERROR)
        names = args.architectures or list(ARCHITECTURES)
        for name in names:
            build(name)  # an unknown one is told now, not after the others' training
    check_folder(args.output)
    train, validation = training_data(args.data, images=args.images, seed=args.seed)
    tests = digits_to_read("mnist+pen", validation=True)
    print(f"Training {len(names)} networks on {len(train.y):,} images each.", flush=True)
    preset = PRESETS["standard"]._replace(epochs=args.epochs)
    results = []
    try:
        for result in compare(
            names,
            train,
            validation,
            tests,
            seed=args.seed,
            folder=args.output,
            verbose=0,
            **preset.settings(),
        ):
            results.append(result)
            write(args.output, results)
            read = ", ".join(f"{part} {share:.2%}" for part, share in result.accuracy.items())
            print(f"{result.name}: {result.seconds:.0f} s of training; {read}", flush=True)
    except KeyboardInterrupt:
        done = f"{len(results)} of {len(names)} networks"
        kept = f"; they are in {args.output}" if results else ""
        print(f"\nStopped after {done}{kept}.")
        return 130
    print(f"\n{markdown(results)}\nTable, plot and networks are in {args.output}.")
    return 0


def write(folder: Path, results: Sequence["Result"]) -> None:
    """Write the table, for people and for programs, and the plot."""
    from digits.files import replace_file
    from digits.measuring import plots
    from digits.measuring.comparison import comma_separated, markdown

    try:
        replace_file(folder / "comparison.md", markdown(results).encode())
        replace_file(folder / "comparison.csv", comma_separated(results).encode())
        replace_file(folder / "comparison.png", plots.png(plots.comparison(results)))
    except OSError as error:
        raise cannot_write(folder, error) from error


def check_folder(folder: Path) -> None:
    """Make the folder; raises DigitsError now, not after a training, where that cannot be."""
    try:
        make_writable(folder)
    except OSError as error:
        raise cannot_write(folder, error) from error


def cannot_write(folder: Path, error: OSError) -> DigitsError:
    """What to tell of a folder that takes no files."""
    return DigitsError(f"the folder {folder} cannot be written ({error.strerror}): choose another")
