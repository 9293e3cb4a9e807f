"""The map of the lesson: digits as points in the plane, by the last features of the network.

The features are what the last layer of the network weighs. Linear discriminant analysis finds the
nine directions in which ten digits differ most, measured by how much digits of one kind differ
among themselves. A linear map of these nine takes the ten means to a circle: that is the plane of
the map. As all of it is linear, the browser places a drawing with one matrix.

The file holds the length of its header (4 bytes, little endian), the header (JSON), and three
arrays, little endian: the matrix (features, directions) and the points (count, directions), both
int16 in steps that the header gives, and the labels (count,), uint8. `map.png` shows the digits in
the same order and in 16 shades of grey: MNIST's (CC BY-SA 3.0) and pen writers' (CC BY 4.0).

Source: R. A. Fisher, "The use of multiple measurements in taxonomic problems", 1936.
"""

import itertools
import json
import struct
from functools import lru_cache
from pathlib import Path
from typing import NamedTuple

import numpy as np

FILE = Path(__file__).with_name("map.bin")
PICTURES = Path(__file__).with_name("map.png")
COLUMNS = 50  # digits in a row of that picture
KEPT = 150  # directions of largest variance in which discriminants are sought
LARGEST = 32767  # of int16


class Landscape(NamedTuple):
    """Where digits stand; all arrays float32 unless another type is given."""

    weights: str  # the sha256 of the weights of the network that it was made with
    pictures: str  # what tells this version of `map.png` from another
    matrix: np.ndarray  # (features, directions)
    offset: np.ndarray  # (directions,)
    plane: np.ndarray  # (directions + 1, 2); the last row is added to all
    points: np.ndarray  # (count, directions)
    labels: np.ndarray  # (count,) uint8, 0 to 9
    kept: float  # the share, in [0, 1], of the spread between digits that the plane shows

    def standing(self, features: np.ndarray) -> np.ndarray:
        """Where digits stand in all directions: (N, features) to (N, directions)."""
        return features @ self.matrix + self.offset

    def in_the_plane(self, standing: np.ndarray) -> np.ndarray:
        """Where they stand on the map: (N, directions) to (N, 2), the means on the unit circle."""
        return standing @ self.plane[:-1] + self.plane[-1]


def fit(features: np.ndarray, labels: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Find the directions that tell digits apart.

    Args:
        features: (N, F) float32, of digits that the points of the map are not among.
        labels: (N,) 0 to 9.

    Returns:
        The matrix, (F, 9), and the offset, (9,), both float32: they take features to directions in
        which digits of one kind have variance 1.
    """
    mean = features.mean(0)
    centred = features - mean
    # Directions of nearly no variance would be divided by it.
    axes = np.linalg.eigh(centred.T @ centred)[1][:, ::-1][:, :KEPT]
    reduced = centred @ axes
    means = np.stack([reduced[labels == digit].mean(0) for digit in range(10)])
    within = reduced - means[labels]
    values, vectors = np.linalg.eigh(within.T @ within / len(within))
    whitened = vectors / np.sqrt(values)
    found = np.linalg.svd((means - means.mean(0)) @ whitened)[2][:9].T
    matrix = axes @ whitened @ found
    return matrix.astype(np.float32), (-mean @ matrix).astype(np.float32)


def plane(standing: np.ndarray, labels: np.ndarray) -> tuple[np.ndarray, float]:
    """Find the plane in which the means of the digits are the corners of a regular decagon.

    Digits that are alike become neighbours: of all orders, the one is taken in which the way from
    mean to mean is shortest.

    Args:
        standing: (N, 9) digits in all directions.
        labels: (N,) 0 to 9.

    Returns:
        The plane, (10, 2) float32: nine directions, and what is added. The share, in [0, 1], of the
        spread between the means that lies in it.
    """
    means = np.stack([standing[labels == digit].mean(0) for digit in range(10)])
    apart = np.linalg.norm(means[:, None] - means, axis=2)
    orders = np.array([(0, *order) for order in itertools.permutations(range(1, 10))])
    ways = apart[orders, np.roll(orders, -1, axis=1)].sum(1)
    angles = np.empty(10)
    angles[orders[ways.argmin()]] = 2 * np.pi * np.arange(10) / 10 - np.pi / 2  # 0 at the top
    circle = np.stack([np.cos(angles), np.sin(angles)], axis=1)
    found = np.linalg.solve(np.column_stack([means, np.ones(10)]), circle)
    spread = means - means.mean(0)
    basis = np.linalg.qr(found[:-1])[0]
    return found.astype(np.float32), float(((spread @ basis) ** 2).sum() / (spread**2).sum())


def written(landscape: Landscape) -> bytes:
    """The content of the file."""
    steps = np.abs(landscape.matrix).max(0) / LARGEST
    point_step = float(np.abs(landscape.points).max() / LARGEST)
    groups = [
        landscape.in_the_plane(landscape.points[landscape.labels == digit]).mean(0)
        for digit in range(10)
    ]
    header = {
        "weights": landscape.weights,
        "pictures": landscape.pictures,
        "count": len(landscape.points),
        "features": landscape.matrix.shape[0],
        "directions": landscape.matrix.shape[1],
        "steps": steps.tolist(),
        "offset": landscape.offset.tolist(),
        "plane": landscape.plane.tolist(),
        "point_step": point_step,
        "groups": np.round(groups, 4).tolist(),
        "kept": landscape.kept,
    }
    text = json.dumps(header, separators=(",", ":")).encode()
    arrays = [
        np.rint(landscape.matrix / steps).astype("<i2"),
        np.rint(landscape.points / point_step).astype("<i2"),
        landscape.labels.astype(np.uint8),
    ]
    return struct.pack("<I", len(text)) + text + b"".join(array.tobytes() for array in arrays)


@lru_cache
def bundled() -> Landscape:
    """The map that comes with the bundled network."""
    content = FILE.read_bytes()
    (length,) = struct.unpack_from("<I", content)
    header = json.loads(content[4 : 4 + length])
    count, features, directions = header["count"], header["features"], header["directions"]
    place = 4 + length
    matrix = np.frombuffer(content, "<i2", features * directions, place)
    points = np.frombuffer(content, "<i2", count * directions, place + matrix.nbytes)
    labels = np.frombuffer(content, np.uint8, count, place + matrix.nbytes + points.nbytes)
    return Landscape(
        weights=header["weights"],
        pictures=header["pictures"],
        matrix=(matrix.reshape(features, directions) * header["steps"]).astype(np.float32),
        offset=np.array(header["offset"], np.float32),
        plane=np.array(header["plane"], np.float32),
        points=(points.reshape(count, directions) * header["point_step"]).astype(np.float32),
        labels=labels,
        kept=header["kept"],
    )
