"""``./run bench``: what things cost on this machine."""

import os
import subprocess
from collections.abc import Sequence

from tools import bootstrap
from tools.places import PYTHON, ROOT


def main(arguments: Sequence[str]) -> int:
    bootstrap.prepare("dev")
    command = [str(PYTHON), "-m", "bench", *arguments]
    return subprocess.run(command, cwd=ROOT, env=os.environ, check=False).returncode
