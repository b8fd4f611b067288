"""Many polylines as flat arrays."""

from dataclasses import dataclass

import numpy as np
import shapely
from numpy.typing import NDArray


@dataclass(frozen=True)
class Lines:
    """Polyline i is points[starts[i]:starts[i + 1]].

    points: float64 (m, 2); starts: int64 (k + 1,); rank: int64 (k,) main 0, secondary 1, lane 2; name: int64 (k,) number
    of the street's name, the same for all pieces of one street.
    """

    points: NDArray[np.float64]
    starts: NDArray[np.int64]
    rank: NDArray[np.int64]
    name: NDArray[np.int64]

    def __len__(self) -> int:
        return len(self.rank)

    @classmethod
    def of(cls, shapes: NDArray[np.object_], rank: NDArray[np.int64], name: NDArray[np.int64]) -> "Lines":
        """Flatten LineStrings (k,) with their ranks and names."""
        count = shapely.get_num_points(shapes)
        return cls(
            points=shapely.get_coordinates(shapes),
            starts=np.concatenate([[0], np.cumsum(count)]).astype(np.int64),
            rank=np.asarray(rank, dtype=np.int64),
            name=np.asarray(name, dtype=np.int64),
        )

    def shapes(self) -> NDArray[np.object_]:
        """The polylines as LineStrings (k,)."""
        owner = np.repeat(np.arange(len(self)), np.diff(self.starts))
        return np.asarray(shapely.linestrings(self.points, indices=owner), dtype=object)

    def moved(self, points: NDArray[np.float64]) -> "Lines":
        """The same lines with other coordinates, say in degrees."""
        return Lines(points=points, starts=self.starts, rank=self.rank, name=self.name)
