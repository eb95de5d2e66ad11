# SPDX-License-Identifier: Apache-2.0
"""A cluster's life: its charter, storms with calm between them, its end, and its last record.

Everything is written into one directory as it happens; tests/cluster/check judges it from there.
"""

import json
import os
import shutil
import subprocess
import threading
import time

from comity import Comity, Error, Refused, Timeout, client

from .daemon import Daemon
from .network import Network
from .schedule import storms
from .workload import FORUM, Client, Clock, Teller, Watcher, proposal_seen

SEATS = ["AUT", "BRA", "CAN", "DNK", "EGY", "FRA", "GRC", "HUN", "IND", "JPN"]
CHARTER = """name: storm
title: Delegations in bad weather
nonce: "{nonce}"
seats:
{seats}
rules:
  majority:
    sentence: yes > 1/2 of members
    closes: {{all-answered: 20s}}
    in-force: {{when: yes >= 2}}
    exit: {{notice: 1 days}}
  quick: {{sentence: yes >= 2, revise: never, closes: {{all-answered: 6s}}}}
  consensus:
    sentence: objections = 0 and yes >= 3
    answers: [yes, no, object, abstain]
    closes: {{all-answered: 12s}}
topics: [weather]
pace: 250ms
"""
SAMPLE_S = 1.0
QUORUM_S = 15   # At the latest so often the record grows while a quorum hears each other.


class Stuck(Exception):
    """The daemons did not get where they must in time; the checker says which."""


class Life:
    def __init__(self, options, directory, program):
        self.options, self.directory = options, directory
        self.seats = SEATS[:options.n]
        self.clock = Clock()
        for name in ("history", "feeds", "final"):
            os.makedirs(os.path.join(directory, name))
        self.events = Teller(os.path.join(directory, "events.jsonl"), self.clock)
        self.samples = Teller(os.path.join(directory, "samples.jsonl"), self.clock)
        self.network = Network(options.n)
        self.program = program
        self.daemons = [Daemon(node, seat, directory, program, self.journal)
                        for node, seat in enumerate(self.seats)]
        self.lock = threading.Lock()
        self.watchers, self.clients, self.probes = [], [], []
        self.next_sample = 0
        self.lid = {}
        self.unwanted_end = False

    def journal(self, event, **fields):
        self.events.tell(event=event, **fields)

    # --- Before ---

    def comity_command(self, *arguments):
        done = subprocess.run([self.options.comity, *arguments], cwd=self.directory, text=True,
                              capture_output=True, stdin=subprocess.DEVNULL)
        if done.returncode != 0:
            raise Stuck(f"comity {' '.join(arguments)}: {done.stderr.strip()}")
        return done.stdout

    def found(self):
        """Keys, charter, daemons, seats."""
        keys = []
        for seat in self.seats:
            key = os.path.join(seat, "key")
            self.comity_command("keygen", "--no-passphrase", key)
            keys.append(json.loads(self.comity_command("--json", "fingerprint", key))["key"])
        seats = "\n".join(f"  - {{name: {seat}, key: {key}}}"
                          for seat, key in zip(self.seats, keys))
        with open(os.path.join(self.directory, "charter.yaml"), "w") as file:
            file.write(CHARTER.format(seats=seats, nonce=os.urandom(16).hex()))
        self.comity_command("charter", "compile", "charter.yaml", "-o", "charter")
        with open(os.path.join(self.directory, "charter"), "rb") as file:
            charter = file.read()
        for daemon in self.daemons:
            daemon.configure(keys)
            daemon.start()
        for node, daemon in enumerate(self.daemons):
            with Comity(daemon.socket, timeout=30) as me:
                me.ask("add_forum", client.AddForum(charter=charter, convene=node == 0))

    def write_run(self):
        options = self.options
        with open(os.path.join(self.directory, "run.json"), "w") as file:
            json.dump({"seed": options.seed, "n": options.n, "seconds": options.seconds,
                       "seats": self.seats, "orderers": options.n,
                       "quorum": options.n - (options.n - 1) // 3,
                       "progress_s": options.progress, "quorum_s": QUORUM_S, "memory_kib": options.memory_mib << 10,
                       "sanitized": self.program.sanitized, "comityd": options.comityd,
                       "again": options.again}, file, indent=1)

    def open_clients(self):
        options = self.options
        for daemon in self.daemons:
            feed = os.path.join(self.directory, "feeds", daemon.seat + ".jsonl")
            watcher = Watcher(daemon.seat, daemon.socket, feed, self.clock)
            self.watchers.append(watcher)
            watcher.start()

            def make(number, pace):
                path = os.path.join(self.directory, "history", f"{daemon.seat}-{number}.jsonl")
                return Client(daemon.seat, number, daemon.socket, path, self.clock,
                              watcher.sight, options.seed, pace)
            self.clients += [make(number, options.think) for number in range(options.clients)]
            self.probes.append(make("probe", 1))

    # --- Storms ---

    def attend(self, seconds):
        """Let time pass, and look after the processes and their memory meanwhile."""
        end = time.monotonic() + seconds
        while not self.unwanted_end:
            for daemon in self.daemons:
                self.unwanted_end |= daemon.reap()
            now = time.monotonic()
            if now >= self.next_sample:
                self.next_sample = now + SAMPLE_S
                self.sample()
            left = min(end, self.next_sample) - now
            if now >= end:
                return
            time.sleep(max(0.001, min(left, 0.05)))

    def sample(self):
        for daemon in self.daemons:
            memory = daemon.memory_kib()
            if memory:
                self.samples.tell(seat=daemon.seat, anonymous_kib=memory[0], peak_kib=memory[1])

    def do(self, action, arguments):
        network = self.network
        if action == "cut":
            network.cut(*arguments)
        elif action == "cut_leader":
            self.cut_leader()
        elif action == "lose":
            network.lose(*arguments)
        elif action == "link":
            network.link(*arguments)
        elif action == "kill_all":
            for daemon in self.daemons:  # Signals first: they fall together.
                if daemon.runs():
                    daemon.expected = "killed"
                    daemon.process.kill()
            for daemon in self.daemons:
                daemon.kill()
        else:
            daemon = self.daemons[arguments[0]]
            self.do_to(daemon, action, arguments[1:])

    def do_to(self, daemon, action, arguments):
        if action == "start":
            if not daemon.runs():
                daemon.start()
        elif action == "clock":
            daemon.shift_clock(*arguments)
        elif action in ("back_up", "lose_journal", "restore"):
            self.take_files(daemon, action, arguments)
        elif action == "go_on":
            daemon.go_on(*arguments)
        else:
            getattr(daemon, action)()  # kill terminate pause fill free

    def cut_leader(self):
        views = []
        for watcher in self.watchers:
            status = self.status(watcher.seat, 0.2)
            if status:
                views.append(status.view)
        if views:
            leader = max(views) % self.options.n
            self.network.cut([pair for other in range(self.options.n) if other != leader
                              for pair in ((leader, other), (other, leader))])

    def take_files(self, daemon, action, arguments):
        """Only between an end and a start; the checker is told what was taken."""
        if daemon.runs():
            return
        if action == "back_up":
            daemon.back_up()
            self.journal("backup", seat=daemon.seat)
            return
        if action == "restore":
            daemon.restore(*arguments)
        else:
            daemon.lose_journal()
        daemon.lossy = True
        how = "journal" if action == "lose_journal" else "old copy" if arguments[0] else "backup"
        self.journal("loss", seat=daemon.seat, how=how)

    def status(self, seat, seconds):
        """This forum's status at one daemon, or None."""
        daemon = self.daemons[self.seats.index(seat)]
        try:
            with Comity(daemon.socket, timeout=seconds) as me:
                for forum in me.status().forums:
                    if forum.name == FORUM:
                        return forum
        except (Error, OSError):
            pass
        return None

    def calm(self):
        """Everything that can be undone is undone, everybody is up."""
        self.network.cut([])
        self.network.lose(0)
        for daemon in self.daemons:
            self.network.link(daemon.node, True)
            daemon.free()
            daemon.shift_clock(0)
            daemon.go_on(False)
            daemon.reap()
            if not daemon.runs():
                daemon.start()

    def heal(self, storm):
        """After a storm: each daemon's own act becomes final, and everybody's feed shows it."""
        began = self.clock.now()
        self.journal("calm", storm=storm)
        found = [None] * len(self.daemons)
        end = time.monotonic() + self.options.progress

        def probe(node):
            one = self.probes[node]
            while found[node] is None and time.monotonic() < end and not self.unwanted_end:
                token = one.token()
                done = one.act("note", client.DraftTarget(), f"notes: {token}",
                               text=f"{token} after storm {storm}", wait_ms=3000, attempts=1)
                if done is not None and done.final:
                    found[node] = done.height
                elif done is None or not done.final:
                    time.sleep(0.2)  # Refused at once, perhaps: not a hundred times a second.
        threads = [threading.Thread(target=probe, args=(node,), daemon=True)
                   for node, daemon in enumerate(self.daemons) if not daemon.lossy]
        for thread in threads:
            thread.start()
        while any(thread.is_alive() for thread in threads) and not self.unwanted_end:
            self.attend(0.02)
        for thread in threads:
            thread.join()
        heights = [height for height in found if height is not None]
        reached = bool(heights) and len(heights) == len(threads)
        late = [daemon.seat for node, daemon in enumerate(self.daemons)
                if not daemon.lossy and found[node] is None]
        for watcher in self.watchers if reached else []:
            if not watcher.sight.wait_height(max(heights), max(0, end - time.monotonic())):
                late.append(watcher.seat + " (feed)")
        if late or not reached or self.unwanted_end:
            self.journal("stuck", storm=storm, late=late)
            for seat in self.seats:
                status = self.status(seat, 1)
                if status:
                    self.journal("status", seat=seat, height=status.height, view=status.view,
                                 waiting=status.waiting, observing=status.observing,
                                 alarm=status.alarm, pending=status.pending_acts)
            raise Stuck(f"{', '.join(late) or 'nobody'} made no progress after storm {storm}")
        self.journal("healed", storm=storm, seconds=round(self.clock.now() - began, 3))

    def weather(self):
        options = self.options
        end = time.monotonic() + options.seconds
        for storm in storms(options.seed, options.n, options.storm, options.only):
            if time.monotonic() + storm.seconds > end and storm.number > 0:
                return
            self.journal("storm", storm=storm.number, faults=storm.faults, seconds=storm.seconds)
            if not options.quiet:
                print(f"  {self.clock.now():7.1f}  storm {storm.number}: "
                      f"{', '.join(storm.faults)}", flush=True)
            began = time.monotonic()
            for at, action, arguments in storm.steps:
                self.attend(began + at - time.monotonic())
                if self.unwanted_end:
                    raise Stuck("a daemon ended by itself")
                self.journal("step", action=action, arguments=arguments)
                self.do(action, arguments)
            self.attend(began + storm.seconds - time.monotonic())
            if self.unwanted_end:
                raise Stuck("a daemon ended by itself")
            self.calm()
            self.heal(storm.number)

    # --- After ---

    def settle(self, phase):
        """Until everybody has the same record and nothing waits."""
        end = time.monotonic() + self.options.progress
        seen = {}
        while time.monotonic() < end and not self.unwanted_end:
            seen = {seat: self.status(seat, 5) for seat in self.seats}
            if all(seen.values()):
                hashes = {one.block_hash for one in seen.values()}
                heights = [one.height for one in seen.values()]
                waits = [seat for seat, one in seen.items()
                         if one.pending_acts and not one.observing]
                if len(hashes) == 1 and not waits:
                    self.journal("settled", phase=phase, height=min(heights))
                    return
            self.attend(0.25)
        for seat, status in seen.items():
            if status:
                self.journal("status", seat=seat, height=status.height, view=status.view,
                             waiting=status.waiting, observing=status.observing,
                             alarm=status.alarm, pending=status.pending_acts)
        raise Stuck("the daemons did not come to one record")

    def dump(self, phase):
        for seat, daemon in zip(self.seats, self.daemons):
            with Comity(daemon.socket, forum=FORUM, timeout=60) as me:
                status = me.status().forums[0]
                blocks = [{"height": one.height, "hash": one.hash.hex(),
                           "state": one.state_hash.hex(), "time_ms": one.time_ms,
                           "acts": [[act.seat, act.seq, act.kind, act.id.hex(), act.line,
                                     act.accepted, act.outcome] for act in one.acts]}
                          for one in me.record()]
                docket = me.docket()
                proposals = {one.number: proposal_seen(me.proposal(one.number))
                             for one in docket.proposals}
                agreements = {one.number: [one.proposal, one.status, one.parties_count]
                              for one in docket.agreements}
                feed = self.whole_feed(me)
            path = os.path.join(self.directory, "final", f"{seat}.{phase}.json")
            with open(path, "w") as file:
                json.dump({"height": status.height, "hash": status.block_hash.hex(),
                           "observing": status.observing, "alarm": status.alarm,
                           "blocks": blocks, "proposals": proposals, "agreements": agreements,
                           "feed": feed}, file)

    @staticmethod
    def whole_feed(me):
        feed, cursor = [], (0, 0)
        while True:
            page = me.ask("get_events", client.GetEvents(height=cursor[0], index=cursor[1]))
            if not page.events:
                return feed
            feed += [[one.height, one.index, one.kind, one.seat, one.proposal, one.agreement,
                      one.word, one.line] for one in page.events]
            if (page.height, page.index) <= cursor:
                return feed  # It would never end; the checker sees the repeat.
            cursor = (page.height, page.index)

    def end_clients(self):
        for one in self.clients:
            one.ending.set()
        for one in self.clients:
            one.join()

    def end_watchers(self):
        """Once each has seen the last event."""
        heights = [watcher.sight.height for watcher in self.watchers]
        for watcher in self.watchers:
            watcher.sight.wait_height(max(heights), 5)
            watcher.ending.set()
        for watcher in self.watchers:
            watcher.join()

    def close(self):
        """Politely; what does not run needs no farewell."""
        for daemon in self.daemons:
            daemon.go_on(False)
        for daemon in self.daemons:
            daemon.terminate()

    def live(self):
        """The whole of it. Stuck is written down, for the checker to find."""
        try:
            self.write_run()
            self.found()
            self.open_clients()
            self.heal(-1)
            for one in self.clients:
                one.start()
            self.weather()
            self.end_clients()
            self.settle("end")
            self.end_watchers()
            self.dump("end")
            self.do("kill_all", ())
            for daemon in self.daemons:
                daemon.start()
            self.settle("restarted")
            self.dump("restarted")
            self.journal("ended")
        except (Stuck, Refused, Timeout) as problem:
            self.journal("gave_up", text=str(problem))
            print(f"  {self.clock.now():7.1f}  {problem}", flush=True)
        finally:
            self.journal("packets", **self.network.counted())
            self.calm_before_the_end()

    def calm_before_the_end(self):
        for daemon in self.daemons:
            daemon.free()
        self.close()
        self.journal("closed")

    def keep_files(self):
        """The disks vanish with the room: take what stands on them along."""
        for daemon in self.daemons:
            daemon.copy_to(os.path.join(daemon.directory, "kept"))
            shutil.rmtree(os.path.join(daemon.directory, "backup"), ignore_errors=True)
