"""The Django project. It holds no model; it loads the Celery application with Django."""

import os

# Many small fits: threads inside the linear algebra cost more than they give, and starve the
# web server beside them. Must be set before NumPy is first imported.
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")

from wellbeing.celery import app as celery_app

__all__ = ["celery_app"]
