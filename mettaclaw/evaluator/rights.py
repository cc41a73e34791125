"""What keeps an evaluation's child from everything but computing: the operating system.

Layers, each of which is applied as far as the system has it and reported honestly:

``rlimits``: no core dumps, no growing of files, no new descriptors, bounded CPU time;
``memory``: a bounded address space;
``no_new_privs``: no set-user-id program can raise its rights (Linux);
``landlock``: no path can be opened (Linux 5.13 and later), no TCP port bound or connected to (from
ABI 4, Linux 6.7, on; before that, ``seccomp`` alone keeps the child from the network);
``seccomp``: no system call but those that computing needs: no socket, no new process, no program,
no signal to others, no executable memory (Linux on x86-64 and ARM64).

What is open already stays open: the connection to the parent and a read-only database. Apply this
after the database was opened and read once. Not covered: errors in the kernel itself.
"""

from __future__ import annotations

import contextlib
import ctypes
import os
import platform
import resource
import struct
import sys

LAYERS = ("rlimits", "memory", "no_new_privs", "landlock", "seccomp")

_PR_SET_PDEATHSIG = 1
_PR_SET_SECCOMP = 22
_PR_SET_NO_NEW_PRIVS = 38
_SECCOMP_MODE_FILTER = 2

# BPF: load a word of the call's description, jump on equality or on a bit, return.
_LOAD, _JUMP_EQ, _JUMP_SET, _RETURN = 0x20, 0x15, 0x45, 0x06
_ALLOW, _REFUSE, _KILL = 0x7FFF0000, 0x00050000 | 1, 0x80000000  # refuse: errno 1, EPERM
_AT_NUMBER, _AT_ARCH = 0, 4
_PROT_EXEC = 4
_ANY_PID = 0x7E57_1D00  # its place is taken by the child's
_FCNTL_ALLOWED = (1, 2, 3, 5, 6, 7, 36, 37, 38)  # F_GETFD F_SETFD F_GETFL, and record locks


def _argument(index: int) -> int:
    return 16 + 8 * index  # the low word; both machines are little endian


class _Machine:
    """Numbers of system calls on one machine."""

    def __init__(self, arch: int, plain: str, mmap: int, mprotect: int, fcntl: int, tgkill: int):
        self.arch = arch
        self.plain = tuple(int(number) for number in plain.split())
        self.mmap, self.mprotect, self.fcntl, self.tgkill = mmap, mprotect, fcntl, tgkill


# read write clock_gettime futex pread64 lseek munmap brk madvise close fstat newfstatat readv
# writev rt_sigaction rt_sigprocmask rt_sigreturn sigaltstack setitimer gettimeofday clock_getres
# clock_nanosleep nanosleep mremap getpid gettid getrandom getrusage sched_yield restart_syscall
# rseq set_robust_list uname sysinfo statx exit exit_group pselect6, and on x86-64 select
_MACHINES = {
    "x86_64": _Machine(
        0xC000003E,
        "0 1 228 202 17 8 11 12 28 3 5 262 19 20 13 14 15 131 38 96 229 230 35 25 39 186 318 98"
        " 24 219 334 273 63 99 332 60 231 270 23",
        mmap=9,
        mprotect=10,
        fcntl=72,
        tgkill=234,
    ),
    "aarch64": _Machine(
        0xC00000B7,
        "63 64 113 98 67 62 215 214 233 57 80 79 65 66 134 135 139 132 103 169 114 115 101 216"
        " 172 178 278 165 124 128 293 99 160 179 291 93 94 72",
        mmap=222,
        mprotect=226,
        fcntl=25,
        tgkill=131,
    ),
}

_LANDLOCK_CREATE, _LANDLOCK_RESTRICT = 444, 446
_LANDLOCK_VERSION_FLAG = 1


class _FilterHead(ctypes.Structure):
    """``struct sock_fprog``."""

    _fields_ = (("length", ctypes.c_ushort), ("filter", ctypes.c_void_p))


class _FilterProgram:
    """A BPF program in memory, and what points to it. It holds the id of the process."""

    def __init__(self, machine: _Machine) -> None:
        code = _filter(machine, _ANY_PID)
        self._pid_at = code.index(struct.pack("<I", _ANY_PID))
        self._code = ctypes.create_string_buffer(code, len(code))
        where = ctypes.cast(self._code, ctypes.c_void_p).value
        self._head = _FilterHead(len(code) // 8, where)

    def install(self) -> bool:
        """From now on, this process may make only these calls."""
        struct.pack_into("<I", self._code, self._pid_at, os.getpid())
        head = ctypes.byref(self._head)
        return _libc.prctl(_PR_SET_SECCOMP, _SECCOMP_MODE_FILTER, head, 0, 0) == 0


_libc = ctypes.CDLL(None, use_errno=True)
_on_linux = sys.platform == "linux"


class Rights:
    """The rights that a child gives up. Made before the fork, because that takes time."""

    def __init__(self) -> None:
        self._size = _address_space()
        machine = _MACHINES.get(platform.machine()) if _on_linux else None
        self._filter = _FilterProgram(machine) if machine is not None else None

    def drop(self, *, cpu_s: float, memory_bytes: int) -> dict[str, bool]:
        """Give up all rights of this process that computing does not need; which layers hold.

        Args:
            cpu_s: CPU seconds from here, after which the kernel ends the process.
            memory_bytes: How far the address space may grow from where it was before the fork.
        """
        held: dict[str, bool] = dict.fromkeys(LAYERS, False)
        if self._size is not None:
            limit = self._size + memory_bytes
            held["memory"] = _limited("RLIMIT_AS", limit, limit)
        if _on_linux:
            held["no_new_privs"] = _libc.prctl(_PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == 0
            held["landlock"] = _landlock()  # needs a descriptor, which the next line forbids
        held["rlimits"] = _bound(cpu_s)
        if self._filter is not None:
            held["seccomp"] = self._filter.install()
        return held


def end_with_parent(signal_number: int) -> None:
    """Ask the kernel for a signal when the parent ends (Linux; elsewhere does nothing)."""
    if _on_linux:
        _libc.prctl(_PR_SET_PDEATHSIG, signal_number, 0, 0, 0)


def _address_space() -> int | None:
    """The bytes of the address space now; only Linux tells."""
    try:
        with open("/proc/self/statm", "rb") as statm:
            return int(statm.read().split()[0]) * resource.getpagesize()
    except OSError:
        return None


def _bound(cpu_s: float) -> bool:
    spent = resource.getrusage(resource.RUSAGE_SELF)
    seconds = int(spent.ru_utime + spent.ru_stime + cpu_s) + 1
    nothing = ("RLIMIT_CORE", "RLIMIT_FSIZE", "RLIMIT_NOFILE", "RLIMIT_NPROC")
    held = [_limited(name, 0, 0) for name in nothing]
    return _limited("RLIMIT_CPU", seconds, seconds + 1) and all(held)


def _limited(name: str, soft: int, hard: int) -> bool:
    try:
        resource.setrlimit(getattr(resource, name), (soft, hard))
    except (OSError, ValueError, AttributeError):
        return False
    return True


def _landlock() -> bool:
    version = _libc.syscall(_LANDLOCK_CREATE, None, ctypes.c_size_t(0), _LANDLOCK_VERSION_FLAG)
    if version < 1:
        return False
    files = (1 << 13) - 1
    for since, bit in ((2, 13), (3, 14), (5, 15)):
        if version >= since:
            files |= 1 << bit
    network = 0b11 if version >= 4 else 0
    scope = 0b11 if version >= 6 else 0
    size = 24 if version >= 6 else 16 if version >= 4 else 8
    rules = struct.pack("<QQQ", files, network, scope)[:size]
    descriptor = _libc.syscall(_LANDLOCK_CREATE, rules, ctypes.c_size_t(size), 0)
    if descriptor < 0:
        return False
    with contextlib.closing(os.fdopen(descriptor, "rb", buffering=0)):
        return _libc.syscall(_LANDLOCK_RESTRICT, descriptor, 0) == 0


def _filter(machine: _Machine, pid: int) -> bytes:
    """The BPF program: what is not named is refused with EPERM."""
    code = [
        (_LOAD, 0, 0, _AT_ARCH),
        (_JUMP_EQ, 1, 0, machine.arch),
        (_RETURN, 0, 0, _KILL),
        (_LOAD, 0, 0, _AT_NUMBER),
    ]
    for number in machine.plain:
        code += [(_JUMP_EQ, 0, 1, number), (_RETURN, 0, 0, _ALLOW)]
    for number in (machine.mmap, machine.mprotect):  # memory, but none that can be executed
        code += [
            (_JUMP_EQ, 0, 4, number),
            (_LOAD, 0, 0, _argument(2)),
            (_JUMP_SET, 0, 1, _PROT_EXEC),
            (_RETURN, 0, 0, _REFUSE),
            (_RETURN, 0, 0, _ALLOW),
        ]
    code += _if_argument(machine.fcntl, 1, _FCNTL_ALLOWED)
    code += _if_argument(machine.tgkill, 0, (pid,))  # abort() signals its own process
    code.append((_RETURN, 0, 0, _REFUSE))
    return b"".join(struct.pack("<HBBI", *instruction) for instruction in code)


def _if_argument(
    number: int, index: int, allowed: tuple[int, ...]
) -> list[tuple[int, int, int, int]]:
    """Allow a call where one of its arguments is among these."""
    tests = [
        instruction
        for value in allowed
        for instruction in ((_JUMP_EQ, 0, 1, value), (_RETURN, 0, 0, _ALLOW))
    ]
    body = [(_LOAD, 0, 0, _argument(index)), *tests, (_RETURN, 0, 0, _REFUSE)]
    return [(_JUMP_EQ, 0, len(body), number), *body]
