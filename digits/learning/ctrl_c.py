"""Has Ctrl-C interrupt a training wherever it arrives."""

import signal
import threading
from types import FrameType

import keras


class CtrlC(keras.callbacks.Callback):
    """Interrupts the training after Ctrl-C, within its `with` block.

    Python ignores every exception in a destructor, and so a `KeyboardInterrupt` that happens to
    arrive in one is lost. The next batch raises it again.
    """

    def __init__(self) -> None:
        """Not pressed yet."""
        super().__init__()
        self._pressed = False

    def __enter__(self) -> "CtrlC":
        """Listen to Ctrl-C until the block ends."""
        # Only the main thread may set handlers, and another program's handler is left alone.
        if (
            threading.current_thread() is threading.main_thread()
            and signal.getsignal(signal.SIGINT) is signal.default_int_handler
        ):
            signal.signal(signal.SIGINT, self._interrupt)
        return self

    def __exit__(self, *_: object) -> None:
        """Give Ctrl-C back its meaning."""
        if signal.getsignal(signal.SIGINT) == self._interrupt:
            signal.signal(signal.SIGINT, signal.default_int_handler)

    def _interrupt(self, number: int, frame: FrameType | None) -> None:
        self._pressed = True
        raise KeyboardInterrupt

    def on_train_batch_end(self, batch: int, logs: dict | None = None) -> None:
        """Interrupt the training, if it was not yet."""
        if self._pressed:
            raise KeyboardInterrupt

    def on_test_batch_end(self, batch: int, logs: dict | None = None) -> None:
        """Validation can be interrupted too."""
        self.on_train_batch_end(batch, logs)
