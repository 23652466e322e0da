"""Straight-line distances on the sphere and between zones: points, rings and discs (docs/model/places.md)."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]

EARTH_RADIUS = 6_371_000.0
"""Mean radius of the Earth [m] (IUGG)."""
_DIRECTIONS = 96
_MEAN_DISC_DISTANCE = 128.0 / (45.0 * np.pi)
"""Mean distance of two random points of a disc of radius 1."""


def great_circle(lat_a: Floats, lon_a: Floats, lat_b: Floats, lon_b: Floats) -> Floats:
    """Distance on the sphere by the haversine formula.

    Parameters
    ----------
    lat_a, lon_a, lat_b, lon_b : broadcastable shapes. Positions [degrees].

    Returns
    -------
    Distance [m], of the broadcast shape.
    """
    a, b = np.radians(lat_a), np.radians(lat_b)
    turn = np.radians(lon_b) - np.radians(lon_a)
    half = np.sin((b - a) / 2.0) ** 2 + np.cos(a) * np.cos(b) * np.sin(turn / 2.0) ** 2
    return np.asarray(2.0 * EARTH_RADIUS * np.arcsin(np.sqrt(np.clip(half, 0.0, 1.0))), np.float64)


def ring_distance(between: float, radius_a: float, radius_b: float) -> float:
    """Mean distance between a point of one circle and a point of another, in the plane.

    Parameters
    ----------
    between
        Distance of the centres [m].
    radius_a, radius_b
        Radii [m]; 0 for a point.
    """
    if radius_a == 0.0 and radius_b == 0.0:
        return between
    step = 2.0 * np.pi / _DIRECTIONS
    first = radius_a * np.exp(1j * step * np.arange(_DIRECTIONS))
    second = radius_b * np.exp(1j * step * (np.arange(_DIRECTIONS) + 0.5))
    return float(np.mean(np.abs(between + second[None, :] - first[:, None])))


def zone_distances(lat: Floats, lon: Floats, radius: Floats, area: Floats) -> Floats:
    """Straight lines between zones; rings by their mean over directions, the diagonal by the mean inside a disc or ring."""
    distance = great_circle(lat[:, None], lon[:, None], lat[None, :], lon[None, :])
    for i in np.flatnonzero(radius > 0.0):
        for j in range(radius.size):
            distance[i, j] = distance[j, i] = ring_distance(float(distance[i, j]), float(radius[i]), float(radius[j]))
    compact = np.flatnonzero(radius == 0.0)
    distance[compact, compact] = _MEAN_DISC_DISTANCE * np.sqrt(area[compact] / np.pi)
    return distance
