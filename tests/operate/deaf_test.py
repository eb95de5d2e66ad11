# SPDX-License-Identifier: Apache-2.0
"""Clients that ask and do not read: each request is answered or refused, others are served."""
from collections import Counter

import zmq

from comity import Comity, client
from harness import PATIENCE_S, Case, main

GROWTH_KIB = 24 << 10  # The outbox's share of one client is 4 MiB; of all, 32 MiB.


class Deaf(Case):
    def setUp(self):
        super().setUp()
        self.key("a")
        self.config("a")
        # Freed memory goes back at once, so that what is counted is what is held.
        self.daemon = self.start("a.yaml", env={"ASAN_OPTIONS": "quarantine_size_mb=1"}).ready()
        self.context = zmq.Context()
        self.addCleanup(self.context.destroy, 0)
        self.other = Comity(self.path("a.sock"), timeout=PATIENCE_S)
        self.addCleanup(self.other.close)
        self.fingerprint = self.other.status().fingerprint

    def socket(self):
        socket = self.context.socket(zmq.DEALER)
        self.addCleanup(socket.close)
        socket.linger = 0
        socket.rcvtimeo = socket.sndtimeo = PATIENCE_S * 1000
        socket.connect("ipc://" + self.path("a.sock"))
        return socket

    def anonymous_kib(self):
        with open(f"/proc/{self.daemon.process.pid}/status", encoding="ascii") as status:
            return next(int(line.split()[1]) for line in status if line.startswith("RssAnon"))

    @staticmethod
    def ask(socket, first, count):
        for number in range(first, first + count):
            request = client.Request(id=number)
            request.get_status.SetInParent()
            socket.send(request.SerializeToString())

    def read(self, socket, count):
        """The answers to ids 1..count: how many were given, refused, and refused without name."""
        seen, found = set(), Counter()
        while found.total() < count:
            answer = client.Response.FromString(socket.recv())
            if answer.HasField("status"):
                found["given"] += 1
            else:
                self.assertEqual(answer.failure.code, "COMITY_BUSY")
                self.assertIn("this client does not read its answers", answer.failure.text)
            if answer.id == 0:
                found["unnamed"] += int(answer.failure.text.split(" of its requests")[0].split()[-1])
                continue
            if answer.HasField("failure"):
                found["refused"] += 1
            self.assertNotIn(answer.id, seen)
            self.assertLessEqual(answer.id, count)
            seen.add(answer.id)
        self.assertEqual(found.total(), count)
        return found

    def test_five_thousand_answers_wait_for_a_client_that_reads_late(self):
        socket = self.socket()
        self.ask(socket, 1, 5000)
        self.assertEqual(self.other.status().fingerprint, self.fingerprint)
        self.assertEqual(self.read(socket, 5000), Counter(given=5000))

    def test_beyond_the_bound_it_is_refused_and_others_are_served(self):
        socket, before, count = self.socket(), self.anonymous_kib(), 100000
        for first in range(1, count, 10000):
            self.ask(socket, first, 10000)
            self.assertEqual(self.other.status().fingerprint, self.fingerprint)
        self.assertLess(self.anonymous_kib() - before, GROWTH_KIB)
        found = self.read(socket, count)
        print(f"of {count} {dict(found)}, {self.anonymous_kib() - before} KiB more")
        self.assertGreater(found["given"], 5000)
        self.assertGreater(found["refused"], 0)
        self.assertGreater(found["unnamed"], 0)
        self.ask(socket, 1, 1)
        self.assertEqual(self.read(socket, 1), Counter(given=1))  # It reads: it is served again.

    def test_what_waits_for_clients_that_left_is_dropped(self):
        before = self.anonymous_kib()
        for _ in range(30):
            socket = self.socket()
            self.ask(socket, 1, 12000)
            socket.close()
        self.assertEqual(self.other.status().fingerprint, self.fingerprint)
        self.assertLess(self.anonymous_kib() - before, GROWTH_KIB)
        self.daemon.stop()

    def test_a_daemon_stops_at_once_while_answers_wait(self):
        socket = self.socket()
        self.ask(socket, 1, 8000)
        self.assertEqual(self.other.status().fingerprint, self.fingerprint)
        self.daemon.stop()


if __name__ == "__main__":
    main()
