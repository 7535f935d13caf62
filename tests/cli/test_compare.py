"""``mmbench compare``: what it prints, and the exit code that a gate reads."""

import json
from pathlib import Path

from click.testing import CliRunner, Result

from mmbench.cli import main


def timings(path: Path, **medians: float) -> str:
    stats = [
        {"name": name, "stats": {"median": median, "iqr": 0.02 * median}}
        for name, median in medians.items()
    ]
    path.write_text(json.dumps({"benchmarks": stats}))
    return str(path)


def compare(*arguments: str) -> Result:
    return CliRunner().invoke(main, ["compare", *arguments])


def test_no_change_exits_with_zero(tmp_path: Path) -> None:
    base = timings(tmp_path / "base.json", fit=1.0, predict=0.01)
    result = compare(base, base)
    assert result.exit_code == 0, result.output
    assert "Identical in both runs: 2 of 2 numbers" in result.output
    assert result.output.endswith("no change\n")


def test_a_regression_exits_with_one_and_is_shown_first(tmp_path: Path) -> None:
    base = timings(tmp_path / "base.json", fit=1.0, predict=0.01)
    new = timings(tmp_path / "new.json", fit=1.5, predict=0.005)
    result = compare(base, new)
    assert result.exit_code == 1, result.output
    lines = result.output.splitlines()
    assert lines[0] == "Worse (1)"
    assert lines[1] == "time, pytest-benchmark"
    assert lines[3].split()[:4] == ["fit", "1.00", "s", "1.50"]
    assert "1.50x" in lines[3]
    assert "Better (1)" in lines
    assert max(map(len, lines)) <= 80


def test_what_new_lacks_exits_with_one(tmp_path: Path) -> None:
    base = timings(tmp_path / "base.json", fit=1.0, gone=1.0)
    new = timings(tmp_path / "new.json", fit=1.0)
    result = compare(base, new)
    assert result.exit_code == 1, result.output
    lines = result.output.splitlines()
    assert lines[0] == "Missing from NEW (1)"
    assert lines[2].split() == ["gone", "1", "->", "0", "not", "in", "NEW"]
    assert "no change" not in result.output


def test_two_runs_without_anything_in_common_exit_with_two(tmp_path: Path) -> None:
    base = timings(tmp_path / "base.json", fit=1.0)
    new = timings(tmp_path / "new.json", predict=1.0)
    result = compare(base, new)
    assert result.exit_code == 2, result.output
    assert "nothing could be compared" in result.output
    assert "no change" not in result.output


def test_what_is_allowed_is_no_regression(tmp_path: Path) -> None:
    base = timings(tmp_path / "base.json", fit=1.0)
    new = timings(tmp_path / "new.json", fit=1.5)
    assert compare(base, new, "--max-slowdown", "2").exit_code == 0


def test_json_holds_all_that_the_table_says(tmp_path: Path) -> None:
    base = timings(tmp_path / "base.json", fit=1.0)
    new = timings(tmp_path / "new.json", fit=1.5)
    result = compare(base, new, "--json")
    told = json.loads(result.output)
    assert result.exit_code == 1
    assert told["regressed"] is True
    assert told["speed"][0]["method"] == "fit"
    assert told["speed"][0]["change"] == 1.5
    assert told["speed"][0]["p_value"] < 0.001
    assert told["lost"] == []


def test_misuse_exits_with_two(tmp_path: Path) -> None:
    base = timings(tmp_path / "base.json", fit=1.0)
    for arguments in (
        (base,),
        (base, str(tmp_path / "nothing")),
        (base, str(tmp_path)),
        (base, base, "--max-drop", "f1_macro"),
        (base, base, "--max-slowdown", "0.5"),
    ):
        result = compare(*arguments)
        assert result.exit_code == 2, result.output
