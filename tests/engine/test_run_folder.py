"""A run's own folder goes with it; what killed runs left is swept by the next."""

import os
import subprocess
import sys
import time

from mmbench.engine.execution.run_folder import run_folder


def names(root):
    return sorted(path.name for path in (root / "tmp").iterdir())


def test_a_folder_and_its_lock_are_gone_at_the_end(tmp_path):
    with run_folder(tmp_path) as folder:
        (folder / "model").write_bytes(b"x")
    assert names(tmp_path) == []


def test_the_folder_of_a_run_that_goes_on_is_left_alone(tmp_path):
    with run_folder(tmp_path) as first, run_folder(tmp_path) as second:
        assert first.exists()
        assert second.exists()


def test_the_folder_of_a_killed_run_is_swept(tmp_path):
    code = (
        "import os, sys, pathlib\n"
        "from mmbench.engine.execution.run_folder import run_folder\n"
        "with run_folder(pathlib.Path(sys.argv[1])) as folder:\n"
        "    (folder / 'model').write_bytes(b'x'); os._exit(1)"
    )
    subprocess.run([sys.executable, "-c", code, str(tmp_path)], check=False)
    assert len(names(tmp_path)) == 2
    with run_folder(tmp_path) as folder:
        assert names(tmp_path) == [f"{folder.name}", f"{folder.name}.lock"]


def test_only_old_entries_that_were_never_finished_are_swept(tmp_path):
    old, new = (tmp_path / "tmp" / name for name in ("1-old", "1-new"))
    for path in (old, new):
        path.mkdir(parents=True)
    long_ago = time.time() - 2 * 24 * 3600
    os.utime(old, (long_ago, long_ago))
    with run_folder(tmp_path):
        assert new.exists()
        assert not old.exists()
