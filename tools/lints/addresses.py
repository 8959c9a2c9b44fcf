"""Nothing tracked names a package registry or somebody's machine."""

import re
from collections.abc import Iterator

from tools.lints.checkout import Checkout, Finding

HOSTS = ("pythonhosted.org", "pypi.org", "registry.npmjs", "npmmirror", "registry.yarnpkg", "artifactory")
OPTIONS = ("--index-url", "--extra-index-url", "--find-links", "--trusted-host")
ADDRESS = re.compile(
    "|".join([*map(re.escape, HOSTS), r'^\s*"resolved":', *(rf"^\s*{option}\b" for option in OPTIONS)])
)
MACHINE = re.compile(
    r"(?<![\w.}$)~*])/(root|work|tmp|Users)/(?=\w)|(?<![\w.}$)~*])/home/\w+/|[A-Z]:\\\\?Users"
    r"|\b(10\.\d+\.\d+\.\d+|192\.168\.\d+\.\d+)\b"
)
ABOUT_THEMSELVES = ("tools/lints/addresses.py", "tests/tools/test_lints.py")


def check(checkout: Checkout) -> Iterator[Finding]:
    """Registry hosts, index options, absolute paths of a machine, private network addresses."""
    for path, text in checkout.texts.items():
        if path in ABOUT_THEMSELVES:
            continue
        for number, line in enumerate(text.splitlines(), 1):
            if ADDRESS.search(line):
                yield Finding(path, number, "names a registry: a lock carries hashes and no address")
            if MACHINE.search(line):
                yield Finding(path, number, "names a machine: use paths in the checkout or XIAOER_HOME")
