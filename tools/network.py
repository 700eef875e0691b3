"""Package index: hands pip's settings to uv, and puts network failures into words."""

import os
import re

from tools.places import PYTHON
from tools.system import last_line, run_quietly

# What pip calls it, and what uv calls it. uv reads no configuration of pip's.
UV_NAMES = {
    "index-url": "UV_DEFAULT_INDEX",
    "extra-index-url": "UV_INDEX",
    "find-links": "UV_FIND_LINKS",
    "no-index": "UV_NO_INDEX",
    "trusted-host": "UV_INSECURE_HOST",
    "timeout": "UV_HTTP_TIMEOUT",
    "default-timeout": "UV_HTTP_TIMEOUT",
    "cert": "SSL_CERT_FILE",
    "proxy": "ALL_PROXY",
}

FAILURES = (
    (
        r"(?i)certificate.verify.failed|UnknownIssuer|self.signed cert|invalid peer certificate",
        "your network inspects TLS: set PIP_CERT to your firm's certificate file",
    ),
    (
        r"DO NOT MATCH THE HASHES|[Hh]ash mismatch",
        "the index delivers other files than the lock names: set PIP_INDEX_URL to one you trust",
    ),
    (r"No space left on device", "the disk is full: about 600 MB are needed"),
    (
        r"Permission denied|Read-only file system",
        "this folder cannot be written: run as its owner, or delete .venv if another user made it",
    ),
    (
        (
            r"Name or service not known|name resolution|No route to host|[Nn]etwork is unreachable"
            r"|Connection refused|timed out|dns error|error sending request|Max retries exceeded"
            r"|[Cc]onnect(ion)? ?(error|broken|reset|aborted)|tunnel error|ProxyError"
        ),
        "the package index cannot be reached; set PIP_INDEX_URL to your firm's mirror",
    ),
    (
        r"No matching distribution found for [^\s]+|no version of [^\s]+",
        "the package index lacks a locked package; is your firm's mirror up to date?",
    ),
)


def in_words(output: str) -> str:
    """The cause of a failed installation and its cure, from what pip or uv printed."""
    for pattern, words in FAILURES:
        if re.search(pattern, output):
            return words
    return last_line(output)


def pip_settings(listing: str) -> dict[str, str]:
    """What ``pip config list`` says, by bare name; the environment wins over files.

    >>> pip_settings("global.index-url='https://a/simple'\\n:env:.index-url='https://b/simple'")
    {'index-url': 'https://b/simple'}
    """
    pattern = re.compile(r"^(:env:|global|install|site|user)\.([\w-]+)='(.*)'$", re.MULTILINE)
    found = pattern.findall(listing)
    found.sort(key=lambda line: line[0] == ":env:")
    return {name: value for _, name, value in found}


def uv_environment() -> dict[str, str]:
    listing = run_quietly([PYTHON, "-m", "pip", "config", "list"]).stdout
    env = dict(os.environ)
    for name, value in pip_settings(listing).items():
        if name in UV_NAMES and value:
            env.setdefault(UV_NAMES[name], value)
    # Like pip: any of the indexes may hold the locked version, and the hashes guard it.
    env.setdefault("UV_INDEX_STRATEGY", "unsafe-best-match")
    env.setdefault("UV_LINK_MODE", "copy")
    return env
