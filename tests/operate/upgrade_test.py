# SPDX-License-Identifier: Apache-2.0
"""Daemons, records and journals of other versions: refused in a sentence, or moved on."""
import hashlib
import os
import sqlite3

import harness
from harness import Case, main


def crc32c(data):
    crc = 0xffffffff
    for byte in data:
        crc ^= byte
        for _ in range(8):
            crc = crc >> 1 ^ (0x82f63b78 if crc & 1 else 0)
    return crc ^ 0xffffffff


class Upgrade(Case):
    def setUp(self):
        super().setUp()
        self.key("a")
        self.config("a")

    def files(self):
        sums = {}
        for name in sorted(os.listdir(self.path("a.d"))):
            with open(self.path("a.d/" + name), "rb") as file:
                data = file.read()
            if data or not name.endswith("-wal"):  # SQLite opens an empty log, to look.
                sums[name] = hashlib.sha256(data).hexdigest()
        return sums

    def test_an_older_daemon_leaves_a_newer_record_alone(self):
        self.start("a.yaml").ready().stop()
        with sqlite3.connect(self.path("a.d/record.sqlite")) as record:
            record.execute("PRAGMA user_version=7")
        record.close()
        before = self.files()
        code = self.refused("a.yaml", "a.d/record.sqlite: a record of version 7, and this comityd "
                            "knows version 1: it was written by a newer one, use that; nothing "
                            "was changed")
        self.assertEqual(code, 1)
        self.assertEqual(self.files(), before)

    def test_an_older_daemon_leaves_a_newer_journal_alone(self):
        self.start("a.yaml").ready().stop()
        with open(self.path("a.d/votes.journal"), "r+b") as journal:
            header = bytearray(journal.read(60))
            header[8:12] = (2).to_bytes(4, "big")
            journal.seek(0)
            journal.write(header + crc32c(header).to_bytes(4, "big"))
        before = self.files()
        self.refused("a.yaml", "a.d/votes.journal: a journal of version 2, and this comityd knows "
                     "version 1")
        self.assertEqual(self.files(), before)

    def test_two_protocol_versions_are_told_on_both_sides(self):
        """The other daemon is the same program, built to speak version 2."""
        other = os.environ["COMITYD_NEXT"]
        self.key("b")
        keys = {name: self.comity("fingerprint", "--json", name + ".key").split('"key": "')[1][:64]
                for name in "ab"}
        self.config("a", f"listen: tcp://127.0.0.1:{self.port('a')}\n"
                    f"peers: [{{key: {keys['b']}}}]\n")
        self.config("b", f"peers: [{{key: {keys['a']}, address: \"127.0.0.1:{self.port('a')}\"}}]\n")
        self.write("pair.yaml", "name: pair\ntitle: Pair\nseats: [AAA, BBB]\nrules:\n"
                   "  both: {sentence: \"yes = all members\", binds: consenting}\n"
                   "topics: [t]\npace: 100ms\n")
        self.comity("charter", "compile", "pair.yaml", "-o", "pair.charter", "--key", "AAA=a.key",
                    "--key", "BBB=b.key")
        ours = self.start("a.yaml").ready()
        harness.COMITYD, same = other, harness.COMITYD
        try:
            theirs = self.start("b.yaml").ready()
        finally:
            harness.COMITYD = same
        self.comity("-d", "a.sock", "convene", "pair.charter")
        self.comity("-d", "b.sock", "join", "pair.charter")
        ours.wait_log("speaks version 2 of the protocol and this one version 1")
        theirs.wait_log("speaks version 1 of the protocol and this one version 2")
        self.comity("-d", "a.sock", "status", says="0 of 2 seats have joined")
        ours.stop()
        theirs.stop()


if __name__ == "__main__":
    main()
