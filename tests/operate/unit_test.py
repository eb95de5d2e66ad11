# SPDX-License-Identifier: Apache-2.0
"""The unit for systemd, looked at without running it."""
import os
import re
import shutil
import subprocess

from harness import COMITYD, Case, main

UNIT = os.environ["UNIT"]
ROOT = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "..")
EXPOSURE_TENTHS_MAX = 15  # Of 100; 14 when this was written.


class Unit(Case):
    def setUp(self):
        super().setUp()
        if shutil.which("systemd-analyze") is None:
            self.skipTest("there is no systemd-analyze here")
        with open(UNIT, encoding="utf-8") as unit:
            self.text = unit.read()
        # Verified where the program is, wherever it is going to be installed.
        text = re.sub(r"^ExecStart=\S+", "ExecStart=" + COMITYD, self.text, flags=re.MULTILINE)
        self.write("comityd@fra.service", text)

    def analyze(self, *arguments):
        done = subprocess.run(["systemd-analyze", *arguments], cwd=self.folder, text=True,
                              capture_output=True, check=False,
                              env={**os.environ, "SYSTEMD_COLORS": "0"})
        return done.returncode, done.stdout + done.stderr

    def test_systemd_understands_every_line_of_it(self):
        code, said = self.analyze("verify", "--man=no", self.path("comityd@fra.service"))
        self.assertEqual((code, said), (0, ""))

    def test_its_exposure_is_small_and_does_not_grow(self):
        code, said = self.analyze("security", "--offline=true", "--no-pager",
                                  f"--threshold={EXPOSURE_TENTHS_MAX}",
                                  self.path("comityd@fra.service"))
        self.assertEqual(code, 0, said)
        self.assertIn("Overall exposure level", said)

    def allowed(self):
        """The system calls that the unit leaves, with the sets written out."""
        def write_out(word):
            if not word.startswith("@"):
                return {word}
            _, said = self.analyze("syscall-filter", word)
            names = [line.strip() for line in said.splitlines()[1:]]
            return set().union(*(write_out(name) for name in names
                                 if name and not name.startswith("#")))
        calls = set()
        for line in re.findall(r"^SystemCallFilter=(.*)$", self.text, flags=re.MULTILINE):
            words = line.lstrip("~").split()
            named = set().union(*(write_out(word) for word in words))
            calls = calls - named if line.startswith("~") else calls | named
        return calls

    def test_it_leaves_the_system_calls_that_the_daemon_leaves_itself(self):
        with open(os.path.join(ROOT, "daemon/system/seccomp.c"), encoding="utf-8") as source:
            text = source.read()
        always = text[text.index("always[]"):text.index("tracing[]")]
        wanted = set(re.findall(r"SCMP_SYS\((\w+)\)", always))
        self.assertGreater(len(wanted), 100)
        allowed = self.allowed()
        known = self.analyze("syscall-filter")[1].split()
        # What systemd has never heard of is of another architecture, and it ignores it.
        self.assertEqual(sorted(wanted & set(known) - allowed), [])
        for call in ("seccomp", "landlock_restrict_self", "landlock_add_rule", "prctl", "clone",
                     "mmap", "mprotect", "socket", "ioctl", "mlock"):
            self.assertIn(call, allowed)
        for call in ("mount", "ptrace", "bpf", "kexec_load", "init_module", "setns", "unshare",
                     "chroot", "reboot", "perf_event_open", "setuid", "keyctl",
                     "io_uring_setup", "process_vm_readv", "userfaultfd"):
            self.assertNotIn(call, allowed)


if __name__ == "__main__":
    main()
