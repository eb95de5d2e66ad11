# SPDX-License-Identifier: Apache-2.0
"""Clients that act, watchers that follow the feeds; both write down what they saw, and when.

A client does one thing at a time. Before it asks it writes `invoke`; then one of
    ok       the daemon took it (`final`: it is in the record)
    fail     the daemon refused it: it must not be in the record
    unknown  no answer, or one that leaves it open; it may be in the record, once
An act carries an idempotency key, and is asked for again under it while there is no answer.
"""

import json
import random
import threading
import time

from comity import Comity, Error, Refused, Timeout, acts, client

OPEN_CODES = {"COMITY_FULL", "COMITY_MEMORY", "COMITY_IO"}  # Taken in or not: they do not say.
ANSWERS = ["yes", "no", "object", "abstain"]
FORUM = "storm"


class Clock:
    """Seconds since a life began; one clock for all who write."""

    def __init__(self):
        self.zero = time.monotonic()

    def now(self):
        return round(time.monotonic() - self.zero, 6)


class Sight:
    """What one daemon's feed has shown so far; shared by its watcher and its clients."""

    def __init__(self):
        self.changed = threading.Condition()
        self.open = {}          # Proposal -> kind of rule is not known here; True.
        self.agreements = {}    # Agreement -> proposal.
        self.height = 0
        self.events = 0

    def take(self, event):
        if event.kind == "proposed":
            self.open[event.proposal] = True
        elif event.kind in ("verdict", "retracted"):
            self.open.pop(event.proposal, None)
        elif event.kind == "agreement":
            self.agreements[event.agreement] = event.proposal
        self.height = event.height
        self.events += 1

    def wait_height(self, height, seconds):
        """True once the feed has shown something at this height or above."""
        with self.changed:
            return self.changed.wait_for(lambda: self.height >= height, seconds)


class Teller:
    """One file, one JSON object a line, each at once on its way out."""

    def __init__(self, path, clock):
        self.file = open(path, "w", buffering=1)
        self.clock = clock

    def tell(self, **fields):
        self.file.write(json.dumps({"t": self.clock.now(), **fields}) + "\n")

    def close(self):
        self.file.close()


class Watcher(threading.Thread):
    """Follows one daemon's feed from the beginning, across its restarts, with the cursor."""

    def __init__(self, seat, socket, path, clock):
        super().__init__(daemon=True, name=f"watch {seat}")
        self.seat, self.sight = seat, Sight()
        self.teller = Teller(path, clock)
        self.comity = Comity(socket, forum=FORUM, timeout=2)
        self.ending = threading.Event()

    def run(self):
        cursor = (0, 0)
        while not self.ending.is_set():
            try:
                page = self.comity.ask("get_events", client.GetEvents(
                    height=cursor[0], index=cursor[1], wait_ms=500))
            except Timeout:
                continue
            except Refused as refusal:
                # While a daemon starts it has no forum yet; anything else is the checker's.
                self.teller.tell(failure=refusal.code, text=str(refusal), at=cursor)
                self.ending.wait(0.2)
                continue
            if page.events:
                self.teller.tell(after=cursor, cursor=(page.height, page.index), events=[
                    [one.height, one.index, one.kind, one.seat, one.proposal, one.agreement,
                     one.word, one.line] for one in page.events])
            if page.events and (page.height, page.index) <= cursor:
                self.ending.wait(0.2)  # The same again: for the checker, not for the processor.
            cursor = (page.height, page.index)
            with self.sight.changed:
                for event in page.events:
                    self.sight.take(event)
                self.sight.changed.notify_all()
        self.comity.close()
        self.teller.close()


class Client(threading.Thread):
    def __init__(self, seat, number, socket, path, clock, sight, seed, pace):
        super().__init__(daemon=True, name=f"{seat}-{number}")
        self.seat, self.clock, self.sight, self.pace = seat, clock, sight, pace
        self.rng = random.Random(f"{seed}/{seat}/{number}")
        self.teller = Teller(path, clock)
        self.comity = Comity(socket, forum=FORUM, timeout=1.5)
        self.ending = threading.Event()
        self.operations = 0

    def run(self):
        choices = [(self.propose, 10), (self.ballot, 46), (self.note, 14), (self.ratify, 10),
                   (self.withdraw, 4), (self.endorse, 2), (self.read_proposal, 10),
                   (self.read_status, 4)]
        ways, weights = zip(*choices)
        while not self.ending.is_set():
            self.rng.choices(ways, weights)[0]()
            self.ending.wait(self.rng.expovariate(1 / self.pace))  # They think between acts.
        self.comity.close()
        self.teller.close()

    # What it does.

    def token(self):
        return f"{self.name}-{self.operations}-{self.rng.randrange(1 << 32):08x}"

    def pick(self, things):
        """Of the newest ones, mostly."""
        with self.sight.changed:
            known = sorted(things)
        return self.rng.choice(known[-12:]) if known else None

    def propose(self):
        title = self.token()
        binding = self.rng.random() < 0.7
        draft = client.DraftPropose(
            title=title, rule=self.rng.choice(["majority", "quick", "consensus"]), topic="weather",
            binding=binding)
        self.act("propose", draft, f'proposes "{title}"', text=f"1. {title} is to be kept.")

    def ballot(self):
        proposal = self.pick(self.sight.open)
        if proposal is None:
            return self.propose()
        answer = self.rng.choices(ANSWERS, [70, 15, 3, 12])[0]
        draft = client.DraftBallot(proposal=f"P{proposal}",
                                   answer=acts.Answer.Value("ANSWER_" + answer.upper()))
        return self.act("ballot", draft, f"answers {answer} to P{proposal}", proposal=proposal)

    def note(self):
        token = self.token()
        size = self.rng.choice([0, 100, 2000, 40000])
        self.act("note", client.DraftTarget(), f"notes: {token}", text=f"{token} " + "x" * size)

    def ratify(self):
        agreement = self.pick(self.sight.agreements)
        if agreement is None:
            return self.ballot()
        kind = self.rng.choice(["ratify", "accede"])
        word = "ratifies" if kind == "ratify" else "accedes to"
        return self.act(kind, client.DraftConsent(agreement=f"A{agreement}"),
                        f"{word} A{agreement}")

    def withdraw(self):
        agreement = self.pick(self.sight.agreements)
        if agreement is None:
            return self.ballot()
        back = self.rng.random() < 0.3
        said = "takes back its notice to leave" if back else "gives notice to leave"
        return self.act("withdraw",
                        client.DraftWithdraw(agreement=f"A{agreement}", taken_back=back),
                        f"{said} A{agreement}")

    def endorse(self):
        agreement = self.pick(self.sight.agreements)
        if agreement is None:
            return self.ballot()
        proposal = self.sight.agreements[agreement]
        kind = self.rng.choice(["endorse", "condemn"])
        return self.act(kind, client.DraftTarget(target=f"A{agreement}"),
                        f"{kind}s P{proposal}")

    def act(self, kind, draft, line, text="", proposal=0, wait_ms=None, attempts=None):
        """`line`: the words of this act in the record, or their beginning."""
        self.operations += 1
        key = self.rng.randbytes(16)
        if wait_ms is None:
            wait_ms = self.rng.choice([0, 300, 1500, 4000])
        message = client.Submit(key=key, wait_ms=wait_ms, text=text)
        getattr(message, kind).CopyFrom(draft)
        operation = f"{self.name}/{self.operations}"
        self.teller.tell(op=operation, type="invoke", seat=self.seat, kind=kind, line=line,
                         proposal=proposal)
        for attempt in range(attempts or self.rng.randint(1, 4)):
            try:
                done = self.comity.ask("submit", message, 1.0 + wait_ms / 1000)
            except Timeout:
                continue
            except Refused as refusal:
                known = refusal.code not in OPEN_CODES
                self.teller.tell(op=operation, type="fail" if known else "unknown",
                                 attempt=attempt, code=refusal.code, text=str(refusal))
                return None
            except Error as problem:
                self.teller.tell(op=operation, type="broken", attempt=attempt, text=str(problem))
                return None
            replaced = done.final and done.line.startswith("another act of this key took its place")
            self.teller.tell(op=operation, type="fail" if replaced else "ok", attempt=attempt, act=done.act.hex(),
                             seq=done.seq, final=done.final, accepted=done.accepted,
                             said=done.line, height=done.height)
            return done
        self.teller.tell(op=operation, type="unknown")
        return None

    # What it reads.

    def read(self, what, arguments, question):
        self.operations += 1
        operation = f"{self.name}/{self.operations}"
        self.teller.tell(op=operation, type="invoke", seat=self.seat, kind="read", what=what,
                         **arguments)
        try:
            answer = question()
        except Timeout:
            self.teller.tell(op=operation, type="unknown")
            return
        except Refused as refusal:
            self.teller.tell(op=operation, type="fail", code=refusal.code, text=str(refusal))
            return
        self.teller.tell(op=operation, type="ok", **answer)

    def read_proposal(self):
        with self.sight.changed:
            known = list(self.sight.open) + list(self.sight.agreements.values())
        if not known:
            return
        number = self.rng.choice(sorted(known)[-20:])

        def question():
            return proposal_seen(self.comity.proposal(number))
        self.read("proposal", {"proposal": number}, question)

    def read_status(self):
        def question():
            for forum in self.comity.status().forums:
                if forum.name == FORUM:
                    return {"height": forum.height, "view": forum.view,
                            "observing": forum.observing, "alarm": forum.alarm}
            return {"height": 0}
        self.read("status", {}, question)


def proposal_seen(info):
    """What of a proposal must be the same for everybody, or may only grow."""
    return {"status": info.status, "verdict": info.verdict, "said": info.line,
            "decided_height": info.decided_height, "agreement": info.agreement,
            "formed_by": list(info.formed_by),
            "ballots": {one.seat: one.act.hex() for one in info.ballots if one.act}}
