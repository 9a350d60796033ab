"""How processor time grows with the length of what is worked on."""

import gc
import time
from collections.abc import Callable

# Twice for twice the length, and something for a noisy machine: what is quadratic takes four times.
LIMIT = 2.5


def growth(shorter: Callable[[], object], longer: Callable[[], object]) -> float:
    """The processor time of `longer`, divided by that of `shorter`.

    Each is the least of rounds taken by turns. What else the machine does only ever adds to one of
    them, so a ratio beyond the limit is believed after twenty rounds and a good one after three.
    """
    least = [float("inf"), float("inf")]
    for round_ in range(20):
        for at, work in enumerate((shorter, longer)):
            gc.collect()
            gc.disable()
            begun = time.process_time()
            work()
            least[at] = min(least[at], time.process_time() - begun)
            gc.enable()
        if round_ >= 2 and least[1] / least[0] < LIMIT:
            break
    return least[1] / least[0]
