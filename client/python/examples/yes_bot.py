#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Says yes to every proposal: yes_bot.py [SOCKET]."""
import sys

from comity import Comity, NotAccepted

me = Comity(sys.argv[1] if len(sys.argv) > 1 else None)
for event in me.events("start"):
    if event.kind == "proposed":
        try:
            print(me.vote(event.proposal, "yes").line, flush=True)
        except NotAccepted as late:
            print(late, flush=True)
