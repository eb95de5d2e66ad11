#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Says yes to every proposal: yes_bot.py [SOCKET]."""
import sys

from comity import Comity, Refused

me = Comity(sys.argv[1] if len(sys.argv) > 1 else None)
for event in me.events("start"):
    if event.kind == "proposed":
        try:
            print(f"yes to P{event.proposal}: act {me.vote(event.proposal, 'yes').seq}", flush=True)
        except Refused as why:
            print(f"P{event.proposal}: {why}", flush=True)
