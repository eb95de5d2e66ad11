# SPDX-License-Identifier: Apache-2.0
"""A room of its own in the kernel: process, mount and network namespaces that end together.

Whatever ends the first process in the room, even SIGKILL, ends every process in it; with the last
one go the mounts and the network. So there is nothing to clean up, and nothing can be left.
"""

import ctypes
import os
import signal
import subprocess
import sys
import traceback

NEWNS, NEWUSER, NEWPID, NEWNET = 0x00020000, 0x10000000, 0x20000000, 0x40000000
MS_REC, MS_PRIVATE = 0x4000, 0x40000
PR_SET_PDEATHSIG = 1

libc = ctypes.CDLL(None, use_errno=True)


class CannotBox(Exception):
    """This machine does not let us make the room."""


def _call(name, *arguments):
    if getattr(libc, name)(*arguments) != 0:
        number = ctypes.get_errno()
        raise CannotBox(f"{name}: {os.strerror(number)}")


def mount(source, target, kind, flags=0, options=""):
    _call("mount", source.encode(), target.encode(), kind.encode(), flags, options.encode())


def unmount(target):
    _call("umount2", target.encode(), 2)  # MNT_DETACH


class CommandFailed(Exception):
    """It ended badly, or is not there."""


def run(*command, given=None):
    """A command that must succeed."""
    try:
        done = subprocess.run(command, input=given, text=True, capture_output=True)
    except OSError as problem:
        raise CommandFailed(f"{command[0]}: {problem.strerror}") from None
    if done.returncode != 0:
        raise CommandFailed(f"{' '.join(command)}: {done.stderr.strip()}")
    return done.stdout


def _die_with_parent():
    libc.prctl(PR_SET_PDEATHSIG, signal.SIGKILL)


def _make_room():
    uid, gid = os.getuid(), os.getgid()
    flags = NEWNS | NEWPID | NEWNET | (0 if uid == 0 else NEWUSER)
    _call("unshare", flags)
    if uid != 0:
        for name, text in (("setgroups", "deny"), ("uid_map", f"0 {uid} 1"),
                           ("gid_map", f"0 {gid} 1")):
            with open("/proc/self/" + name, "w") as file:
                file.write(text)


def _furnish():
    mount("none", "/", "none", MS_REC | MS_PRIVATE)
    mount("proc", "/proc", "proc")
    mount("tmpfs", "/run", "tmpfs")  # For `ip netns`: its names are ours alone.
    os.mkdir("/run/netns")


def inside(work):
    """Run work() as the first process of a new room; returns what it returns, an exit code.

    SIGINT and SIGTERM are passed on. CannotBox (also from work) is told by exit code 77.
    """
    outer = os.fork()
    if outer == 0:
        _die_with_parent()
        code = 1
        try:
            code = _middle(work)
        except CannotBox as problem:
            print(f"faults: skipped: no room of our own can be made here: {problem}", flush=True)
            code = 77
        finally:
            os._exit(code)
    return _wait(outer)


def _middle(work):
    _make_room()
    first = os.fork()
    if first != 0:
        return _wait(first)
    _die_with_parent()
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, _interrupt)
    code = 1
    try:
        _furnish()
        code = work()
    except CannotBox as problem:
        print(f"faults: skipped: {problem}", flush=True)
        code = 77
    except KeyboardInterrupt:
        code = 130
    except Exception:
        traceback.print_exc()
    finally:
        sys.stdout.flush()
        os._exit(code)


def _interrupt(number, _frame):
    raise KeyboardInterrupt(number)


def _wait(child):
    def pass_on(number, _frame):
        try:
            os.kill(child, number)
        except ProcessLookupError:
            pass
    before = {number: signal.signal(number, pass_on)
              for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)}
    _, status = os.waitpid(child, 0)
    for number, handler in before.items():
        signal.signal(number, handler)
    return os.waitstatus_to_exitcode(status)
