"""The root of every image of ours: a minimal Debian, unpacked from its packages by mmdebstrap."""

from __future__ import annotations

import shlex
import shutil
import tempfile
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from sandbox.images.artefact import Show
from sandbox.images.image import BuiltImage
from sandbox.images.running import require, run
from sandbox.instance import REPOSITORY

_APT_SETTINGS = REPOSITORY / "images" / "debian" / "99image"

#: What no container reads.
_LEFT_OUT = ("/usr/share/man/*", "/usr/share/doc/*", "/usr/share/locale/*", "/usr/share/info/*")


@dataclass(frozen=True, eq=False)
class DebianImage(BuiltImage):
    """A Debian release with little but apt, which trusts the CAs that this machine trusts.

    Debian's archive serves a release as it is today, so the release is pinned and not each package; what is inside is
    in the image's own package database.

    Attributes:
        release: Its code name.
    """

    release: str = "bookworm"

    def inputs(self) -> Iterable[str | bytes | Path]:
        """The command, and the files it copies in."""
        yield repr(self._command(Path("scratch"), Path("root.tar")))
        yield _APT_SETTINGS
        yield from self.shop.settings.certificates

    def build(self, show: Show) -> None:
        """Unpack, and import the archive as an image."""
        require(
            "mmdebstrap",
            "to unpack Debian's packages into a base image",
            "install it (Debian, Ubuntu: apt install mmdebstrap); `sandbox engine start` does so as root",
        )
        show(f"unpacking {self.release}")
        self.log.unlink(missing_ok=True)
        with tempfile.TemporaryDirectory(dir=self.shop.folder) as name:
            scratch = Path(name)
            shutil.copy(_APT_SETTINGS, scratch)
            for number, text in enumerate(self.shop.settings.certificates):
                (scratch / f"{number}.crt").write_bytes(text)
            archive = scratch / "root.tar"
            run(self.name, self._command(scratch, archive), self.log, environment=self.shop.environment)
            repository, _, tag = self.reference.partition(":")
            labels = [f"LABEL {name}={value}" for name, value in self.labels.items()]
            changes = ["CMD bash", "ENV LANG=C.UTF-8", *labels]
            self.shop.engine.api.import_image_from_file(str(archive), repository=repository, tag=tag, changes=changes)

    def _command(self, scratch: Path, archive: Path) -> list[str]:
        """Unpack the release into `archive` with the files that lie in `scratch`."""
        words = ["mmdebstrap", "--variant=minbase", "--include=ca-certificates,usr-is-merged"]
        # A merged /usr from the start: the package that merges it afterwards brings all of Perl.
        words += ["--hook-directory=/usr/share/mmdebstrap/hooks/merged-usr"]
        words += [f"--architectures={self.shop.architecture}", "--aptopt=Acquire::Languages none"]
        words += [f"--dpkgopt=path-exclude={pattern}" for pattern in _LEFT_OUT]
        words.append(_copy(scratch / _APT_SETTINGS.name, "/etc/apt/apt.conf.d"))
        words.append('--customize-hook=rm -f "$1"/var/cache/apt/*.bin')  # With these settings apt leaves them alone.
        for number, _ in enumerate(self.shop.settings.certificates):
            words.append(_copy(scratch / f"{number}.crt", "/usr/local/share/ca-certificates"))
        words.append('--customize-hook=chroot "$1" update-ca-certificates')
        mirror = self.shop.settings.debian_mirror
        return [*words, self.release, str(archive), *([mirror] if mirror else [])]


def _copy(source: Path, folder: str) -> str:
    return f"--customize-hook=copy-in {shlex.quote(str(source))} {folder}"
