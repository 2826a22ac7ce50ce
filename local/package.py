"""Makes what is deployed: `sam.json`, the template with everything merged, `deployment.zip`, the code, and
`migration.zip`, what brings the database to it."""

import argparse
import json
import os
import shutil
import subprocess
import sys
import tempfile
import zipfile
from pathlib import Path
from typing import Any

from local import authorities
from local.errors import StackError
from local.files import PROJECT
from local.gateway import guard, refuse_other_methods
from local.merging import FOLDER, merged
from local.migration import complete, migration_zip
from local.vendor import append, compile_module, vendor_zip
from local.versions import publish
from local.watching import watch

MERGE_TEMPLATE = ".chalice/merged.json"


def package(out: Path, *, cache: Path, stage: str = "local", project: Path = PROJECT) -> None:
    """Writes the files into `out`. Dependencies are built once a requirements.txt and kept in `cache`."""
    out.mkdir(parents=True, exist_ok=True)
    vendor = vendor_zip(project / "requirements.txt", cache)
    with tempfile.TemporaryDirectory(dir=cache, prefix="project-") as staged:
        _stage_project(project, Path(staged))
        _chalice_package(Path(staged), stage, out)
    code = out / "deployment.zip"
    with zipfile.ZipFile(code) as archive:
        modules = {name: archive.read(name) for name in archive.namelist()}
    fresh = code.with_suffix(".new")
    shutil.copyfile(vendor, fresh)
    with zipfile.ZipFile(fresh, "a", zipfile.ZIP_DEFLATED) as archive:
        for name, content in sorted(modules.items()):
            append(archive, *(compile_module(name, content) if name.endswith(".py") else (name, content)))
    fresh.replace(code)
    migration_zip(project, cache, out / "migration.zip")
    for file in (code, out / "migration.zip"):
        authorities.add(project / authorities.BUNDLE, file)
    template = json.loads((out / "sam.json").read_text())
    check_merge(template)
    complete(template, out / "migration.zip")
    refuse_other_methods(template)
    guard(template)
    watch(template)
    publish(template)
    (out / "sam.json").write_text(json.dumps(template, separators=(",", ":")) + "\n")


def _stage_project(project: Path, staged: Path) -> None:
    """Copies the project as Chalice should see it: without caches and requirements, which are built apart."""
    shutil.copyfile(project / "app.py", staged / "app.py")
    left_out = shutil.ignore_patterns("__pycache__", "deployed", "deployments")
    for folder in ("chalicelib", ".chalice"):
        shutil.copytree(project / folder, staged / folder, ignore=left_out)
    (staged / "requirements.txt").touch()
    (staged / MERGE_TEMPLATE).write_text(json.dumps(merged(project / FOLDER)), "utf-8")


def _chalice_package(staged: Path, stage: str, out: Path) -> None:
    command = [
        sys.executable, "-c", "from chalice.cli import main; raise SystemExit(main())",
        "--project-dir", str(staged), "package", "--stage", stage,
        "--merge-template", str(staged / MERGE_TEMPLATE), str(out.resolve()),
    ]  # fmt: skip
    plain = {name: value for name, value in os.environ.items() if not name.startswith(("AWS_", "MESA_"))}
    result = subprocess.run(
        command, cwd=staged, env={**plain, "AWS_DEFAULT_REGION": "us-east-1", "PYTHONDONTWRITEBYTECODE": "1"},
        check=False, capture_output=True, text=True, encoding="utf-8",
    )  # fmt: skip
    if result.returncode != 0:
        lines = (result.stderr.strip() or result.stdout.strip() or "no reason given").splitlines()
        raise StackError(f"`chalice package` failed: {lines[-1]}\n{result.stderr}".rstrip())


def check_merge(template: dict[str, Any]) -> None:
    """What the merge template adds to must be declared by the application, or it would hang in the air."""
    resources = template["Resources"]
    undeclared = [name for name, resource in resources.items() if "Type" not in resource]
    for path, methods in resources["RestAPI"]["Properties"]["DefinitionBody"]["paths"].items():
        undeclared += [
            f"{method} {path}" for method, operation in methods.items() if "responses" not in operation
        ]
    if undeclared:
        raise StackError(f"{FOLDER} adds to what the application lacks: {', '.join(undeclared)}.")


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m local.package", description=__doc__)
    parser.add_argument("out", type=Path)
    parser.add_argument("--stage", default="prod")
    options = parser.parse_args()
    try:
        package(options.out, cache=PROJECT / ".local" / "build", stage=options.stage)
    except StackError as error:
        raise SystemExit(str(error)) from None
    size = (options.out / "deployment.zip").stat().st_size / 1e6
    print(f"{options.out / 'sam.json'}, migration.zip and deployment.zip ({size:.1f} MB)")


if __name__ == "__main__":
    main()
