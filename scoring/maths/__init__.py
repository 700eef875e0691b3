"""Pure arithmetic of scores: NumPy, SciPy and dataclasses, nothing of Django."""
