# SPDX-License-Identifier: Apache-2.0
"""An old block that is damaged on disk is told, fetched from a peer, and good again."""
import os
import sqlite3

from comity import Comity
from harness import PATIENCE_S, Garden, main

BLOCKS = 270  # A start reads the blocks after the last snapshot (256): the damage is before it.
HEIGHT_BITS = (1 << 40) - 1


class Mend(Garden):
    def rows(self, seat):
        with sqlite3.connect(self.path(f"{seat}.d/record.sqlite")) as database:
            found = database.execute("SELECT id, view, hash, state_hash, header, outcomes, body, crc "
                                     "FROM block ORDER BY id").fetchall()
        database.close()
        return found

    def flip(self, seat, height, column):
        with sqlite3.connect(self.path(f"{seat}.d/record.sqlite")) as database:
            where = f"WHERE (id & {HEIGHT_BITS}) = {height}"
            value, = database.execute(f"SELECT {column} FROM block {where}").fetchone()
            middle = len(value) // 2
            value = value[:middle] + bytes([value[middle] ^ 1]) + value[middle + 1:]
            database.execute(f"UPDATE block SET {column} = ? {where}", (value,))
        database.close()

    def test_flipped_bytes_of_old_blocks_are_mended_by_peers(self):
        self.seated()
        with Comity(self.path("fra.sock"), timeout=PATIENCE_S, wait=PATIENCE_S) as fra:
            while fra.status().forums[0].height < BLOCKS:
                fra.note("for the record")
        for seat in ("jpn", "fra", "deu", "bra"):
            self.running[seat].stop()
        before = self.rows("jpn")
        self.flip("jpn", 7, "body")
        self.flip("jpn", 8, "outcomes")
        self.flip("jpn", 20, "header")
        self.assertNotEqual(self.rows("jpn"), before)

        self.up("jpn")  # Alone: it says what it waits for, and serves the rest.
        with Comity(self.path("jpn.sock"), timeout=PATIENCE_S) as jpn:
            self.assertEqual(jpn.status().forums[0].height, before[-1][0] & HEIGHT_BITS)
        self.ask("jpn", "record", code=6, says="block 7 of this daemon's record is damaged")
        self.running["jpn"].wait_log("block 7 of the record is damaged on disk: it waits for a peer")
        self.assertNotIn("good again", self.running["jpn"].log())
        self.ask("jpn", "docket")

        self.up("fra", "deu", "bra")
        for height in (8, 7):
            self.running["jpn"].wait_log(f"block {height} of the record is good again")
        while True:  # From the damage that is left to the next.
            done = self.run_any(os.environ["COMITY"], "-d", "jpn.sock", "record")
            if done.returncode == 0:
                break
            self.assertIn("block 20 of this daemon's record is damaged", done.stdout + done.stderr)
            self.running["jpn"].wait_log("block 20 of the record is good again")
        for seat in ("jpn", "fra", "deu", "bra"):
            self.running[seat].stop()
        after = self.rows("jpn")
        self.assertEqual(after[:len(before)], before)


if __name__ == "__main__":
    main()
