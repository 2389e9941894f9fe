"""Runs as a program, never imported: leaves root, asks the kernel for a signal when the supervisor dies, then becomes
the command that it was given.

Arguments: mode (none, setuid or userns), uid, gid, signal, the supervisor's process id, then the command.
A `preexec_fn` would do the same in fewer lines, but may deadlock in a process with threads, which a supervisor has.
"""

import ctypes
import os
import sys

PR_SET_PDEATHSIG = 1
CLONE_NEWUSER = 0x10000000


def _become(mode: str, uid: int, gid: int, libc: ctypes.CDLL) -> None:
    if mode == "setuid":
        os.setgroups([])
        os.setresgid(gid, gid, gid)
        os.setresuid(uid, uid, uid)
    elif mode == "userns":
        if libc.unshare(CLONE_NEWUSER):
            raise OSError(ctypes.get_errno(), "unshare")
        for name, line in (("setgroups", "deny"), ("uid_map", f"{uid} 0 1"), ("gid_map", f"{gid} 0 1")):
            with open(f"/proc/self/{name}", "w") as f:
                f.write(line)


if __name__ == "__main__":
    libc = ctypes.CDLL(None, use_errno=True)
    _become(sys.argv[1], int(sys.argv[2]), int(sys.argv[3]), libc)
    # After the change of user, which clears the parent-death signal; and before asking whether the parent still
    # lives, so that it cannot die unnoticed in between.
    if libc.prctl(PR_SET_PDEATHSIG, int(sys.argv[4]), 0, 0, 0):
        raise OSError(ctypes.get_errno(), "prctl")
    if os.getppid() != int(sys.argv[5]):
        sys.exit("the supervisor is gone")
    if sys.argv[1] != "none":
        os.umask(0o077)
    os.execv(sys.argv[6], sys.argv[6:])  # noqa: S606 - becoming another program is what a shim does
