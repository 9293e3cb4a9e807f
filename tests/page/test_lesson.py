"""The map of the lesson, without a browser."""

import json
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from digits.page.lesson import landscape

MODELS = Path(__file__).resolve().parents[2] / "models"


def test_the_map_is_that_of_the_bundled_network():
    card = json.loads((MODELS / "mnist_model.json").read_text(encoding="utf-8"))
    bundled = landscape.bundled()
    assert bundled.weights == card["weights_sha256"]
    count = len(bundled.labels)
    assert 1900 <= count <= 2000
    assert bundled.points.shape == (count, 9)
    assert (np.bincount(bundled.labels) >= 180).all()
    with Image.open(landscape.PICTURES) as pictures:
        assert pictures.size == (50 * 28, 28 * -(-count // 50))
    assert landscape.FILE.stat().st_size + landscape.PICTURES.stat().st_size <= 300_000


def test_its_points_stand_where_the_network_puts_their_pictures(classifier):
    import keras

    from digits.architectures import scores_layer

    with Image.open(landscape.PICTURES) as pictures:
        sheet = np.asarray(pictures.convert("L"), np.float32) / 255
    images = np.stack([sheet[:28, 28 * n : 28 * n + 28] for n in range(20)])
    model = classifier.model
    watched = keras.Model(model.inputs, scores_layer(model).input)
    bundled = landscape.bundled()
    standing = bundled.standing(watched.predict(images[..., None], verbose=0))
    # The pictures have 16 shades of grey.
    apart = np.linalg.norm(standing - bundled.points[:20], axis=1)
    assert np.median(apart) < 0.5
    assert (classifier.probabilities(images).argmax(1) == bundled.labels[:20]).mean() >= 0.95


def test_the_groups_stand_on_a_circle_with_the_0_at_its_top():
    bundled = landscape.bundled()
    places = bundled.in_the_plane(bundled.points)
    groups = np.stack([np.median(places[bundled.labels == digit], axis=0) for digit in range(10)])
    assert np.linalg.norm(groups, axis=1) == pytest.approx(np.ones(10), abs=0.12)
    assert groups[0] == pytest.approx([0, -1], abs=0.12)


def test_directions_tell_apart_what_differs_and_not_what_varies():
    rng = np.random.default_rng(0)
    labels = np.arange(2000) % 10
    features = np.zeros((2000, 12), np.float32)
    features[:, :10] = np.eye(10)[labels] @ np.linalg.qr(rng.normal(size=(10, 10)))[0]
    features += 0.05 * rng.normal(size=features.shape)
    features[:, 11] = 100 * rng.normal(size=2000)  # says nothing about the digit
    matrix, offset = landscape.fit(features, labels)
    standing = features @ matrix + offset
    means = np.stack([standing[labels == digit].mean(0) for digit in range(10)])
    within = standing - means[labels]
    assert within.T @ within / 2000 == pytest.approx(np.eye(9), abs=0.01)
    assert np.abs(matrix[11]).max() < 0.01
    plane, kept = landscape.plane(standing, labels)
    places = standing @ plane[:-1] + plane[-1]
    corners = np.stack([places[labels == digit].mean(0) for digit in range(10)])
    assert np.linalg.norm(corners, axis=1) == pytest.approx(np.ones(10), abs=1e-3)
    assert 0.1 < kept < 0.6
    nearest = np.linalg.norm(places[:, None] - corners, axis=2).argmin(1)
    assert (nearest == labels).mean() > 0.95


def test_what_is_written_is_read_again(tmp_path, monkeypatch):
    rng = np.random.default_rng(0)
    made = landscape.Landscape(
        "ab",
        "cd",
        *(rng.normal(size=shape).astype(np.float32) for shape in [(30, 9), (9,), (10, 2), (40, 9)]),
        (np.arange(40) % 10).astype(np.uint8),
        0.4,
    )
    monkeypatch.setattr(landscape, "FILE", tmp_path / "map.bin")
    landscape.FILE.write_bytes(landscape.written(made))
    read = landscape.bundled.__wrapped__()
    assert (read.weights, read.pictures, read.kept) == ("ab", "cd", 0.4)
    assert (read.labels == made.labels).all()
    for got, wanted in zip(read[2:6], made[2:6], strict=True):
        assert got == pytest.approx(wanted, abs=2e-4)
