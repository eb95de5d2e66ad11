# SPDX-License-Identifier: Apache-2.0
"""csv_test.py COMITY COMITYD CODEBOOK: what the program prints as a sheet is read by Python's csv
module in its strictest mood, and its columns are those of the codebook."""

import csv
import re
import sys
import unittest

from daemons import Daemons

COMITY, COMITYD, CODEBOOK = sys.argv[1:4]

CHARTER = """
name: pair
title: Two delegations
seats:
  - {{name: FRA, title: "France, of \\"the\\" north", key: {FRA}}}
  - {{name: GBR, title: United Kingdom, key: {GBR}}}
rules:
  most: {{sentence: "yes >= 2", binds: consenting, revise: never}}
  one: {{sentence: "yes >= 1", binds: consenting, revise: never}}
topics: [climate, trade]
pace: 50ms
"""
NASTY = '=HYPERLINK("http://x","y"), and "quotes"; commas'


def codebook(command):
    """The columns of the table under the heading of this command."""
    with open(CODEBOOK, encoding="utf-8") as file:
        part = file.read().split(f"## `comity {command} --csv`")[1].split("\n## ")[0]
    table = part.split("| column |")[1].split("\n\n")[0]
    return re.findall(r"^\| `([^`]+)` \|", table, re.M)


class CsvTest(unittest.TestCase):
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
        text = room.write("text.md", "1. Decides to meet.\n")

        def act(name, *words):
            room.act(name, *words, seen_by=("FRA", "GBR"))

        act("FRA", "propose", text, "--title", NASTY, "--rule", "most", "--topic", "climate",
            "--binding")
        act("FRA", "vote", "P1", "yes")
        act("GBR", "vote", "P1", "yes")
        act("FRA", "propose", text, "--title", "Second", "--rule", "most", "--topic", "trade")
        act("GBR", "vote", "P2", "no")
        room.say("FRA", "vote", "P1", "no", end=1)
        act("GBR", "act-alone", "@SUM(A1)", "--topic", "trade", "--relies-on", "A1")
        act("GBR", "note", 'line one\nline "two"\x1b[2J')
        act("FRA", "condemn", "D1")
        act("FRA", "endorse", "A1")
        act("FRA", "withdraw", "A1")
        act("GBR", "pledge", "A1", "40 Mt of CO2 by 2040-01-01")

    def rows(self, *words, name="FRA"):
        text = self.room.say(name, *words)
        self.assertNotIn("\x1b", text)
        rows = list(csv.reader(text.splitlines(keepends=True), strict=True))
        for row in rows:
            self.assertEqual(len(row), len(rows[0]), row)
        return rows[0], [dict(zip(rows[0], row)) for row in rows[1:]]

    def test_the_columns_are_those_of_the_codebook(self):
        for command in ("record", "conduct", "stance"):
            with self.subTest(command):
                more = ["--raw"] if command == "record" else []
                header, _ = self.rows(command, "--csv", *more)
                self.assertEqual(header, codebook(command))

    def test_compliance_has_a_row_for_each_goal_and_pledge(self):
        header, rows = self.rows("compliance", "A1", "--csv")
        self.assertEqual(header, codebook("compliance A1"))
        self.assertEqual([(row["row"], row["seat"], row["pledged"], row["short_by"], row["state"])
                          for row in rows],
                         [("goal", "", "40", "", ""), ("pledge", "GBR", "40", "40", "to come")])

    def test_the_record_has_a_row_for_each_act_and_what_came_of_it(self):
        header, acts = self.rows("record", "--csv")
        self.assertEqual(header, codebook("record")[:-1])
        kinds = [act["kind"] for act in acts]
        self.assertEqual(sorted(kinds[:2]), ["convene", "join"])
        self.assertEqual(kinds[2:], ["propose", "ballot", "ballot", "propose", "ballot",
                                     "act-alone", "note", "condemn", "endorse", "withdraw",
                                     "pledge"])
        first, yes, last, second, no, alone, note, condemn, endorse, leave, pledge = acts[2:]
        self.assertEqual(first["title"], "'" + NASTY)
        self.assertEqual((first["target"], first["rule"], first["topic"], first["verdict"]),
                         ("P1", "most", "climate", ""))
        self.assertEqual((yes["answer"], yes["verdict"]), ("yes", ""))
        self.assertEqual((last["answer"], last["verdict"], last["target"]),
                         ("yes", "adopted", "P1"))
        self.assertEqual((no["answer"], no["verdict"], no["topic"]), ("no", "rejected", "trade"))
        self.assertEqual((alone["title"], alone["target"]), ("'@SUM(A1)", "D1"))
        self.assertEqual(condemn["target"], "D1")
        self.assertEqual((endorse["target"], leave["target"]), ("P1", "A1"))
        self.assertIn("40 Mt of CO2 by 2040-01-01", pledge["line"])
        self.assertTrue(all(act["accepted"] == "yes" and act["forum_time"] for act in acts))
        heights = [int(act["height"]) for act in acts]
        self.assertEqual(heights, sorted(heights))

    def test_both_daemons_print_the_same_record(self):
        self.assertEqual(self.room.say("GBR", "record", "--csv"),
                         self.room.say("FRA", "record", "--csv"))

    def test_conduct_is_counted_by_kind_class_and_topic(self):
        _, seats = self.rows("conduct", "--csv")
        fra, gbr = seats
        self.assertEqual((fra["seat"], fra["title"]), ("FRA", 'France, of "the" north'))
        self.assertEqual([fra[kind] for kind in ("proposed", "adopted-yes", "said-yes", "withdrew",
                                                 "class_exit", "overtaken")],
                         ["2", "1", "1", "1", "1", "1"])
        self.assertEqual([gbr[kind] for kind in ("alone-relying", "class_alone", "said-no")],
                         ["1", "1", "1"])
        _, rows = self.rows("conduct", "--csv", "--by-topic")
        self.assertEqual([(row["seat"], row["topic"]) for row in rows],
                         [(seat, topic) for topic in ("climate", "trade", "")
                          for seat in ("FRA", "GBR")])
        for kind in codebook("conduct")[5:]:
            self.assertEqual(sum(int(row[kind]) for row in rows),
                             sum(int(row[kind]) for row in seats), kind)

    def test_defection_can_be_recoded(self):
        _, seats = self.rows("conduct", "--csv", "--defection", "withdrew,alone-relying")
        self.assertEqual([seat["class_defection"] for seat in seats], ["1", "1"])
        self.assertEqual([seat["class_exit"] for seat in seats], ["0", "0"])
        self.room.say("FRA", "conduct", "--defection", "treason", end=2)

    def test_a_table_for_a_class_fits_eighty_columns(self):
        for words in (["conduct"], ["stance"]):
            for line in self.room.say("FRA", *words).splitlines():
                self.assertLessEqual(len(line), 80, line)

    def test_a_stance_is_a_fraction_and_nothing_below_three_acts(self):
        _, seats = self.rows("stance", "--csv")
        self.assertEqual([seat["acts"] for seat in seats], ["2", "2"])
        self.assertTrue(all(seat["stance"] == "" and seat["numerator"] == "" for seat in seats))
        weights = self.room.write("weights", "# also these\nproposed 1/3\nsaid-no 0\n")
        _, seats = self.rows("stance", "--csv", "--weights", weights)
        self.assertEqual([(seat["acts"], seat["numerator"], seat["denominator"], seat["stance"])
                          for seat in seats], [("4", "5", "12", "0.417"), ("3", "1", "2", "0.500")])
        self.room.write("weights", "proposed 1/3\nalone 0.5\n")
        self.room.say("FRA", "stance", "--weights", weights, end=1)
        told = self.room.ask("FRA", "stance")
        self.assertEqual(told["seats"][0]["stance"], None)
        self.assertEqual(told["weights"]["alone-relying"], {"numerator": 1, "denominator": 2})

    def test_who_left_is_told_what_relied_on_it(self):
        told = self.room.ask("FRA", "show", "A1")
        self.assertEqual([(one["number"], one["seat"]) for one in told["relied_on_by"]],
                         [(1, "GBR")])
        self.assertEqual(told["legitimacy"]["abroad"],
                         "1 of 1: endorsed by 1, condemned by 0; 1 of them parties to it")
        self.assertIn("relies on   A1", self.room.say("FRA", "show", "D1"))
        self.assertIn("abroad      0 of 1: endorsed by 0, condemned by 1",
                      self.room.say("FRA", "show", "D1"))


if __name__ == "__main__":
    unittest.main(argv=sys.argv[:1], verbosity=2)
