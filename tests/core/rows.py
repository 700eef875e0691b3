"""Rights on the pages of the bottom floor."""

from tests.matrix import Row

ROWS = [
    Row("manifest", 200, anonymous=200),
    Row("healthz", 200, anonymous=200),
    Row("readyz", 503, anonymous=503),  # no worker runs in this test
]
