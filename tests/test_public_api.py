"""What can be imported, and what importing it costs."""

import importlib
import pkgutil
import subprocess
import sys
import types
from pathlib import Path

import pytest

import mmbench

PUBLIC = sorted(
    f"mmbench.{module.name}"
    for module in pkgutil.iter_modules(mmbench.__path__)
    if module.name != "__main__"
)
SLOW = {
    *("catboost", "dask", "distributed", "gensim", "lightgbm", "matplotlib", "numpy"),
    *("pandas", "pyarrow", "pydantic", "rich", "scipy", "skimage", "sklearn", "torch"),
    *("torchvision", "xgboost"),
}
ROOT = Path(__file__).parents[1]


def loaded_by(code):
    """Return the packages that a new interpreter has imported when the code is run."""
    told = "import sys; print(*{name.partition('.')[0] for name in sys.modules})"
    done = subprocess.run(
        [sys.executable, "-c", f"{code}\n{told}"],
        capture_output=True,
        check=True,
        cwd=ROOT,
        text=True,
    )
    return set(done.stdout.splitlines()[-1].split())


def offered_by(module):
    """Return the names that a package hands on, or that a module defines itself."""
    is_package = hasattr(module, "__path__")
    return {
        name
        for name, value in vars(module).items()
        if not (name.startswith("_") or isinstance(value, types.ModuleType))
        and getattr(value, "__module__", None) != "__future__"
        and (is_package or getattr(value, "__module__", None) == module.__name__)
    }


def test_every_public_name_of_mmbench_can_be_had():
    # Most come lazily, so a name that is listed may still lead nowhere.
    for name in mmbench.__all__:
        assert getattr(mmbench, name) is not None
    assert set(mmbench.__all__) == set(dir(mmbench))


def test_what_mmbench_lists_is_what_it_hands_on():
    assert set(mmbench.__all__) == set(mmbench._HOMES)


def test_a_name_that_mmbench_lacks_is_an_attribute_error():
    with pytest.raises(AttributeError, match="no attribute 'nothing'"):
        _ = mmbench.nothing


@pytest.mark.parametrize("name", PUBLIC)
def test_a_module_lists_exactly_what_it_offers(name):
    module = importlib.import_module(name)

    assert [each for each in module.__all__ if not hasattr(module, each)] == []
    assert offered_by(module) - set(module.__all__) == set()


def test_importing_mmbench_imports_nothing_slow():
    assert loaded_by("import mmbench") & SLOW == set()


@pytest.mark.parametrize("arguments", [["--help"], ["run", "--help"], ["--version"]])
def test_help_imports_nothing_slow(arguments):
    call = f"from mmbench.cli import main; main({arguments}, standalone_mode=False)"

    assert loaded_by(call) & SLOW == set()


def test_making_a_report_needs_neither_the_engine_nor_a_model():
    loaded = loaded_by("from mmbench import make_report")

    assert loaded & {
        "dask",
        "distributed",
        "gensim",
        "sklearn",
        "torch",
        "xgboost",
    } == (set())
