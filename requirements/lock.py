"""Write every lock anew from its `.in` file: `python3 requirements/lock.py [--upgrade] [NAME ...]`.

Run by a Python that has `uv` and `jgo` beside it (`.sandbox/envs/dev/bin/python`). Locks are universal (all platforms,
Python 3.11 and newer), carry hashes, and name no registry: which one serves them is the business of whoever installs.
A line `# uv: OPTION ...` in an `.in` file stands in place of the first half.
"""

from __future__ import annotations

import hashlib
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

HERE = Path(__file__).resolve().parent
REPOSITORY = HERE.parent

#: Coordinates of jars instead of Python requirements.
MAVEN = HERE / "opensearch.in"

#: Folders with an npm `package.json` instead of Python requirements.
NPM = [HERE / "kinesis-local"]

COMPILE = [
    *("pip", "compile", "--quiet", "--generate-hashes", "--no-emit-index-url", "--no-annotate"),
]

#: For all platforms and every Python that the sandbox runs on; an `.in` file may say otherwise.
EVERYWHERE = ["--universal", "--python-version", "3.11"]


def sources() -> list[Path]:
    """Every `.in` file; the ones that include others come last, since they follow their versions."""
    found = [*HERE.glob("*.in"), *REPOSITORY.glob("*/requirements.in"), *REPOSITORY.glob("images/*/requirements.in")]
    return sorted((p for p in found if p != MAVEN), key=lambda p: ("\n-r " in p.read_text(), p))


def lock_python(source: Path, options: list[str]) -> None:
    """Compile `source` into the `.txt` beside it."""
    target = source.with_suffix(".txt")
    included = [line.split()[1] for line in source.read_text().splitlines() if line.startswith("-r ")]
    same_versions = [
        word for name in included for word in ("--constraints", str((source.parent / name).with_suffix(".txt")))
    ]
    if source.stem.endswith("-nodeps"):
        options = [*options, "--no-deps"]
    own = [word for line in source.read_text().splitlines() if line.startswith("# uv: ") for word in line.split()[2:]]
    header = ["--custom-compile-command", "python3 requirements/lock.py"]
    arguments = [*COMPILE, *(own or EVERYWHERE), *header, *same_versions, *options, str(source), "-o", str(target)]
    subprocess.run([uv(), *arguments], check=True, cwd=REPOSITORY, stdout=subprocess.DEVNULL)


def uv() -> str:
    """The locked uv: beside this Python, else the bootstrap's, else the one on PATH."""
    candidates = (Path(sys.executable).parent / "uv", REPOSITORY / ".sandbox" / "envs" / "uv" / "bin" / "uv")
    return next((str(path) for path in candidates if path.exists()), "uv")


def closure(source: Path, folder: Path) -> Iterator[tuple[str, Path]]:
    """The coordinates in `source` and all they need, with the downloaded jars."""
    from jgo.maven import MavenContext  # noqa: PLC0415 - only this half of the script needs it

    words = [line for line in source.read_text().split("\n") if line and not line.startswith("#")]
    left_out = {word[1:] for word in words if word.startswith("!")}
    context = MavenContext(repo_cache=folder, timeout=60)
    for word in words:
        if word.startswith("!"):
            continue
        group, name, version = word.split(":")
        root = context.project(group, name).at_version(version)
        yield word, root.artifact().resolve()
        for node in context.pom_dependency_list(root.pom())[1]:
            needed = node.dep
            if f"{needed.groupId}:{needed.artifactId}" not in left_out:
                yield f"{needed.groupId}:{needed.artifactId}:{needed.version}", needed.artifact.resolve()


def lock_maven(source: Path) -> None:
    """Write `group:artifact:version sha256:... size` for the closure of `source`."""
    with tempfile.TemporaryDirectory() as folder:
        jars = dict(closure(source, Path(folder)))
        lines = [
            f"{coordinates} sha256:{hashlib.sha256(jar.read_bytes()).hexdigest()} {jar.stat().st_size}"
            for coordinates, jar in sorted(jars.items())
        ]
    text = "# Written by `python3 requirements/lock.py`: coordinates, digest, bytes.\n" + "\n".join(lines) + "\n"
    source.with_suffix(".lock").write_text(text)


def lock_npm(folder: Path) -> None:
    """Write `package-lock.json` with digests and without addresses; needs npm on PATH."""
    words = ("--package-lock-only", "--omit-lockfile-registry-resolved", "--ignore-scripts", "--no-audit", "--no-fund")
    (folder / "package-lock.json").unlink(missing_ok=True)
    subprocess.run(["npm", "install", *words], check=True, cwd=folder, stdout=subprocess.DEVNULL)


def main(arguments: list[str]) -> None:
    """Lock what is named, or everything."""
    options = [word for word in arguments if word.startswith("-")]
    names = [word for word in arguments if not word.startswith("-")]
    for source in sources():
        if not names or source.stem in names or source.parent.name in names:
            print(source.relative_to(REPOSITORY), file=sys.stderr)
            lock_python(source, options)
    if not names or MAVEN.stem in names:
        print(MAVEN.relative_to(REPOSITORY), file=sys.stderr)
        lock_maven(MAVEN)
    for folder in NPM:
        if not names or folder.name in names:
            print(folder.relative_to(REPOSITORY), file=sys.stderr)
            lock_npm(folder)


if __name__ == "__main__":
    main(sys.argv[1:])
