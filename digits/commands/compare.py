"""`compare`: trains several networks with the same recipe, and writes a table and a plot."""

import argparse
import logging
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from digits.commands.arguments import positive, seed
from digits.commands.evaluate import digits_to_read
from digits.console import start_up_notes_hidden
from digits.data import CORPORA
from digits.errors import DigitsError
from digits.files import make_writable
from digits.learning.recipe import PRESETS

if TYPE_CHECKING:  # TensorFlow takes seconds to import
    from digits.measuring.comparison import Result

SUMMARY = "train several networks with the same recipe and compare them on validation digits"
USES_MODEL = False


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the arguments of this command."""
    parser.add_argument(
        "--architectures",
        type=lambda text: text.split(","),
        metavar="NAME,NAME",
        help="the networks, such as mlp,two_conv (default: all)",
    )
    parser.add_argument(
        "--data",
        choices=CORPORA,
        default="mnist",
        help="what to train on (default: %(default)s)",
    )
    parser.add_argument("--images", type=positive, metavar="N", help="train on only N images")
    parser.add_argument(
        "--epochs",
        type=positive,
        default=5,
        metavar="N",
        help="epochs with augmentation (default: %(default)s); then 3 epochs without augmentation",
    )
    parser.add_argument(
        "--seed", type=seed, default=0, metavar="N", help="the same seed gives the same networks"
    )
    parser.add_argument(
        "--output",
        type=Path,
        default=Path("comparison"),
        metavar="FOLDER",
        help="where to write the table, the plot and the trained networks (default: %(default)s)",
    )


def run(args: argparse.Namespace) -> int:
    """Train and measure one network after another; after Ctrl-C, keep the finished ones: 130."""
    with start_up_notes_hidden():
        from digits.architectures import ARCHITECTURES, build
        from digits.data.corpus import training_data
        from digits.measuring.comparison import compare, markdown

        # TensorFlow warns because it mistakes the compilation of several networks for a loop.
        logging.getLogger("tensorflow").setLevel(logging.ERROR)
        names = args.architectures or list(ARCHITECTURES)
        for name in names:
            build(name)  # report an unknown name before any training
    check_folder(args.output)
    data = training_data(args.data, images=args.images, seed=args.seed)
    tests = digits_to_read("mnist+pen", validation=True)
    print(
        f"Training {len(names)} networks on {sum(data.counts.values()):,} images each.", flush=True
    )
    recipe = PRESETS["standard"].changed(
        {
            "data": args.data,
            "images": args.images,
            "epochs": args.epochs,
            "seed": args.seed,
            "parts": data.counts,
            "validation_parts": data.validation_counts,
        }
    )
    results = []
    try:
        for result in compare(
            names,
            data.train,
            data.validation,
            tests,
            recipe=recipe,
            folder=args.output,
            verbose=0,
        ):
            results.append(result)
            write(args.output, results)
            read = ", ".join(f"{part} {share:.2%}" for part, share in result.accuracy.items())
            print(f"{result.name}: {result.seconds:.0f} s of training; {read}", flush=True)
    except KeyboardInterrupt:
        done = f"{len(results)} of {len(names)} networks"
        kept = f"; the results are in {args.output}" if results else ""
        print(f"\nStopped after {done}{kept}.")
        return 130
    print(f"\n{markdown(results)}\nTable, plot and networks are in {args.output}.")
    return 0


def write(folder: Path, results: Sequence["Result"]) -> None:
    """Write the table, as Markdown and as CSV, and the plot."""
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
    """Create the folder; raises DigitsError before training if it is not writable."""
    try:
        make_writable(folder)
    except OSError as error:
        raise cannot_write(folder, error) from error


def cannot_write(folder: Path, error: OSError) -> DigitsError:
    """Make the error for a folder that is not writable."""
    return DigitsError(f"the folder {folder} cannot be written ({error.strerror}): choose another")
