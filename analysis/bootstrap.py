"""
The stationary bootstrap, and p-values from the distribution of a statistic over its draws.

Sources: Politis and Romano 1994 (stationary bootstrap); Knijnenburg et al. 2009 (a fitted tail where few draws reach).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]

MEAN_BLOCK = 10
FEW = 10  # with fewer draws beyond a value, its probability is read from the fitted tail
TAIL = 0.1  # the share of the draws to which the tail is fitted


def stationary_positions(n: int, length: int, draws: int, *, seed: int, mean_block: float = MEAN_BLOCK) -> Ints:
    """(draws × length) positions into a series of n values: runs of geometric length, wrapped at the end."""
    rng = np.random.default_rng(seed)
    restart = rng.random((draws, length), dtype=np.float32) < 1 / mean_block
    restart[:, 0] = True
    starts = rng.integers(0, n, (draws, length), dtype=np.int32)
    here = np.arange(length, dtype=np.int32)
    since = np.maximum.accumulate(np.where(restart, here, np.int32(0)), axis=1)
    return np.asarray((np.take_along_axis(starts, since, axis=1) + here - since) % n, dtype=np.int64)


@dataclass(frozen=True, slots=True)
class Chance:
    """The draws of one statistic under the null, in their order and sorted. Larger is more extreme."""

    by_draw: Floats
    draws: Floats

    @classmethod
    def of(cls, draws: Floats) -> Chance:
        return cls(draws, np.sort(draws))

    def p(self, observed: float) -> float:
        """(1 + draws at least as large) / (draws + 1)."""
        return (1 + self._beyond(observed)) / (len(self.draws) + 1)

    def fine_p(self, observed: float) -> float:
        """As `p`, but from an exponential tail where fewer than ten draws reach: 999 draws cannot resolve 1 in 100,000.

        The tail of a studentised maximum falls faster than exponentially, so this errs towards larger p."""
        if self._beyond(observed) >= FEW:
            return self.p(observed)
        start, mean_excess, share = self._tail()
        return min(share * float(np.exp(-(observed - start) / mean_excess)), (FEW + 1) / (len(self.draws) + 1))

    def critical(self, alpha: float) -> float:
        """The value that the null exceeds with probability alpha."""
        rank = int(alpha * (len(self.draws) + 1))
        if rank > FEW:
            return float(self.draws[-rank])
        start, mean_excess, share = self._tail()
        return start + mean_excess * float(np.log(share / alpha))

    def _beyond(self, observed: float) -> int:
        return len(self.draws) - int(np.searchsorted(self.draws, observed, side="left"))

    def _tail(self) -> tuple[float, float, float]:
        count = max(int(TAIL * len(self.draws)), 1)
        start = float(self.draws[-count])
        excess = float(np.mean(self.draws[-count:])) - start
        return start, max(excess, np.finfo(float).tiny), count / len(self.draws)
