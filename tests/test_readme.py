"""What the README shows works as it stands there."""

import dataclasses
import re
import shlex
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from mmbench.cli.request import Request, requested_suite
from mmbench.cli.run import command as run_command
from mmbench.datasets import EMBEDDED

README = Path(__file__).parents[1] / "README.md"
TEXT = README.read_text(encoding="utf-8")
PYTHON = re.findall(r"^```python\n(.*?)^```", TEXT, re.DOTALL | re.MULTILINE)
SHELL = re.findall(r"^```bash\n(.*?)^```", TEXT, re.DOTALL | re.MULTILINE)
RUNS = [
    line
    for block in SHELL
    for line in block.splitlines()
    if line.startswith("mmbench run")
]
CI_RUN = README.parent / ".ci" / "run"

FILMS = """plot,genres
a detective hunts a thief,crime|drama
a thief retires,crime|drama
a bank is robbed,crime
two families feud,drama
a family mourns,drama
a wedding goes wrong,comedy|drama
a dog learns to talk,comedy
a thief robs the wrong bank,comedy|crime
a clown cries,comedy|drama
a cook inherits a bank,comedy
"""
ROWS = [
    ("red cup", "a cup of clay", 3, "kitchen"),
    ("blue cup", "for tea", 4, "kitchen"),
    ("large cup", "holds a pint", 5, "kitchen"),
    ("old cup", "chipped", 1, "kitchen"),
    ("flat plate", "of tin", 6, "kitchen"),
    ("red shirt", "a shirt of wool", 20, "clothes"),
    ("blue shirt", "long sleeves", 25, "clothes"),
    ("warm shirt", "for winter", 30, "clothes"),
    ("thin shirt", "for summer", 15, "clothes"),
    ("long scarf", "of silk", 9, "clothes"),
]


@pytest.fixture(autouse=True)
def shop(tmp_path, monkeypatch):
    """Be in a folder that holds the files which the README's reader has."""
    pixels = np.random.default_rng(0).integers(0, 256, (len(ROWS), 8, 8), np.uint8)
    lines = ["name,description,price,category,image"]
    for number, (name, description, price, category) in enumerate(ROWS):
        Image.fromarray(pixels[number]).save(tmp_path / f"{number}.png")
        lines.append(f"{name},{description},{price},{category},{number}.png")
    (tmp_path / "products.csv").write_text("\n".join(lines), encoding="utf-8")
    (tmp_path / "films.csv").write_text(FILMS, encoding="utf-8")
    (tmp_path / "mine.py").write_text(suite_block(), encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    return tmp_path


def suite_block():
    return next(block for block in PYTHON if "suite = Suite(" in block)


def run_the_block(number):
    namespace = {}
    code = compile(PYTHON[number], f"README.md block {number}", "exec")
    exec(code, namespace)  # noqa: S102 - running the README is what is tested
    return namespace


def test_a_run_from_python_takes_at_most_ten_lines_and_leaves_a_report(shop, capsys):
    run_the_block(0)

    assert len(PYTHON[0].splitlines()) <= 10
    told = [line.split()[:3] for line in capsys.readouterr().out.splitlines()]
    assert sorted(told) == [
        [f"name/tfidf/{classifier}", fold, "ok"]
        for classifier in ("logistic", "xgboost")
        for fold in "01"
    ]
    assert (shop / "out" / "text" / "report.html").stat().st_size > 0


def test_own_methods_learn_and_tell_probabilities():
    from mmbench import read_table

    table = read_table(
        "products.csv", target="category", text=["name"], image=["image"]
    )
    X, y, *_ = table.load()
    made = run_the_block(1)

    for name in ("name_only", "image_only", "early", "late"):
        proba = made[name].fit(X, y).predict_proba(X)
        np.testing.assert_allclose(proba.sum(axis=1), 1.0)


def test_an_own_suite_takes_at_most_ten_lines_beside_blank_ones():
    lines = [line for line in suite_block().splitlines() if line]

    assert len(lines) <= 10
    assert len(list(requested_suite(Request(suite="mine.py")).trials())) == 2 * 5 * 2


@pytest.mark.parametrize("line", RUNS)
def test_run_commands_name_options_columns_and_methods_that_exist(line):
    # click keeps the names of the help option from the first context that it makes.
    helped = {"help_option_names": ["-h", "--help"]}
    context = run_command.make_context("run", shlex.split(line)[2:], **helped)
    fields = {field.name for field in dataclasses.fields(Request)}
    asked = {name: v for name, v in context.params.items() if name in fields}
    # Weights are read at once, and a file of them would take torch and megabytes.
    asked["weights"] = ()

    assert requested_suite(Request(**asked)).methods


def test_options_and_commands_in_the_text_exist():
    from mmbench.cli import main

    known = {option for p in run_command.params for option in p.opts} | {"--help"}
    prose = re.sub(r"^```.*?^```", "", TEXT, flags=re.DOTALL | re.MULTILINE)
    assert set(re.findall(r"`(--[a-z-]+)", prose)) <= known

    commands = set(re.findall(r"\bmmbench ([a-z]+)\b", "\n".join(SHELL)))
    commands |= set(re.findall(r"`mmbench ([a-z]+)", prose))
    assert commands <= set(main.list_commands(None))


@pytest.mark.parametrize("name", EMBEDDED)
def test_every_embedded_dataset_has_its_row(name):
    card = EMBEDDED[name].card
    columns = ", ".join(card.columns)

    row = (
        f"| `{name}` | {card.n_samples:,} | {card.n_classes} | {columns} | "
        f"{card.licence} |"
    )
    assert row in TEXT.splitlines()


@pytest.mark.parametrize(
    ("mark", "command"),
    [("ci: run", "mmbench run quick"), ("ci: test", "pytest --cov=mmbench")],
)
def test_continuous_integration_takes_both_commands_from_here(mark, command):
    assert f'run_readme_command "{mark}"' in CI_RUN.read_text("utf-8")
    fence = TEXT.partition(f"<!-- {mark} -->\n")[2]

    assert fence.startswith("```bash\n")
    assert command in fence.partition("\n```")[0]


def test_links_lead_to_files_that_exist():
    targets = re.findall(r"\]\(([^)#]+)\)", TEXT)
    here = [target for target in targets if "://" not in target]

    assert here
    assert [each for each in here if not (README.parent / each).exists()] == []
