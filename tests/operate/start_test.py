# SPDX-License-Identifier: Apache-2.0
"""What a daemon refuses to start with, and what it says of its sandbox."""
import os
import shutil
import socket

from harness import Case, main

HEX = "3417a25a42f06a02e8f06130a35d9016252ba514fdaf4ae8ded90969a67d25e0"


class Start(Case):
    def setUp(self):
        super().setUp()
        self.key("a")
        self.config("a")

    def test_two_daemons_never_serve_one_key(self):
        self.start("a.yaml").ready()
        self.write("b.yaml", "key: a.key\ndata: b.d\nsocket: b.sock\n")
        self.refused("b.yaml", "a.key: another daemon serves this key")

    def test_two_daemons_never_share_a_directory(self):
        self.start("a.yaml").ready()
        self.key("b")
        self.write("b.yaml", "key: b.key\ndata: a.d\nsocket: b.sock\n")
        self.refused("b.yaml", "a.d/votes.journal: the journal is in use by another daemon")

    def test_a_directory_belongs_to_the_key_it_grew_up_with(self):
        self.start("a.yaml").ready().stop()
        self.key("b")
        self.write("b.yaml", "key: b.key\ndata: a.d\nsocket: b.sock\n")
        self.refused("b.yaml", "a.d belongs to another key, ")
        self.start("a.yaml").ready().stop()

    def test_a_socket_that_is_served_is_left_alone(self):
        self.start("a.yaml").ready()
        self.key("b")
        self.write("b.yaml", "key: b.key\ndata: b.d\nsocket: a.sock\n")
        self.refused("b.yaml", "client socket b.sock: another daemon serves it".replace("b.", "a."))
        self.comity("-d", "a.sock", "status", says="fingerprint")

    def test_a_port_that_is_taken_is_named(self):
        taken = socket.socket()
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        self.config("a", f"listen: tcp://127.0.0.1:{taken.getsockname()[1]}\n")
        self.refused("a.yaml", "Address already in use")
        taken.close()

    def test_a_configuration_that_cannot_work_is_refused_with_its_place_by_check_alone(self):
        long = "s" * 120
        rows = (
            ("listen: tcp://127.0.0.1:99999", "a.yaml:4:9", "a port is a number from 1 to 65535"),
            ("listen: tcp://127.0.0.1:0", "a.yaml:4:9", "from 1 to 65535"),
            ("listen: 127.0.0.1:4750", "a.yaml:4:9", "begins with tcp://"),
            ("listen: tcp://300.1.1.1:4750", "a.yaml:4:9", "neither an address nor"),
            (f"peers: [{{key: {HEX}, address: \"1.2.3.4\"}}]", "a.yaml:4:", "there is no port"),
            (f"peers: [{{key: {HEX}, address: \"1.2.3.4:70000\"}}]", "a.yaml:4:", "a port is"),
            (f"peers: [{{key: {HEX}, address: \"a b:4750\"}}]", "a.yaml:4:", "nor a host's name"),
            (f"peers: [{{key: {HEX}, address: \"::1:4750\"}}]", "a.yaml:4:", "in brackets"),
        )
        for extra, place, why in rows:
            with self.subTest(extra):
                self.config("a", extra + "\n")
                daemon = self.start("a.yaml", "-n")
                self.assertEqual(daemon.wait(), 1)
                self.assertIn(place, daemon.log())
                self.assertIn(why, daemon.log())
        self.write("a.yaml", f"key: a.key\ndata: a.d\nsocket: {long}.sock\n")
        self.refused("a.yaml", "a.yaml:3:9: the client socket's path has 125 characters", "-n")

    def test_the_log_says_what_sandbox_is_in_force(self):
        daemon = self.start("a.yaml").ready()
        self.assertIn("sandbox: ", daemon.log())
        with open(f"/proc/{daemon.process.pid}/status", encoding="ascii") as status:
            words = dict(line.split(":", 1) for line in status)
        self.assertEqual(words["NoNewPrivs"].strip(), "1")
        self.assertEqual(words["Seccomp"].strip(), "2" if "seccomp: " in daemon.log() else "0")
        daemon.stop()

    def test_without_a_sandbox_the_log_says_so(self):
        daemon = self.start("a.yaml", "--no-sandbox").ready()
        self.assertIn("no sandbox, as told", daemon.log())
        with open(f"/proc/{daemon.process.pid}/status", encoding="ascii") as status:
            self.assertIn("Seccomp:\t0", status.read())
        daemon.stop()

    def test_peers_by_name_are_looked_up_in_the_sandbox(self):
        """`localhost` goes through getaddrinfo_a's threads, within seccomp and landlock."""
        self.key("b")
        keys = {name: self.comity("fingerprint", "--json", name + ".key").split('"key": "')[1][:64]
                for name in "ab"}
        self.config("a", f"listen: tcp://127.0.0.1:{self.port('a')}\n"
                    f"peers: [{{key: {keys['b']}}}]\n")
        self.config("b", f"peers: [{{key: {keys['a']}, address: \"localhost:{self.port('a')}\"}}]\n"
                    "log: debug\n")
        self.write("pair.yaml", "name: pair\ntitle: Pair\nseats: [AAA, BBB]\nrules:\n"
                   "  both: {sentence: \"yes = all members\", binds: consenting}\n"
                   "topics: [t]\npace: 100ms\n")
        self.comity("charter", "compile", "pair.yaml", "-o", "pair.charter", "--key", "AAA=a.key",
                    "--key", "BBB=b.key")
        self.start("a.yaml").ready()
        named = self.start("b.yaml").ready()
        self.comity("-d", "a.sock", "convene", "pair.charter")
        self.comity("-d", "b.sock", "join", "pair.charter")
        self.comity("-d", "a.sock", "watch", "--from", "start", "--count", "2", "--for", "60s",
                    says="BBB has joined")
        self.assertNotIn("cannot be looked up", named.log())
        named.stop()

    def test_a_name_that_cannot_be_looked_up_is_a_warning_only(self):
        self.config("a", f"peers: [{{key: {HEX}, address: \"nowhere.invalid:4750\"}}]\n")
        daemon = self.start("a.yaml").ready()
        daemon.wait_log("the name nowhere.invalid cannot be looked up yet")
        daemon.stop()


if __name__ == "__main__":
    main()
