"""Real training processes: what they report, what they leave behind, and how they end."""

import asyncio
import base64
import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import psutil
import pytest

from digits import DigitClassifier, DigitsError
from digits.page.background_training import jobs
from digits.page.background_training.jobs import Job, Progress, Trainer, recipe

ROOT = Path(__file__).resolve().parents[2]
SHORT = Job(recipe("mlp", "mnist", images=300, epochs=2, augmented=False))
# Still training when it is stopped: a dense network is done with so few images in seconds.
LONG = Job(recipe("one_conv", "mnist", images=10_000, epochs=20, augmented=False))
CANNOT_SAVE = (
    "The model cannot be saved on this server: the terminal in which the page runs says why."
)


def processes(folder: Path) -> list[int]:
    """The training processes that save in the folder."""
    return [
        process.pid
        for process in psutil.process_iter(["cmdline"])
        if {"digits.page.background_training.worker", str(folder)}
        <= set(process.info["cmdline"] or [])
    ]


def visible(folder: Path) -> set[str]:
    """The files that people see in the folder."""
    return {path.name for path in folder.iterdir() if not path.name.startswith(".")}


def gone(folder: Path) -> bool:
    """Whether no such process is left, or soon will be."""
    deadline = time.monotonic() + 15
    while processes(folder) and time.monotonic() < deadline:
        time.sleep(0.05)
    return not processes(folder)


@pytest.fixture
def trainer(tmp_path):
    trainer = Trainer(tmp_path)
    yield trainer
    if training := trainer.of("ada"):
        training.close()
    assert processes(tmp_path) == []


def test_a_training_tells_of_each_epoch_and_leaves_a_model_with_its_card(trainer, tmp_path, mnist):
    seen = list(trainer.start(SHORT, "ada").updates())
    steps = [progress.step for progress in seen]
    # "Getting ready" is over at once where the process is quicker than whoever looks on.
    assert [step for step in dict.fromkeys(steps) if step != "Getting ready"] == [
        *("Starting", "Loading the digits", "Epoch 1 of 2", "Epoch 2 of 2"),
        "Saving",
    ]
    assert [progress.over for progress in seen] == [False] * (len(seen) - 1) + [True]
    assert {progress.share for progress in seen if "Epoch" in progress.step} >= {0, 1}
    last = seen[-1]
    assert (last.saved, last.error, last.epochs) == ("my_mlp", None, 2)
    assert set(last.history) == {"loss", "accuracy", "val_loss", "val_accuracy"}
    assert {len(values) for values in last.history.values()} == {2}
    done, losses, accuracies = zip(*last.batches, strict=True)
    assert list(done) == sorted(done)
    assert (done[0] < 2, done[-1]) == (True, 2)
    assert losses[-1] < losses[0]
    assert all(0 <= accuracy <= 1 for accuracy in accuracies)

    assert visible(tmp_path) == {"my_mlp.keras", "my_mlp.json"}
    model = DigitClassifier.load(tmp_path / "my_mlp.keras")
    right = model.probabilities(mnist.validation.x).argmax(1) == mnist.validation.y
    assert last.accuracy == pytest.approx(right.mean())
    card = json.loads((tmp_path / "my_mlp.json").read_text())
    assert card["architecture"] == "mlp"
    assert card["recipe"]["parts"] == {"MNIST digits": 300}
    assert (card["recipe"]["data"], card["recipe"]["epochs"]) == ("mnist", 2)

    assert len(last.mistakes) == 12
    pixels = np.rint(mnist.validation.x * 255).astype(np.uint8).reshape(-1, 784)
    for mistake in last.mistakes:
        image = np.frombuffer(base64.b64decode(mistake["image"]), np.uint8)
        (index,) = np.flatnonzero((pixels == image).all(1))
        assert mnist.validation.y[index] == mistake["digit"] != mistake["answer"]


def test_only_one_learns_at_a_time_and_a_stop_within_the_first_epoch_leaves_nothing(
    trainer, tmp_path
):
    training = trainer.start(LONG, "ada")
    with pytest.raises(DigitsError) as caught:
        trainer.start(SHORT, "bob")
    assert str(caught.value) == (
        "Many people wait to train on this page: try again in a few minutes."
    )
    assert (trainer.of("ada"), trainer.of("bob")) == (training, None)
    next(progress for progress in training.updates() if progress.step.startswith("Epoch 1"))
    (process,) = processes(tmp_path)
    training.stop()
    with pytest.raises(ProcessLookupError):  # not even a zombie remains
        os.kill(process, 0)
    assert training.progress.over
    assert (training.progress.saved, training.progress.error) == (None, None)
    assert list(tmp_path.iterdir()) == []


def test_a_stop_after_an_epoch_keeps_the_best_network_so_far(trainer, tmp_path):
    training = trainer.start(LONG, "ada")
    next(progress for progress in training.updates() if progress.history)
    training.stop()
    last = list(training.updates())[-1]
    assert last.saved == "my_one_conv"
    done = len(last.history["loss"])
    assert 1 <= done < 20
    best = int(np.argmin(last.history["val_loss"]))
    assert last.accuracy == pytest.approx(last.history["val_accuracy"][best], abs=1e-6)
    assert visible(tmp_path) == {"my_one_conv.keras", "my_one_conv.json"}
    assert processes(tmp_path) == []


def test_it_is_gone_when_the_server_is_killed(tmp_path, full_data):
    # While it draws digits it prints nothing, so no broken pipe would end it: with all the data,
    # where they are, for minutes.
    silent = ("mlp", "mnist+pen", 55_000, 20, False)
    server = subprocess.Popen(
        [
            *(sys.executable, "-c"),
            "import sys; from pathlib import Path\n"
            "from digits.page.background_training.jobs import Job, Trainer, recipe\n"
            f"training = Trainer(Path({str(tmp_path)!r})).start(Job(recipe{silent}), 'ada')\n"
            "for progress in training.updates(): print(progress.step, flush=True)\n",
        ],
        cwd=ROOT,
        env=os.environ | (full_data or {}),
        stdout=subprocess.PIPE,
        text=True,
    )
    with server:
        while not server.stdout.readline().startswith("Drawing"):
            assert server.poll() is None
        assert len(processes(tmp_path)) == 1
        server.kill()
    assert gone(tmp_path)
    assert list(tmp_path.iterdir()) == []


def test_a_process_that_is_killed_is_one_clear_line(trainer, tmp_path):
    training = trainer.start(LONG, "ada")
    while not processes(tmp_path):
        time.sleep(0.05)
    os.kill(processes(tmp_path)[0], signal.SIGKILL)
    last = list(training.updates())[-1]
    assert (
        last.error
        == "The training stopped unexpectedly: the terminal in which the page runs says why."
    )
    assert last.saved is None
    trainer.start(SHORT, "bob").close()  # and the next one can begin


def test_visitors_queue_in_their_order_and_may_leave(trainer):
    training = trainer.start(LONG, "ada")
    for visitor in ("bob", "cid", "dot"):
        trainer.join(visitor)
    with pytest.raises(DigitsError, match="^You are training a network already, or waiting to"):
        trainer.join("bob")
    with pytest.raises(DigitsError, match="^You are training a network already"):
        trainer.join("ada")
    places = [trainer.place(visitor) for visitor in ("ada", "bob", "cid", "dot")]
    assert places == [None, 1, 2, 3]
    trainer.leave("bob")
    assert [trainer.place(visitor) for visitor in ("cid", "dot")] == [1, 2]
    training.close()
    assert [trainer.place(visitor) for visitor in ("cid", "dot")] == [0, 1]
    with pytest.raises(DigitsError):  # not before it is their turn
        trainer.start(SHORT, "dot")
    for number in range(18):
        trainer.join(f"visitor {number}")
    with pytest.raises(DigitsError, match="^Many people wait"):
        trainer.join("one too many")


def test_what_is_chosen_otherwise_while_waiting_counts(trainer, tmp_path):
    """It was ignored: the training began as the controls stood when Start was pressed."""
    training = trainer.start(LONG, "ada")
    trainer.join("bob")
    for name, value in (("pace", 10.0), ("pace", 3.0), ("augmented", 1.0)):
        trainer.change("bob", name, value)
    trainer.change("cid", "pace", 0.1)  # does not wait
    training.close()
    last = list(trainer.start(SHORT, "bob").updates())[-1]
    assert last.changes == [[0, "pace", 3]]
    recipe = json.loads((tmp_path / "my_mlp.json").read_text())["recipe"]
    assert recipe["augmentation"] is not None
    assert (recipe["epochs"], recipe["settling_epochs"]) == (2, 3)


def test_who_left_the_queue_begins_anew(trainer):
    training = trainer.start(LONG, "ada")
    trainer.join("bob")
    trainer.change("bob", "pace", 10.0)
    trainer.leave("bob")
    trainer.join("bob")
    training.close()
    assert list(trainer.start(SHORT, "bob").updates())[-1].changes == []


def test_who_waits_is_told_the_place_and_starts_by_itself(trainer):
    training = trainer.start(LONG, "ada")

    async def wait() -> list[Progress]:
        seen = []
        async for progress in trainer.progress_of(SHORT, "bob"):
            seen.append(progress)
            if len(seen) == 1:
                training.close()
            elif progress.step == "Starting":
                trainer.of("bob").close()
        return seen

    seen = asyncio.run(wait())
    assert (seen[0].place, seen[1].place, seen[-1].over) == (1, 0, True)
    assert trainer.place("bob") is None


def test_the_visitors_drawing_is_read_while_it_learns_and_the_rate_follows_the_visitor(
    trainer, tmp_path, mnist
):
    pixels = np.rint(mnist.validation.x[0] * 255).astype(np.uint8)
    job = SHORT._replace(drawing=base64.b64encode(pixels).decode(), choices={"pace": 0.3})
    training = trainer.start(job, "ada")
    training.change("pace", 10)
    training.change("pace", 7)  # not one of those to choose from
    training.change("dropout", 0.5)  # this network has none
    last = list(training.updates())[-1]
    whens = [when for when, _ in last.answers]
    assert (whens[0], whens[-1], whens) == (0, 2, sorted(whens))
    assert all(sum(answer) == pytest.approx(1, abs=1e-3) for _, answer in last.answers)
    model = DigitClassifier.load(tmp_path / "my_mlp.keras")
    assert np.abs(model.probabilities(mnist.validation.x[:1])[0] - last.answers[-1][1]).max() < 0.1
    assert {name for _, name, _ in last.changes} == {"pace"}
    assert last.changes[-1][1:] == ["pace", 10]
    card = json.loads((tmp_path / "my_mlp.json").read_text())
    assert card["training"]["changes"] == last.changes


def test_dropout_and_augmentation_follow_the_visitor_and_the_card_says_so(trainer, tmp_path):
    much = Job(recipe("conv_bn_dropout", "mnist", 300, 12, False), choices={"dropout": 0.8})
    training = trainer.start(much, "ada")
    updates = training.updates()
    before = next(progress for progress in updates if progress.history)
    assert before.changes == [[0, "dropout", 0.8]]
    training.change("dropout", 0)
    training.change("augmented", True)
    next(progress for progress in updates if len(progress.changes) == 3)
    training.change("augmented", False)
    last = list(updates)[-1]
    assert [change[1:] for change in last.changes] == [
        *(["dropout", 0.8], ["augmented", 1], ["dropout", 0]),
        ["augmented", 0],
    ]
    # With four fifths of the values gone, it would misread many of the images that it learns from.
    assert before.history["accuracy"][0] < 0.7
    assert last.history["accuracy"][-1] > 0.99
    card = json.loads((tmp_path / "my_conv_bn_dropout.json").read_text())
    assert card["training"]["changes"] == last.changes
    saved = DigitClassifier.load(tmp_path / "my_conv_bn_dropout.keras").model
    assert [layer.rate for layer in saved.layers if "dropout" in layer.name] == [0.5]


def test_missing_data_are_one_clear_line(trainer, monkeypatch, capfd):
    monkeypatch.setenv("MNIST_PATH", "/nowhere/mnist.npz")
    last = list(trainer.start(SHORT, "ada").updates())[-1]
    assert last.error == (  # visitors need not know the server's folders
        "The digits to train on cannot be loaded: the terminal in which the page runs says why."
    )
    assert "error: there is no MNIST file at /nowhere/mnist.npz: correct" in capfd.readouterr().err


def test_a_folder_that_cannot_be_written_is_one_clear_line_before_anything_is_learned(tmp_path):
    (tmp_path / "models").write_text("a file in its place")
    seen = list(Trainer(tmp_path / "models").start(SHORT, "ada").updates())
    assert seen[-1].error == CANNOT_SAVE
    assert not any("Epoch" in progress.step for progress in seen)


def test_each_training_gets_a_name_of_its_own(trainer, tmp_path):
    notes, model = tmp_path / "my_mlp.json", tmp_path / "my_mlp-2.keras"
    notes.write_text("somebody's notes")
    model.write_text("somebody's model")
    last = list(
        trainer.start(SHORT._replace(recipe=SHORT.recipe.changed({"epochs": 1})), "ada").updates()
    )[-1]
    assert (last.saved, last.error) == ("my_mlp-3", None)
    assert (notes.read_text(), model.read_text()) == ("somebody's notes", "somebody's model")
    made = {"my_mlp-3.json", "my_mlp-3.keras"}
    assert visible(tmp_path) == {notes.name, model.name} | made


def test_a_full_disk_is_one_clear_line_and_other_models_are_whole(tmp_path):
    """A file system of 200 kB stands for the disk: the model takes about 1 MB."""
    (tmp_path / "my_two_conv.keras").write_bytes(b"an older model")
    script = (
        "import resource, sys; from pathlib import Path\n"
        "resource.setrlimit(resource.RLIMIT_FSIZE, (200_000, 200_000))\n"
        "from digits.page.background_training.jobs import Job, Trainer, recipe\n"
        f"training = Trainer(Path({str(tmp_path)!r})).start(\n"
        "    Job(recipe('two_conv', 'mnist', 300, 1, False)), 'ada')\n"
        "last = list(training.updates())[-1]\n"
        "print(last.history.get('loss', []), last.error, sep='\\n')\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", script], cwd=ROOT, capture_output=True, text=True, timeout=120
    )
    assert done.stdout == f"[]\n{CANNOT_SAVE}\n", done.stderr  # before the first epoch
    assert "error: the model cannot be saved as" in done.stderr
    assert (tmp_path / "my_two_conv.keras").read_bytes() == b"an older model"
    assert visible(tmp_path) == {"my_two_conv.keras"}


def test_a_process_is_kept_ready_for_a_while_and_trains_at_once(trainer, tmp_path, monkeypatch):
    trainer.get_ready()
    trainer.get_ready()
    (ready,) = processes(tmp_path)  # one at most
    training = trainer.start(SHORT, "ada")
    assert processes(tmp_path) == [ready]
    trainer.get_ready()  # not while a network trains
    assert processes(tmp_path) == [ready]
    assert list(training.updates())[-1].saved == "my_mlp"
    trainer.get_ready()
    (ready,) = processes(tmp_path)
    os.kill(ready, signal.SIGKILL)  # somebody has ended it
    assert gone(tmp_path)
    training = trainer.start(SHORT, "ada")
    # On a busy machine "Starting" may be over before anybody looks.
    next(progress for progress in training.updates() if progress.step != "Getting ready")
    training.close()
    monkeypatch.setattr(jobs, "READY_FOR", 0.1)
    trainer.get_ready()
    assert gone(tmp_path)  # nobody wanted it
