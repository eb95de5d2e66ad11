# SPDX-License-Identifier: Apache-2.0
"""Talk to the daemon of your delegation.

    from comity import Comity

    me = Comity()                        # the only daemon here, or Comity("fra.sock")
    print(me.status().fingerprint)
    for event in me.events():            # from now on; events("start") from the beginning
        if event.kind == "proposed":
            me.vote(event.proposal, "yes")

Answers are the messages of proto/client.proto. What the daemon refuses is raised as
`comity.Refused`, with the C library's code (`COMITY_CLOSED`) and the daemon's sentence. One
`Comity` is for one thread; open a second one to watch and act at the same time in two.
"""

import glob
import os
import secrets
import time

import zmq

from ._messages import acts, charter, client

__all__ = ["Comity", "Error", "Refused", "Timeout", "NotAccepted", "discover",
           "acts", "charter", "client"]


class Error(Exception):
    """Whatever goes wrong here."""


class Timeout(Error):
    """The daemon gave no answer in time."""


class Refused(Error):
    """The daemon's own refusal; `code` is a name such as COMITY_CLOSED."""

    def __init__(self, code, text):
        super().__init__(text or code)
        self.code = code


class NotAccepted(Refused):
    """The act is in the record, but changed nothing; `submitted` says why."""

    def __init__(self, submitted):
        super().__init__("COMITY_REFUSED", submitted.line)
        self.submitted = submitted


def discover(name=None):
    """The endpoint of the daemon: as comity -d, COMITY_SOCKET, or the only socket there is."""
    name = name or os.environ.get("COMITY_SOCKET")
    places = [os.path.join(os.environ["XDG_RUNTIME_DIR"], "comity")] \
        if os.environ.get("XDG_RUNTIME_DIR") else []
    places += ["/run/comity", os.path.expanduser("~/.comity")]
    if name and "://" in name:
        return name
    if name and ("/" in name or ".sock" in name):
        return "ipc://" + name
    if name:
        for place in places:
            path = os.path.join(place, name + ".sock")
            if os.path.exists(path):
                return "ipc://" + path
        raise Error(f"no daemon's socket is called {name}.sock in {', '.join(places)}")
    for place in places:
        found = glob.glob(os.path.join(glob.escape(place), "*.sock"))
        if len(found) > 1:
            raise Error(f"{len(found)} daemons have a socket in {place}: say which")
        if found:
            return "ipc://" + found[0]
    raise Error("no daemon was found: start comityd, or name its socket")


def _name(letter, thing):
    """3, "3", "P3" and a hex id all name a thing."""
    text = str(thing)
    return letter + text if text.isdigit() and len(text) < 10 else text


def _ms(value):
    """A datetime with its zone, or milliseconds since 1970."""
    if hasattr(value, "timestamp"):
        if value.tzinfo is None:
            raise Error("a time needs its zone: datetime(..., tzinfo=timezone.utc)")
        return round(value.timestamp() * 1000)
    return int(value)


class Comity:
    """One connection to one daemon."""

    def __init__(self, socket=None, forum="", timeout=5.0, wait=10.0):
        """`timeout`: seconds for an answer; `wait`: seconds for an act to be final, 0 for none."""
        self.endpoint = discover(socket)
        self.forum = forum or os.environ.get("COMITY_FORUM", "")
        self.timeout = timeout
        self.wait = wait
        self._id = 0
        self._context = zmq.Context()
        self._socket = self._context.socket(zmq.DEALER)
        self._socket.linger = 0
        self._socket.maxmsgsize = 8 << 20
        self._socket.connect(self.endpoint)

    def close(self):
        self._socket.close()
        self._context.term()

    def __enter__(self):
        return self

    def __exit__(self, *ignored):
        self.close()

    def ask(self, kind, message, timeout=None):
        """Any request of proto/client.proto: ask("get_docket", client.GetDocket())."""
        self._id += 1
        request = client.Request(id=self._id, forum=self.forum)
        getattr(request, kind).CopyFrom(message)
        self._socket.send(request.SerializeToString())
        end = time.monotonic() + (self.timeout if timeout is None else timeout)
        while True:
            left = end - time.monotonic()
            if left <= 0 or not self._socket.poll(max(1, int(left * 1000))):
                raise Timeout(f"no answer from {self.endpoint}")
            frames = self._socket.recv_multipart()
            response = client.Response()
            try:
                response.ParseFromString(frames[0])
            except Exception as problem:
                raise Error(f"the daemon's answer is malformed: {problem}") from None
            # A failure without an id is of a request the daemon could not tell by name.
            if response.id == self._id or response.id == 0 and response.HasField("failure"):
                break
        which = response.WhichOneof("response")
        if which == "failure":
            raise Refused(response.failure.code, response.failure.text)
        if which is None:
            raise Error("the daemon's answer is empty")
        return getattr(response, which)

    def status(self):
        return self.ask("get_status", client.GetStatus())

    def docket(self):
        return self.ask("get_docket", client.GetDocket())

    def proposal(self, proposal):
        return self.ask("get_proposal", client.GetProposal(proposal=_name("P", proposal)))

    def agreement(self, agreement):
        return self.ask("get_agreement", client.GetAgreement(agreement=_name("A", agreement)))

    def charter(self):
        """The forum's charter, decoded."""
        return charter.Charter.FromString(self.ask("get_charter", client.GetCharter()).charter)

    def weights(self):
        """What the charter's weights were, are, and by which decisions they changed."""
        return self.ask("get_charter", client.GetCharter(weights=True)).weights

    def conduct(self, topic=""):
        """What every seat did, counted by kind: on this topic, on all (""), on none (None)."""
        return self.ask("get_conduct", client.GetConduct(topic=topic or "",
                                                         no_topic=topic is None))

    def record(self, start=1, raw=False):
        """Every block of the record, from a height on."""
        while True:
            page = self.ask("get_record", client.GetRecord(from_height=start, raw=raw))
            yield from page.blocks
            if not page.blocks or page.blocks[-1].height >= page.last_height:
                return
            start = page.blocks[-1].height + 1

    def _here(self):
        for forum in self.status().forums:
            if not self.forum or forum.name == self.forum:
                return (forum.height, 0xffffffff) if forum.height else (0, 0)
        return (0, 0)

    def events(self, start="now", for_seconds=None):
        """Events as they happen, without end; `start`: "now", "start" or a cursor (height, index).

        The cursor moves with the answers, so that a daemon's restart loses nothing.
        """
        end = None if for_seconds is None else time.monotonic() + for_seconds
        cursor = self._here() if start == "now" else (0, 0) if start == "start" else start
        while end is None or time.monotonic() < end:
            left = 5.0 if end is None else min(5.0, max(0.0, end - time.monotonic()))
            try:
                page = self.ask("get_events", client.GetEvents(
                    height=cursor[0], index=cursor[1], wait_ms=int(left * 1000)),
                    self.timeout + left)
            except Timeout:
                continue
            cursor = (page.height, page.index)
            yield from page.events

    def submit(self, kind, draft, text=""):
        """Any act: submit("ballot", client.DraftBallot(...)). Sent again, never done twice."""
        message = client.Submit(key=secrets.token_bytes(16), wait_ms=int(self.wait * 1000),
                                text=text)
        getattr(message, kind).CopyFrom(draft)
        for attempt in range(3):
            try:
                done = self.ask("submit", message, self.timeout + self.wait)
                break
            except Timeout:
                if attempt == 2:
                    raise
        if done.final and not done.accepted:
            raise NotAccepted(done)
        return done

    def vote(self, proposal, answer):
        """`answer`: yes, no, object, abstain, pass."""
        value = acts.Answer.Value("ANSWER_" + answer.upper())
        return self.submit("ballot", client.DraftBallot(proposal=_name("P", proposal),
                                                        answer=value))

    def propose(self, title, text, rule="", topic="", binding=False, closes=0, terms=(),
                pledges=(), must_abstain=(), goals=(), effect=None):
        """`text` is Markdown; `terms` are acts.Term, `pledges` acts.Pledge, `goals` acts.Goal;
        `must_abstain` names the seats that are parties to the dispute; `effect` is a
        client.DraftEffect, see spend."""
        return self.submit("propose", client.DraftPropose(
            title=title, rule=rule, topic=topic, binding=binding, closes_ms=_ms(closes),
            terms=terms, pledges=pledges, must_abstain=must_abstain, goals=goals,
            effect=effect), text)

    def spend(self, agreement, quantity, seat):
        """The effect of a proposal that spends of the agreement's fund: propose(effect=...)."""
        return client.DraftEffect(kind=acts.Effect.EFFECT_SPEND, subject=_name("A", agreement),
                                  seat=seat, quantity=quantity)

    def finding(self, allegation, response="none"):
        """The effect of a proposal that finds L1: propose(effect=...). `response`: none,
        suspend-votes, suspend, end, expel."""
        return client.DraftEffect(
            kind=acts.Effect.EFFECT_BREACH, subject=_name("L", allegation),
            response=acts.BreachResponse.Value("RESPONSE_" +
                                               response.upper().replace("-", "_")))

    def reserve(self, target, clause=0, text="", taken_back=False):
        """To a clause of an agreement ("A1") or of a draft ("P3"); 0: to the whole."""
        return self.submit("reserve", client.DraftReserve(
            target=str(target), clause=clause, taken_back=taken_back), text)

    def object_reservation(self, reservation, refuses=False, taken_back=False):
        return self.submit("object_reservation", client.DraftObjection(
            reservation=_name("R", reservation), refuses_relations=refuses,
            taken_back=taken_back))

    def allege(self, agreement, seat, clause=0, text="", reservation=""):
        """That the seat broke it, or that its reservation is hollow."""
        return self.submit("allege", client.DraftAllege(
            agreement=_name("A", agreement), seat=seat, clause=clause,
            reservation=str(reservation)), text)

    def leave(self):
        """The forum."""
        return self.submit("leave", client.DraftTarget())

    def pledge(self, agreement, issue, quantity, unit="", due=0, kind="pledge"):
        return self.submit(kind, client.DraftDelivery(
            agreement=_name("A", agreement), issue=issue, quantity=quantity, unit=unit,
            due_ms=_ms(due)))

    def report(self, agreement, issue, quantity, unit="", due=0):
        """What has been delivered of the own pledge of that issue, unit and day, so far, in all."""
        return self.pledge(agreement, issue, quantity, unit, due, "report")

    def contribute(self, agreement, quantity):
        return self.submit("contribute", client.DraftContribute(
            agreement=_name("A", agreement), quantity=quantity))

    def attest(self, report, disputes=False):
        """`report`: "A1/r3"."""
        return self.submit("attest", client.DraftAttest(report=report, disputes=disputes))

    def amend(self, proposal, operation, clause, text="", to=0):
        """`operation`: add, strike, replace, move, part."""
        value = acts.Amend.Operation.Value("AMEND_" + operation.upper())
        return self.submit("amend", client.DraftAmend(
            proposal=_name("P", proposal), operation=value, clause=clause, to=to), text)

    def _target(self, kind, target, text=""):
        return self.submit(kind, client.DraftTarget(target=target), text)

    def cosponsor(self, proposal):
        return self._target("cosponsor", _name("P", proposal))

    def receipt(self, proposal):
        """Its text has reached us: only then is our silence consent, where receipts are needed."""
        return self._target("receipt", _name("P", proposal))

    def retract(self, proposal):
        return self._target("retract", _name("P", proposal))

    def shift(self, proposal, forum):
        """Record that we take this proposal, which was not adopted, to another of our forums."""
        for status in self.status().forums:
            if status.name == forum:
                return self.submit("shift", client.DraftShift(
                    proposal=_name("P", proposal), forum=status.id, name=forum))
        raise Error(f"we sit in no forum {forum}")

    def note(self, text, about=""):
        return self._target("note", about, text)

    def endorse(self, target):
        return self._target("endorse", target)

    def condemn(self, target):
        return self._target("condemn", target)

    def ratify(self, agreement, home=None, kind="ratify"):
        """`home`: what parliament said, "yes", "no" or None."""
        value = acts.HomeVerdict.Value("HOME_" + (home or "unspecified").upper())
        return self.submit(kind, client.DraftConsent(agreement=_name("A", agreement), home=value))

    def accede(self, agreement, home=None):
        return self.ratify(agreement, home, "accede")

    def withdraw(self, agreement, take_back=False, on=0):
        """`on`: a later day than the earliest; a later one still puts a notice off."""
        return self.submit("withdraw", client.DraftWithdraw(agreement=_name("A", agreement),
                                                            taken_back=take_back,
                                                            effect_ms=_ms(on)))

    def act_alone(self, title, text="", topic="", relies_on=()):
        return self.submit("act_alone", client.DraftAlone(
            title=title, topic=topic, relies_on=[_name("A", one) for one in relies_on]), text)

    def procedure(self, ruling, proposal="", time_ms=0, present=(), answer=None):
        """`ruling`: close, advance, roll_call, suspend, resume, tie (with `answer` yes or no)."""
        value = acts.Procedure.Ruling.Value("RULING_" + ruling.upper().replace("-", "_"))
        return self.submit("procedure", client.DraftProcedure(
            ruling=value, proposal=_name("P", proposal) if proposal else "",
            time_ms=_ms(time_ms), present=present,
            answer=acts.Answer.Value("ANSWER_" + (answer or "unspecified").upper())))
