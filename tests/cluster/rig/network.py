# SPDX-License-Identifier: Apache-2.0
"""One switch, one network namespace a daemon, and the weather between them.

All packets between two daemons cross one bridge; nftables drops there by source and destination,
so that a cut may be one-way, and at random, packet by packet. The seed draws the rate of loss;
which packet falls is the kernel's dice.
"""

import json

from . import box

PORT = 4750
RULES = """
table bridge weather {
  set cut { type ipv4_addr . ipv4_addr; }
  counter cut {}
  counter lost {}
  counter passed {}
  chain loss {}
  chain crossing {
    type filter hook forward priority 0; policy accept;
    ip saddr . ip daddr @cut counter name cut drop
    jump loss
    counter name passed
  }
}
"""


class Network:
    def __init__(self, count):
        self.count = count
        try:
            self.make()
        except box.CommandFailed as problem:
            raise box.CannotBox(problem) from None

    def make(self):
        lines = ["link add switch type bridge", "link set switch up", "link set lo up"]
        box.run("ip", "-batch", "-", given="\n".join(lines) + "\n")
        for node in range(self.count):
            box.run("ip", "netns", "add", self.namespace(node))
            box.run("ip", "-batch", "-", given="\n".join([
                f"link add port{node} type veth peer name eth0 netns {self.namespace(node)}",
                f"link set port{node} master switch up"]) + "\n")
            box.run("ip", "-n", self.namespace(node), "-batch", "-", given="\n".join([
                "link set lo up", f"addr add {self.address(node)}/24 dev eth0",
                "link set eth0 up"]) + "\n")
        box.run("nft", "-f", "-", given=RULES)

    @staticmethod
    def namespace(node):
        return f"node{node}"

    @staticmethod
    def address(node):
        return f"10.77.0.{node + 1}"

    def cut(self, pairs):
        """Drop every packet from a to b, for each (a, b); replaces the cut before it."""
        script = "flush set bridge weather cut\n"
        if pairs:
            elements = ", ".join(f"{self.address(a)} . {self.address(b)}" for a, b in pairs)
            script += f"add element bridge weather cut {{ {elements} }}\n"
        box.run("nft", "-f", "-", given=script)

    def lose(self, per_mille, senders=()):
        """Drop packets at random, of these senders or of all; replaces the loss before it."""
        script = "flush chain bridge weather loss\n"
        for where in [f"ip saddr {self.address(one)} " for one in senders] or [""]:
            if per_mille:
                script += f"add rule bridge weather loss {where}numgen random mod 1000 " \
                          f"< {per_mille} counter name lost drop\n"
        box.run("nft", "-f", "-", given=script)

    def link(self, node, up):
        box.run("ip", "link", "set", f"port{node}", "up" if up else "down")

    def counted(self):
        """Packets so far, by what became of them."""
        listed = json.loads(box.run("nft", "-j", "list", "counters"))["nftables"]
        return {one["counter"]["name"]: one["counter"]["packets"]
                for one in listed if "counter" in one}
