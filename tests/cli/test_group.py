from __future__ import annotations

import subprocess
import sys
import warnings
from pathlib import Path
from types import SimpleNamespace

import pytest

import mmbench as package
from mmbench.errors import DataWarning, StoreError


@pytest.mark.parametrize("flag", ["-h", "--help"])
def test_help_names_every_command_and_gives_examples(mmbench, flag):
    result = mmbench(flag)
    assert result.exit_code == 0
    for word in ("run", "report", "list", "datasets", "doctor", "mmbench run quick"):
        assert word in result.stdout


@pytest.mark.parametrize("command", ["run", "report", "list", "datasets", "doctor"])
def test_every_command_has_help_with_an_example_or_an_exit_code(mmbench, command):
    result = mmbench(command, "-h")
    assert result.exit_code == 0
    assert "mmbench " in result.stdout
    # What click should have kept as lines would else stand in one paragraph.
    assert "\b" not in result.stdout


def test_version_is_that_of_the_package(mmbench):
    assert mmbench("--version").stdout == f"mmbench {package.__version__}\n"


def test_an_unknown_command_is_told_the_nearest_one(mmbench):
    result = mmbench("rnu")
    assert result.exit_code == 2
    assert "did you mean 'run'?" in result.stderr


def test_help_answers_without_importing_the_numerical_libraries():
    code = (
        "import sys; from mmbench.cli import main; "
        "main(['--help'], standalone_mode=False); "
        "heavy = {'numpy', 'pandas', 'sklearn', 'rich', 'torch'} & set(sys.modules); "
        "assert not heavy, heavy"
    )
    subprocess.run([sys.executable, "-c", code], check=True, capture_output=True)


def test_python_dash_m_is_the_same_command():
    done = subprocess.run(
        [sys.executable, "-m", "mmbench", "--version"],
        check=True,
        capture_output=True,
        text=True,
    )
    assert done.stdout == f"mmbench {package.__version__}\n"


def test_an_error_of_ours_is_one_line_and_exit_code_2(mmbench, monkeypatch):
    def fail(_out_dir: Path, **_: object) -> Path:
        raise StoreError("the folder\n  holds \x1b[31mnothing.")

    monkeypatch.setattr("mmbench.report.make.report_of", fail)
    result = mmbench("report", "out")
    assert result.exit_code == 2
    assert result.stdout == ""
    assert result.stderr == "mmbench: error: the folder holds \\x1b[31mnothing.\n"


def test_a_bug_keeps_its_traceback(mmbench, monkeypatch):
    def fail(_out_dir: Path, **_: object) -> Path:
        raise ZeroDivisionError

    monkeypatch.setattr("mmbench.report.make.report_of", fail)
    with pytest.raises(ZeroDivisionError):
        mmbench("report", "out")


def test_ctrl_c_ends_with_exit_code_130(mmbench, monkeypatch):
    def interrupted(_out_dir: Path, **_: object) -> Path:
        raise KeyboardInterrupt

    monkeypatch.setattr("mmbench.report.make.report_of", interrupted)
    result = mmbench("report", "out")
    assert (result.exit_code, result.stderr) == (130, "mmbench: interrupted\n")


def test_each_distinct_warning_is_one_line_on_stderr(mmbench, monkeypatch):
    def warn(_out_dir: Path, **_: object) -> Path:
        for message in ("3 images\nare torn", "3 images\nare torn", "1 text is empty"):
            warnings.warn(message, DataWarning, stacklevel=1)
        return SimpleNamespace(path=Path("report.md"))

    monkeypatch.setattr("mmbench.report.make.report_of", warn)
    result = mmbench("report", "out")
    assert result.exit_code == 0
    assert result.stdout == "report.md\n"
    assert result.stderr.splitlines() == [
        "mmbench: warning: 3 images are torn",
        "mmbench: warning: 1 text is empty",
    ]
