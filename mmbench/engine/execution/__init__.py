"""Where and in which order nodes are done: on Dask, in processes of our own, or here.

The driver holds the `schedule` and records trials (`trial_recorder`); an `executor`
hands batches to workers (`worker`), which the `fork_server` starts on this machine.
"""
