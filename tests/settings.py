"""The product's settings as the tests run them: nothing of a demo on this machine is touched."""

import os
import tempfile

os.environ["SYMETRIE_MODE"] = "test"
os.environ.setdefault("SYMETRIE_VAR", tempfile.mkdtemp(prefix="symetrie-test-"))

from wellbeing.settings import *  # noqa: F403 -- the mode must be set before they are read

EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
ALLOWED_HOSTS = ["testserver", "localhost", "127.0.0.1"]
