"""``mmbench cache`` and ``mmbench plan``: what is kept, and what is ahead."""

import json

import numpy as np
import pytest
from click.testing import CliRunner

from mmbench.cli import main
from mmbench.cli.plan import _memory_line
from mmbench.cli.quantities import Size, Span
from mmbench.engine.cache.store import Cache, Cost

COST = Cost(fit_s=1.0, apply_s=0.0, cpu_s=1.0, n_rows=1, peak_rss_bytes=1)


@pytest.fixture
def folder(tmp_path):
    cache = Cache(tmp_path / "cache", "v")
    for i in range(3):
        cache.write(f"{i}a" * 16, np.zeros(1000), {})
    return tmp_path / "cache"


def call(*arguments):
    return CliRunner().invoke(main, [str(argument) for argument in arguments])


def test_info_says_where_and_how_much(folder):
    result = call("cache", "info", "--cache", folder)
    assert result.output.startswith(f"{folder}: 3 entries, 2")
    assert result.output.endswith("kB\n")
    found = json.loads(call("cache", "info", "--cache", folder, "--json").output)
    sizes = [p.stat().st_size for p in folder.rglob("*") if p.is_file()]
    assert found == {
        "folder": str(folder),
        "n_entries": 3,
        "size_bytes": sum(sizes),
    }


def test_clear_removes_everything(folder):
    assert "removed 3 entries" in call("cache", "clear", "--cache", folder).output
    assert "0 entries, 0 B" in call("cache", "info", "--cache", folder).output


def test_prune_keeps_to_a_size(folder):
    result = call("cache", "prune", "--max-size", "18k", "--cache", folder)
    assert "removed 1 entries" in result.output


def test_prune_without_a_bound_is_bad_usage(folder):
    result = call("cache", "prune", "--cache", folder)
    assert result.exit_code == 2
    assert "--older-than 30d or --max-size 20G" in result.output


@pytest.mark.parametrize(
    ("kind", "text", "value"),
    [
        (Size(), "500M", 5e8),
        (Size(), "1.5GiB", 1.5e9),
        (Size(), "17", 17),
        (Span(), "90s", 90),
        (Span(), "1.5h", 5400),
        (Span(), "2w", 1_209_600),
    ],
)
def test_quantities_are_read_as_people_write_them(kind, text, value):
    assert kind.convert(text, None, None) == value


@pytest.mark.parametrize(
    ("option", "text"), [("--max-size", "big"), ("--older-than", "9")]
)
def test_a_quantity_that_is_none_says_what_to_write(folder, option, text):
    result = call("cache", "prune", option, text, "--cache", folder)
    assert result.exit_code == 2
    assert "write" in result.output


def test_plan_tells_trials_nodes_and_what_is_shared(tmp_path):
    # Where one stands, there may be results already.
    places = ("--cache", tmp_path / "cache", "--out", tmp_path / "out")
    asked = ("plan", "quick", *places, "--method", "text*")
    result = call(*asked, "--pilot", "0")
    assert result.exit_code == 0
    assert "distinct pieces of work instead of" in result.output
    assert "no estimate: nothing comparable has been timed yet" in result.output


def test_plan_says_what_a_run_takes_that_was_never_run(tmp_path):
    places = ("--cache", tmp_path / "cache", "--out", tmp_path / "out")
    asked = ("--dataset", "digits", "--method", "dummy", "--method", "*pixels/logistic")
    said = call("plan", "image", *places, *asked, "--json", "--pilot", "120")
    found = json.loads(said.stdout)
    assert found["known"] == 1
    assert found["expected_steps_s"].keys() >= {"LogisticRegression"}
    assert found["expected_peak_bytes"] > 50e6
    assert not (tmp_path / "out").exists()
    assert found["n_cached"] == 0


def test_plan_tells_what_training_methods_anew_will_cost(tmp_path):
    places = ("--cache", tmp_path / "cache", "--out", tmp_path / "out")
    asked = ("plan", "quick", *places, "--dataset", "digits", "--pilot", "0")

    said = call(*asked, "--retrain", "headline").output

    # Five draws of thirds cost five cross-validations, and there is one seed.
    assert (
        "3 methods on digits, 75 fits each to thirds of the samples: about 5 times the "
        "work of its trials" in said
    )
    assert "retrain " not in call(*asked, "--retrain", "none").output


def test_plan_says_to_how_many_rows_methods_are_fitted(tmp_path):
    places = ("--cache", tmp_path / "cache", "--out", tmp_path / "out")
    asked = ("plan", "quick", *places, "--dataset", "digits", "--pilot", "0")

    said = call(*asked, "--max-train-rows", "300").output

    assert "training  digits: 300 of 1,437 training rows of a fold\n" in said
    assert "training rows" not in call(*asked, "--max-train-rows", "5000").output


def test_plan_says_what_to_do_where_memory_will_not_suffice():
    assert _memory_line(2**30) == "memory    about 1.0 GiB in the largest process"
    assert _memory_line(2**50).endswith("GiB: --max-train-rows N takes less")
