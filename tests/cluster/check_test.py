# SPDX-License-Identifier: Apache-2.0
"""Each check refuses the life it is there for, and none refuses a good one.

A small good life is made by hand; each test spoils one thing of it and says which checks must
speak. So no check is one that cannot fail: the last test counts that each was seen to.
"""

import copy
import json
import os
import sys
import tempfile
import unittest

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
import checks  # noqa: E402
from checks import Operation, Run, check  # noqa: E402

SEATS = ["AUT", "BRA", "CAN", "DNK"]
refused = set()


def act(seat, seq, kind, line, accepted=True):
    return [seat, seq, kind, f"{seat}{seq}", line, accepted, "" if accepted else "no"]


def block(height, *acts):
    return {"height": height, "hash": f"h{height}", "state": f"s{height}", "time_ms": height,
            "acts": list(acts)}


BLOCKS = [block(1, *(act(seat, 1, "convene" if seat == "AUT" else "join", "joins")
                     for seat in SEATS)),
          block(2, act("AUT", 2, "propose", 'proposes "AUT-0-1-x"')),
          block(3, act("BRA", 2, "ballot", "answers yes to P1"),
                act("CAN", 2, "ballot", "answers yes to P1")),
          block(4, act("BRA", 3, "note", "notes: BRA-0-2-y xxx")),
          block(5, act("CAN", 3, "ballot", "answers no to P1", False))]
FEED = [[1, 1, "joined", "AUT", 0, 0, "", "joins"], [1, 2, "joined", "BRA", 0, 0, "", "joins"],
        [2, 1, "proposed", "AUT", 1, 0, "", ""], [3, 1, "ballot", "BRA", 1, 0, "yes", ""],
        [3, 2, "ballot", "CAN", 1, 0, "yes", ""], [3, 3, "verdict", "", 1, 0, "adopted", "2 yes"],
        [4, 1, "accepted", "BRA", 0, 0, "note", ""], [5, 1, "refused", "CAN", 1, 0, "", ""]]
PROPOSAL = {"status": "decided", "verdict": "adopted", "said": "2 yes", "decided_height": 3,
            "agreement": 0, "formed_by": [], "ballots": {"BRA": "BRA2", "CAN": "CAN2"}}


def operation(name, kind, line, begin, end, place=None, final=True, accepted=True, **arguments):
    """`place`: (seat, seq, height) in the record."""
    one = Operation(name, name[:3], kind, begin, {"line": line, "proposal": 0, **arguments})
    if place:
        one.ended, one.type = end, "ok"
        one.answer = {"act": f"{place[0]}{place[1]}", "seq": place[1], "final": final,
                      "accepted": accepted, "said": "", "height": place[2] if final else 0,
                      "attempt": 0}
    return one


def read(name, what, begin, end, answer, **arguments):
    one = Operation(name, name[:3], "read", begin, {"what": what, **arguments})
    one.ended, one.type, one.answer = end, "ok", answer
    return one


def good():
    dump = {"height": 5, "hash": "h5", "observing": False, "alarm": "", "blocks": BLOCKS,
            "proposals": {"1": PROPOSAL}, "agreements": {}, "feed": FEED}
    run = Run(run={"seats": SEATS, "progress_s": 30, "memory_kib": 1000, "quorum": 3,
                   "quorum_s": 15})
    run.events = [{"t": 0.1, "event": "start", "seat": seat} for seat in SEATS] + [
        {"t": 5, "event": "storm", "storm": 0}, {"t": 6, "event": "exit", "seat": "BRA",
                                                 "code": -9, "expected": "killed"},
        {"t": 6.5, "event": "start", "seat": "BRA"},
        {"t": 8, "event": "calm", "storm": 0},
        {"t": 9, "event": "healed", "storm": 0, "seconds": 1.0},
        {"t": 20, "event": "settled", "phase": "end", "height": 5},
        {"t": 30, "event": "settled", "phase": "restarted", "height": 5},
        {"t": 31, "event": "ended"},
        {"t": 32, "event": "exit", "seat": "BRA", "code": 0, "expected": "terminated"}]
    run.history = [
        operation("AUT-0/1", "propose", 'proposes "AUT-0-1-x"', 1, 2, ("AUT", 2, 2)),
        operation("BRA-0/1", "ballot", "answers yes to P1", 3, 4, ("BRA", 2, 3), proposal=1),
        operation("CAN-0/1", "ballot", "answers yes to P1", 3, None, proposal=1),
        operation("BRA-0/2", "note", "notes: BRA-0-2-y", 7, 10, ("BRA", 3, 4), final=False),
        operation("CAN-0/2", "ballot", "answers no to P1", 11, 12, ("CAN", 3, 5),
                  accepted=False, proposal=1),
        read("AUT-0/2", "status", 13, 14, {"height": 5}),
        read("BRA-0/3", "proposal", 13, 14, copy.deepcopy(PROPOSAL), proposal=1)]
    for seat in SEATS:
        run.feeds[seat] = copy.deepcopy(
            [{"t": 3, "after": [0, 0], "cursor": [3, 1], "events": FEED[:4]},
             {"t": 4, "after": [3, 1], "cursor": [5, 1], "events": FEED[4:]}])
        run.logs[seat] = ["level=info mod=node msg=\"comityd serves\""]
        run.finals[seat, "end"] = copy.deepcopy(dump)
        run.finals[seat, "restarted"] = copy.deepcopy(dump)
        run.samples.append({"t": 1, "seat": seat, "anonymous_kib": 500, "peak_kib": 900})
    return run


def named(run, name):
    return next(one for one in run.history if one.name == name)


class ChecksTest(unittest.TestCase):
    def refuse(self, run, *names):
        said = check(run)
        found = {name for name, _ in said}
        refused.update(found & set(names))
        for name in names:
            self.assertIn(name, found, said)

    def test_a_good_life_is_good(self):
        self.assertEqual(check(good()), [])

    def test_a_life_given_up(self):
        run = good()
        run.events.append({"t": 40, "event": "gave_up", "text": "stuck"})
        self.refuse(run, "the_life_ended_as_planned")
        run = good()
        run.events = [one for one in run.events if one["event"] != "ended"]
        self.refuse(run, "the_life_ended_as_planned")
        run = good()
        del run.finals["DNK", "restarted"]
        self.refuse(run, "the_life_ended_as_planned")

    def test_a_life_without_deeds(self):
        run = good()
        run.history = [one for one in run.history if one.kind != "propose"]
        self.refuse(run, "something_was_tried")
        run = good()
        run.events = [one for one in run.events if one["event"] not in ("healed", "calm")]
        self.refuse(run, "something_was_tried")

    def test_a_daemon_that_dies(self):
        for code, expected in ((-6, None), (1, None), (-6, "killed"), (1, "terminated"),
                               (-11, "full")):
            run = good()
            run.events.append({"t": 9, "event": "exit", "seat": "CAN", "code": code,
                               "expected": expected})
            self.refuse(run, "no_daemon_ended_by_itself")
        run = good()
        run.events.append({"t": 9, "event": "hangs", "seat": "CAN", "signal": 15})
        self.refuse(run, "no_daemon_ended_by_itself")

    def test_a_sick_log(self):
        for line in ("==7==ERROR: AddressSanitizer: heap-use-after-free",
                     "x.c:1:2: runtime error: signed integer overflow",
                     "comityd: node.c:3: f: Assertion `a' failed.",
                     "forum=storm AUT signed two conflicting votes in view 7: kept as evidence",
                     "forum=storm ordering stopped: x", "this daemon observes and signs nothing"):
            run = good()
            run.logs["AUT"].append(line)
            self.refuse(run, "logs_are_healthy")

    def test_a_daemon_without_bounds(self):
        run = good()
        run.samples[2]["anonymous_kib"] = 1001
        self.refuse(run, "memory_is_bounded")
        run.samples = []
        self.refuse(run, "memory_is_bounded")

    def test_no_progress_after_calm(self):
        run = good()
        run.events.append({"t": 9, "event": "calm", "storm": 1})
        self.refuse(run, "everybody_goes_on_after_a_storm")
        run.events.append({"t": 99, "event": "healed", "storm": 1, "seconds": 31})
        self.refuse(run, "everybody_goes_on_after_a_storm")

    def silent(self, *steps):
        """A good life whose record did not grow from 10 to 60, and what was done meanwhile."""
        run = good()
        run.events += [{"t": 8, "event": "healed", "storm": 1, "seconds": 1},
                       {"t": 60, "event": "healed", "storm": 2, "seconds": 1}]
        for seat in SEATS:
            run.feeds[seat][0]["t"], run.feeds[seat][1]["t"] = 9, 10
        for seat, event in (("AUT", 9), ("CAN", 9), ("DNK", 9)):
            run.events.append({"t": event, "event": "start", "seat": seat})
        for t, event, *rest in steps:
            told = {"event": "step", "action": event, "arguments": rest}
            if event in ("exit", "start", "loss"):
                told = {"event": event, "seat": rest[0], "code": -9, "expected": "killed",
                        "how": "journal"}
            run.events.append({"t": t, **told})
        run.events.sort(key=lambda one: one["t"])
        return "a_whole_quorum_goes_on" in {name for name, _ in check(run)}

    def test_a_quorum_that_stands_still(self):
        apart = [[0, 1], [1, 0]]
        self.assertTrue(self.silent())
        self.assertTrue(self.silent((11, "cut", [[0, 1], [0, 2], [0, 3]])))
        self.assertTrue(self.silent((11, "exit", "DNK")))
        self.assertTrue(self.silent((11, "pause", 3), (30, "go_on", 3, False)))
        self.assertTrue(self.silent((11, "lose", 20, []), (12, "exit", "DNK")) is False)
        self.assertFalse(self.silent((11, "exit", "DNK"), (12, "cut", apart)))
        self.assertFalse(self.silent((11, "exit", "DNK"), (12, "pause", 0)))
        self.assertFalse(self.silent((11, "exit", "DNK"), (12, "exit", "CAN")))
        self.assertFalse(self.silent((11, "fill", 0), (12, "clock", 1, 5)))
        self.assertFalse(self.silent((11, "cut_leader")))
        self.assertFalse(self.silent((11, "cut", [[0, 1], [2, 3]])))
        run = good()
        run.events += [{"t": 8, "event": "healed", "storm": 1, "seconds": 1},
                       {"t": 60, "event": "healed", "storm": 2, "seconds": 1}]
        self.refuse(run, "a_whole_quorum_goes_on")

    def test_two_records(self):
        run = good()
        run.finals["CAN", "end"]["blocks"][3]["hash"] = "other"
        self.refuse(run, "records_are_one")
        run = good()
        for key in run.finals:
            run.finals[key]["blocks"].pop(2)
        self.refuse(run, "records_are_one")
        run = good()
        run.finals["CAN", "restarted"]["blocks"].pop()
        self.refuse(run, "records_are_one")
        run = good()
        run.finals["CAN", "end"]["hash"] = "other"
        self.refuse(run, "records_are_one")

    def test_a_record_that_shrinks(self):
        run = good()
        run.finals["CAN", "restarted"]["height"] = 4
        self.refuse(run, "a_restart_takes_nothing_away")

    def test_a_number_left_out(self):
        run = good()
        for dump in run.finals.values():
            dump["blocks"][3]["acts"][0][1] = 4
        self.refuse(run, "seats_number_their_acts", "no_acknowledged_act_is_lost")

    def test_two_acts_under_one_number(self):
        run = good()
        one = operation("BRA-0/9", "note", "notes: BRA-0-9-z", 7, 8, ("BRA", 3, 4))
        one.type, one.answer["act"] = "fail", "another"  # It was told that another is there.
        run.history.append(one)
        self.refuse(run, "no_slot_is_signed_twice")

    def test_an_act_twice(self):
        run = good()
        for dump in run.finals.values():
            dump["blocks"][4]["acts"].append(act("BRA", 3, "note", "notes: BRA-0-2-y xxx"))
        self.refuse(run, "no_act_is_there_twice")
        run = good()  # Proposed twice, under two numbers.
        for dump in run.finals.values():
            dump["blocks"][4]["acts"].append(act("AUT", 3, "propose", 'proposes "AUT-0-1-x"'))
        self.refuse(run, "no_act_is_there_twice", "no_seat_says_what_it_was_not_told")

    def test_a_lost_act(self):
        run = good()
        for dump in run.finals.values():
            dump["blocks"][3]["acts"] = []
        self.refuse(run, "no_acknowledged_act_is_lost")
        run = good()
        named(run, "CAN-0/2").answer["height"] = 4
        self.refuse(run, "no_acknowledged_act_is_lost")
        run = good()
        named(run, "CAN-0/2").answer["accepted"] = True
        self.refuse(run, "no_acknowledged_act_is_lost")

    def test_what_was_lost_with_the_files_is_excused_only_then(self):
        run = good()
        for dump in run.finals.values():
            dump["blocks"][3]["acts"] = []
            dump["blocks"][4]["acts"] = []
        run.events.append({"t": 10.5, "event": "loss", "seat": "BRA", "how": "journal"})
        self.assertNotIn("BRA-0/2", str(check(run)))
        run.events[-1]["t"] = 9.5
        self.assertIn("BRA-0/2", str(check(run)))

    def test_a_refused_act_is_done(self):
        run = good()
        one = named(run, "BRA-0/2")
        one.type, one.answer = "fail", {"code": "COMITY_CLOSED"}
        self.refuse(run, "a_refused_act_is_not_done")

    def test_what_a_daemon_forgot_with_its_files_it_may_refuse(self):
        run = good()
        run.events.append({"t": 8.5, "event": "loss", "seat": "BRA", "how": "journal"})
        for key in run.finals:
            if key[0] == "BRA":
                run.finals[key]["observing"] = True
        one = named(run, "BRA-0/2")
        one.type, one.answer = "fail", {"code": "COMITY_BUSY"}
        self.assertEqual({name for name, _ in check(run)}, {"something_was_tried"})

    def test_an_act_nobody_asked_for(self):
        run = good()
        run.history.remove(named(run, "CAN-0/1"))
        self.refuse(run, "no_seat_says_what_it_was_not_told")
        run = good()
        named(run, "BRA-0/1").arguments["line"] = "answers no to P1"
        self.refuse(run, "no_seat_says_what_it_was_not_told")

    def test_an_order_against_time(self):
        run = good()
        named(run, "AUT-0/1").invoked = 13
        named(run, "AUT-0/1").ended = 14
        self.refuse(run, "order_is_that_of_real_time")
        run = good()  # Within one seat also what was only acknowledged.
        one = named(run, "BRA-0/1")
        one.invoked, one.ended, one.answer["final"] = 11, 12, False
        self.refuse(run, "order_is_that_of_real_time")

    def test_a_verdict_taken_back(self):
        for change in ({"verdict": "rejected"}, {"said": "3 yes"}, {"decided_height": 4}):
            run = good()
            run.finals["CAN", "restarted"]["proposals"]["1"].update(change)
            self.refuse(run, "verdicts_stay")
            run = good()
            named(run, "BRA-0/3").answer.update(change)
            self.refuse(run, "verdicts_stay")
        run = good()
        run.finals["CAN", "restarted"]["proposals"]["1"].update(verdict="open")
        self.refuse(run, "verdicts_stay")
        run = good()
        run.finals["CAN", "restarted"]["proposals"]["1"].update(decided_height=0, verdict="open")
        self.refuse(run, "verdicts_stay")
        run = good()
        run.feeds["AUT"][1]["events"][1][6] = "lapsed"
        self.refuse(run, "verdicts_stay", "feeds_have_no_gap_and_no_repeat")

    def test_a_stale_answer(self):
        run = good()
        named(run, "AUT-0/2").answer["height"] = 1
        self.refuse(run, "answers_are_not_stale")
        run = good()
        run.history.append(read("CAN-0/3", "proposal", 13, 14, dict(
            PROPOSAL, decided_height=0, verdict="open"), proposal=1))
        self.refuse(run, "answers_are_not_stale")
        run = good()
        run.events.append({"t": 12.5, "event": "start", "seat": "AUT"})
        named(run, "AUT-0/2").answer["height"] = 1
        self.assertEqual(check(run), [])  # A new start may be behind.

    def test_a_ballot_forgotten(self):
        run = good()
        run.history.append(operation("CAN-0/9", "ballot", "answers yes to P1", 3.1, 4,
                                     ("CAN", 2, 3), proposal=1))
        answer = dict(PROPOSAL, ballots={"BRA": "BRA2"})
        run.history.append(read("CAN-0/10", "proposal", 13, 14, answer, proposal=1))
        self.refuse(run, "answers_are_not_stale")

    def test_a_feed_with_a_gap_or_a_repeat(self):
        run = good()
        run.feeds["BRA"][1]["events"] = FEED[5:]
        self.refuse(run, "feeds_have_no_gap_and_no_repeat")
        run = good()
        run.feeds["BRA"][1]["events"] = FEED[3:]
        self.refuse(run, "feeds_have_no_gap_and_no_repeat")
        run = good()
        run.feeds["BRA"].pop()
        self.refuse(run, "feeds_have_no_gap_and_no_repeat")
        run = good()
        run.feeds["BRA"][0]["cursor"] = [3, 2]
        self.refuse(run, "feeds_have_no_gap_and_no_repeat")
        run = good()
        run.feeds["BRA"].append({"failure": "COMITY_DAMAGED", "text": "", "at": [5, 1]})
        self.refuse(run, "feeds_have_no_gap_and_no_repeat")
        run = good()
        run.finals["BRA", "end"]["feed"].pop()
        self.refuse(run, "feeds_have_no_gap_and_no_repeat")
        run = good()
        for dump in run.finals.values():
            dump["feed"][4][1] = 3
        self.refuse(run, "feeds_have_no_gap_and_no_repeat")

    def test_a_daemon_that_signs_after_its_files_were_lost(self):
        run = good()
        run.events.append({"t": 5, "event": "loss", "seat": "CAN", "how": "journal"})
        self.refuse(run, "whoever_lost_files_observes")
        for key in run.finals:
            if key[0] == "CAN":
                run.finals[key]["observing"] = True
        self.refuse(run, "whoever_lost_files_observes")  # It answered a ballot at 11.
        run.events[-1]["t"] = 12.5
        self.assertEqual(check(run), [])

    def test_an_observer_without_reason_and_an_alarm(self):
        run = good()
        run.finals["DNK", "end"]["observing"] = True
        self.refuse(run, "whoever_lost_files_observes")
        run = good()
        run.finals["DNK", "end"]["alarm"] = "the state diverged"
        self.refuse(run, "whoever_lost_files_observes")

    def test_an_old_copy_must_be_noticed_once_something_was_signed(self):
        run = good()
        run.events += [{"t": 2.5, "event": "backup", "seat": "BRA"},
                       {"t": 6, "event": "loss", "seat": "BRA", "how": "old copy"}]
        self.refuse(run, "whoever_lost_files_observes")
        run.events[-2]["t"] = 5
        self.assertEqual(check(run), [])

    def test_evidence(self):
        run = good()
        for dump in run.finals.values():
            dump["blocks"][4]["acts"].append(act("DNK", 2, "evidence", "shows that AUT signed"))
        self.refuse(run, "nobody_is_accused")

    def test_an_answer_that_cannot_be_read(self):
        run = good()
        one = named(run, "BRA-0/3")
        one.type, one.answer = "broken", {"text": "malformed"}
        self.refuse(run, "answers_are_sound")

    def test_a_life_comes_back_from_its_files_as_it_was_written(self):
        tellings = [{"t": 1, "op": "AUT-0/1", "type": "invoke", "seat": "AUT", "kind": "note",
                     "line": "notes: x", "proposal": 0},
                    {"t": 2, "op": "AUT-0/1", "type": "ok", "act": "a", "seq": 2, "final": True,
                     "accepted": True, "height": 3, "attempt": 0},
                    {"t": 3, "op": "AUT-0/2", "type": "invoke", "seat": "AUT", "kind": "note",
                     "line": "notes: y", "proposal": 0},
                    {"t": 4, "op": "AUT-0/2", "type": "unknown"},
                    {"t": 5, "op": "AUT-0/3", "type": "invoke", "seat": "AUT", "kind": "note",
                     "line": "notes: z", "proposal": 0}]
        with tempfile.TemporaryDirectory() as place:
            for name in ("history", "feeds", "final", "AUT"):
                os.mkdir(os.path.join(place, name))
            with open(os.path.join(place, "run.json"), "w") as file:
                json.dump({"seats": ["AUT"]}, file)
            with open(os.path.join(place, "AUT", "log"), "wb") as file:
                file.write(b"one\n\xff two\n")
            with open(os.path.join(place, "history", "AUT-0.jsonl"), "w") as file:
                file.write("".join(json.dumps(one) + "\n" for one in tellings))
            run = checks.load(place)
        self.assertEqual([(one.type, one.ended) for one in run.history],
                         [("ok", 2), ("unknown", None), ("unknown", None)])
        self.assertEqual(len(run.logs["AUT"]), 2)

    def test_zz_every_check_was_seen_to_refuse(self):
        self.assertEqual({one.__name__ for one in checks.CHECKS}, refused)


if __name__ == "__main__":
    unittest.main()
