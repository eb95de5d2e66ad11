# SPDX-License-Identifier: Apache-2.0
"""What a life did, in figures."""

import json
import os
from collections import Counter


def _objects(path):
    if not os.path.exists(path):
        return []
    with open(path) as file:
        return [json.loads(line) for line in file]


def figures(directory):
    """Name -> Counter or number."""
    events = _objects(os.path.join(directory, "events.jsonl"))
    samples = _objects(os.path.join(directory, "samples.jsonl"))
    faults, steps, answers = Counter(), Counter(), Counter()
    healed, packets, height = [], {}, 0
    for one in events:
        if one["event"] == "storm":
            faults.update(one["faults"])
        elif one["event"] == "step":
            steps[one["action"]] += 1
        elif one["event"] == "healed" and one["storm"] >= 0:
            healed.append(one["seconds"])
        elif one["event"] == "packets":
            packets = {name: one[name] for name in ("passed", "cut", "lost")}
    operations = reads = 0
    for name in os.listdir(os.path.join(directory, "history")):
        kinds = {}
        for told in _objects(os.path.join(directory, "history", name)):
            if told["type"] == "invoke":
                kinds[told["op"]] = told["kind"]
                operations += 1
                reads += told["kind"] == "read"
            elif kinds[told["op"]] != "read":
                answers[told["type"]] += 1
    for name in os.listdir(os.path.join(directory, "final")):
        with open(os.path.join(directory, "final", name)) as file:
            height = max(height, json.load(file)["height"])
    return {"faults": faults, "steps": steps, "acts": answers, "reads": reads,
            "packets": packets, "height": height, "healed": healed,
            "memory_kib": max((one["anonymous_kib"] for one in samples), default=0)}


def _list(counter):
    return ", ".join(f"{name} {count}" for name, count in sorted(counter.items()))


def print_life(directory):
    told = figures(directory)
    print(f"  faults: {_list(told['faults'])}\n  steps: {_list(told['steps'])}")
    print(f"  acts: {_list(told['acts'])}; reads {told['reads']}; height {told['height']}")
    print(f"  packets: {_list(told['packets'])}; memory at most {told['memory_kib']} KiB; "
          f"calm to progress: at most {max(told['healed'], default=0):.1f} s, "
          f"{len(told['healed'])} times", flush=True)
