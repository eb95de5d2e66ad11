# SPDX-License-Identifier: Apache-2.0
"""What must be true of a life, whatever befell it: pure functions over what was written down.

Each check takes a Run and yields a sentence for each thing that is wrong. Nothing here knows how
the faults were made; tests/cluster/check_test.py shows each check a life it must refuse.
"""

import json
import os
import re
from collections import Counter, defaultdict
from dataclasses import dataclass, field
from itertools import combinations

SICK = re.compile(r"Sanitizer|runtime error:|[Aa]ssert|SUMMARY:|signed two|diverged|"
                  r"ordering stopped|guard refused|forged|commits to another state|damaged|"
                  r"cannot be kept|could not be kept|stays closed")
# Files taken away are damage, and said so.
SICK_IF_WHOLE = re.compile(r"observes and signs nothing|orders nothing")


@dataclass
class Run:
    """A life as it was written down. Times are seconds of one clock."""
    run: dict = field(default_factory=dict)
    events: list = field(default_factory=list)
    history: list = field(default_factory=list)    # Operations, see Operation.
    feeds: dict = field(default_factory=dict)      # Seat -> pages.
    finals: dict = field(default_factory=dict)     # (seat, phase) -> dump.
    samples: list = field(default_factory=list)
    logs: dict = field(default_factory=dict)       # Seat -> lines.


@dataclass
class Operation:
    name: str
    seat: str
    kind: str
    invoked: float
    arguments: dict
    ended: float = None     # None: never; it may still happen.
    type: str = "unknown"   # ok fail unknown
    answer: dict = field(default_factory=dict)


def _lines(path):
    with open(path, errors="replace") as file:
        return file.read().splitlines()


def _objects(path):
    return [json.loads(line) for line in _lines(path)] if os.path.exists(path) else []


def pair(tellings):
    """Invocations and their ends -> operations."""
    operations, open_ones = [], {}
    for told in tellings:
        if told["type"] == "invoke":
            arguments = {name: value for name, value in told.items()
                         if name not in ("t", "op", "type", "seat", "kind")}
            one = Operation(told["op"], told["seat"], told["kind"], told["t"], arguments)
            open_ones[told["op"]] = one
            operations.append(one)
        else:
            one = open_ones.pop(told["op"])
            one.type, one.answer = told["type"], told
            if told["type"] != "unknown":
                one.ended = told["t"]
    return operations


def load(directory):
    run = Run()
    with open(os.path.join(directory, "run.json")) as file:
        run.run = json.load(file)
    run.events = _objects(os.path.join(directory, "events.jsonl"))
    run.samples = _objects(os.path.join(directory, "samples.jsonl"))
    for name in sorted(os.listdir(os.path.join(directory, "history"))):
        run.history += pair(_objects(os.path.join(directory, "history", name)))
    run.history.sort(key=lambda one: one.invoked)
    for seat in run.run["seats"]:
        run.feeds[seat] = _objects(os.path.join(directory, "feeds", seat + ".jsonl"))
        run.logs[seat] = _lines(os.path.join(directory, seat, "log"))
        for phase in ("end", "restarted"):
            path = os.path.join(directory, "final", f"{seat}.{phase}.json")
            if os.path.exists(path):
                with open(path) as file:
                    run.finals[seat, phase] = json.load(file)
    return run


# --- What several checks need ---

def events_of(run, event):
    return [one for one in run.events if one["event"] == event]


def losses(run):
    """Seat -> when its files were taken."""
    return {one["seat"]: one["t"] for one in events_of(run, "loss")}


def longest(run):
    """The longest record, as blocks."""
    return max((dump["blocks"] for dump in run.finals.values()), key=len, default=[])


def record_acts(blocks):
    """Each act with its place: (seat, seq, kind, id, line, accepted, outcome), height, position."""
    position = 0
    for block in blocks:
        for act in block["acts"]:
            yield act, block["height"], position
            position += 1


def acts_by_id(run):
    found = {}
    for act, height, position in record_acts(longest(run)):
        found.setdefault(act[3], (act, height, position))
    return found


def _settled(run, phase):
    """The height that everybody had in the end, or after the restart; deadlines may add to it."""
    return max((one["height"] for one in events_of(run, "settled") if one["phase"] == phase),
               default=0)


def submitted(run):
    return [one for one in run.history if one.kind != "read"]


def forgotten(run):
    """Operations in the middle of which their daemon's files were taken, and what it knew of
    them: it may refuse, or do again, what it did before."""
    lost = losses(run)
    return {one.name for one in submitted(run) if one.seat in lost and
            one.invoked < lost[one.seat] and (one.ended is None or one.ended > lost[one.seat])}


# --- The checks ---

def the_life_ended_as_planned(run):
    for one in events_of(run, "gave_up"):
        yield f"the harness gave up: {one['text']}"
    if not events_of(run, "ended") and not events_of(run, "gave_up"):
        yield "the life has no end"
    for seat in run.run["seats"]:
        for phase in ("end", "restarted"):
            if (seat, phase) not in run.finals and events_of(run, "ended"):
                yield f"{seat} showed no record ({phase})"


def something_was_tried(run):
    good = Counter(one.kind for one in submitted(run) if one.type == "ok" and
                   one.answer["accepted"])
    for kind in ("propose", "ballot", "note"):
        if good[kind] == 0:
            yield f"no act of kind {kind} was accepted: this life shows nothing"
    if not events_of(run, "healed"):
        yield "no storm was outlived: this life shows nothing"


def no_daemon_ended_by_itself(run):
    for one in events_of(run, "exit"):
        expected = one["expected"]
        good = (expected == "killed" and one["code"] == -9) or \
            (expected == "terminated" and one["code"] == 0) or \
            (expected == "full" and one["code"] == 1)
        if not good:
            yield f"{one['seat']} ended with {one['code']} ({expected or 'by itself'}) " \
                  f"at {one['t']}"
    for one in events_of(run, "hangs"):
        yield f"{one['seat']} did not end within its time at {one['t']}"


def logs_are_healthy(run):
    lost = losses(run)
    for seat, lines in run.logs.items():
        for line in lines:
            if SICK.search(line) or (seat not in lost and SICK_IF_WHOLE.search(line)):
                yield f"the log of {seat}: {line[:200]}"


def memory_is_bounded(run):
    most = defaultdict(int)
    for one in run.samples:
        most[one["seat"]] = max(most[one["seat"]], one["anonymous_kib"])
    for seat, kib in most.items():
        if kib > run.run["memory_kib"]:
            yield f"{seat} held {kib} KiB of {run.run['memory_kib']}"
    if not most:
        yield "no memory was measured"


def everybody_goes_on_after_a_storm(run):
    healed = {one["storm"]: one["seconds"] for one in events_of(run, "healed")}
    for one in events_of(run, "calm"):
        seconds = healed.get(one["storm"])
        if seconds is None:
            yield f"after storm {one['storm']} not everybody went on"
        elif seconds > run.run["progress_s"]:
            yield f"after storm {one['storm']} it took {seconds} s"


class Weather:
    """What the steps of a life left whole, as they come: which daemons can work, who hears whom.

    A daemon that anything but a cut was done to counts as hurt until the next calm: its links,
    its disk and its clock need their time."""

    def __init__(self, seats):
        self.seats = seats
        self.up, self.lossy = set(), set()
        self.calm()

    def calm(self):
        self.hurt, self.cut, self.blind = set(), set(), False

    def take(self, event):
        kind = event["event"]
        if kind == "start":
            self.up.add(event["seat"])
        elif kind == "exit":
            self.up.discard(event["seat"])
        elif kind == "loss":
            self.lossy.add(event["seat"])
        elif kind == "calm":
            self.calm()
        elif kind == "step":
            action, arguments = event["action"], event["arguments"]
            if action == "cut":
                self.cut = {(self.seats[a], self.seats[b]) for a, b in arguments[0]}
            elif action in ("cut_leader", "lose"):
                self.blind = True  # Nobody is sure to hear anybody.
            elif action in ("link", "pause", "fill", "clock"):
                self.hurt.add(self.seats[arguments[0]])

    def holds(self, group):
        return not self.blind and group <= self.up - self.lossy - self.hurt and not any(
            a in group and b in group for a, b in self.cut)


def a_whole_quorum_goes_on(run):
    """While a quorum is untouched and hears each other, whatever is done to the rest, its record
    grows: its feeds show a new height at least every so often. Clients always have something."""
    patience = run.run["quorum_s"]
    end = max((one["t"] for one in events_of(run, "healed")), default=0)
    begin = min((one["t"] for one in events_of(run, "healed")), default=0)
    grown = defaultdict(list)
    for seat, pages in run.feeds.items():
        grown[seat] = [page["t"] for page in pages if page.get("events")]
    for group in map(set, combinations(run.run["seats"], run.run["quorum"])):
        weather, since = Weather(run.run["seats"]), None
        for event in [*(one for one in run.events if one["t"] < end), {"t": end, "event": "end"}]:
            weather.take(event)
            whole = weather.holds(group) and event["t"] >= begin and event["event"] != "end"
            if whole and since is None:
                since = event["t"]
            if whole or since is None:
                continue
            times = sorted(t for seat in group for t in grown[seat] if since < t < event["t"])
            for before, after in zip([since, *times], [*times, event["t"]]):
                if after - before > patience:
                    yield f"{', '.join(sorted(group))} heard each other from {before} to " \
                          f"{after}, and their record did not grow"
            since = None


def records_are_one(run):
    """Of two records one begins with the other, heights are consecutive, and each reaches what all
    had when they were left alone."""
    reference = longest(run)
    for height, block in enumerate(reference, 1):
        if block["height"] != height:
            yield f"height {height} is missing from the record"
            return
    for (seat, phase), dump in run.finals.items():
        for ours, theirs in zip(dump["blocks"], reference):
            if ours != theirs:
                yield f"{seat} ({phase}) has another block at height {ours['height']}"
                break
    for (seat, phase), dump in run.finals.items():
        if len(dump["blocks"]) < _settled(run, phase):
            yield f"{seat} ({phase}) has {len(dump['blocks'])} blocks of {_settled(run, phase)}"
        if 0 < dump["height"] <= len(dump["blocks"]) and \
                dump["hash"] != dump["blocks"][dump["height"] - 1]["hash"]:
            yield f"{seat} ({phase}) names another last block than its record has"


def a_restart_takes_nothing_away(run):
    for seat in run.run["seats"]:
        before, after = run.finals.get((seat, "end")), run.finals.get((seat, "restarted"))
        if before and after and after["height"] < before["height"]:
            yield f"{seat} had height {before['height']}, after its restart {after['height']}"


def seats_number_their_acts(run):
    last = Counter()
    for act, height, _ in record_acts(longest(run)):
        if act[1] != last[act[0]] + 1:
            yield f"{act[0]}'s act {act[1]} at height {height} follows its {last[act[0]]}"
        last[act[0]] = act[1]


def no_slot_is_signed_twice(run):
    """Whatever was lost: no daemon ever gives two acts one number."""
    slots = {(act[0], act[1]): act[3] for act, _, _ in record_acts(longest(run))}
    for one in submitted(run):
        if "act" in one.answer:
            slot, name = (one.seat, one.answer["seq"]), one.answer["act"]
            if slots.setdefault(slot, name) != name:
                yield f"{one.seat} signed {name[:12]} ({one.name}) and {slots[slot][:12]} under " \
                      f"number {slot[1]}"


def no_act_is_there_twice(run):
    ids, words = Counter(), Counter()
    for act, _, _ in record_acts(longest(run)):
        ids[act[3]] += 1
        if act[2] in ("note", "propose"):
            words[" ".join(act[4].split(" ")[:2])] += 1  # Each has a token of its own.
    forgot = forgotten(run)
    excused = {one.arguments["line"] for one in submitted(run) if one.name in forgot}
    for name, count in list(ids.items()) + list(words.items()):
        if count > 1 and name not in excused:
            yield f"{name[:80]} is in the record {count} times"


def no_acknowledged_act_is_lost(run):
    known, lost = acts_by_id(run), losses(run)
    if not run.finals:
        return
    for one in submitted(run):
        if one.type != "ok":
            continue
        answer, taken = one.answer, lost.get(one.seat)
        found = known.get(answer["act"])
        if found is None:
            # Its only place may have been the files that were taken.
            if answer["final"] or taken is None or one.ended > taken:
                yield f"{one.name} ({one.kind}, seq {answer['seq']}) was acknowledged at " \
                      f"{one.ended} and is not in the record"
            continue
        act, height, _ = found
        if act[1] != answer["seq"] or act[0] != one.seat:
            yield f"{one.name} was told seq {answer['seq']}, the record says {act[0]} {act[1]}"
        if answer["final"] and (height != answer["height"] or act[5] != answer["accepted"]):
            yield f"{one.name} was told height {answer['height']}, accepted: " \
                  f"{answer['accepted']}; the record says {height}, {act[5]}"


def a_refused_act_is_not_done(run):
    words = {act[4] for act, _, _ in record_acts(longest(run)) if act[2] in ("note", "propose")}
    forgot = forgotten(run)
    for one in submitted(run):
        if one.type == "fail" and one.kind in ("note", "propose") and one.name not in forgot:
            said = one.arguments["line"]
            if any(word == said or word.startswith(said + " ") for word in words):
                yield f"{one.name} was refused ({one.answer.get('code')}) and is in the record"


def _says(line, wanted, kind):
    return line == wanted or (kind == "note" and line.startswith(wanted + " "))


def no_seat_says_what_it_was_not_told(run):
    """Each act in the record is one that a client asked for: by its id, or else by its words, as
    often as clients were left without an answer."""
    by_id = {one.answer["act"]: one for one in submitted(run) if one.type == "ok"}
    left, forgot = defaultdict(list), forgotten(run)
    for one in submitted(run):
        if one.type == "unknown" or (one.type == "fail" and one.name in forgot):
            left[one.seat, one.kind].append(one)
    for act, height, _ in record_acts(longest(run)):
        seat, seq, kind, name, line = act[:5]
        one = by_id.get(name)
        if one is not None:
            if one.seat != seat or one.kind != kind or \
                    not _says(line, one.arguments["line"], kind):
                yield f"{seat} {seq} says \"{line[:80]}\"; {one.name} asked for " \
                      f"\"{one.arguments['line']}\""
            continue
        if kind in ("join", "convene") and seq == 1:
            continue
        maybe = [one for one in left[seat, kind] if _says(line, one.arguments["line"], kind)]
        if not maybe:
            yield f"nobody asked {seat} for its act {seq} at height {height}: {line[:80]}"
        else:
            left[seat, kind].remove(maybe[0])


def order_is_that_of_real_time(run):
    """Final before another was asked for: earlier in the record. And of one seat: acknowledged
    before another was asked for, a lower number."""
    known = acts_by_id(run)
    done = [(one, *known[one.answer["act"]]) for one in submitted(run)
            if one.type == "ok" and one.answer["act"] in known]
    by_end = sorted((entry for entry in done if entry[0].answer["final"]),
                    key=lambda entry: entry[0].ended)
    index, furthest, name = 0, -1, ""
    for one, _, _, position in sorted(done, key=lambda entry: entry[0].invoked):
        while index < len(by_end) and by_end[index][0].ended < one.invoked:
            if by_end[index][3] > furthest:
                furthest, name = by_end[index][3], by_end[index][0].name
            index += 1
        if position < furthest:
            yield f"{one.name} stands in the record before {name}, which was final when it began"
    for seat in run.run["seats"]:
        ours = [one for one, *_ in done if one.seat == seat]
        ours_by_end = sorted(ours, key=lambda one: one.ended)
        index, highest, name = 0, -1, ""
        for one in sorted(ours, key=lambda one: one.invoked):
            while index < len(ours_by_end) and ours_by_end[index].ended < one.invoked:
                if ours_by_end[index].answer["seq"] > highest:
                    highest, name = ours_by_end[index].answer["seq"], ours_by_end[index].name
                index += 1
            if one.answer["seq"] < highest:
                yield f"{one.name} has number {one.answer['seq']}, lower than that of {name}, " \
                      "acknowledged before"


def _decisions(run):
    """Everything anybody was ever told of a verdict: (proposal, who, verdict, line)."""
    for seat, pages in run.feeds.items():
        for page in pages:
            for event in page.get("events", ()):
                if event[2] == "verdict":
                    yield event[4], f"the feed of {seat}", event[6], None, event[0]
    for one in run.history:
        answer = one.answer
        if one.kind == "read" and one.type == "ok" and answer.get("decided_height"):
            yield (one.arguments["proposal"], f"{one.name} at {one.ended}", answer["verdict"],
                   answer["said"], answer["decided_height"])
    for (seat, phase), dump in run.finals.items():
        for number, seen in dump["proposals"].items():
            if seen["decided_height"]:
                yield (int(number), f"{seat} ({phase})", seen["verdict"], seen["said"],
                       seen["decided_height"])


def verdicts_stay(run):
    first = {}
    for proposal, who, verdict, line, height in _decisions(run):
        if verdict == "open":
            yield f"P{proposal} is decided and open, says {who}"
        before = first.setdefault(proposal, [who, verdict, line, height])
        if before[2] is None:
            before[2] = line
        if (verdict, height) != (before[1], before[3]) or (line and before[2] != line):
            yield f"P{proposal} is {verdict} ({line}) at {height}, says {who}; {before[0]} said " \
                  f"{before[1]} ({before[2]}) at {before[3]}"
    for (seat, phase), dump in run.finals.items():
        for number in first:
            seen = dump["proposals"].get(str(number))
            if first[number][3] <= dump["height"] and not (seen and seen["decided_height"]):
                yield f"P{number} was decided, and {seat} ({phase}) does not know it"


def answers_are_not_stale(run):
    """While a daemon runs, what it showed once it shows for ever: heights, verdicts, and its own
    seat's last final ballot. A new start may show less for a while."""
    starts = defaultdict(list)
    for one in events_of(run, "start"):
        starts[one["seat"]].append(one["t"])
    numbers = {act[3]: act[1] for act, _, _ in record_acts(longest(run))}

    def life_of(seat, begin, end):
        """Which start of the daemon answered; None if there was one in between."""
        before = sum(1 for t in starts[seat] if t <= begin)
        return before if before == sum(1 for t in starts[seat] if t <= end) else None
    told = defaultdict(list)  # (seat, start) -> (when, height, what)
    for one in run.history:
        if one.type != "ok":
            continue
        height = one.answer.get("height") or one.answer.get("decided_height") or 0
        life = life_of(one.seat, one.invoked, one.ended)
        if height and life is not None:
            told[one.seat, life].append((one.ended, height, one.name))
    for tellings in told.values():
        tellings.sort()
    ballots = defaultdict(list)  # (seat, proposal) -> (when, seq)
    for one in run.history:
        if one.kind == "ballot" and one.type == "ok" and one.answer["final"] and \
                one.answer["accepted"]:
            ballots[one.seat, one.arguments["proposal"]].append((one.ended, one.answer["seq"],
                                                                 one.invoked))
    decided = {}
    for proposal, _, _, _, height in _decisions(run):
        decided[proposal] = min(height, decided.get(proposal, height))
    for one in run.history:
        if one.kind != "read" or one.type != "ok":
            continue
        life = life_of(one.seat, one.invoked, one.ended)
        if life is None:
            continue
        seen = max((entry for entry in told[one.seat, life] if entry[0] < one.invoked),
                   key=lambda entry: entry[1], default=None)
        if one.arguments["what"] == "status":
            if seen and one.answer["height"] < seen[1]:
                yield f"{one.name} was shown height {one.answer['height']} by {one.seat}, " \
                      f"{seen[2]} {seen[1]} before"
            continue
        number = one.arguments["proposal"]
        if seen and number in decided and decided[number] <= seen[1] and \
                not one.answer["decided_height"]:
            yield f"{one.name} was shown P{number} open; it was decided at {decided[number]}, " \
                  f"and {seen[2]} had seen {seen[1]}"
        mine = [seq for when, seq, invoked in ballots[one.seat, number]
                if when < one.invoked and life_of(one.seat, invoked, one.ended) == life]
        shown = numbers.get(one.answer["ballots"].get(one.seat, ""), 0)
        if mine and numbers and shown < max(mine):
            yield f"{one.name} was shown {one.seat}'s ballot {shown} on P{number}, not its " \
                  f"{max(mine)}"


def feeds_have_no_gap_and_no_repeat(run):
    """What a watcher was told, across all restarts of its daemon, is what is told now from the
    beginning, and each page begins where the one before ended."""
    whole = None
    for (seat, phase), dump in run.finals.items():
        if whole is None or len(dump["feed"]) > len(whole):
            whole = dump["feed"]
    for (seat, phase), dump in run.finals.items():
        if whole[:len(dump["feed"])] != dump["feed"] or \
                len(dump["feed"]) < _events_until(whole, dump["height"]):
            yield f"{seat} ({phase}) tells another feed than others"
    places = [tuple(event[:2]) for event in whole or ()]
    for before, after in zip(places, places[1:]):
        if after not in ((before[0], before[1] + 1), (after[0], 1)) or after <= before:
            yield f"the feed goes from {before} to {after}"
    for seat, pages in run.feeds.items():
        at, cursor = 0, [0, 0]
        for page in pages:
            if "failure" in page:
                if page["failure"] not in ("COMITY_NOT_FOUND", "COMITY_BUSY"):
                    yield f"the feed of {seat} failed: {page['failure']} {page['text']}"
                continue
            if page["after"] != cursor:
                yield f"{seat}'s watcher asked after {page['after']}, was at {cursor}"
            cursor = page["cursor"]
            for event in page["events"]:
                if whole is not None and (at >= len(whole) or event != whole[at]):
                    yield f"the feed of {seat} told {event[:7]} where " \
                          f"{whole[at][:7] if at < len(whole) else 'nothing'} stands"
                    whole = None
                at += 1
            if cursor != page["events"][-1][:2]:
                yield f"the cursor {cursor} of {seat} is not its last event's place"
        if whole is not None and at < _events_until(whole, _settled(run, "end")):
            yield f"the feed of {seat} told {at} events of {len(whole)}"


def _events_until(feed, height):
    return sum(1 for event in feed if event[0] <= height)


def whoever_lost_files_observes(run):
    """And signs nothing; everybody else has no reason to."""
    lost = losses(run)
    restored_at = {one["seat"]: one["t"] for one in events_of(run, "backup")}
    how = {one["seat"]: one["how"] for one in events_of(run, "loss")}
    known = acts_by_id(run)
    for (seat, phase), dump in run.finals.items():
        if dump["alarm"]:
            yield f"{seat} ({phase}) raises an alarm: {dump['alarm']}"
        # Of an old copy that nothing was signed after, nobody can tell.
        blameless = how.get(seat) == "old copy" and not any(
            one.seat == seat and one.type == "ok" and one.answer["act"] in known and
            restored_at[seat] < one.ended < lost[seat] for one in submitted(run))
        if seat in lost and not dump["observing"] and not blameless:
            yield f"{seat} ({phase}) lost its files ({how[seat]}) and does not observe"
        if seat not in lost and dump["observing"]:
            yield f"{seat} ({phase}) observes, and its files were whole"
    for one in submitted(run):
        if one.type == "ok" and one.seat in lost and one.invoked > lost[one.seat] + 5 and \
                one.answer["act"] in known and how[one.seat] != "old copy" and \
                one.answer["attempt"] == 0:
            yield f"{one.seat} signed {one.name} at {one.ended}, after its files were lost"


def nobody_is_accused(run):
    """All seats are honest here: evidence against one means that it signed two things."""
    for act, height, _ in record_acts(longest(run)):
        if act[2] == "evidence":
            yield f"{act[0]} at height {height}: {act[4]}"


def answers_are_sound(run):
    for one in run.history:
        if one.type == "broken":
            yield f"{one.name} got an answer it could not read: {one.answer['text']}"


CHECKS = [the_life_ended_as_planned, something_was_tried, no_daemon_ended_by_itself,
          logs_are_healthy, memory_is_bounded, everybody_goes_on_after_a_storm, a_whole_quorum_goes_on, records_are_one,
          a_restart_takes_nothing_away, seats_number_their_acts, no_slot_is_signed_twice, no_act_is_there_twice,
          no_acknowledged_act_is_lost, a_refused_act_is_not_done,
          no_seat_says_what_it_was_not_told, order_is_that_of_real_time, verdicts_stay,
          answers_are_not_stale, feeds_have_no_gap_and_no_repeat, whoever_lost_files_observes,
          nobody_is_accused, answers_are_sound]


def check(run):
    """(check, sentence) for everything that is wrong."""
    return [(one.__name__, sentence) for one in CHECKS for sentence in one(run)]
