"""What the README and the docs show works as it stands there."""

import dataclasses
import functools
import re
import shlex
import shutil
import sys
import types
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

ROOT = Path(__file__).parents[1]
PAGES = [ROOT / "README.md", ROOT / "CONTRIBUTING.md", *ROOT.glob("docs/**/*.md")]
PAGES = sorted(page for page in PAGES if "_build" not in page.parts)
TEXTS = {str(page.relative_to(ROOT)): page.read_text("utf-8") for page in PAGES}
README = TEXTS["README.md"]
CI_RUN = ROOT / ".ci" / "run"


def blocks(text, language):
    fence = rf"^```{language}\n(.*?)^```"
    return re.findall(fence, text, re.DOTALL | re.MULTILINE)


def commands(text):
    lines = [line for block in blocks(text, "bash") for line in block.splitlines()]
    return [line for line in lines if line.startswith("mmbench ")]


def prose(text):
    return re.sub(r"^```.*?^```", "", text, flags=re.DOTALL | re.MULTILINE)


RUNS = sorted(
    {
        line
        for text in TEXTS.values()
        for line in commands(text)
        if line.startswith("mmbench run ") and "letters/" in line
    }
)
WITH_PYTHON = [name for name, text in TEXTS.items() if blocks(text, "python")]


@pytest.fixture(scope="module")
def example(tmp_path_factory):
    """Write the data that the commands run on."""
    folder = tmp_path_factory.mktemp("docs")
    write_example(folder / "letters")
    return folder


@pytest.fixture(autouse=True)
def _be_there(example, monkeypatch):
    monkeypatch.chdir(example)
    monkeypatch.setenv("XDG_CACHE_HOME", str(example / "cache"))


@pytest.fixture(scope="module")
def run_page(example):
    """Return what running all Python of a page, in its order, leaves behind."""

    @functools.cache
    def run(page):
        # A module, since classes that are pickled are looked up in theirs.
        module = types.ModuleType(re.sub(r"\W", "_", page))
        sys.modules[module.__name__] = module
        for number, block in enumerate(blocks(TEXTS[page], "python")):
            code = compile(block, f"{page} block {number}", "exec")
            exec(code, vars(module))  # noqa: S102 - running the docs is what is tested
        return vars(module)

    return run


# What pages read that others make: the results folder of the first example.
@pytest.mark.parametrize(
    "page", sorted(WITH_PYTHON, key=lambda name: name != "README.md")
)
def test_the_python_of_a_page_runs_from_top_to_bottom(page, run_page):
    assert run_page(page)


def test_a_run_from_python_takes_at_most_ten_lines_and_leaves_a_report(
    example, run_page
):
    run_page("README.md")

    assert len(blocks(README, "python")[0].splitlines()) <= 10
    assert (example / "out" / "text" / "report.html").stat().st_size > 0


def test_two_pipelines_of_ones_own_take_five_lines(run_page):
    made = run_page("README.md")

    calls = blocks(README, "python")[1].partition("\n\n")[2].splitlines()
    assert len(calls) <= 5
    frame = made["trials"]
    assert frame["method"].tolist() == ["a", "b"] * 2
    assert set(frame["status"]) == {"ok"}


def test_own_methods_learn_and_tell_probabilities(run_page):
    from mmbench import read_table

    path = "letters/letters.csv"
    table = read_table(path, target="script", text=["name"], image=["image"])
    X, y, *_ = table.load()
    made = run_page("docs/guide/methods.md")

    for name in ("name_only", "image_only", "early", "late"):
        proba = made[name].fit(X, y).predict_proba(X)
        np.testing.assert_allclose(proba.sum(axis=1), 1.0, rtol=1e-6)


def test_an_own_suite_takes_at_most_ten_lines_beside_blank_ones(run_page):
    block = next(
        each
        for each in blocks(TEXTS["docs/guide/methods.md"], "python")
        if "suite = Suite(" in each
    )

    assert len([line for line in block.splitlines() if line]) <= 10
    assert Path("letters/suite.py").read_text() == block
    suite = requested_suite(Request(suite="letters/suite.py"))
    assert len(list(suite.trials())) == 2 * 5 * 2


def test_the_methods_of_an_own_suite_learn(run_page):
    suite = run_page("docs/guide/methods.md")["suite"]
    X, y, *_ = suite.datasets[0].load()

    for method in suite.methods.values():
        assert method.fit(X, y).score(X, y) > 0.5


def test_the_metric_of_the_how_to_is_the_mean_of_two_accuracies(run_page):
    from sklearn.metrics import balanced_accuracy_score

    from mmbench.tasks import Prediction, Target

    metric = run_page("docs/howto/metric.md")["two_sided"]
    truth, label = np.array([0, 0, 0, 1, 2, 1, 1]), np.array([0, 1, 0, 1, 2, 0, 1])
    target = Target(np.array(list("abc"))[truth], {"classes": list("abc")})
    sums = metric.contributions(target, Prediction({"label": label})).sum(axis=0)

    # Right answers of two of three in the first class, and of three of four others.
    yes, said = truth == 0, np.where(label == truth, truth == 0, truth != 0)
    assert metric.value(sums) == pytest.approx(balanced_accuracy_score(yes, said))


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


@pytest.mark.slow
@pytest.mark.parametrize("page", ["README.md", "docs/start.md"])
def test_the_commands_of_a_first_session_run_one_after_another(
    page, tmp_path, monkeypatch
):
    monkeypatch.chdir(tmp_path)
    for line in commands(TEXTS[page]):
        if "new.csv" in line:  # a reader's own
            shutil.copy("letters/letters.csv", "new.csv")
        result = CliRunner().invoke(main, shlex.split(line)[1:])

        assert result.exit_code == 0, f"{line}\n{result.output}"


@pytest.mark.parametrize("page", TEXTS)
def test_options_and_commands_in_the_text_exist(page):
    text = TEXTS[page]
    words = [main.get_command(None, name) for name in main.list_commands(None)]
    words += [each for word in words for each in getattr(word, "commands", {}).values()]
    known = {option for word in words for p in word.params for option in p.opts}
    named = set(re.findall(r"`(--[a-z-]+)", prose(text)))
    assert named - known <= {"--help", "--benchmark-json", "--nthreads"}

    here = {line.split()[1] for line in commands(text)}
    here |= set(re.findall(r"`mmbench ([a-z][a-z-]*)", prose(text)))
    assert here <= set(main.list_commands(None))


@pytest.mark.parametrize("name", EMBEDDED)
def test_every_embedded_dataset_has_its_row(name):
    card = EMBEDDED[name].card
    columns = ", ".join(card.columns)

    row = (
        f"| `{name}` | {card.n_samples:,} | {card.n_classes or ''} | {columns} | "
        f"{card.licence} |"
    )
    assert row in TEXTS["docs/guide/datasets.md"].splitlines()


@pytest.mark.parametrize(
    ("mark", "command"),
    [("ci: run", "mmbench run quick"), ("ci: test", "pytest --cov=mmbench")],
)
def test_continuous_integration_takes_both_commands_from_here(mark, command):
    assert f'run_readme_command "{mark}"' in CI_RUN.read_text("utf-8")
    fence = README.partition(f"<!-- {mark} -->\n")[2]

    assert fence.startswith("```bash\n")
    assert command in fence.partition("\n```")[0]


@pytest.mark.parametrize("page", TEXTS)
def test_links_lead_to_files_that_exist(page):
    targets = re.findall(r"\]\(([^)#\s]+)", TEXTS[page])
    here = [target for target in targets if "://" not in target]

    assert [
        each for each in here if not (ROOT / page).parent.joinpath(each).exists()
    ] == []


def test_the_readme_is_a_front_door():
    assert len(README.splitlines()) <= 100
    assert "not MMBench" in "".join(README.splitlines()[:4])
