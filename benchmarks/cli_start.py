"""Seconds until `brokerflow --help` has answered, median of ten, beside an empty Python."""

import statistics
import subprocess
import sys
import time

ROUNDS = 10


def measure(*arguments: str) -> float:
    """Median wall seconds of ``python arguments``."""
    seconds = []
    for _ in range(ROUNDS):
        started = time.perf_counter()
        subprocess.run([sys.executable, *arguments], check=True, capture_output=True)
        seconds.append(time.perf_counter() - started)
    return statistics.median(seconds)


if __name__ == "__main__":
    print(f"empty Python        {measure('-c', 'pass'):.3f} s")
    print(f"brokerflow --help   {measure('-m', 'cli.main', '--help'):.3f} s")
