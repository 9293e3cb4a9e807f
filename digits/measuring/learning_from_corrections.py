"""Measures honestly what learning from corrections brings."""

from typing import NamedTuple

from digits.classifier import DigitClassifier
from digits.data.mnist import Mnist
from digits.data.splits import Split
from digits.learning.finetuning import halves


class Outcome(NamedTuple):
    """Accuracies, 0 to 1, before and after learning from corrections."""

    held_out: int  # how many corrections were held out
    held_out_before: float
    held_out_after: float  # after learning from the other half only
    test_before: float
    test_after: float


def learn_and_measure(
    classifier: DigitClassifier,
    corrections: Split,
    replay: Split,
    validation: Split,
    mnist: Mnist,
    *,
    seed: int = 0,
    verbose: int | str = "auto",
) -> Outcome:
    """Fine-tune a classifier in place, and measure the effect.

    It learns twice: from one half of the corrections, to be measured on the other half; then from
    the old weights again, from all of them, since they are few and each one counts. So the figure
    for the corrections is that of a classifier that knew half as much as the one that remains.

    Args:
        classifier: trained; it becomes the fine-tuned one, and its card tells the figures.
        corrections, replay, validation: as for `digits.learning.finetuning.finetune`.
        mnist: its test digits, which influenced neither learning nor any choice, are read too.

    Raises:
        TrainingInterrupted: somebody pressed Ctrl-C; the classifier is no longer what it was.
    """
    known, held_out = halves(corrections, seed=seed)
    untouched = classifier.model.get_weights()
    held_out_before = classifier.evaluate(*held_out)["accuracy"]
    test_before = classifier.evaluate(*mnist.test)["accuracy"]
    classifier.learn(known, replay, validation, seed=seed, verbose=verbose)
    held_out_after = classifier.evaluate(*held_out)["accuracy"]
    classifier.model.set_weights(untouched)
    classifier.learn(corrections, replay, validation, seed=seed, verbose=verbose)
    figures = classifier.evaluate(*mnist.test)
    outcome = Outcome(
        len(held_out.y), held_out_before, held_out_after, test_before, figures["accuracy"]
    )
    name = mnist.test_name.lower().replace(" ", "_")
    classifier.card["figures"] |= {name: figures, "corrections": outcome._asdict()}
    return outcome
