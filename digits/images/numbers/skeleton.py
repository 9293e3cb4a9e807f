"""Takes ink apart into the branches of its skeleton: what a pen drew between two joints.

Where digits touch, their strokes meet at a joint. Near it, ink belongs to every branch that ends
there, as wide as the pen is, so that each digit keeps its whole stroke.

Source: T. Y. Zhang, C. Y. Suen, "A fast parallel algorithm for thinning digital patterns", 1984.
"""

from typing import NamedTuple

import cv2
import numpy as np

SOLID = 0.5  # ink that is thinned
SHORT = 0.9  # stroke widths: a shorter branch between two joints is where two strokes overlap
SPUR = 0.8  # stroke widths: a shorter branch that ends freely comes of the thinning
BEYOND = 1.0  # pixels: so much farther than half the width of the stroke ink belongs to a branch
MOST = 16  # branches in ink as wide as high: more is no writing
AROUND = np.ones((3, 3), np.uint8)


class Branch(NamedTuple):
    """A part of a skeleton between two joints, or from a joint to a free end."""

    mask: np.ndarray  # (H, W) bool: where ink belongs to it, near joints to others as well
    joints: frozenset[int]  # the numbers of the joints at its ends


def thinned(solid: np.ndarray) -> np.ndarray:
    """The skeleton of what is solid: (H, W) bool to (H, W) bool, lines of one pixel's width."""
    skeleton = solid.copy()
    turn, unchanged = 0, 0
    while unchanged < 2:
        ring = _ring(skeleton)
        north, east, south, west = ring[::2]
        count = ring.sum(0, dtype=np.int8)
        edge = ~(east & south & (north | west)) if turn == 0 else ~(north & west & (east | south))
        gone = skeleton & (count >= 2) & (count <= 6) & (_lines_around(ring) == 1) & edge
        skeleton[gone] = False
        unchanged = 0 if gone.any() else unchanged + 1
        turn = 1 - turn
    return skeleton


def _ring(solid: np.ndarray) -> np.ndarray:
    """The eight neighbours of each pixel, clockwise from that above: (8, H, W) bool."""
    around = np.pad(solid, 1)
    height, width = solid.shape
    steps = (0, 1), (0, 2), (1, 2), (2, 2), (2, 1), (2, 0), (1, 0), (0, 0)
    return np.stack([around[down : down + height, right : right + width] for down, right in steps])


def _lines_around(ring: np.ndarray) -> np.ndarray:
    """How many separate runs of neighbours each pixel has: 2 amid a line, 3 or more at a joint."""
    return (~ring & np.roll(ring, -1, 0)).sum(0, dtype=np.int8)


def branches(ink: np.ndarray, parted: np.ndarray) -> list[Branch]:
    """The branches of ink; none if it has fewer than two, or so many that it is no writing.

    Args:
        ink: (H, W) float32 in [0, 1], 1 is ink.
        parted: (H, W) bool: where branches are parted besides at the joints of the skeleton.
    """
    solid = ink > SOLID
    skeleton = thinned(solid)
    if not skeleton.any():
        return []
    depth = cv2.distanceTransform(np.pad(solid, 1).astype(np.uint8), cv2.DIST_L2, 5)
    stroke = 2 * float(np.median(depth[1:-1, 1:-1][skeleton]))
    height, width = ink.shape
    labels, joints = _labelled(skeleton, parted, stroke, MOST * (1 + width // height))
    kept = np.unique(labels[labels > 0]).tolist()
    if len(kept) < 2:
        return []
    owners = _nearest(labels)
    found = []
    for label in kept:
        own = labels == label
        far = cv2.distanceTransform((~own).astype(np.uint8), cv2.DIST_L2, 5)
        mask = (far <= stroke / 2 + BEYOND) | (owners == label)
        found.append(Branch(mask, frozenset(_met(own, joints))))
    return found


def _labelled(
    skeleton: np.ndarray, parted: np.ndarray, stroke: float, most: int
) -> tuple[np.ndarray, np.ndarray]:
    """The numbers of the branches, and of the joints, at their pixels: (H, W) int.

    They are 0 elsewhere, and where there would be more than `most` branches.
    """
    crossing = skeleton & (_lines_around(_ring(skeleton)) > 2)
    crossing = cv2.dilate(crossing.astype(np.uint8), AROUND) > 0
    at_joint = skeleton & (crossing | parted)
    count, labels, stats, _ = cv2.connectedComponentsWithStats(
        (skeleton & ~at_joint).astype(np.uint8)
    )
    if count > most:
        return np.zeros_like(labels), np.zeros_like(labels)
    _, joints = cv2.connectedComponents(at_joint.astype(np.uint8))
    ends = [_met(labels == label, joints) for label in range(1, count)]
    for label, met in enumerate(ends, 1):
        length = stats[label, cv2.CC_STAT_AREA] + 2  # with a pixel of the joint at either end
        if len(met) > 1 and length < SHORT * stroke:
            # Strokes that overlap have a joint at either end of what they share: it is one.
            joints[(labels == label) | np.isin(joints, list(met))] = min(met)
            labels[labels == label] = 0
        elif len(met) == 1 and length < SPUR * stroke + 1:
            labels[labels == label] = 0
    return labels, joints


def _met(own: np.ndarray, joints: np.ndarray) -> set[int]:
    """The numbers of the joints beside a branch."""
    beside = cv2.dilate(own.astype(np.uint8), AROUND) > 0
    return {int(number) for number in np.unique(joints[beside])} - {0}


def _nearest(labels: np.ndarray) -> np.ndarray:
    """For each pixel the number of the branch that is nearest: (H, W) int."""
    _, pixels = cv2.distanceTransformWithLabels(
        (labels == 0).astype(np.uint8), cv2.DIST_L2, 5, labelType=cv2.DIST_LABEL_PIXEL
    )
    names = np.zeros(pixels.max() + 1, labels.dtype)
    names[pixels[labels > 0]] = labels[labels > 0]
    return names[pixels]
