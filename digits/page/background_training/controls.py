"""What a visitor may ask of a training while it goes: to stop, and to learn faster or slower."""

from threading import Event

import keras

from digits.page.background_training.jobs import PACES


class Controls:
    """What is asked for; one thread listens, the other trains.

    Attributes:
        stop: set once the training shall end.
        pace: the factor of the learning rate that the training works with.
        paces: its changes: how many epochs were done, and the factor from then on.
    """

    def __init__(self) -> None:
        """Nothing is asked for yet."""
        self.stop = Event()
        self.pace = keras.Variable(1.0, trainable=False, name="pace")
        self.paces: list[list[float]] = []
        self._wanted = 1.0

    def obey(self, line: str) -> None:
        """Note a line of `jobs.Training`; anything else is ignored."""
        word, _, number = line.partition(" ")
        if word == "stop":
            self.stop.set()
        elif word == "pace" and number in map(str, PACES):
            self._wanted = float(number)

    def take_pace(self, at: float) -> bool:
        """Let the training go on at the pace that is asked for; whether it is another one.

        Args:
            at: how many epochs are done.
        """
        wanted = self._wanted
        if wanted == (self.paces[-1][1] if self.paces else 1.0):
            return False
        self.pace.assign(wanted)
        self.paces.append([round(at, 3), wanted])
        return True
