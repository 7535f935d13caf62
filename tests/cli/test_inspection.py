"""A table whose columns nobody named is described, and run on with --auto."""

from __future__ import annotations

import json
import shlex

import pytest

from mmbench.cli.inspection import with_columns
from mmbench.cli.request import Request
from mmbench.errors import UsageError

ROWS = [
    "id;title;size;sort",
    *(
        f"x{i};a {w} of {i * 5 % 9} parts;{i * 7 % 13};{'big' if i % 3 else 'small'}"
        for i, w in enumerate(["cup", "dish", "box", "bag"] * 6)
    ),
]
OPTIONS = "--data things.csv --target sort --text title --numeric size"


@pytest.fixture(autouse=True)
def _things(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "things.csv").write_text("\n".join(ROWS))


def request(**options):
    from pathlib import Path

    return Request(suite="quick", data=Path("things.csv"), **options)


def test_inspect_prints_a_line_a_column_and_a_command(mmbench):
    result = mmbench("datasets", "inspect", "things.csv")
    assert result.exit_code == 0
    lines = result.stdout.splitlines()
    assert lines[0] == "24 rows, 4 columns"
    assert [line.split()[:4] for line in lines[2:6]] == [
        ["id", "unused", "0%", "24"],
        ["title", "text", "0%", "24"],
        ["size", "numeric", "0%", "13"],
        ["sort", "target", "0%", "2"],
    ]
    assert lines[-1] == f"mmbench run quick {OPTIONS}"


def test_inspect_prints_json(mmbench):
    result = mmbench("datasets", "inspect", "things.csv", "--json")
    found = json.loads(result.stdout)
    assert found["roles"] == {
        "target": ["sort"],
        "text": ["title"],
        "numeric": ["size"],
    }
    assert shlex.join(found["command"]) == f"mmbench run quick {OPTIONS}"


def test_a_run_without_columns_prints_the_command_and_runs_nothing(mmbench, tmp_path):
    result = mmbench("run", "text", "--data", "things.csv")
    assert result.exit_code == 2
    assert result.stdout.splitlines()[-1] == f"mmbench run text {OPTIONS}"
    assert "error: nothing was run: add --auto" in result.stderr
    assert [path.name for path in tmp_path.iterdir()] == ["things.csv"]


def test_auto_takes_the_columns_for_what_they_look_like(capsys):
    asked = with_columns(request(auto=True))
    assert (asked.target, asked.text, asked.numeric) == (
        ("sort",),
        ("title",),
        ("size",),
    )
    assert f"mmbench run quick {OPTIONS}" in capsys.readouterr().out


def test_columns_that_are_named_are_all_that_is_used():
    asked = with_columns(request(auto=True, text=("title",)))
    assert (asked.target, asked.text, asked.numeric) == (("sort",), ("title",), ())
    asked = with_columns(request(auto=True, target=("size",)))
    assert (asked.target, asked.categorical) == (("size",), ("sort",))


def test_without_a_likely_target_auto_runs_nothing(tmp_path):
    lines = ["one,two", *(f"a b c {i},d e f {i}" for i in range(9))]
    (tmp_path / "things.csv").write_text("\n".join(lines))
    with pytest.raises(UsageError, match="nothing was run: name the target"):
        with_columns(request(auto=True))


@pytest.mark.parametrize("kind", ["view", "embedding"])
def test_views_and_embeddings_are_columns_that_are_named(kind):
    asked = request(target=("sort",), **{kind: ("v=size",)})
    assert with_columns(asked) is asked
