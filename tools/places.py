"""Where things lie."""

import os
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
VENV = ROOT / ".venv"
PYTHON = VENV / "bin" / "python"
LOCKS = {"base": ROOT / "requirements.txt", "dev": ROOT / "requirements" / "dev.txt"}
PACKAGES = (
    "wellbeing",
    "operations",
    "dashboards",
    "followup",
    "balancing",
    "scoring",
    "surveys",
    "missions",
    "clients",
    "accounts",
    "core",
)


def var() -> Path:
    """The folder of this installation's own data, readable by its owner alone."""
    folder = Path(os.environ.get("SYMETRIE_VAR") or ROOT / "var").expanduser().resolve()
    folder.mkdir(parents=True, exist_ok=True)
    folder.chmod(0o700)
    return folder


def logs() -> Path:
    folder = var() / "log"
    folder.mkdir(exist_ok=True)
    return folder
