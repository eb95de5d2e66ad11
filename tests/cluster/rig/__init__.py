# SPDX-License-Identifier: Apache-2.0
"""A rig for real daemons under real faults.

    box        a room of its own in the kernel: processes, mounts and network end with it
    network    one switch, one namespace a daemon, nftables between them
    daemon     one comityd: its files, its disk, its clock, its process
    schedule   a seed -> storms of faults; pure
    workload   clients that act, watchers that follow the feeds; both write down what they saw
    life       a cluster from its charter to its last record
    report     what a life did, in figures

tests/cluster/faults runs it; tests/cluster/check judges what it wrote, and shares nothing with it.

Python, because the clients under test include ours in Python, and because schedule, history and
check are work on data: no program here is on a path whose speed matters.
"""
