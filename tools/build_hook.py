"""What a wheel needs beside the package: browser libraries, compiled translations, the shipped mappings."""

import subprocess
import sys
from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface

EDITABLE = "editable"


class BrowserFilesAndTranslations(BuildHookInterface):
    """Runs the two tools before files are gathered; an editable install leaves that to `make setup`."""

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        """Fetch and compile; a tool that fails stops the build."""
        if version == EDITABLE:
            return
        for tool in ("browser_libraries.py", "translations.py"):
            subprocess.run([sys.executable, str(Path(self.root) / "tools" / tool)], check=True)
        build_data["force_include"][str(Path(self.root) / "mappings")] = "xiaoer/mappings"
