"""What goes into the Lambda package: bytecode that counts, trimmed libraries, a complete template."""

import importlib.util
import json
from pathlib import Path
from types import ModuleType

import pytest
import sqlalchemy.util

from local.errors import StackError
from local.files import PROJECT
from local.gateway import refuse_other_methods
from local.merging import FOLDER, merged
from local.package import check_merge
from local.vendor import compile_module, without_sections, without_words

SOURCE = b'''"""Says hello."""


def hello(name):
    """To whom."""
    assert name
    return f"hello {name}"


class Empty:
    """Nothing but this."""
'''


def load(path: Path, name: str = "module") -> ModuleType:
    spec = importlib.util.spec_from_file_location(name, path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


class TestBytecode:
    def test_it_does_what_its_source_does(self, tmp_path: Path) -> None:
        name, compiled = compile_module("module.py", SOURCE)
        (tmp_path / name).write_bytes(compiled)
        module = load(tmp_path / name)

        assert module.hello("Ada") == "hello Ada"
        assert module.Empty.__doc__ == "Nothing but this."

    def test_only_docstrings_are_left_out(self, tmp_path: Path) -> None:
        _, compiled = compile_module("module.py", SOURCE, docstrings=False)
        (tmp_path / "module.pyc").write_bytes(compiled)
        module = load(tmp_path / "module.pyc")

        assert (module.__doc__, module.hello.__doc__, module.Empty.__doc__) == (None, None, None)
        with pytest.raises(AssertionError):
            module.hello("")


class TestSources:
    def test_what_is_not_imported_at_once_goes_without_its_words(self, tmp_path: Path) -> None:
        (tmp_path / "module.py").write_bytes(without_words(SOURCE + b"# Good day.\n"))
        module = load(tmp_path / "module.py")

        assert module.hello("Ada") == "hello Ada"
        assert (module.__doc__, module.Empty.__doc__) == (None, None)
        assert "Good day" not in (tmp_path / "module.py").read_text()


class TestLibraries:
    def test_a_library_without_its_sections_still_works(self, tmp_path: Path) -> None:
        original = Path(sqlalchemy.util._collections_cy.__file__)
        trimmed = tmp_path / original.name
        trimmed.write_bytes(without_sections(original.read_bytes()))

        module = load(trimmed, "sqlalchemy.util._collections_cy")

        assert trimmed.stat().st_size < original.stat().st_size / 2
        assert list(module.OrderedSet([3, 1, 3])) == [3, 1]

    def test_what_is_no_library_is_left_as_it_is(self) -> None:
        assert (
            without_sections(b"\\xcf\\xfa\\xed\\xfe of another system")
            == b"\\xcf\\xfa\\xed\\xfe of another system"
        )


class TestTemplate:
    def template(self, **paths: object) -> dict[str, object]:
        api = {"Type": "AWS::Serverless::Api", "Properties": {"DefinitionBody": {"paths": paths}}}
        return {"Resources": {"RestAPI": api}}

    def test_adding_to_a_function_that_is_not_declared_is_refused(self) -> None:
        template = self.template()
        template["Resources"]["Purge"] = {"Properties": {}}  # type: ignore[index]

        with pytest.raises(StackError, match="adds to what the application lacks: Purge"):
            check_merge(template)

    def test_adding_to_a_route_that_is_not_declared_is_refused(self) -> None:
        template = self.template(**{"/v1/x": {"post": {"x-amazon-apigateway-integration": {}}}})

        with pytest.raises(StackError, match="adds to what the application lacks: post /v1/x"):
            check_merge(template)

    def test_other_methods_are_answered_with_those_allowed(self) -> None:
        template = self.template(**{"/v1/x": {"post": {}, "get": {}, "options": {}}})

        refuse_other_methods(template)

        answer = json.dumps(template)
        assert "'GET, POST, OPTIONS'" in answer
        assert "METHOD_NOT_ALLOWED" in answer


class TestMerging:
    def test_each_parameter_of_ours_says_what_it_is(self) -> None:
        parameters = merged(PROJECT / FOLDER)["Parameters"]
        assert len(parameters) > 20
        assert [name for name, about in parameters.items() if "Description" not in about] == []

    def test_what_each_file_brings_is_in_one_template(self, tmp_path: Path) -> None:
        (tmp_path / "mail.json").write_text('{"Resources": {"MailSender": {"Type": "x"}}}')
        (tmp_path / "queues.json").write_text('{"Resources": {"JobsQueue": {}}, "Outputs": {"Url": {}}}')

        assert merged(tmp_path) == {
            "Resources": {"MailSender": {"Type": "x"}, "JobsQueue": {}},
            "Outputs": {"Url": {}},
        }

    def test_a_name_of_two_files_is_refused(self, tmp_path: Path) -> None:
        for name in ("mail", "queues"):
            (tmp_path / f"{name}.json").write_text('{"Resources": {"JobsQueue": {}}}')

        with pytest.raises(StackError, match=r"mail\.json and queues\.json .* both have JobsQueue"):
            merged(tmp_path)

    def test_a_name_that_a_file_has_twice_is_refused(self, tmp_path: Path) -> None:
        (tmp_path / "mail.json").write_text('{"Resources": {"JobsQueue": {}, "JobsQueue": {}}}')

        with pytest.raises(StackError, match=r"mail\.json .* has JobsQueue twice"):
            merged(tmp_path)

    def test_what_is_no_json_is_named(self, tmp_path: Path) -> None:
        (tmp_path / "mail.json").write_text("{,}")

        with pytest.raises(StackError, match=r"mail\.json .* is no JSON"):
            merged(tmp_path)
