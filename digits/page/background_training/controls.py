"""What a visitor may ask of a training while it goes: to stop, and to learn otherwise."""

from threading import Event

import keras

from digits.learning.dropout import dropout_rate, set_dropout
from digits.page.background_training.jobs import CHOICES


class Controls:
    """What is asked for; one thread listens, the other trains.

    Attributes:
        stop: set once the training shall end.
        pace: the factor of the learning rate that the training works with.
        augmented: whether the training augments the images.
        changes: how many epochs were done, a name of `jobs.CHOICES`, and its value from then on.
    """

    def __init__(self) -> None:
        """Nothing is asked for yet."""
        self.stop = Event()
        self.pace = keras.Variable(1.0, trainable=False, name="pace")
        self.augmented = keras.Variable(False, dtype="bool", trainable=False, name="augmented")
        self.changes: list[tuple[float, str, float]] = []
        self._asked: dict[str, float] = {}  # and not done yet

    def obey(self, line: str) -> None:
        """Note a line of `jobs.Training`; anything else is ignored."""
        word, _, number = line.partition(" ")
        if word == "stop":
            self.stop.set()
        elif number in map(str, CHOICES.get(word, ())):
            self._asked[word] = float(number)

    def make_changes(self, at: float, model: keras.Model) -> bool:
        """Let the training go on as is asked for; whether anything has changed by that.

        Args:
            at: how many epochs are done.
            model: the network that trains.
        """
        if not self._asked:
            return False
        before = len(self.changes)
        now = {
            "pace": round(float(self.pace.value), 3),
            "augmented": float(self.augmented.value),
            "dropout": dropout_rate(model),  # None: this network has none to change
        }
        for name, value in now.items():
            wanted = self._asked.pop(name, None)
            if wanted is None or value in (None, wanted):
                continue
            if name == "dropout":
                set_dropout(model, wanted)
            elif name == "pace":
                self.pace.assign(wanted)
            else:
                self.augmented.assign(bool(wanted))
            self.changes.append((round(at, 3), name, wanted))
        return len(self.changes) > before
