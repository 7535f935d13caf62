"""What tests of several packages share."""

import pytest
from hypothesis import HealthCheck, settings

# A busy machine is no failure, so nothing is timed. The rest stays as it is, in CI too.
settings.register_profile(
    "untimed",
    settings.default,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow],
)
settings.load_profile("untimed")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Measure no coverage under scikit-learn's checks, which it makes twice as long.

    What they run has tests of its own, and only those show that it is tested.
    """
    for item in items:
        params = item.callspec.params if hasattr(item, "callspec") else {}
        if {"estimator", "check"} <= params.keys():
            item.add_marker("no_cover")


@pytest.fixture(scope="session", autouse=True)
def _no_retraining_unless_asked():
    """Take retraining for too costly by default: 75 fits a method beside a few."""
    from mmbench.engine.after import retraining

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(retraining, "AFFORDABLE_S", -1.0)
        patch.setattr(retraining, "_spent_s", lambda _store: -1.0)
        yield


@pytest.fixture(scope="session", autouse=True)
def _fits_are_repeated_for_a_moment():
    """Repeat short fits after the trials for a moment, not for ten seconds."""
    from mmbench.engine.after import fit_times

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(fit_times, "_LEAST_S", 0.5)
        yield


@pytest.fixture(scope="session", autouse=True)
def _servers_import_no_more_than_they_need():
    """Let fork servers leave alone what other tests have imported here, as torch."""
    from mmbench.engine.execution import forking

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(forking, "_IMPORTED", ("sklearn",))
        yield


@pytest.fixture(scope="session", autouse=True)
def _no_pixels_are_drawn():
    """Leave PNG files empty: they are a third of a report's time, and few look at them.

    ``mmbench.presentation.svg.png_bytes`` itself is as it was.
    """
    from mmbench.presentation import drawing

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(drawing, "png_bytes", lambda _figure: b"\x89PNG")
        yield


@pytest.fixture
def needs_bfloat16():
    """Skip a test of bfloat16 where the processor can't compute in it."""
    pytest.importorskip("torch")
    from mmbench.feature_extraction.bfloat16 import cpu_runs_bfloat16

    if not cpu_runs_bfloat16():
        pytest.skip("oneDNN can't compute in bfloat16 on this processor")


@pytest.fixture(scope="session")
def tiny_bert(tmp_path_factory):
    """Return the folder of a tiny BERT with random weights; it reads 24 tokens."""
    torch = pytest.importorskip("torch")
    transformers = pytest.importorskip("transformers")
    folder = tmp_path_factory.mktemp("bert")
    special = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]"]
    words = ["red", "hat", "blue", "shoe", "the", "cat", "sat", "##s", "東", "京"]
    folder.joinpath("vocab.txt").write_text("\n".join([*special, *words]))
    tokenizer = transformers.BertTokenizerFast(str(folder / "vocab.txt"))
    tokenizer.save_pretrained(folder)
    torch.manual_seed(0)
    config = transformers.BertConfig(
        vocab_size=len(tokenizer),
        hidden_size=16,
        num_hidden_layers=2,
        num_attention_heads=2,
        intermediate_size=32,
        max_position_embeddings=24,
        initializer_range=0.5,
    )
    transformers.BertModel(config).save_pretrained(folder)
    return folder
