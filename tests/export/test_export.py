"""A run's methods as models: the same answers, and nothing in them is executed."""

import dataclasses
import io
import json
import pickle
import zipfile

import numpy as np
import pandas as pd
import pytest
from click.testing import CliRunner
from scipy.sparse import csr_matrix
from sklearn.base import clone
from sklearn.linear_model import LogisticRegression

from mmbench import export_model, load_model
from mmbench.cli import main
from mmbench.cli.recorded_suite import rebuilt_suite
from mmbench.columns import Column
from mmbench.datasets import EMBEDDED
from mmbench.engine import run
from mmbench.errors import AlteredError, DataError, DataWarning, StoreError, UsageError
from mmbench.export.choose import Needs
from mmbench.export.indices import check_indices
from mmbench.export.manifest import MANIFEST, check_manifest, write_manifest
from mmbench.report.run import Run
from mmbench.results import ResultStore
from mmbench.suite import Suite

from .conftest import Done, methods, networks, things, write_things

PLAN = {"suite": "quick", "methods": {}}


@pytest.fixture(scope="module")
def early(done, tmp_path_factory):
    to = tmp_path_factory.mktemp("models") / "early"
    return export_model(done.folder, to, done.suite, method="early")


def trial_of(done, method, fold):
    plan = ResultStore(done.folder).plan()
    return next(
        trial["key"]
        for trial in plan["trials"]
        if (trial["method"], trial["fold"]) == (method, fold)
    )


def check_fold(done, method, tmp_path):
    """Check that a fold's model answers as its trial did; return its folder."""
    folder = tmp_path / "model"
    export_model(done.folder, folder, done.suite, method=method, fold=1)
    stored = ResultStore(done.folder).predictions(trial_of(done, method, 1))
    samples = done.suite.datasets[0].load()
    found = load_model(folder).answer(samples.X.loc[stored.sample_ids])
    assert found["label"].tolist() == stored.label.tolist()
    if "proba" in stored.arrays:
        np.testing.assert_allclose(found["proba"], stored.proba, rtol=0, atol=1e-9)
    return folder


@pytest.mark.parametrize("method", methods())
def test_the_model_of_a_fold_answers_as_its_trial_did(method, done, tmp_path):
    check_fold(done, method, tmp_path)


@pytest.mark.parametrize("method", networks())
def test_trained_networks_are_kept_as_safetensors(method, done, tmp_path):
    pytest.importorskip("torch")
    from safetensors import safe_open

    suite = dataclasses.replace(done.suite, methods=networks())
    out = tmp_path / "out"
    how = {"debug": True, "throughput": False, "probes": False, "retrain": "none"}
    list(run(suite, out, cache=tmp_path / "cache", **how))
    folder = check_fold(Done(out, done.table, suite), method, tmp_path)
    with zipfile.ZipFile(folder / "model.skops") as archive:
        name = next(n for n in archive.namelist() if n.endswith(".bin"))
        archive.extract(name, tmp_path)
    with safe_open(tmp_path / name, "np") as weights:
        assert "output.weight" in [*weights.keys()]


@pytest.mark.parametrize("method", ["early", "late"])
def test_the_model_is_a_plain_refit_on_all_rows(method, done, tmp_path):
    folder = tmp_path / "model"
    export_model(done.folder, folder, done.suite, method=method)
    samples = done.suite.datasets[0].load()
    plain = clone(methods()[method])
    seeds = {n: 0 for n in plain.get_params() if n.endswith("random_state")}
    plain.set_params(**seeds).fit(samples.X, samples.y)
    new = samples.X.iloc[::-1]
    found = load_model(folder).answer(new)
    np.testing.assert_allclose(found["proba"], plain.predict_proba(new), atol=1e-9)


def test_a_table_without_labels_is_predicted(early, done, tmp_path):
    table = tmp_path / "new.csv"
    table.write_text("id,grams,colour,name\n7,90.5,violet,sweet juicy\n8,,,\n")
    out = tmp_path / "predictions.csv"
    words = ["predict", str(early), "--data", str(table), "--out", str(out)]
    done_so = CliRunner().invoke(main, words, catch_exceptions=False)
    assert done_so.exit_code == 0, done_so.output
    found = pd.read_csv(out)
    cells = {"name": ["sweet juicy", None], "colour": ["violet", None]}
    X = pd.DataFrame(cells, dtype=object).assign(grams=[90.5, np.nan])
    samples = done.suite.datasets[0].load()
    plain = clone(methods()["early"]).fit(samples.X, samples.y)
    assert found["label"].tolist() == plain.predict(X).tolist()
    columns = [f"proba_{name}" for name in plain.classes_]
    assert [*found] == ["row", "label", *columns]
    np.testing.assert_allclose(found[columns], plain.predict_proba(X), atol=1e-9)


def test_a_column_that_lacks_is_one_clear_error(early):
    with pytest.raises(DataError, match=r"needs the column 'grams' \(numeric\)"):
        load_model(early).predict([{"name": "sweet", "colour": "red"}])


def test_the_card_says_what_the_model_is(early):
    card = (early / "README.md").read_text()
    for word in ("# early on things", "95 % interval", "Calibration", "Verdict"):
        assert word in card
    needed = (early / "requirements.txt").read_text()
    assert "skops==" in needed
    assert "torch" not in needed


@pytest.mark.parametrize("name", ["model.skops", "model.json", "README.md", MANIFEST])
def test_a_changed_file_is_refused(name, early, tmp_path):
    folder = copied(early, tmp_path)
    content = bytearray((folder / name).read_bytes())
    content[len(content) // 2] ^= 1
    (folder / name).write_bytes(content)
    with pytest.raises(StoreError, match=name):
        load_model(folder)


def test_a_missing_file_is_refused(early, tmp_path):
    folder = copied(early, tmp_path)
    (folder / "README.md").unlink()
    with pytest.raises(StoreError, match=r"README\.md"):
        check_manifest(folder)


def copied(model, tmp_path):
    import shutil

    return shutil.copytree(model, tmp_path / "copy")


class Planted:
    """What would leave a mark if it were ever unpickled."""

    def __init__(self, mark):
        self.mark = mark

    def __reduce__(self):
        return open, (str(self.mark), "w")


def rewritten(folder, change):
    """Change the schema of a model's archive, and make its checksums right again."""
    path = folder / "model.skops"
    with zipfile.ZipFile(path) as archive:
        files = {name: archive.read(name) for name in archive.namelist()}
    schema = json.loads(files["schema.json"])
    change(schema, files)
    files["schema.json"] = json.dumps(schema).encode()
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    path.write_bytes(buffer.getvalue())
    write_manifest(folder)


def test_a_planted_call_is_refused_and_never_made(early, tmp_path):
    mark, folder = tmp_path / "mark", copied(early, tmp_path)
    words = {"__class__": "str", "__module__": "builtins", "__loader__": "JsonNode"}

    def call(schema, files):
        argument = {**words, "content": json.dumps(str(mark)), "is_json": True}
        arguments = {"__class__": "tuple", "__module__": "builtins"}
        arguments |= {"__loader__": "TupleNode", "content": [argument, argument]}
        schema["content"]["content"]["planted"] = {
            "__class__": "Popen",
            "__module__": "subprocess",
            "__loader__": "ConstructorFromReduceNode",
            "content": arguments,
        }

    rewritten(folder, call)
    with pytest.raises(UsageError, match=r"subprocess\.Popen.*nothing was executed"):
        load_model(folder)
    assert not mark.exists()


def test_a_planted_pickle_is_never_read(early, tmp_path):
    mark, folder = tmp_path / "mark", copied(early, tmp_path)
    buffer = io.BytesIO()
    np.save(buffer, np.array([Planted(mark)], dtype=object), allow_pickle=True)

    def plant(schema, files):
        for name in files:
            if name.endswith(".npy"):
                files[name] = buffer.getvalue()

    rewritten(folder, plant)
    (folder / "more.pickle").write_bytes(pickle.dumps(Planted(mark)))
    with pytest.raises(StoreError, match="allow_pickle"):
        load_model(folder)
    assert not mark.exists()


def test_a_tree_that_leads_out_of_itself_is_refused(done, tmp_path):
    folder = export_model(done.folder, tmp_path / "m", done.suite, method="forest")

    def lead_astray(schema, files):
        for name, content in files.items():
            if name.endswith(".npy"):
                array = np.load(io.BytesIO(content))
                if array.dtype.names and "left_child" in array.dtype.names:
                    array["left_child"][0] = 10**6
                    buffer = io.BytesIO()
                    np.save(buffer, array)
                    files[name] = buffer.getvalue()

    rewritten(folder, lead_astray)
    with pytest.raises(StoreError, match="an index of a Tree points nowhere"):
        load_model(folder)


def test_a_sparse_matrix_that_leads_out_of_itself_is_refused():
    matrix = csr_matrix(np.eye(3))
    check_indices([matrix])
    matrix.indices[0] = 10**6
    with pytest.raises(StoreError, match="an index of a csr_matrix points nowhere"):
        check_indices([matrix])


class Own(LogisticRegression):
    """A classifier that only this test knows."""


def test_a_type_of_ones_own_has_to_be_trusted_by_name(done, tmp_path):
    own = f"{Own.__module__}.Own"
    suite = Suite(
        name="own",
        datasets=done.suite.datasets,
        methods={"own": methods()["early"].set_params(classifier=Own())},
        cv=3,
    )
    out = tmp_path / "out"
    list(run(suite, out, debug=True, throughput=False, cache=tmp_path / "cache"))
    with pytest.raises(UsageError, match=r"Own, which mmbench does not trust"):
        export_model(out, tmp_path / "m", suite, method="own")
    folder = export_model(out, tmp_path / "m", suite, method="own", trusted=[own])
    with pytest.raises(UsageError, match="does not trust"):
        load_model(folder)
    assert load_model(folder, trusted=[own]).facts["method"] == "own"


def test_other_data_are_refused(done, tmp_path):
    other = things(write_things(tmp_path / "things.csv", n=75))
    suite = dataclasses.replace(done.suite, datasets=[other])
    with pytest.raises(DataError, match="checksum"):
        export_model(done.folder, tmp_path / "m", suite, method="early")


def test_another_method_of_that_name_is_refused(done, tmp_path):
    changed = methods()["early"].set_params(classifier__C=3.0)
    suite = dataclasses.replace(done.suite, methods={"early": changed})
    with pytest.raises(UsageError, match="is not the one of the run"):
        export_model(done.folder, tmp_path / "m", suite, method="early")


def test_a_folder_with_files_is_left_alone(done, tmp_path):
    (tmp_path / "mine.txt").write_text("mine")
    with pytest.raises(UsageError, match="already exists"):
        export_model(done.folder, tmp_path, done.suite, method="early")


def test_the_best_is_above_the_floor_or_there_is_none(done, tmp_path):
    samples = done.suite.datasets[0].load()
    y = np.random.default_rng(1).permutation(samples.y)
    noise = dataclasses.replace(
        done.suite.datasets[0], name="noise", load=lambda: samples._replace(y=y)
    )
    # By macro-F1, whoever guesses beats what always says the same.
    suite = dataclasses.replace(done.suite, datasets=[noise], scoring=["accuracy"])
    out = tmp_path / "out"
    how = {"debug": True, "throughput": False, "probes": False, "retrain": "none"}
    list(run(suite, out, cache=tmp_path / "cache", **how))
    with pytest.raises(UsageError, match="better than the floor"):
        export_model(out, tmp_path / "m", suite)


def test_the_best_that_meets_the_needs_is_chosen(done, tmp_path):
    from mmbench.export.save import chosen

    read = Run.read(ResultStore(done.folder))
    _, judgement, best = chosen(read, method=None, dataset=None)
    assert judgement.scores is not None
    measured = {
        name: {"latency_p95_s": 0.5 if name == best else 0.001, "model_bytes": 10}
        for name in methods()
    }
    quick = dataclasses.replace(read, measured={"things": measured})
    needs = Needs(max_latency_s=0.005, max_bytes=10)
    _, _, found = chosen(quick, method=None, dataset=None, needs=needs)
    row = next(
        r for r in read.datasets["things"].leaderboard.contenders if r.method != best
    )
    assert found == row.method
    with pytest.raises(UsageError, match="meets these requirements"):
        chosen(quick, method=None, dataset=None, needs=Needs(min_throughput=1))


def test_the_suite_is_built_again_from_the_recorded_command(tmp_path):
    table = write_things(tmp_path / "things.csv")
    words = f"--data {table} --target kind --text name --numeric grams --folds 3"
    environment = {"command": f"mmbench run quick {words} --method '*/logistic'"}
    found = rebuilt_suite(environment, PLAN, {})
    expected = things(table).load().y.tolist()
    assert found.datasets[0].load().y.tolist() == expected
    assert found.cv == 3
    assert all(name.endswith("/logistic") for name in found.methods)


def test_data_that_moved_can_be_given(tmp_path):
    table = write_things(tmp_path / "moved.csv")
    environment = {
        "command": "mmbench run quick --data gone.csv --target kind --text name"
    }
    found = rebuilt_suite(environment, {"methods": {}}, {"data": table})
    assert found.datasets[0].modalities == {"name": "text"}


def test_a_recorded_suite_file_is_not_executed(tmp_path):
    file = tmp_path / "mine.py"
    file.write_text("raise SystemExit('executed')")
    with pytest.raises(UsageError, match="only executed on request"):
        rebuilt_suite({"command": f"mmbench run {file}"}, {}, {})


def test_an_embedded_dataset_is_found_by_its_suite():
    found = rebuilt_suite({"command": "python mine.py"}, PLAN, {})
    assert [d.name for d in found.datasets] == ["glyphs"]
    assert found.datasets[0] == EMBEDDED["glyphs"]


def test_what_can_be_asked_for_is_said_when_it_lacks(done):
    words = ["export", str(done.folder), "--to", "m"]
    found = CliRunner().invoke(main, words)
    assert found.exit_code == 2
    assert "--best, or --method NAME" in found.output


def test_altered_models_are_altered_errors(early, tmp_path):
    folder = copied(early, tmp_path)
    with (folder / "README.md").open("a") as file:
        file.write("x")
    with pytest.raises(AlteredError, match="was changed"):
        load_model(folder)


def test_predictions_are_what_mmbench_add_reads(early, done):
    samples = done.suite.datasets[0].load()
    model = load_model(early)
    found = model.predict(done.table)
    columns = {n: Column(n, found[n].tolist(), found.index) for n in found}
    target = done.suite.datasets[0].target(samples)
    read = model.task.answers.from_columns(columns, target)
    expected = model.answer(samples.X)
    assert read["label"].tolist() == expected["label"].tolist()
    np.testing.assert_allclose(read["proba"], expected["proba"], atol=1e-9)


def test_cells_that_are_no_numbers_a_method_can_use_are_told(early):
    rows = [{"name": "soft", "grams": "inf", "colour": "red"}]
    rows += [{"name": "soft", "grams": "1", "colour": "red"}]
    with pytest.warns(DataWarning, match="infinite and count as missing"):
        load_model(early).predict(rows)
