"""Runs a program for which, and for whose children, the system has no shared memory left.

Linux then answers fallocate as it does on a full system: ENOSPC.
"""

import ctypes
import errno
import os
import platform
import struct
import sys

# <linux/prctl.h>, <linux/seccomp.h>, <linux/bpf_common.h>
PR_SET_SECCOMP, PR_SET_NO_NEW_PRIVS = 22, 38
SECCOMP_MODE_FILTER = 2
SECCOMP_RET_ERRNO, SECCOMP_RET_ALLOW = 0x0005_0000, 0x7FFF_0000
LOAD_WORD, JUMP_IF_EQUAL, RETURN = 0x20, 0x15, 0x06
FALLOCATE = {"x86_64": 285, "aarch64": 47}[platform.machine()]

PROGRAM = [  # code, jump if true, jump if false, operand
    (LOAD_WORD, 0, 0, 0),
    (JUMP_IF_EQUAL, 0, 1, FALLOCATE),
    (RETURN, 0, 0, SECCOMP_RET_ERRNO | errno.ENOSPC),
    (RETURN, 0, 0, SECCOMP_RET_ALLOW),
]


class Filter(ctypes.Structure):
    """struct sock_fprog."""

    _fields_ = (("length", ctypes.c_ushort), ("program", ctypes.c_char_p))


libc = ctypes.CDLL(None, use_errno=True)
program = b"".join(struct.pack("<HBBI", *instruction) for instruction in PROGRAM)
if libc.prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0 or (
    libc.prctl(
        PR_SET_SECCOMP, SECCOMP_MODE_FILTER, ctypes.byref(Filter(len(PROGRAM), program)), 0, 0
    )
    != 0
):
    sys.exit(f"no filter: {os.strerror(ctypes.get_errno())}")
os.execvp(sys.argv[1], sys.argv[1:])
