"""What the README shows works as it stands there."""

import dataclasses
import re
import shlex
from pathlib import Path

import numpy as np
import pytest
from click.testing import CliRunner

from mmbench.cli import main
from mmbench.cli.inspection import with_columns
from mmbench.cli.request import Request
from mmbench.cli.requested_suite import requested_suite
from mmbench.cli.run import command as run_command
from mmbench.datasets import EMBEDDED
from mmbench.datasets.example import write_example

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


@pytest.fixture(scope="module")
def example(tmp_path_factory):
    """Write the data that the README's commands run on."""
    folder = tmp_path_factory.mktemp("readme")
    write_example(folder / "letters")
    return folder


@pytest.fixture(autouse=True)
def _be_there(example, monkeypatch):
    monkeypatch.chdir(example)
    monkeypatch.setenv("XDG_CACHE_HOME", str(example / "cache"))


def suite_block():
    return next(block for block in PYTHON if "suite = Suite(" in block)


def run_the_block(number):
    namespace = {}
    code = compile(PYTHON[number], f"README.md block {number}", "exec")
    exec(code, namespace)  # noqa: S102 - running the README is what is tested
    return namespace


def test_a_run_from_python_takes_at_most_ten_lines_and_leaves_a_report(example, capsys):
    run_the_block(0)

    assert len(PYTHON[0].splitlines()) <= 10
    assert "1  name/tfidf/logistic" in capsys.readouterr().out
    assert (example / "out" / "text" / "report.html").stat().st_size > 0


def test_two_pipelines_of_ones_own_take_five_lines():
    made = run_the_block(1)

    calls = PYTHON[1].partition("\n\n")[2].splitlines()
    assert len(calls) <= 5
    frame = made["trials"]
    assert frame["method"].tolist() == ["a", "b"] * 2
    assert set(frame["status"]) == {"ok"}


def test_own_methods_learn_and_tell_probabilities():
    from mmbench import read_table

    path = "letters/letters.csv"
    table = read_table(path, target="script", text=["name"], image=["image"])
    X, y, *_ = table.load()
    made = run_the_block(2)

    for name in ("name_only", "image_only", "early", "late"):
        proba = made[name].fit(X, y).predict_proba(X)
        np.testing.assert_allclose(proba.sum(axis=1), 1.0, rtol=1e-6)


def test_an_own_suite_takes_at_most_ten_lines_beside_blank_ones():
    lines = [line for line in suite_block().splitlines() if line]

    assert len(lines) <= 10
    assert Path("letters/suite.py").read_text() == suite_block()
    suite = requested_suite(Request(suite="letters/suite.py"))
    assert len(list(suite.trials())) == 2 * 5 * 2


def test_the_methods_of_an_own_suite_learn():
    suite = run_the_block(3)["suite"]
    X, y, *_ = suite.datasets[0].load()

    for method in suite.methods.values():
        assert method.fit(X, y).score(X, y) > 0.5


@pytest.mark.parametrize("line", RUNS)
def test_run_commands_name_options_columns_and_methods_that_exist(line):
    # click keeps the names of the help option from the first context that it makes.
    helped = {"help_option_names": ["-h", "--help"]}
    context = run_command.make_context("run", shlex.split(line)[2:], **helped)
    fields = {field.name for field in dataclasses.fields(Request)}
    asked = {name: v for name, v in context.params.items() if name in fields}
    # Weights are read at once, and a file of them would take torch and megabytes.
    asked["weights"] = ()

    assert requested_suite(with_columns(Request(**asked))).methods


@pytest.mark.slow
@pytest.mark.parametrize("line", RUNS)
def test_run_commands_run(line):
    words = shlex.split(line)[1:]
    if "--weights" in words:
        pytest.skip("names a file of weights")
    folds = [] if "--folds" in words else ["--folds", "2"]
    quick = ["--no-throughput", "--no-ablation", "--out", f"out/{RUNS.index(line)}"]
    result = CliRunner().invoke(main, [*words, *folds, *quick])

    assert result.exit_code == 0, result.output


def test_options_and_commands_in_the_text_exist():
    commands = [main.get_command(None, name) for name in main.list_commands(None)]
    params = [param for command in commands for param in command.params]
    known = {option for param in params for option in param.opts} | {"--help"}
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
        f"| `{name}` | {card.n_samples:,} | {card.n_classes or ''} | {columns} | "
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
