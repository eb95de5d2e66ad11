# SPDX-License-Identifier: Apache-2.0
"""Real daemons in a temporary folder, for the tests beside this file: what an operator sees.

Nothing here sleeps: a test waits for a line of the daemon's log, or for its end."""
import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import unittest

COMITY, COMITYD = os.environ["COMITY"], os.environ["COMITYD"]
PATIENCE_S = 120  # Only a bug takes so long.


def hold_port():
    """A free port, ours until the test ends: bound, never listening, so a daemon may bind it."""
    held = socket.socket()
    held.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    held.bind(("127.0.0.1", 0))
    return held, held.getsockname()[1]


class Daemon:
    """One comityd; its log is read as it comes."""

    def __init__(self, *arguments, cwd, prefix=(), env=None, **popen):
        self.lines, self.news = [], threading.Condition()
        self.process = subprocess.Popen(
            [*prefix, COMITYD, *arguments], cwd=cwd, stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True,
            env={**os.environ, **(env or {})}, **popen)
        self.reader = threading.Thread(target=self._read, daemon=True)
        self.reader.start()

    def _read(self):
        for line in self.process.stderr:
            with self.news:
                self.lines.append(line.rstrip("\n"))
                self.news.notify_all()
        with self.news:
            self.lines.append(None)
            self.news.notify_all()

    def log(self):
        return "\n".join(line for line in self.lines if line is not None)

    def wait_log(self, text, after=0):
        """The number of the first line from `after` on that has this text."""
        with self.news:
            while True:
                for number in range(after, len(self.lines)):
                    line = self.lines[number]
                    if line is None:
                        raise AssertionError(f"it ended without {text!r}:\n{self.log()}")
                    if text in line:
                        return number
                if not self.news.wait(PATIENCE_S):
                    raise AssertionError(f"no {text!r} in:\n{self.log()}")

    def ready(self):
        self.wait_log("clients at")
        return self

    def signal(self, number=signal.SIGTERM):
        self.process.send_signal(number)
        return self

    def wait(self):
        """Its exit code."""
        code = self.process.wait(PATIENCE_S)
        self.reader.join(PATIENCE_S)
        return code

    def stop(self):
        if self.process.poll() is None:
            self.signal()
        code = self.wait()
        if code != 0:
            raise AssertionError(f"exit code {code}:\n{self.log()}")

    def kill(self):
        if self.process.poll() is None:
            self.process.kill()
        self.wait()
        self.process.stderr.close()


class Case(unittest.TestCase):
    def setUp(self):
        self.folder = tempfile.mkdtemp(prefix="comity-operate-")
        self.daemons, self.ports = [], {}
        self.addCleanup(shutil.rmtree, self.folder, True)

    def tearDown(self):
        for daemon in self.daemons:
            daemon.kill()
        for held, _ in self.ports.values():
            held.close()

    def path(self, name):
        return os.path.join(self.folder, name)

    def write(self, name, text):
        with open(self.path(name), "w", encoding="utf-8") as file:
            file.write(text)
        return name

    def run_any(self, *command, **options):
        return subprocess.run(command, cwd=self.folder, stdin=subprocess.DEVNULL, text=True,
                              capture_output=True, timeout=PATIENCE_S, check=False, **options)

    def comity(self, *arguments, code=0, says=""):
        """Runs comity; its whole output."""
        done = self.run_any(COMITY, *arguments)
        said = done.stdout + done.stderr
        self.assertEqual(done.returncode, code, f"comity {arguments}: {said}")
        self.assertIn(says, said, f"comity {arguments}")
        return said

    def start(self, config, *arguments, **options):
        daemon = Daemon(*arguments, config, cwd=self.folder, **options)
        self.daemons.append(daemon)
        return daemon

    def refused(self, config, text, *arguments, **options):
        """It does not start, says why in its last line, and returns its exit code."""
        daemon = self.start(config, *arguments, **options)
        code = daemon.wait()
        self.assertNotEqual(code, 0, daemon.log())
        self.assertIn(text, daemon.log())
        return code

    def key(self, name):
        """Makes name.key; its public key."""
        self.comity("keygen", "--no-passphrase", name + ".key")
        said = self.comity("fingerprint", "--json", name + ".key")
        return said.split('"key": "')[1].split('"')[0]

    def port(self, name):
        if name not in self.ports:
            self.ports[name] = hold_port()
        return self.ports[name][1]

    def config(self, name, extra=""):
        """name.yaml for name.key, name.d and name.sock; no peers."""
        return self.write(name + ".yaml", f"key: {name}.key\ndata: {name}.d\n"
                          f"socket: {name}.sock\n{extra}")


SEATS = ("fra", "deu", "jpn", "bra")


class Garden(Case):
    """Four delegations with a daemon each in the forum `garden`; three make it go on."""

    def setUp(self):
        super().setUp()
        self.keys = {seat: self.key(seat) for seat in SEATS}
        self.write("garden.yaml", "name: garden\ntitle: Four neighbours\n"
                   "seats: [FRA, DEU, JPN, BRA]\nrules:\n"
                   "  most: {sentence: \"yes >= 3\", binds: consenting, revise: never}\n"
                   "topics: [water]\npace: 100ms\n")
        self.comity("charter", "compile", "garden.yaml", "-o", "garden.charter",
                    *[word for seat in SEATS
                      for word in ("--key", f"{seat.upper()}={seat}.key")])
        self.write("text.md", "# A well\n\n1. We dig a well.\n")
        peers = "".join(f"  - {{key: {self.keys[seat]}, address: \"127.0.0.1:{self.port(seat)}\"}}\n"
                        for seat in SEATS)
        for seat in SEATS:
            self.config(seat, f"listen: tcp://127.0.0.1:{self.port(seat)}\npeers:\n{peers}")
        self.running = {}

    def up(self, *seats, **options):
        for seat in seats:
            self.running[seat] = self.start(seat + ".yaml", **options).ready()

    def ask(self, seat, *arguments, **expected):
        return self.comity("-d", seat + ".sock", *arguments, **expected)

    def seated(self):
        """All four up and joined; the last join is final when this returns."""
        self.up(*SEATS)
        self.ask("fra", "convene", "garden.charter")
        for seat in SEATS[1:]:
            self.ask(seat, "join", "garden.charter")
        joined = self.ask("fra", "watch", "--from", "start", "--count", "4", "--for", "60s")
        for seat in SEATS:
            self.assertIn(f"{seat.upper()} ", joined)

    def propose(self, seat, title):
        said = self.ask(seat, "propose", "text.md", "--title", title, "--rule", "most",
                        "--topic", "water", says="Final at height")
        return said.split("\n  P")[1].split(" ")[0]


def main():
    unittest.main(verbosity=2, argv=sys.argv[:1] + sys.argv[1:])
