"""Build step: the wheel carries the command, built for the platform of the wheel."""

import os
import shutil
import subprocess
from pathlib import Path

from setuptools import setup
from setuptools.command.build_py import build_py
from setuptools.dist import Distribution
from wheel.bdist_wheel import bdist_wheel

HERE = Path(__file__).resolve().parent
NAME = "sluis.exe" if os.name == "nt" else "sluis"


class BuildWithCommand(build_py):
    """Puts the command into the package."""

    def run(self) -> None:
        super().run()
        target = Path(self.build_lib).resolve() / "sluis" / "bin" / NAME
        target.parent.mkdir(parents=True, exist_ok=True)
        given = os.environ.get("SLUIS_BINARY")
        if given:
            shutil.copy2(given, target)
        else:
            subprocess.run(
                ["go", "build", "-trimpath", "-ldflags=-s -w", "-o", str(target), "./cmd/sluis"],
                cwd=HERE.parent,
                env={**os.environ, "CGO_ENABLED": "0"},
                check=True,
            )
        target.chmod(0o755)


class PlatformWheel(bdist_wheel):
    """The wheel is for one platform and for every Python."""

    def finalize_options(self) -> None:
        super().finalize_options()
        self.root_is_pure = False

    def get_tag(self) -> tuple[str, str, str]:
        return ("py3", "none", super().get_tag()[2])


class WithBinary(Distribution):
    """The distribution has a part that depends on the platform."""

    def has_ext_modules(self) -> bool:
        return True


setup(
    cmdclass={"build_py": BuildWithCommand, "bdist_wheel": PlatformWheel},
    distclass=WithBinary,
)
