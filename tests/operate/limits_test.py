# SPDX-License-Identifier: Apache-2.0
"""A start on a machine that grants little: it works, or one sentence says what is missing."""
import os
import resource
import signal
import shutil
import subprocess
import tempfile

from harness import COMITYD, Case, main

PEERS = "peers:\n" + "".join(f"  - {{key: \"{n:064x}\"}}\n" for n in range(3))


def limit(what, soft, hard=None):
    return lambda: resource.setrlimit(what, (soft, soft if hard is None else hard))


def without_lock_privilege():
    """As somebody who may not lock memory beyond the limit, even where the test runs as root."""
    return ("setpriv", "--bounding-set", "-ipc_lock", "--inh-caps", "-ipc_lock") \
        if os.geteuid() == 0 else ()


class Limits(Case):
    def setUp(self):
        super().setUp()
        self.key("a")
        self.config("a")

    def test_a_key_that_cannot_be_locked_is_said_and_served(self):
        daemon = self.start("a.yaml", prefix=without_lock_privilege(),
                            preexec_fn=limit(resource.RLIMIT_MEMLOCK, 0)).ready()
        self.assertIn("cannot be locked in memory (RLIMIT_MEMLOCK is 0 bytes)", daemon.log())
        daemon.stop()

    def test_the_default_limit_of_locked_memory_is_enough(self):
        daemon = self.start("a.yaml", prefix=without_lock_privilege(),
                            preexec_fn=limit(resource.RLIMIT_MEMLOCK, 64 << 10)).ready()
        self.assertNotIn("RLIMIT_MEMLOCK", daemon.log())
        daemon.stop()

    def test_too_few_open_files_are_refused_with_the_number_that_is_needed(self):
        self.config("a", PEERS)
        self.refused("a.yaml", "at most 40 files may be open, and a daemon with 3 peers needs 76",
                     preexec_fn=limit(resource.RLIMIT_NOFILE, 40))

    def test_a_small_soft_limit_of_open_files_is_raised(self):
        daemon = self.start("a.yaml", preexec_fn=limit(resource.RLIMIT_NOFILE, 16, 512)).ready()
        with open(f"/proc/{daemon.process.pid}/limits", encoding="ascii") as limits:
            row = next(line for line in limits if line.startswith("Max open files"))
        self.assertEqual(row.split()[3:5], ["512", "512"])
        daemon.stop()

    def test_what_it_needs_is_what_it_is_granted(self):
        daemon = self.start("a.yaml", preexec_fn=limit(resource.RLIMIT_NOFILE, 64)).ready()
        self.comity("-d", "a.sock", "status", says="fingerprint")
        daemon.stop()

    def test_a_file_that_may_not_grow_is_a_sentence_and_no_signal(self):
        self.refused("a.yaml", "votes.journal: the journal cannot be created: File too large",
                     preexec_fn=limit(resource.RLIMIT_FSIZE, 64 << 10))

    def test_it_dumps_no_core_and_shows_no_memory(self):
        daemon = self.start("a.yaml").ready()
        with open(f"/proc/{daemon.process.pid}/limits", encoding="ascii") as limits:
            row = next(line for line in limits if line.startswith("Max core file size"))
        self.assertEqual(row.split()[4:6], ["0", "0"])
        # Of a process that cannot be dumped, its files in /proc are root's.
        if os.geteuid() != 0:
            self.assertEqual(os.stat(f"/proc/{daemon.process.pid}/mem").st_uid, 0)
            with self.assertRaises(PermissionError):
                open(f"/proc/{daemon.process.pid}/mem", "rb").close()
        daemon.stop()

    def test_a_full_disk_at_the_start_is_a_sentence(self):
        if os.geteuid() != 0:
            self.skipTest("mounting a small file system needs root")
        place = tempfile.mkdtemp(prefix="comity-full-")
        self.addCleanup(shutil.rmtree, place, True)
        self.write("a.yaml", f"key: a.key\ndata: {place}/a.d\nsocket: a.sock\n")
        # A mount namespace of its own, that goes with the shell.
        script = f"mount -t tmpfs -o size=256k none {place} && exec \"$0\" a.yaml"
        done = subprocess.run(["unshare", "-m", "sh", "-c", script, COMITYD], cwd=self.folder,
                              stdin=subprocess.DEVNULL, capture_output=True, text=True,
                              check=False)
        if "mount:" in done.stderr or "unshare:" in done.stderr:
            self.skipTest(done.stderr)
        self.assertEqual(done.returncode, 1, done.stderr)
        self.assertIn("votes.journal: the journal cannot be created: No space left on device",
                      done.stderr)

    def test_a_passphrase_is_not_found_in_the_memory_of_a_daemon(self):
        if os.geteuid() != 0:
            self.skipTest("reading another's memory needs root")
        secret = "correct-horse-battery-staple-" + "9" * 8
        read, write = os.pipe()
        os.write(write, secret.encode() + b"\n")
        os.close(write)
        done = subprocess.run([os.environ["COMITY"], "keygen", "--passphrase-fd", str(read),
                               self.path("locked.key")], pass_fds=[read], capture_output=True,
                              check=False)
        self.assertEqual(done.returncode, 0, done.stderr)
        os.close(read)
        self.write("a.yaml", "key: locked.key\ndata: a.d\nsocket: a.sock\n")
        read, write = os.pipe()
        os.write(write, secret.encode() + b"\n")
        os.close(write)
        daemon = self.start("a.yaml", "-p", str(read), pass_fds=[read]).ready()
        os.close(read)
        self.assertEqual(found_in_memory(daemon.process.pid, secret.encode()), 0)
        # The search does find what is there: the fingerprint the daemon says of itself.
        name = daemon.log().split("serves ")[1].split(",")[0]
        self.assertGreater(found_in_memory(daemon.process.pid, name.encode()), 0)
        daemon.stop()


def found_in_memory(pid, needle):
    """How often these bytes stand in the readable and written memory of a process."""
    count = 0
    with open(f"/proc/{pid}/maps", encoding="ascii") as maps, open(f"/proc/{pid}/mem", "rb") as mem:
        for line in maps:
            span, mode, *rest = line.split()
            first, last = (int(part, 16) for part in span.split("-"))
            if not mode.startswith("rw") or last - first > 64 << 20:
                continue
            try:
                mem.seek(first)
                count += mem.read(last - first).count(needle)
            except OSError:
                continue
    return count


if __name__ == "__main__":
    main()
