# SPDX-License-Identifier: Apache-2.0
"""One comityd: its files, its disk, its clock, its process, and what may be done to each."""

import mmap
import os
import shutil
import signal
import struct
import subprocess
import time

from . import box
from .network import PORT, Network

DISK_BYTES = 96 << 20


class Program:
    """What is run, and with what beside it."""

    def __init__(self, comityd, clockshift):
        self.comityd = comityd
        linked = box.run("ldd", comityd)
        libraries = [line.split()[2] for line in linked.splitlines() if "libasan.so" in line]
        symbols = open(comityd, "rb").read()
        self.sanitized = bool(libraries) or b"__asan_init" in symbols
        # The sanitizer's library insists on being the first.
        self.preload = ":".join(libraries + [clockshift])
        # The sanitizers of Debian 12 crash where addresses are spread over more than 28 bits.
        self.prefix = ["setarch", os.uname().machine, "-R"] if self.sanitized else []


class Daemon:
    def __init__(self, node, seat, directory, program, journal):
        self.node, self.seat, self.program, self.journal = node, seat, program, journal
        self.directory = os.path.join(directory, seat)
        self.data = os.path.join(self.directory, "data")
        self.socket = os.path.join(self.directory, "sock")
        self.log = os.path.join(self.directory, "log")
        self.clock_path = os.path.join(self.directory, "clock")
        self.process = None
        self.stopped_at = None
        self.full = False
        self.lossy = False      # Files were taken from it: it may only observe from now on.
        self.expected = None    # Why its process will end, if it is we who end it.
        os.makedirs(self.data)
        box.mount("tmpfs", self.data, "tmpfs", 0, f"size={DISK_BYTES},mode=0700")
        with open(self.clock_path, "wb") as file:
            file.write(bytes(24))
        with open(self.clock_path, "r+b") as file:
            self.clock = mmap.mmap(file.fileno(), 24)

    def configure(self, keys):
        """`keys`: of all seats, by node."""
        lines = ["key: key", "data: data", "socket: sock",
                 f"listen: tcp://{Network.address(self.node)}:{PORT}", "log: info", "peers:"]
        for node, key in enumerate(keys):
            lines.append(f'  - {{key: {key}, address: "{Network.address(node)}:{PORT}"}}')
        with open(os.path.join(self.directory, "yaml"), "w") as file:
            file.write("\n".join(lines) + "\n")

    # The process.

    def start(self):
        command = ["nsenter", f"--net=/run/netns/{Network.namespace(self.node)}", "--",
                   "env", f"LD_PRELOAD={self.program.preload}",
                   f"COMITY_CLOCKSHIFT={self.clock_path}", *self.program.prefix,
                   self.program.comityd, os.path.join(self.directory, "yaml")]
        self.expected = None
        self.stopped_at = None
        with open(self.log, "ab") as log:
            self.journal("start", seat=self.seat)
            self.process = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=log,
                                            stderr=log, cwd=self.directory,
                                            start_new_session=True)

    def runs(self):
        return self.process is not None

    def reap(self):
        """Notes the end of the process, if it has ended; True if nobody wanted that."""
        if self.process is None or self.process.poll() is None:
            return False
        code = self.process.returncode
        # Which daemon cannot start on a full disk may say so and end.
        expected = self.expected or ("full" if self.full and code == 1 else None)
        self.journal("exit", seat=self.seat, code=code, expected=expected)
        self.process = None
        return expected is None

    def end(self, number, expected):
        if self.process is None or self.reap():
            return
        if self.process is None:
            return
        self.expected = expected
        self.process.send_signal(number)
        if self.stopped_at is not None and number != signal.SIGKILL:
            self.process.send_signal(signal.SIGCONT)
        self.stopped_at = None
        try:
            self.process.wait(20)
        except subprocess.TimeoutExpired:
            self.journal("hangs", seat=self.seat, signal=int(number))
            self.process.kill()
            self.process.wait()
        self.reap()

    def kill(self):
        self.end(signal.SIGKILL, "killed")

    def terminate(self):
        self.end(signal.SIGTERM, "terminated")

    def pause(self):
        if self.process is None or self.stopped_at is not None:
            return
        self.process.send_signal(signal.SIGSTOP)
        # Until the kernel says that it stands: only then does its clock stand too.
        os.waitid(os.P_PID, self.process.pid, os.WSTOPPED | os.WEXITED | os.WNOWAIT)
        os.waitid(os.P_PID, self.process.pid, os.WSTOPPED | os.WNOHANG)  # Not told twice.
        self.stopped_at = time.clock_gettime_ns(time.CLOCK_MONOTONIC)

    def go_on(self, lid):
        """`lid`: as after suspension: the steady clock did not run meanwhile."""
        if self.process is None or self.stopped_at is None:
            return
        if lid:
            slept = time.clock_gettime_ns(time.CLOCK_MONOTONIC) - self.stopped_at
            realtime, steady, boot = struct.unpack("3q", self.clock[:])
            self.clock[:] = struct.pack("3q", realtime, steady - slept, boot)
        self.stopped_at = None
        self.process.send_signal(signal.SIGCONT)

    def shift_clock(self, shift_ms):
        self.clock[:8] = struct.pack("q", shift_ms * 1000000)

    def memory_kib(self):
        """Anonymous memory of the process, and of it the most so far in all."""
        found = {}
        try:
            with open(f"/proc/{self.process.pid}/status") as file:
                for line in file:
                    name, _, value = line.partition(":")
                    if name in ("RssAnon", "VmHWM"):
                        found[name] = int(value.split()[0])
        except (OSError, AttributeError):
            return None
        return (found["RssAnon"], found["VmHWM"]) if len(found) == 2 else None

    # The disk.

    def fill(self):
        self.full = True
        with open(os.path.join(self.data, "filler"), "ab", buffering=0) as file:
            for size in (1 << 20, 4096, 64):
                try:
                    while True:
                        file.write(bytes(size))
                except OSError:
                    pass

    def free(self):
        self.full = False
        path = os.path.join(self.data, "filler")
        if os.path.exists(path):
            os.unlink(path)

    def files(self):
        return [name for name in os.listdir(self.data) if name != "filler"]

    def back_up(self):
        """A copy of data; only while it does not run."""
        assert self.process is None
        self.copy_to(os.path.join(self.directory, "backup"))

    def copy_to(self, target):
        shutil.rmtree(target, ignore_errors=True)
        os.makedirs(target)
        for name in self.files():
            shutil.copy2(os.path.join(self.data, name), target)

    def restore(self, keep_journal):
        assert self.process is None
        for name in self.files():
            os.unlink(os.path.join(self.data, name))
        backup = os.path.join(self.directory, "backup")
        for name in os.listdir(backup):
            if keep_journal or name != "votes.journal":
                shutil.copy2(os.path.join(backup, name), self.data)

    def lose_journal(self):
        assert self.process is None
        os.unlink(os.path.join(self.data, "votes.journal"))
