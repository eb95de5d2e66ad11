# SPDX-License-Identifier: Apache-2.0
"""Backups of a running daemon, and what one that starts from them may do: never contradict."""
import json
import os
import shutil
import sqlite3
import stat

from harness import Garden, main


class Backup(Garden):
    def backup(self, seat, name):
        self.ask(seat, "backup", name, says="The key is not in it")

    def lose(self, seat):
        """Its daemon ends and its files are gone, but for the key."""
        self.running.pop(seat).stop()
        shutil.rmtree(self.path(seat + ".d"))

    def restore(self, seat, name):
        done = self.start(seat + ".yaml", "--restore", name)
        self.assertEqual(done.wait(), 0, done.log())

    def forum(self, seat):
        return json.loads(self.ask(seat, "status", "--json"))["forums"][0]

    def test_a_backup_is_private_whole_and_never_over_another_file(self):
        self.seated()
        self.backup("jpn", "first")
        mode = os.stat(self.path("first")).st_mode
        self.assertEqual(stat.S_IMODE(mode), 0o600)
        self.assertEqual([name for name in os.listdir(self.folder) if "part" in name], [])
        self.assertEqual([name for name in os.listdir(self.path("jpn.d")) if "part" in name], [])
        with open(self.path("first"), "rb") as file:
            before = file.read()
        with open(self.path("jpn.key"), encoding="ascii") as file:
            seed = bytes.fromhex(file.read().split("seed ")[1].strip())
        self.assertNotIn(seed, before)
        self.assertNotIn(seed.hex().encode(), before)
        self.ask("jpn", "backup", "first", code=1, says="stays as it is")
        with open(self.path("first"), "rb") as file:
            self.assertEqual(file.read(), before)
        os.mkdir(self.path("place"))
        self.backup("jpn", "place")
        self.assertRegex(os.listdir(self.path("place"))[0], r"^comity-\d{8}T\d{6}Z\.backup$")
        self.ask("jpn", "backup", "nowhere/at/all", code=6)
        with sqlite3.connect(self.path("first")) as copy:
            self.assertEqual(copy.execute("PRAGMA integrity_check").fetchone(), ("ok",))
            heights = copy.execute("SELECT count(*) FROM block").fetchone()[0]
        copy.close()
        self.assertGreaterEqual(heights, 1)

    def test_a_restored_daemon_votes_no_more_and_acts_only_when_others_have_told(self):
        self.seated()
        early = self.propose("fra", "Before")
        self.backup("jpn", "old")
        late = self.propose("fra", "After")
        self.ask("jpn", "vote", f"P{late}", "yes", says="Final at height")
        self.ask("jpn", "vote", f"P{early}", "no", says="Final at height")
        seq = next(seat["seq"] for seat in self.forum("fra")["seats"] if seat["name"] == "JPN")
        self.lose("jpn")
        for seat in ("fra", "deu", "bra"):
            self.running.pop(seat).stop()
        self.restore("jpn", "old")
        # Alone, it knows nothing of what it signed after the backup, and signs nothing.
        self.up("jpn")
        log = self.running["jpn"].log()
        self.assertIn("is a backup of 20", log)
        self.assertIn("forum=garden restored from a backup: this daemon orders nothing", log)
        self.ask("jpn", "vote", f"P{early}", "yes", code=4,
                 says="signs nothing until 2 orderers have told what they hold of this key; "
                      "0 of them have")
        self.ask("jpn", "status", says="acts of this seat wait until 2 orderers have told")
        self.assertTrue(self.forum("jpn")["observing"])
        # Also after another start: what it is, is in its files.
        self.running.pop("jpn").stop()
        self.up("jpn")
        self.ask("jpn", "vote", f"P{early}", "yes", code=4, says="signs nothing until")
        self.up("fra", "deu", "bra")
        self.running["jpn"].wait_log("enough daemons know this key's acts up to")
        # It has read its own later acts in the record, and goes on behind them.
        self.ask("jpn", "note", "I am back", says="Final at height")
        after = self.forum("fra")
        self.assertEqual(next(seat["seq"] for seat in after["seats"] if seat["name"] == "JPN"),
                         int(seq) + 1)
        self.assertTrue(self.forum("jpn")["observing"])
        for seat in ("fra", "deu", "bra"):
            self.assertNotIn("two conflicting votes", self.running[seat].log())
            self.assertNotIn("two different acts", self.running[seat].log())
        self.assertNotIn("evidence", self.ask("fra", "record"))
        # Its word about order is missing for ever: of four, three must be the three others.
        self.running.pop("bra").stop()
        self.comity("-d", "fra.sock", "--wait", "2s", "note", "alone", code=4)

    def test_acts_that_were_not_final_at_the_backup_are_not_lost(self):
        self.seated()
        for seat in ("fra", "deu", "bra"):
            self.running.pop(seat).stop()
        self.comity("-d", "jpn.sock", "--wait", "1s", "note", "Kept in the backup", code=4)
        self.backup("jpn", "old")
        self.lose("jpn")
        self.restore("jpn", "old")
        self.up(*SEATS_ALL)
        self.ask("fra", "watch", "--from", "start", "--count", "5", "--for", "60s",
                 says="JPN: note")

    def test_a_copied_backup_knows_what_it_is(self):
        """Somebody who restores with cp is no danger either."""
        self.seated()
        self.backup("jpn", "old")
        self.lose("jpn")
        os.mkdir(self.path("jpn.d"))
        shutil.copy(self.path("old"), self.path("jpn.d/record.sqlite"))
        self.up("jpn")
        self.assertIn("restored from a backup", self.running["jpn"].log())
        self.assertTrue(self.forum("jpn")["observing"])

    def test_what_cannot_be_restored_changes_nothing(self):
        self.seated()
        self.backup("jpn", "old")
        self.refused("jpn.yaml", "votes.journal is there: move jpn.d away first",
                     "--restore", "old")
        self.lose("jpn")
        shutil.copy(self.path("fra.d/record.sqlite"), self.path("plain"))
        self.refused("jpn.yaml", "garden.yaml: not a store of comity".replace(
            "garden.yaml", "jpn.d/restoring.sqlite"), "--restore", "garden.yaml")
        self.running["fra"].stop()
        shutil.copy(self.path("fra.d/record.sqlite"), self.path("plain"))
        self.refused("jpn.yaml", "plain is no backup made by `comity backup`",
                     "--restore", "plain")
        with open(self.path("old"), "r+b") as file:
            file.truncate(3 * 4096)
        self.refused("jpn.yaml", "restoring.sqlite", "--restore", "old")
        self.assertEqual(os.listdir(self.path("jpn.d")), [])
        self.backup("deu", "others")
        self.restore("jpn", "others")
        self.refused("jpn.yaml", "jpn.d belongs to another key")


SEATS_ALL = ("fra", "deu", "bra", "jpn")

if __name__ == "__main__":
    main()
