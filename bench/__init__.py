"""``./run bench``: what the product costs, as ratios taken in one run. Never a timed test.

Each part runs in a process of its own (``bench.step``) on a database that is made for it and
dropped afterwards; ``bench.__main__`` puts the figures together. ``docs/benchmarks.md`` says what
each line means.
"""
