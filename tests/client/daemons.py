# SPDX-License-Identifier: Apache-2.0
"""Real daemons for tests: keys, configurations, processes, commands; all in one folder."""

import json
import os
import re
import shutil
import subprocess
import tempfile

PORTS = 20000 + os.getpid() % 10000  # Out of the range systems give out by themselves.


class Daemons:
    def __init__(self, comity, comityd, names):
        self.comity, self.comityd, self.names = comity, comityd, list(names)
        self.folder = tempfile.mkdtemp(prefix="comity-")
        self.running = {}
        self.environment = {name: value for name, value in os.environ.items()
                            if not name.startswith("COMITY_") and name != "XDG_RUNTIME_DIR"}
        for name in self.names:
            os.mkdir(self.path(name))
            self.run("keygen", "--no-passphrase", self.path(name, "key"))
        self.keys = {name: self.json("fingerprint", self.path(name, "key"))["key"]
                     for name in self.names}
        for index, name in enumerate(self.names):
            self._configure(name, index)

    def path(self, *parts):
        return os.path.join(self.folder, *parts)

    def _configure(self, name, index):
        lines = ["key: key", "data: data.db", "socket: sock.sock",
                 f"listen: tcp://127.0.0.1:{PORTS + index}", "peers:"]
        for other, peer in enumerate(self.names):
            if peer != name:
                lines.append(f"  - {{key: {self.keys[peer]}, address: \"127.0.0.1:{PORTS + other}\"}}")
        if len(self.names) == 1:
            lines.pop()
        self.write((name, "comityd.yaml"), "\n".join(lines) + "\n")

    def write(self, parts, text):
        parts = (parts,) if isinstance(parts, str) else parts
        with open(self.path(*parts), "w", encoding="utf-8") as file:
            file.write(text)
        return self.path(*parts)

    def start(self, *names):
        """Start these daemons and wait until each says that it serves its clients."""
        for name in names:
            with open(self.path(name, "log"), "ab") as log:
                self.running[name] = subprocess.Popen(
                    [self.comityd, "comityd.yaml"], cwd=self.path(name), stderr=log,
                    stdout=log, env=self.environment)
        for name in names:
            self.say(name, "status", tries=200)

    def stop(self, name):
        process = self.running.pop(name)
        process.terminate()
        process.wait()

    def socket(self, name):
        return self.path(name, "sock.sock")

    def run(self, *words, end=0, tries=1, text=None):
        for left in reversed(range(tries)):
            done = subprocess.run([self.comity, *words], cwd=self.folder, env=self.environment,
                                  input=text, capture_output=True, text=True)
            if done.returncode == end:
                return done.stdout
            if left > 0:  # Its socket is not there yet.
                subprocess.run(["sleep", "0.05"], check=True)
        raise AssertionError(f"comity {' '.join(words)} ended with {done.returncode}, not {end}:\n"
                             f"{done.stdout}{done.stderr}")

    def json(self, *words, **options):
        return json.loads(self.run("--json", *words, **options))

    def say(self, name, *words, **options):
        """A command of this delegation."""
        return self.run("-d", self.socket(name), *words, **options)

    def failure(self, name, *words, end=2):
        """What a command that ends so complains of."""
        done = subprocess.run([self.comity, "-d", self.socket(name), *words], cwd=self.folder,
                              env=self.environment, capture_output=True, text=True)
        if done.returncode != end:
            raise AssertionError(f"comity {' '.join(words)} ended with {done.returncode}:\n"
                                 f"{done.stdout}{done.stderr}")
        return done.stderr

    def act(self, name, *words, forum=None, seen_by=()):
        """An act, in the records of these too when it returns: a daemon may be a block behind."""
        forum = ("-f", forum) if forum else ()
        said = self.say(name, *forum, *words)
        height = re.search(r"Final at height (\d+)", said).group(1)
        for other in seen_by:
            self.say(other, *forum, "watch", "--from", height, "--count", "1", "--for", "30s")
        return said

    def ask(self, name, *words, **options):
        return self.json("-d", self.socket(name), *words, **options)

    def close(self):
        for name in list(self.running):
            self.stop(name)
        shutil.rmtree(self.folder)
