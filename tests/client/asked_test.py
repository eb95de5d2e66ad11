# SPDX-License-Identifier: Apache-2.0
"""asked_test.py COMITY COMITYD: who votes sees what is voted on: what adoption does besides adopting
the text, with the new and the old values of weights; and, where two rules follow one another, what the
first ballot asks and how it ended."""

import sys
import unittest

from daemons import Daemons

COMITY, COMITYD = sys.argv[1:3]

CHARTER = """
name: pair
title: Two delegations
seats:
  - {{name: FRA, title: France, key: {FRA}}}
  - {{name: GBR, title: United Kingdom, key: {GBR}}}
weights:
  quota: {{FRA: 900, GBR: 100}}
rules:
  most:
    sentence: "yes >= 2"
    may: [reweigh, suspend-votes, expel, suspend]
    breach: {{ruled-by: court, responses: [suspend-votes, expel]}}
    fund: {{spent-by: most, issue: aid, unit: EUR}}
    in-force: {{when: "yes >= 1"}}
  court: "yes >= 1"
  both: {{sentence: "yes >= 2", revise: never}}
  matter: {{class-by: both, classes: [both, court]}}
  twice: {{first: [both, court]}}
pace: 50ms
"""
FORMATS = ([], ["--format", "html"], ["--format", "markdown"])


class AskedTest(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.room = room = Daemons(COMITY, COMITYD, ["FRA", "GBR"])
        cls.addClassCleanup(room.close)
        room.write("pair.yaml", CHARTER.format(**room.keys))
        room.run("charter", "compile", "pair.yaml", "-o", "pair.charter")
        room.start("FRA", "GBR")
        room.say("FRA", "convene", "pair.charter")
        room.say("GBR", "join", "pair.charter")
        room.say("FRA", "watch", "--from", "start", "--count", "2", "--for", "20s")
        cls.text = room.write("text.md", "1. Decides to meet;\n2. Pays;\n3. Waits.\n")

    def act(self, name, *words):
        return self.room.act(name, *words, seen_by=("FRA", "GBR"))

    def propose(self, *words, rule="most"):
        """Its number, as `P3`."""
        self.act("FRA", "propose", self.text, "--title", "A matter", "--rule", rule, *words)
        return f"P{self.room.ask('GBR', 'docket')['proposals'][-1]['number']}"

    def adopt(self, name):
        self.act("FRA", "vote", name, "yes")
        self.act("GBR", "vote", name, "yes")

    def test_new_values_of_a_weight_stand_beside_the_old_on_every_page(self):
        name = self.propose("--reweigh", "quota=GBR:1000000")
        shown = {" ".join(more): self.room.say("GBR", "show", name, *more) for more in FORMATS}
        for page in shown.values():
            self.assertIn("changes the weight quota: GBR 1000000 (was 100)", page)
        self.assertRegex(shown[""], r"if adopted  changes")
        self.assertRegex(shown[""], r"quota   GBR\s+100\s+1000000\n")
        self.assertIn("<td>GBR</td><td class=\"number\">100</td><td class=\"number\">1000000</td>",
                      shown["--format html"])
        self.assertIn("- GBR: 1000000 (was 100)", shown["--format markdown"])
        effect = self.room.ask("GBR", "show", name)["effect"]
        self.assertEqual(effect["changes"],
                         [{"seat": "GBR", "before": 100, "after": 1000000}])
        self.assertIn(f"If adopted\n  {name}  changes the weight quota: GBR 1000000 (was 100)",
                      self.room.say("GBR", "docket"))
        self.adopt(name)
        for page in (self.room.say("GBR", "show", name), self.room.say("GBR", "record")):
            self.assertIn("changes the weight quota: GBR 1000000 (was 100)", page)
        feed = self.room.say("GBR", "watch", "--from", "start", "--for", "100ms")
        self.assertIn("A matter; if adopted, it changes the weight quota: GBR 1000000 (was 100)",
                      feed)
        self.assertIn(f"{name} gives other values to the weight quota: GBR 1000000 (was 100)", feed)
        weights = self.room.say("GBR", "show", "weights")
        self.assertRegex(weights, r"FRA +900 +900\n.*GBR +100 +1000000 +changed")
        self.assertIn(f"changed by {name} on ", weights)
        told = self.room.ask("GBR", "show", "weights")["weights"][0]
        self.assertEqual(told["seats"][1], {"seat": "GBR", "founding": 100, "now": 1000000})
        self.assertEqual(f"P{told['changes'][0]['proposal']}", name)
        charter = self.room.say("GBR", "show", "charter")
        self.assertIn(f"# The weight quota was last changed by {name};", charter)
        again = self.propose("--reweigh", "quota=GBR:100")
        self.assertIn("GBR 100 (was 1000000)", self.room.say("GBR", "show", again))
        self.act("FRA", "retract", again)

    def test_every_effect_is_on_every_page(self):
        self.adopt(self.propose("--binding"))
        for name in ("FRA", "GBR"):
            self.act(name, "ratify", "A1")
        self.act("FRA", "contribute", "A1", "10")
        for clause in "123":
            self.act("FRA", "allege", "A1", "GBR", "--clause", clause, "It did not.")
        rows = (
            (["--find", "L1", "--respond", "expel"],
             "finds L1: GBR broke clause 1 of A1, and expels GBR from the forum"),
            (["--find", "L2", "--respond", "suspend-votes"],
             "finds L2: GBR broke clause 2 of A1, and suspends the votes of GBR"),
            (["--find", "L3"], "finds L3: GBR broke clause 3 of A1, with no response"),
            (["--spend", "A1:5:GBR"], "spends 5 EUR of the fund of A1 on GBR"),
            (["--suspend-votes", "GBR"], "suspends the votes of GBR"),
            (["--expel", "GBR"], "expels GBR from the forum"),
            (["--suspend", "A1"], "suspends A1"),
        )
        for words, said in rows:
            with self.subTest(words):
                name = self.propose(*words, rule="court" if words[0] == "--find" else "most")
                for more in FORMATS:
                    self.assertIn(said, self.room.say("GBR", "show", name, *more))
                self.assertIn(f"  {name}  {said}", self.room.say("GBR", "docket"))
                self.act("FRA", "retract", name)

    def test_the_first_of_two_ballots_says_what_it_asks_and_how_it_ended(self):
        rows = (
            ("matter", "this first ballot is by rule both (yes >= 2) and says which rule decides. "
             "Yes: rule both (yes >= 2) decides; no, and whatever else does not carry it: rule "
             "court (yes >= 1) decides", " (first: by which rule it is decided)"),
            ("twice", "this first ballot is by rule both (yes >= 2). If it carries, the question is "
             "adopted; if it is rejected or lapsed, it is asked again by rule court (yes >= 1)",
             " (the first of two ballots)"),
        )
        first = "by rule both, rejected: 0 of the 2 yes needed"
        for rule, asked, todo in rows:
            with self.subTest(rule):
                name = self.propose(rule=rule)
                for more in FORMATS:
                    shown = self.room.say("GBR", "show", name, *more).replace("&gt;", ">")
                    self.assertIn(asked, shown.replace("\\", ""))
                docket = self.room.say("GBR", "docket")
                self.assertIn(f"  {name}  {asked}", docket)
                self.assertIn(f"vote on {name}: A matter{todo}", docket)
                self.assertIn(f"vote on {name}: A matter{todo}", self.room.say("GBR"))
                self.assertEqual(self.room.ask("GBR", "show", name)["asked"], asked)
                said = self.act("GBR", "vote", name, "no")
                self.assertIn(f"first ballot {first}", said)
                self.assertIn("; now by rule court", said)
                for more in FORMATS:
                    shown = self.room.say("FRA", "show", name, *more)
                    self.assertIn(first, shown)
                    self.assertIn("Against: GBR", shown)
                told = self.room.ask("FRA", "show", name)
                self.assertEqual(told["asked"], "")
                self.assertEqual((told["rule"], told["first"]["rule"], told["first"]["by"],
                                  told["first"]["verdict"]), ("court", rule, "both", "rejected"))
                self.assertIn(f"  {name}  first ballot {first}", self.room.say("FRA", "docket"))
                self.assertIn(f"answers no to {name}; first ballot rejected: 0 of the 2 yes needed",
                              self.room.say("FRA", "record"))
                self.assertIn(f"{name}, first ballot: rejected: 0 of the 2 yes needed",
                              self.room.say("FRA", "watch", "--from", "start", "--for", "100ms"))
                self.act("FRA", "vote", name, "yes")
                self.assertIn(first, self.room.say("FRA", "show", name))

    def test_a_rule_that_asks_twice_is_explained_and_measured_ballot_by_ballot(self):
        rule = ("rule", "explain", "twice", "--charter", "pair.charter")
        self.assertIn("it is asked again by rule court (yes >= 1).\n"
                      "rule both, first ballot: ", self.room.run(*rule))
        self.assertIn("rule court, second ballot if the first does not carry: ",
                      self.room.run(*rule))
        self.assertEqual([ballot["rule"] for ballot in self.room.json(*rule)],
                         ["yes >= 2", "yes >= 1"])
        rule = ("rule", "power", "matter", "--charter", "pair.charter")
        self.assertIn("rule court, second ballot if the first does not carry: of all sets",
                      self.room.run(*rule))
        self.assertEqual([ballot["rule"] for ballot in self.room.json(*rule)],
                         ["yes >= 2", "yes >= 2", "yes >= 1"])

    def test_a_seat_that_is_given_twice_is_refused_with_its_place(self):
        def refused(word):
            return self.room.failure("FRA", "propose", self.text, "--title", "A matter",
                                     "--rule", "most", "--reweigh", word)
        self.room.write("weights", "# quota\nFRA 1\n\nFRA 2\n")
        self.assertIn("weights:4: FRA has a value already, 1", refused("quota=weights"))
        self.assertIn("--reweigh, value 2: FRA has a value already, 1",
                      refused("quota=FRA:1,FRA:2"))


if __name__ == "__main__":
    unittest.main(argv=[sys.argv[0]])
