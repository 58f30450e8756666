#!/usr/bin/env python3
"""Builds the files of a release.

    hack/release.py list                                  prints the names of all files
    hack/release.py archive DIRECTORY [--program FILE]    builds the archive of this platform and its SBOM
    hack/release.py assets DIRECTORY                      adds manifests and IAM policies to the archives of all platforms, checks
                                                          that no file is missing, and writes checksums.txt

The archive contains the program, its licence, shell completions and man pages. Without `--program`, hack/build.sh builds the program. The
SBOM needs cargo-cyclonedx. Archives of equal files are identical: they contain no times and no user names.
"""

import argparse
import gzip
import hashlib
import io
import pathlib
import platform
import re
import shutil
import subprocess
import sys
import tarfile
import tempfile

ROOT = pathlib.Path(__file__).resolve().parent.parent
NAME = "cloudfront-operator"
VERSION = re.search(r'^version = "(.+)"$', (ROOT / "Cargo.toml").read_text(), re.MULTILINE)[1]
PLATFORMS = [(system, machine) for system in ("linux", "darwin") for machine in ("amd64", "arm64")]
# The names that Rust and Python have for the architectures.
MACHINES = {"x86_64": "amd64", "amd64": "amd64", "aarch64": "arm64", "arm64": "arm64"}
TARGETS = {
    ("linux", "amd64"): "x86_64-unknown-linux-gnu",
    ("linux", "arm64"): "aarch64-unknown-linux-gnu",
    ("darwin", "amd64"): "x86_64-apple-darwin",
    ("darwin", "arm64"): "aarch64-apple-darwin",
}
COMPLETIONS = {
    "bash": f"{NAME}.bash",
    "fish": f"{NAME}.fish",
    "powershell": f"_{NAME}.ps1",
    "zsh": f"_{NAME}",
}
CHECKSUMS = "checksums.txt"
# The workflow signs the checksums, and with them every file.
SIGNATURE = "checksums.txt.sigstore.json"


def base_name(host):
    return f"{NAME}_{VERSION}_{host[0]}_{host[1]}"


def manifests():
    """Returns the files that are equal on all platforms, with their contents."""
    policies = ROOT / "docs/iam"
    crds = sorted((ROOT / "crds").glob("*.yaml"))
    return {
        "crds.yaml": "---\n".join(file.read_text() for file in crds).encode(),
        "iam-policies.tar.gz": archive({f"iam-policies/{file.name}": (file.read_bytes(), 0o644) for file in policies.iterdir()}),
        "iam-policy-read-only.json": (policies / "policy-read-only.json").read_bytes(),
        "iam-policy.json": (policies / "policy.json").read_bytes(),
        "install.yaml": (ROOT / "deploy/install.yaml").read_bytes(),
    }


def checked_names():
    """Returns the names of the files that checksums.txt lists."""
    bases = [base_name(host) for host in PLATFORMS]
    return sorted([f"{base}{suffix}" for base in bases for suffix in (".cdx.json", ".tar.gz")] + list(manifests()))


def archive(files):
    """Returns a compressed tar archive of files, which are given as paths with contents and modes."""
    tar_bytes = io.BytesIO()
    with tarfile.open(fileobj=tar_bytes, mode="w", format=tarfile.USTAR_FORMAT) as tar:
        for path, (content, mode) in sorted(files.items()):
            entry = tarfile.TarInfo(path)
            entry.size, entry.mode = len(content), mode
            tar.addfile(entry, io.BytesIO(content))
    return gzip.compress(tar_bytes.getvalue(), compresslevel=6, mtime=0)


def run(*command, directory=ROOT):
    command = [str(part) for part in command]
    return subprocess.run(command, check=True, cwd=directory, stdout=subprocess.PIPE).stdout


def sbom(host, temporary):
    """Returns the SBOM of the program. cargo-cyclonedx writes beside the manifests, so it works on a copy of the sources."""
    copy = temporary / "sources"
    for file in run("git", "ls-files", "-z").decode().rstrip("\0").split("\0"):
        (copy / file).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(ROOT / file, copy / file)
    flags = ["--format", "json", "--spec-version", "1.5", "--no-build-deps", "--target", TARGETS[host], "--override-filename", "sbom"]
    run("cargo", "cyclonedx", *flags, directory=copy)
    # The result must not contain paths of the build.
    return (copy / "sbom.json").read_text().replace(str(copy), "/src").encode()


def build_archive(directory, program):
    host = (platform.system().lower(), MACHINES[platform.machine().lower()])
    base = base_name(host)
    with tempfile.TemporaryDirectory() as temporary:
        temporary = pathlib.Path(temporary).resolve()
        if program is None:
            run("hack/build.sh", temporary)
            program = temporary / NAME
        run(program, "man", temporary / "man")
        sources = {"LICENSE": ROOT / "LICENSE", "README.md": ROOT / "README.md"}
        sources |= {f"man/{page.name}": page for page in (temporary / "man").iterdir()}
        files = {path: (file.read_bytes(), 0o644) for path, file in sources.items()}
        files |= {f"completions/{file}": (run(program, "completions", shell), 0o644) for shell, file in COMPLETIONS.items()}
        files[NAME] = (program.read_bytes(), 0o755)
        (directory / f"{base}.tar.gz").write_bytes(archive({f"{base}/{path}": file for path, file in files.items()}))
        (directory / f"{base}.cdx.json").write_bytes(sbom(host, temporary))


def add_assets(directory):
    for name, content in manifests().items():
        (directory / name).write_bytes(content)
    found = sorted(file.name for file in directory.iterdir() if file.name != CHECKSUMS)
    if found != checked_names():
        missing, unknown = set(checked_names()) - set(found), set(found) - set(checked_names())
        sys.exit(f"hack/release.py: {directory} lacks {sorted(missing)} and has the unknown files {sorted(unknown)}")
    lines = [f"{hashlib.sha256((directory / name).read_bytes()).hexdigest()}  {name}\n" for name in found]
    (directory / CHECKSUMS).write_text("".join(lines))


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    commands = parser.add_subparsers(dest="command", required=True)
    commands.add_parser("list")
    for command in ("archive", "assets"):
        commands.add_parser(command).add_argument("directory", type=pathlib.Path)
    commands.choices["archive"].add_argument("--program", type=pathlib.Path)
    arguments = parser.parse_args()
    if arguments.command == "list":
        print("\n".join([*checked_names(), CHECKSUMS, SIGNATURE]))
        return
    arguments.directory.mkdir(parents=True, exist_ok=True)
    if arguments.command == "archive":
        program = arguments.program and arguments.program.resolve()
        build_archive(arguments.directory, program)
    else:
        add_assets(arguments.directory)


if __name__ == "__main__":
    main()
