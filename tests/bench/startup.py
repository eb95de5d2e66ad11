#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""startup.py BIN_DIR [ROUNDS] - from exec to READY, with the sandbox and without, in turns."""
import os
import shutil
import socket
import statistics
import subprocess
import sys
import tempfile
import time


def start(folder, program, *arguments):
    """Milliseconds until the daemon says that it is ready."""
    name = os.path.join(folder, "ready")
    listener = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
    listener.bind(name)
    begin = time.monotonic()
    daemon = subprocess.Popen([program, *arguments, "a.yaml"], cwd=folder,
                              stderr=subprocess.DEVNULL, env={**os.environ, "NOTIFY_SOCKET": name})
    listener.settimeout(60)
    listener.recv(4096)
    took = time.monotonic() - begin
    daemon.terminate()
    daemon.wait()
    listener.close()
    os.unlink(name)
    return took * 1000


def main():
    place, rounds = os.path.abspath(sys.argv[1]), int(sys.argv[2]) if len(sys.argv) > 2 else 50
    folder = tempfile.mkdtemp(prefix="comity-startup-")
    try:
        subprocess.run([place + "/comity", "keygen", "--no-passphrase", folder + "/a.key"],
                       check=True, stdout=subprocess.DEVNULL)
        with open(folder + "/a.yaml", "w", encoding="ascii") as config:
            config.write("key: a.key\ndata: a.d\nsocket: a.sock\nlisten: tcp://127.0.0.1:14750\n")
        times = {"--log=info": [], "--no-sandbox": []}
        for _ in range(rounds):
            for option, taken in times.items():
                taken.append(start(folder, place + "/comityd", option))
        inside, outside = (statistics.median(taken) for taken in times.values())
        print(f"ready after {inside:.1f} ms in the sandbox, {outside:.1f} ms without: "
              f"{inside / outside:.2f} (medians of {rounds}, in turns)")
    finally:
        shutil.rmtree(folder)


if __name__ == "__main__":
    main()
