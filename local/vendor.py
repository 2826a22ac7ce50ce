"""The third-party part of the Lambda package: built once, trimmed, with the bytecode of what is imported."""

import ast
import hashlib
import importlib.util
import marshal
import platform
import struct
import subprocess
import sys
import tempfile
import zipfile
from collections.abc import Callable
from pathlib import Path

from chalice.deploy.packager import DependencyBuilder, MissingDependencyError
from chalice.utils import OSUtils

from local.errors import StackError

# A Lambda may not write bytecode, so without it each cold start compiles some 300 modules again (0.4 s here).
# It is shipped for what these lines import, not for the rest, which would double the package.
IMPORTED = """
import bcrypt, cryptography.hazmat.primitives.asymmetric.ed25519, jinja2, jwt, markdown_it, nh3, pg8000.dbapi
import pg8000.native, pydantic, pydantic.networks, sqlalchemy.dialects.postgresql.pg8000, tzdata, zoneinfo
class Shape(pydantic.BaseModel): text: str
"""
UNUSED_SUFFIXES = (".c", ".h", ".pxd", ".pyi", ".pyx")
UNUSED_FOLDERS = (
    "cffi/",
    "dateutil/tz/win.py",  # tried and compiled at each start, in vain
    "dateutil/zoneinfo/dateutil-zoneinfo.tar.gz",  # a second copy of tzdata
    "icalendar/tests/",
    "pycparser/",
    "pydantic/v1/",
    "sqlalchemy/dialects/mssql/",
    "sqlalchemy/dialects/mysql/",
    "sqlalchemy/dialects/oracle/",
    "sqlalchemy/dialects/sqlite/",
    "sqlalchemy/ext/",
    "sqlalchemy/orm/",
    "sqlalchemy/testing/",
)
# Names of holidays in the languages that a workspace may speak; a country's own need no translation.
TRANSLATIONS, SPOKEN = "holidays/locale/", ("holidays/locale/en_US/", "holidays/locale/es/")
DOCUMENTED = (ast.Module, ast.ClassDef, ast.FunctionDef, ast.AsyncFunctionDef)
EPOCH = (1980, 1, 1, 0, 0, 0)  # the same content makes the same zip


def vendor_zip(requirements: Path, cache: Path) -> Path:
    """A zip of everything `requirements` names and brings along, for this Python on Lambda's Linux."""
    return kept_zip("vendor", requirements, Path(__file__), cache, _install, _write_zip)


def kept_zip(
    name: str,
    requirements: Path,
    recipe: Path,
    cache: Path,
    install: Callable[[Path, Path], None],
    write: Callable[[Path, Path], None],
) -> Path:
    """Made once of these requirements by this recipe and this Python, and kept in `cache`, without those
    before: installed from the requirements into a folder, and the folder written into a zip."""
    key = hashlib.sha256(requirements.read_bytes() + recipe.read_bytes() + sys.version.encode())
    done = cache / f"{name}-{key.hexdigest()[:16]}.zip"
    if done.exists():
        return done
    cache.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=cache) as scratch:
        folder, made = Path(scratch) / "site-packages", Path(scratch) / "made.zip"
        folder.mkdir()
        install(requirements, folder)
        write(folder, made)
        for old in cache.glob(f"{name}-*.zip"):
            old.unlink()
        made.replace(done)
    return done


def _install(requirements: Path, folder: Path) -> None:
    abi = f"cp{sys.version_info.major}{sys.version_info.minor}"
    if sys.platform == "linux" and platform.machine() == "x86_64":
        try:
            DependencyBuilder(OSUtils()).build_site_packages(abi, str(requirements), str(folder))
        except MissingDependencyError as error:
            names = ", ".join(sorted(package.identifier for package in error.missing))
            raise StackError(f"No wheel for Lambda was found for: {names}.") from None
        except Exception as error:
            raise StackError(f"The package's dependencies could not be fetched: {error}") from error
        return
    # Elsewhere the emulator runs the functions on this machine's own Python, so they need its own wheels.
    pip = [sys.executable, "-m", "pip", "install", "--quiet", "--target", str(folder)]
    if subprocess.run([*pip, "-r", str(requirements)], check=False).returncode != 0:
        raise StackError("The package's dependencies could not be fetched: pip's own words are above.")


def _write_zip(folder: Path, target: Path) -> None:
    imported = _imported_modules(folder)
    with zipfile.ZipFile(target, "w") as archive:
        for path in sorted(path for path in folder.rglob("*") if path.is_file()):
            name = path.relative_to(folder).as_posix()
            if _is_unused(name):
                continue
            content = path.read_bytes()
            if name.endswith("/METADATA"):
                # Its headers have the version; the rest is the package's description for people.
                content = content.split(b"\n\n", 1)[0] + b"\n"
            if name in imported and name.endswith(".py"):
                append(archive, *compile_module(name, content, docstrings=False))
            elif name.endswith(".py"):
                append(archive, name, without_words(content))
            else:
                append(archive, name, without_sections(content) if ".so" in path.suffixes else content)


def _is_unused(name: str) -> bool:
    # Of what pip writes about a package, programs ask for its version alone.
    about_it = ".dist-info/" in name and not name.endswith("/METADATA")
    left_out = name.endswith(UNUSED_SUFFIXES) or name.startswith(UNUSED_FOLDERS)
    foreign = name.startswith(TRANSLATIONS) and not name.startswith(SPOKEN)
    return about_it or left_out or foreign or "__pycache__" in name


def _imported_modules(folder: Path) -> set[str]:
    code = (
        f"import sys; sys.path.insert(0, {str(folder)!r}); sys.dont_write_bytecode = True\n{IMPORTED}\n"
        "for module in list(sys.modules.values()): print(getattr(module, '__file__', None) or '')"
    )
    result = subprocess.run([sys.executable, "-I", "-c", code], check=False, capture_output=True, text=True)
    if result.returncode != 0:
        reason = result.stderr.strip().splitlines()[-1]
        raise StackError(f"The package's dependencies do not import: {reason}")
    files = [Path(name) for name in result.stdout.splitlines()]
    return {path.relative_to(folder).as_posix() for path in files if path.is_relative_to(folder)}


def append(archive: zipfile.ZipFile, name: str, content: bytes) -> None:
    entry = zipfile.ZipInfo(name, EPOCH)
    entry.compress_type = zipfile.ZIP_DEFLATED
    entry.external_attr = 0o644 << 16
    archive.writestr(entry, content, compresslevel=9)


def compile_module(name: str, source: bytes, *, docstrings: bool = True) -> tuple[str, bytes]:
    """The name and content of a module's bytecode in its source's place (PEP 3147): tracebacks name file and
    line without it, and sources were a tenth of the package.

    Docstrings are a fifth of it, for a library that nobody asks for help in a Lambda.
    """
    tree = ast.parse(source) if docstrings else _undocumented(source)
    code = marshal.dumps(compile(tree, name, "exec", dont_inherit=True))
    unchecked = (0b01).to_bytes(4, "little")
    return f"{name}c", importlib.util.MAGIC_NUMBER + unchecked + importlib.util.source_hash(source) + code


def without_words(source: bytes) -> bytes:
    """The same program without comments and docstrings: half of what holidays has."""
    return ast.unparse(_undocumented(source)).encode() + b"\n"


def _undocumented(source: bytes) -> ast.Module:
    tree = ast.parse(source)
    for node in ast.walk(tree):
        if isinstance(node, DOCUMENTED) and ast.get_docstring(node, clean=False) is not None:
            node.body[:1] = [] if len(node.body) > 1 else [ast.copy_location(ast.Pass(), node.body[0])]
    return tree


def without_sections(library: bytes) -> bytes:
    """A 64-bit ELF library without what follows its segments: symbols and debug data, 8 MB of SQLAlchemy's 9.

    The loader reads program headers only (ELF-64 object file format 1.5, p. 14); `sstrip` does the same.
    """
    if library[:6] != b"\x7fELF\x02\x01":
        return library
    offset = struct.unpack_from("<Q", library, 32)[0]
    size, count = struct.unpack_from("<HH", library, 54)
    end = offset + size * count
    for header in range(offset, end, size):
        start, _, _, length = struct.unpack_from("<QQQQ", library, header + 8)
        end = max(end, start + length)
    kept = bytearray(library[:end])
    struct.pack_into("<Q", kept, 40, 0)
    struct.pack_into("<HHH", kept, 58, 0, 0, 0)
    return bytes(kept)
