"""One writer at a time: a lock that the system lets go when its holder dies."""

from __future__ import annotations

import sys

__all__ = ["try_lock"]


if sys.platform == "win32":
    import msvcrt
    import os

    # Windows forbids reading a locked byte, so the byte lies far behind the content.
    _FAR = 1 << 40

    def try_lock(descriptor: int) -> bool:
        """Lock an open file for this process, and tell whether that worked."""
        os.lseek(descriptor, _FAR, os.SEEK_SET)
        try:
            msvcrt.locking(descriptor, msvcrt.LK_NBLCK, 1)
        except OSError:
            return False
        return True

else:
    import fcntl

    def try_lock(descriptor: int) -> bool:
        """Lock an open file for this process, and tell whether that worked.

        Parameters
        ----------
        descriptor : int
            Of the open file; closing it ends the lock.

        Returns
        -------
        bool
            False when somebody else holds the lock.
        """
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return False
        except OSError:
            # Some network file systems have no locks; that must not stop a run.
            return True
        return True
