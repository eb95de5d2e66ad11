# SPDX-License-Identifier: Apache-2.0
"""forums_test.py COMITY COMITYD: real daemons in several forums at once, each forum with its own
quorum and record; and a coalition convened from inside one of them."""

import os
import re
import subprocess
import sys
import threading
import time
import unittest

sys.path.insert(0, os.path.join(os.path.dirname(__file__), "..", "client"))
from daemons import Daemons  # noqa: E402

COMITY, COMITYD = sys.argv[1:3]
EVERYBODY = ["FRA", "GBR", "USA", "DEU", "JPN"]
FORUMS = {"un": EVERYBODY, "g7": ["FRA", "GBR", "USA", "JPN"], "pair": ["FRA", "DEU"]}
CHARTER = """
name: {name}
title: The forum {name}
seats:
{seats}
rules:
  most: {{sentence: "yes > 1/2 of members", binds: consenting, revise: never}}
  all: {{sentence: "objections = 0 and yes >= 1", binds: consenting, revise: never}}
topics: [arms]
pace: 50ms
"""
TEXT = "# No more mines\n\n*Recalling* that they stay,\n\n1. Nobody lays mines;\n2. All clear theirs.\n"
PATIENCE_S = 120  # When a test gives up on a daemon that says nothing; no measurement.


class Forums:
    """Daemons that sit in these forums."""
    forums_of = FORUMS

    def setUp(self):
        self.room = room = Daemons(COMITY, COMITYD, EVERYBODY)
        self.addCleanup(room.close)
        room.write("mines.md", TEXT)
        for name, members in self.forums_of.items():
            seats = "\n".join(f"  - {{name: {seat}, key: {room.keys[seat]}}}" for seat in members)
            room.write(f"{name}.yaml", CHARTER.format(name=name, seats=seats))
            room.run("charter", "compile", f"{name}.yaml", "-o", f"{name}.charter")
        room.start(*EVERYBODY)
        for name, members in self.forums_of.items():
            room.say(members[0], "convene", f"{name}.charter")
            for seat in members[1:]:
                room.say(seat, "join", f"{name}.charter")
        for name, members in self.forums_of.items():
            for seat in members:
                room.say(seat, "-f", name, "watch", "--from", "start", "--count",
                         str(len(members)), "--for", f"{PATIENCE_S}s")

    def forums(self, seat):
        return {forum["name"]: forum for forum in self.room.ask(seat, "status")["forums"]}

    def until(self, what, holds):
        """Ask again until it is so."""
        end = time.monotonic() + PATIENCE_S
        while not holds():
            self.assertLess(time.monotonic(), end, f"it never came that {what}")

    def act(self, seat, forum, *words):
        return self.room.act(seat, *words, forum=forum, seen_by=[
            other for other in self.forums_of[forum] if other in self.room.running])


class ForumsTest(Forums, unittest.TestCase):
    def test_a_forum_without_quorum_waits_and_the_others_go_on(self):
        room = self.room
        # The same daemons, three records: what is said in one is in no other.
        self.act("FRA", "un", "note", "said in the un")
        self.act("FRA", "g7", "note", "said in the g7")
        self.assertNotIn("g7", room.say("FRA", "-f", "un", "record"))
        room.say("FRA", "note", "where?", end=1)  # Several forums: which one must be named.
        self.assertEqual({name: (forum["orderers"], forum["quorum"])
                          for name, forum in self.forums("FRA").items()},
                         {"un": (5, 4), "g7": (4, 3), "pair": (2, 2)})

        room.stop("DEU")
        before = self.forums("FRA")
        room.say("FRA", "-f", "pair", "--wait", "200ms", "note", "are you there?", end=4)
        for seat in ("FRA", "GBR", "USA"):
            self.act(seat, "un", "note", f"{seat} goes on without Germany")
            self.act(seat, "g7", "note", f"{seat} never sat with Germany here")
        self.until("the pair's daemon says whom it waits for",
                   lambda: "DEU" in self.forums("FRA")["pair"]["waiting"])
        after = self.forums("FRA")
        self.assertEqual(after["pair"]["height"], before["pair"]["height"])
        self.assertEqual(after["pair"]["pending_acts"], 1)
        self.assertGreaterEqual(after["un"]["height"], before["un"]["height"] + 3)
        self.assertGreaterEqual(after["g7"]["height"], before["g7"]["height"] + 3)
        told = room.say("FRA", "status")
        for name in FORUMS:
            self.assertIn(f"{name}  The forum {name}", told)
        self.assertIn("DEU", told.split("pair  The forum pair")[1].split("\n\n")[0])
        self.assertNotIn("un  The forum", room.say("FRA", "-f", "g7", "status"))

        room.start("DEU")
        room.say("FRA", "-f", "pair", "watch", "--from",
                 str(before["pair"]["height"] + 1), "--count", "1", "--for", f"{PATIENCE_S}s")
        self.assertIn("are you there?", room.say("FRA", "-f", "pair", "record"))
        self.assertEqual(self.forums("FRA")["pair"]["pending_acts"], 0)

    def test_a_flood_in_one_forum_does_not_starve_another(self):
        room = self.room
        line = '{"note": {}, "text": "%s"}\n' % ("x" * 30000)
        before = self.forums("USA")["g7"]["height"]
        # USA floods the g7 for as long as the un decides something.
        flood = subprocess.Popen([COMITY, "-d", room.socket("USA"), "-f", "g7", "bot"],
                                 stdin=subprocess.PIPE, stdout=subprocess.DEVNULL, text=True,
                                 env=room.environment)
        over = threading.Event()

        def pour():
            while not over.is_set():
                flood.stdin.write(line)
            flood.stdin.close()
        pourer = threading.Thread(target=pour)
        pourer.start()
        try:
            self.until("the flood is in the record",
                       lambda: self.forums("USA")["g7"]["height"] > before)
            for words in (["propose", "mines.md", "--rule", "most", "--topic", "arms"],
                          ["vote", "P1", "yes"]):
                self.act("FRA", "un", "--wait", f"{PATIENCE_S}s", *words)
            for seat in ("GBR", "USA"):
                self.act(seat, "un", "--wait", f"{PATIENCE_S}s", "vote", "P1", "yes")
            self.assertEqual(room.ask("FRA", "-f", "un", "show", "P1")["verdict"], "adopted")
        finally:
            over.set()
            pourer.join()
            flood.wait()

    def test_a_text_that_failed_is_carried_to_a_coalition_of_the_willing(self):
        room = self.room
        self.act("FRA", "un", "propose", "mines.md", "--rule", "all", "--topic", "arms", "--binding")
        self.act("FRA", "un", "vote", "P1", "yes")
        convene = ["-f", "un", "convene", "coalition", "--from", "P1", "--name", "willing", "--with"]
        room.say("FRA", *convene, "GBR,USA", end=2)      # Not without itself.
        room.say("FRA", *convene, "FRA,GBR,XYZ", end=1)  # Nor with who is not here.
        self.act("JPN", "un", "vote", "P1", "object")
        self.assertEqual(room.ask("FRA", "-f", "un", "show", "P1")["verdict"], "rejected")
        self.assertNotIn("willing", self.forums("FRA"))

        told = room.say("FRA", *convene, "FRA,GBR", "--with", "USA")
        self.assertIn("Convened willing", told)
        self.assertIn("Final at height", told)       # The shift, in the old record,
        self.assertIn("Handed in as your act 2", told)  # and the text, which waits for the others.
        for seat in ("GBR", "USA"):
            room.say(seat, "join", "willing.charter")
        willing = ["FRA", "GBR", "USA"]
        for seat in willing:
            self.until(f"{seat} sees the text", lambda: room.ask(
                seat, "-f", "willing", "docket")["proposals"])
        room.act("GBR", "shift", "P1", "willing", forum="un", seen_by=willing)
        room.say("GBR", "-f", "un", "shift", "P1", "willing", end=1)
        room.say("GBR", "-f", "un", "shift", "P1", "nowhere", end=1)
        for seat in willing:
            room.act(seat, "vote", "P1", "yes", forum="willing", seen_by=willing)

        there = room.ask("USA", "-f", "willing", "show", "P1")
        here = room.ask("USA", "-f", "un", "show", "P1")
        ids = {name: forum["id"] for name, forum in self.forums("USA").items()}
        self.assertEqual(there["verdict"], "adopted")
        self.assertEqual((there["title"], there["text"], there["topic"], there["binding"]),
                         (here["title"], here["text"], "arms", True))
        # Both records name each other.
        self.assertEqual((there["carried_forum"], there["carried_proposal"]),
                         (ids["un"], here["id"]))
        self.assertEqual([(one["seat"], one["forum"], one["name"]) for one in here["shifted"]],
                         [("FRA", ids["willing"], "willing"), ("GBR", ids["willing"], "willing")])
        self.assertIn("FRA to willing", room.say("USA", "-f", "un", "show", "P1"))
        self.assertIn("P1 there (`comity -f willing show P1`)",
                      room.say("USA", "-f", "un", "show", "P1"))
        self.assertIn("from un, P1 there", room.say("USA", "-f", "willing", "show", "P1"))
        # Who does not sit there sees where it went, and no more.
        self.assertIn("FRA to willing", room.say("JPN", "-f", "un", "show", "P1"))
        self.assertNotIn("there", room.say("JPN", "-f", "un", "show", "P1"))
        self.assertIn("shifted 1", room.say("JPN", "-f", "un", "conduct", "FRA"))
        self.assertIn("A1", room.say("USA", "-f", "willing", "docket"))
        # What was adopted failed nowhere.
        room.say("FRA", "-f", "willing", "convene", "coalition", "--from", "P1", "--name", "again",
                 "--with", "FRA,GBR,USA", end=1)


class OneForumTest(Forums, unittest.TestCase):
    """Each daemon sits in one forum, so nobody says which: until a coalition makes it two."""
    forums_of = {"un": EVERYBODY}
    CONVENE = ["convene", "coalition", "--from", "P1", "--with", "FRA,GBR,USA", "--name"]

    def reject(self):
        self.act("FRA", "un", "propose", "mines.md", "--rule", "all", "--topic", "arms")
        self.act("JPN", "un", "vote", "P1", "object")

    def state(self, name):
        """The forums, who shifted, and what France has handed in there that is not final."""
        forums = self.forums("FRA")
        return (sorted(forums), [(one["seat"], one["name"]) for one in self.room.ask(
            "FRA", "-f", "un", "show", "P1")["shifted"]], forums[name]["pending_acts"])

    def test_a_coalition_needs_no_forum_named_and_said_again_is_not_done_twice(self):
        room = self.room
        self.reject()
        told = room.say("FRA", *self.CONVENE, "willing")
        self.assertIn("Convened willing", told)
        self.assertIn("Final at height", told)          # The shift, in the old record,
        self.assertIn("Handed in as your act 2", told)  # and the text in the new one.
        done = (["un", "willing"], [("FRA", "willing")], 2)
        self.assertEqual(self.state("willing"), done)
        # Said again, whether the forum is named or not can no longer be left open.
        again = room.say("FRA", "-f", "un", *self.CONVENE, "willing")
        self.assertIn("Handed in as your act 2", again)
        self.assertEqual(self.state("willing"), done)
        # Another coalition of that name is none of these.
        room.say("FRA", "-f", "un", "convene", "coalition", "--from", "P1", "--with", "FRA,GBR",
                 "--name", "willing", end=1)
        self.assertEqual(self.state("willing"), done)

    def test_interrupted_after_the_forum_was_convened_it_goes_on(self):
        room = self.room
        self.reject()
        room.say("FRA", *self.CONVENE, "willing")
        # As if it had stopped there: the charter file, the forum, and nothing said.
        text = room.run("charter", "print", "willing.charter")
        text = re.sub("^name: .*$", "name: begun", text, flags=re.MULTILINE)
        text = re.sub("^nonce: .*$", f'nonce: "{"5" * 32}"', text, flags=re.MULTILINE)
        room.write("begun.yaml", text)
        room.run("charter", "compile", "begun.yaml", "-o", "begun.charter")
        room.say("FRA", "convene", "begun.charter")
        self.assertEqual(self.state("begun"),
                         (["begun", "un", "willing"], [("FRA", "willing")], 1))
        room.say("FRA", "-f", "un", *self.CONVENE, "begun")
        self.assertEqual(self.state("begun"),
                         (["begun", "un", "willing"],
                          [("FRA", "willing"), ("FRA", "begun")], 2))


if __name__ == "__main__":
    unittest.main(argv=sys.argv[:1] + sys.argv[3:], verbosity=2)
