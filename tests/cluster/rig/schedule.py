# SPDX-License-Identifier: Apache-2.0
"""A seed -> storms of faults. Pure: the same seed, cluster and options give the same storms.

A storm is a list of steps (seconds after its beginning, action, arguments) and a name for each
fault in it. After a storm all is calm: whole network, right clocks, free disks, everybody up.
Daemons are meant by number, 0 to n-1.

Files are taken from at most f daemons in a life: each observes from then on, and the others must
go on without it.
"""

import random
from dataclasses import dataclass, field


@dataclass
class Storm:
    number: int
    seconds: float
    faults: list = field(default_factory=list)   # Names.
    steps: list = field(default_factory=list)    # (at, action, arguments), by time.


class Draw:
    """One storm in the making."""

    def __init__(self, rng, n, seconds, spared):
        self.rng, self.n, self.f, self.seconds = rng, n, (n - 1) // 3, seconds
        self.steps = []
        self.spared = spared  # Daemons that lost their files: nothing more is taken from them.

    def at(self, when, action, *arguments):
        self.steps.append((round(min(when, self.seconds), 3), action, arguments))

    def begin(self):
        return self.rng.uniform(0, self.seconds * 0.3)

    def one(self):
        return self.rng.randrange(self.n)

    def some(self, low, high):
        return sorted(self.rng.sample(range(self.n), self.rng.randint(low, min(high, self.n))))

    def shuffled(self):
        nodes = list(range(self.n))
        self.rng.shuffle(nodes)
        return nodes


def _apart(groups):
    """Each pair whose ends share no group."""
    everybody = sorted({node for group in groups for node in group})
    return [(a, b) for a in everybody for b in everybody
            if a != b and not any(a in group and b in group for group in groups)]


# --- The network ---

def halves(draw):
    nodes = draw.shuffled()
    middle = draw.n // 2
    draw.at(draw.begin(), "cut", _apart([nodes[:middle], nodes[middle:]]))


def isolated(draw):
    nodes = draw.shuffled()
    draw.at(draw.begin(), "cut", _apart([nodes[:1], nodes[1:]]))


def islands(draw):
    nodes = draw.shuffled()
    first = draw.rng.randint(1, draw.n - 2)
    second = draw.rng.randint(first + 1, draw.n - 1)
    draw.at(draw.begin(), "cut", _apart([nodes[:first], nodes[first:second], nodes[second:]]))


def bridge(draw):
    """Two halves that only one node can reach both of."""
    nodes = draw.shuffled()
    middle = (draw.n + 1) // 2
    draw.at(draw.begin(), "cut", _apart([nodes[:middle], nodes[middle - 1:]]))


def ring(draw):
    """Everybody reaches a majority, and no two the same one."""
    nodes = draw.shuffled()
    n, reach = draw.n, max(1, (draw.n - 1) // 3)
    pairs = [(nodes[i], nodes[j]) for i in range(n) for j in range(n)
             if i != j and min((i - j) % n, (j - i) % n) > reach]
    draw.at(draw.begin(), "cut", sorted(pairs))


def one_way(draw):
    """Some links carry packets in one direction only."""
    pairs = [(a, b) for a in range(draw.n) for b in range(draw.n) if a != b]
    draw.at(draw.begin(), "cut", sorted(draw.rng.sample(pairs, draw.rng.randint(1, draw.n))))


def deaf_or_mute(draw):
    who = draw.one()
    others = [node for node in range(draw.n) if node != who]
    deaf = draw.rng.random() < 0.5
    draw.at(draw.begin(), "cut", [(other, who) if deaf else (who, other) for other in others])


def chased_leader(draw):
    """Whoever leads is cut off, again and again."""
    when = draw.begin()
    while when < draw.seconds:
        draw.at(when, "cut_leader")
        when += draw.rng.uniform(0.3, 1.2)


def loss(draw):
    senders = [] if draw.rng.random() < 0.6 else draw.some(1, draw.f)
    draw.at(draw.begin(), "lose", draw.rng.choice([5, 20, 50, 100, 200, 300]), senders)


def flapping(draw):
    who, when, up = draw.one(), draw.begin(), True
    while when < draw.seconds:
        up = not up
        draw.at(when, "link", who, up)
        when += draw.rng.uniform(0.1, 1.5)


# --- Processes ---

def killed(draw):
    when = draw.begin()
    for who in draw.some(1, draw.f):
        draw.at(when, "kill", who)
        draw.at(when + draw.rng.uniform(0.05, 4), "start", who)


def many_killed(draw):
    when = draw.begin()
    for who in draw.some(draw.f + 1, draw.n - 1):
        draw.at(when + draw.rng.uniform(0, 0.5), "kill", who)
        draw.at(when + draw.rng.uniform(0.6, 4), "start", who)


def all_killed(draw):
    """The power goes: all at one time, and they come back in some order."""
    when = draw.begin()
    for _ in range(draw.rng.randint(1, 2)):
        draw.at(when, "kill_all")
        for who in draw.shuffled():
            draw.at(when + draw.rng.uniform(0.05, 1.5), "start", who)
        when += draw.rng.uniform(1.6, 4)


def killed_in_turn(draw):
    when = draw.begin()
    for who in draw.shuffled():
        draw.at(when, "kill", who)
        draw.at(when + draw.rng.uniform(0.05, 0.8), "start", who)
        when += draw.rng.uniform(0.4, 1.5)


def killed_again_and_again(draw):
    who, when = draw.one(), draw.begin()
    while when < draw.seconds - 0.5:
        draw.at(when, "kill", who)
        draw.at(when + draw.rng.uniform(0.02, 0.3), "start", who)
        when += draw.rng.uniform(0.35, 1.2)


def terminated(draw):
    when, who = draw.begin(), draw.one()
    draw.at(when, "terminate", who)
    draw.at(when + draw.rng.uniform(0.1, 3), "start", who)


def paused(draw):
    when = draw.begin()
    for who in draw.some(1, draw.n):
        draw.at(when + draw.rng.uniform(0, 1), "pause", who)
        draw.at(when + draw.rng.uniform(1.5, 8), "go_on", who, False)


def lid_closed(draw):
    """As a laptop sleeps: it stands still, and so does its steady clock."""
    when = draw.begin()
    for who in draw.some(1, draw.n):
        draw.at(when + draw.rng.uniform(0, 1), "pause", who)
        draw.at(when + draw.rng.uniform(1.5, 9), "go_on", who, True)


# --- Disks, clocks, files ---

def full_disk(draw):
    when = draw.begin()
    for who in draw.some(1, draw.n):
        draw.at(when + draw.rng.uniform(0, 1), "fill", who)
        draw.at(when + draw.rng.uniform(2, 8), "free", who)


def full_disk_and_killed(draw):
    """Killed on a full disk, and started on it: what was promised is there nevertheless."""
    when = draw.begin()
    for who in draw.some(1, max(1, draw.n // 2)):
        dies = when + draw.rng.uniform(1.5, 4)
        draw.at(when, "fill", who)
        draw.at(dies, "kill", who)
        draw.at(dies + draw.rng.uniform(0.05, 0.5), "start", who)
        draw.at(dies + draw.rng.uniform(0.6, 2), "free", who)


def wrong_clocks(draw):
    when = draw.begin()
    far = draw.rng.choice([500, 3000, 9000, 15000, 3600000, 86400000])
    for who in draw.some(1, draw.n):
        draw.at(when + draw.rng.uniform(0, 1), "clock", who, draw.rng.randint(-far, far))
        if draw.rng.random() < 0.5:
            draw.at(when + draw.rng.uniform(1, 4), "clock", who, draw.rng.randint(-far, far))


def files_lost(draw):
    """A journal is lost, or an older copy of everything is put back."""
    left = [node for node in range(draw.n) if node not in draw.spared]
    who = draw.rng.choice(left)
    draw.spared.append(who)
    how = draw.rng.choice(["journal", "backup", "old copy"])
    dies = draw.seconds * 0.6
    if how != "journal":
        draw.at(0.1, "kill", who)
        draw.at(0.15, "back_up", who)
        draw.at(0.2, "start", who)
    draw.at(dies, "kill", who)
    draw.at(dies + 0.05, "lose_journal" if how == "journal" else "restore", who,
            *([] if how == "journal" else [how == "old copy"]))
    draw.at(dies + 0.1, "start", who)


NETWORK = [halves, isolated, islands, bridge, ring, one_way, deaf_or_mute, chased_leader, loss,
           flapping]
PROCESS = [killed, many_killed, all_killed, killed_in_turn, killed_again_and_again, terminated,
           paused, lid_closed]
OTHER = [full_disk, full_disk_and_killed, wrong_clocks]
ALL = {fault.__name__: fault for fault in NETWORK + PROCESS + OTHER + [files_lost]}


def _kinds(rng, number, f, lost):
    """Every third storm adds up faults of two kinds; loss of files stands alone."""
    kinds = [NETWORK, PROCESS, OTHER]
    if number >= 3 and lost < f and rng.random() < 0.2:
        return [files_lost]
    first = kinds[number % 3]
    chosen = [rng.choice(first)]
    if rng.random() < 0.4:
        chosen.append(rng.choice(kinds[(number + rng.randint(1, 2)) % 3]))
    if rng.random() < 0.2 and loss not in chosen:
        chosen.append(loss)
    return chosen


def storms(seed, n, seconds, only=()):
    """Without end; `seconds`: of each storm, about. `only`: names of faults to draw from."""
    spared = []
    number = 0
    offset = random.Random(f"{seed}/{n}").randrange(3)  # Short lives begin with any kind.
    while True:
        rng = random.Random(f"{seed}/{n}/{number}")
        storm = Storm(number, round(rng.uniform(0.6, 1.4) * seconds, 3))
        draw = Draw(rng, n, storm.seconds, spared)
        if only:
            chosen = [ALL[name] for name in only]
            chosen = [one for one in chosen if one is not files_lost or len(spared) < draw.f]
            chosen = [rng.choice(chosen)] if chosen else []
        else:
            chosen = _kinds(rng, number + offset, draw.f, len(spared))
        for fault in chosen:
            storm.faults.append(fault.__name__)
            fault(draw)
        storm.steps = sorted(draw.steps, key=lambda step: step[0])
        yield storm
        number += 1
