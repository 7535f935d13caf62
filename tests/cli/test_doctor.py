from __future__ import annotations

import hashlib
import json
import platform

import pytest

from mmbench.cli import doctor, finding, machine_checks, model_checks
from mmbench.cli.finding import Finding
from mmbench.datasets import EMBEDDED
from mmbench.errors import DataError
from mmbench.feature_extraction.packaged import MINILM, PackagedModel


@pytest.fixture
def found(monkeypatch):
    """Let the doctor find what a test says."""

    def set_findings(*findings: Finding) -> None:
        monkeypatch.setattr(finding, "findings", lambda: list(findings))

    return set_findings


FINE = Finding(topic="software", name="python", value="3.11.9")
NOTE = Finding(
    topic="torch",
    name="torch",
    value="not installed",
    level="note",
    fix="pip install 'mmbench[torch]'",
)
PROBLEM = Finding(
    topic="torch", name="torch", value="broken", level="problem", fix="fix it"
)


def test_findings_stand_under_their_topic_with_what_mends_them(mmbench, found):
    found(FINE, NOTE)
    result = mmbench("doctor")
    assert result.exit_code == 0
    assert [line.split() for line in result.stdout.splitlines()] == [
        ["software"],
        ["python", "3.11.9"],
        ["torch"],
        ["-", "torch", "not", "installed"],
        ["fix:", "pip", "install", "'mmbench[torch]'"],
    ]


def test_a_problem_ends_with_exit_code_1(mmbench, found):
    found(FINE, PROBLEM)
    assert mmbench("doctor").exit_code == 1


def test_json_holds_the_same_findings(mmbench, found):
    found(FINE, NOTE)
    rows = json.loads(mmbench("doctor", "--json").stdout)
    assert rows[0] == {
        "topic": "software",
        "name": "python",
        "value": "3.11.9",
        "level": "ok",
        "fix": None,
    }
    assert rows[1]["fix"] == "pip install 'mmbench[torch]'"


def test_this_machine_has_a_python_and_cores():
    rows = {f.name: f for f in [*machine_checks.software(), *machine_checks.machine()]}
    assert rows["python"].value.startswith(platform.python_version())
    assert "numpy" in rows
    assert int(rows["cores"].value.split()[0]) >= 1


def test_without_torch_the_command_that_installs_it_is_named(monkeypatch):
    monkeypatch.setattr(model_checks, "find_spec", lambda _name: None)
    (row,) = model_checks.torch_and_device()
    assert (row.level, row.fix) == ("note", "pip install 'mmbench[torch]'")


def test_downloaded_weights_are_listed(tmp_path, monkeypatch):
    folder = tmp_path / "hub" / "checkpoints"
    folder.mkdir(parents=True)
    (folder / "mobilenet_v2.pth").write_bytes(bytes(2048))
    monkeypatch.setenv("TORCH_HOME", str(tmp_path))
    rows = {row.name: row.value for row in model_checks.weights()}
    assert rows["mobilenet_v2.pth"] == "2.0 KiB"


def test_models_that_come_as_packages_are_shown_with_what_mends_them(monkeypatch):
    absent = PackagedModel(**{**vars(MINILM), "module": "absent_"})
    monkeypatch.setattr(model_checks, "PACKAGED", [absent])
    rows = {row.name: row for row in model_checks.weights()}
    assert rows["minilm"].level == "note"
    assert rows["minilm"].fix == "pip install 'mmbench[pretrained]'"


@pytest.mark.parametrize(
    ("content", "level"), [(b"weights", "ok"), (b"others", "problem")]
)
def test_the_shipped_weights_must_be_those_of_their_card(
    tmp_path, monkeypatch, content, level
):
    path = tmp_path / "glyph_cnn.safetensors"
    path.write_bytes(content)
    digest = hashlib.sha256(b"weights").hexdigest()
    (tmp_path / "weights.toml").write_text(f'checksum = "sha256:{digest}"\n')
    monkeypatch.setattr(model_checks, "glyph_weights", lambda: path)
    shipped = next(iter(model_checks.weights()))
    assert (shipped.name, shipped.level) == ("glyph_cnn", level)


def test_shipped_weights_that_are_not_there_are_a_problem(tmp_path, monkeypatch):
    monkeypatch.setattr(model_checks, "glyph_weights", lambda: tmp_path / "no.pth")
    assert next(iter(model_checks.weights())).level == "problem"


@pytest.mark.slow
def test_the_doctor_looks_at_everything(mmbench):
    rows = json.loads(mmbench("doctor", "--json").stdout)
    topics = {row["topic"] for row in rows}
    assert topics >= {"software", "machine", "torch", "weights", "cache"}


def test_embedded_data_that_does_not_hold_is_a_problem(monkeypatch):
    def fail(_dataset):
        raise DataError("the font is another version.")

    monkeypatch.setattr("mmbench.cli.datasets.verify", fail)
    rows = list(machine_checks.embedded_data())
    assert [row.name for row in rows] == list(EMBEDDED)
    assert {row.level for row in rows} == {"problem"}


def test_the_cache_is_measured(tmp_path, monkeypatch):
    (tmp_path / "deep").mkdir()
    (tmp_path / "deep" / "array.npy").write_bytes(bytes(1024))
    (tmp_path / "other.npy").write_bytes(bytes(1024))
    monkeypatch.setattr("platformdirs.user_cache_dir", lambda *_, **__: str(tmp_path))
    (row,) = machine_checks.cache()
    assert row.value == f"{tmp_path}: 2.0 KiB in 2 files"


def test_the_marks_cover_every_level():
    assert doctor.MARKS.keys() == {"ok", "note", "problem"}
