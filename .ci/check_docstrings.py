"""Check that public callables document their parameters, results and exceptions.

Usage: check_docstrings.py [MODULE ...]

numpydoc validates the sections; ``[tool.numpydoc_validation]`` in pyproject.toml names
its checks. Public is what has no underscore in its name or its module's; the methods of
a class's private bases count as its own.
"""

from __future__ import annotations

import ast
import importlib
import inspect
import pkgutil
import sys
import textwrap
import tomllib
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple

from numpydoc.docscrape import get_doc_object
from numpydoc.validate import Validator, validate

import mmbench

SETTINGS = Path(__file__).parents[1] / "pyproject.toml"
FAULTS = ("AssertionError", "NotImplementedError")
NO_RAISES = ("RS01", "The body raises and there is no Raises section")


class Public(NamedTuple):
    """A public class, function, method or property."""

    name: str
    value: Any
    owner: type | None = None


class DataClassValidator(Validator):
    """numpydoc's, for which a data class may document its fields as attributes."""

    def __init__(self, obj_name: Any) -> None:
        super().__init__(get_doc_object(obj_name))

    @property
    def signature_parameters(self) -> tuple[str, ...]:
        """Return the parameters, without a data class's fields of its own use."""
        names: tuple[str, ...] = super().signature_parameters
        own = has_fields(self.obj)
        return tuple(name for name in names if not (own and name.startswith("_")))

    @property
    def doc_all_parameters(self) -> dict[str, Any]:
        """Return what documents each parameter."""
        documented = dict(super().doc_all_parameters)
        if has_fields(self.obj):
            attributes = self._doc_parameters(["Attributes"])
            fields = set(self.signature_parameters) - set(documented)
            documented |= {k: v for k, v in attributes.items() if k in fields}
        return documented


def main(modules: list[str]) -> int:
    """Print what is missing; return the exit status."""
    settings = tomllib.loads(SETTINGS.read_text())["tool"]["numpydoc_validation"]
    checks, found = {*settings["checks"], NO_RAISES[0]}, list(public(modules))
    lines = [
        f"{place(each.value)}: {each.name}: {code} {message}"
        for each in found
        for code, message in problems(each)
        if code in checks
    ]
    print(*lines, f"{len(lines)} problems in {len(found)} public callables", sep="\n")
    return int(bool(lines))


def public(modules: list[str]) -> Iterator[Public]:
    """Yield everything public in the modules, or in the package, once."""
    seen = set()
    for found in pkgutil.walk_packages(mmbench.__path__, "mmbench."):
        if "._" in found.name or (
            modules and not is_within(found.name, tuple(modules))
        ):
            continue
        module = importlib.import_module(found.name)
        for name, value in vars(module).items():
            if (
                not name.startswith("_")
                and getattr(value, "__module__", "") == found.name
            ):
                for each in with_members(f"{found.name}.{name}", value):
                    if id(each.value) not in seen:
                        seen.add(id(each.value))
                        yield each


def with_members(name: str, value: Any) -> Iterator[Public]:
    """Yield a function, or a class and its methods, those of private bases included."""
    if inspect.isclass(value):
        if value.__doc__:
            yield Public(name, value)
        bases = [each for each in value.__mro__ if each.__module__[:7] == "mmbench"]
        for base in bases:
            for key, member in vars(base).items():
                function = function_of(member)
                if function is not None and not key.startswith("_"):
                    yield Public(f"{name}.{key}", function, base)
    elif (function := function_of(value)) is not None:
        yield Public(name, function)


def function_of(member: Any) -> Any:
    """Return the function behind a method, a property or a decorator, or None."""
    for attribute in ("fget", "func", "__func__"):
        member = getattr(member, attribute, member)
    member = inspect.unwrap(member)
    ours = getattr(member, "__module__", None) or ""
    return member if inspect.isfunction(member) and ours[:7] == "mmbench" else None


def problems(each: Public) -> Iterator[tuple[str, str]]:
    """Yield what a docstring lacks, unless a base or a protocol documents that."""
    inherited = [
        dict(own_problems(function))
        for base in (bases_of(each.owner) if each.owner else ())
        if (function := function_of(vars(base).get(each.value.__name__))) is not None
    ]
    for code, message in own_problems(each.value):
        if all(code in lacking for lacking in inherited):
            yield code, message


@cache
def bases_of(owner: type) -> list[type]:
    """Return the bases of a class, and the protocols that it implements."""
    known = set(dir(owner)).union(
        *(vars(c).get("__annotations__", ()) for c in owner.__mro__)
    )
    return [
        *owner.__mro__[1:],
        *(
            each
            for each in protocols()
            if each is not owner and members_of(each) <= known
        ),
    ]


@cache
def protocols() -> list[type]:
    """Return the protocols that this project defines."""
    return [
        value
        for name, module in [*sys.modules.items()]
        if name.startswith("mmbench")
        for value in vars(module).values()
        if getattr(value, "_is_protocol", False) and value.__module__ == name
    ]


def members_of(protocol: type) -> set[str]:
    """Return the names of what a protocol demands."""
    own = {*vars(protocol), *protocol.__annotations__}
    return {name for name in own if not name.startswith("_")}


def own_problems(value: Any) -> Iterator[tuple[str, str]]:
    """Yield what numpydoc finds, and a missing Raises section."""
    validator = DataClassValidator(value)
    if validator.signature_parameters and (
        inspect.isfunction(value) or has_fields(value) or has_constructor(value)
    ):
        for code, message in validate(value, DataClassValidator)["errors"]:
            if code != "YD01" or yields_something(value):
                yield code, message
    if inspect.isfunction(value) and raises(value) and not validator.doc["Raises"]:
        yield NO_RAISES


def yields_something(function: Any) -> bool:
    """Return whether a generator yields values; some context managers don't."""
    return str(function.__annotations__.get("return")) != "Iterator[None]"


def has_fields(value: Any) -> bool:
    """Return whether a class is made from its fields."""
    names = ("__dataclass_fields__", "_fields", "__pydantic_fields__")
    return inspect.isclass(value) and any(hasattr(value, each) for each in names)


def has_constructor(value: Any) -> bool:
    """Return whether a class's constructor is written in this project."""
    return (getattr(value.__init__, "__module__", None) or "")[:7] == "mmbench"


def raises(function: Any) -> bool:
    """Return whether a function raises something itself.

    `raise` alone passes on what another raised. `AssertionError` and
    `NotImplementedError` name faults of the code, not conditions of a call.
    """
    source = textwrap.dedent(inspect.getsource(function))
    nodes = list(ast.iter_child_nodes(ast.parse(source).body[0]))
    for node in nodes:
        if isinstance(node, ast.Raise) and node.exc is not None:
            if not ast.unparse(node.exc).startswith(FAULTS):
                return True
            continue
        if not isinstance(node, ast.FunctionDef | ast.ClassDef | ast.Lambda):
            nodes.extend(ast.iter_child_nodes(node))
    return False


def is_within(name: str, modules: tuple[str, ...]) -> bool:
    """Return whether a dotted name is one of the modules, or is in one."""
    return any(name == each or name.startswith(f"{each}.") for each in modules)


def place(value: Any) -> str:
    """Return the file and line of a class or function."""
    file = Path(inspect.getsourcefile(value) or "").relative_to(SETTINGS.parent)
    return f"{file}:{inspect.getsourcelines(value)[1]}"


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
