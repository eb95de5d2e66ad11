# SPDX-License-Identifier: Apache-2.0
"""How a daemon ends: asked once, asked twice, and what its clients and peers hear of it."""
import os
import signal
import socket
import subprocess

from harness import COMITY, PATIENCE_S, Garden, main


class Stop(Garden):
    def ask_in_background(self, seat, *arguments):
        return subprocess.Popen([COMITY, "-d", seat + ".sock", *arguments], cwd=self.folder,
                                stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                                stderr=subprocess.STDOUT, text=True)

    def test_a_client_that_waits_for_its_act_is_told_and_the_act_goes_on(self):
        self.seated()
        for seat in ("deu", "jpn", "bra"):
            self.running.pop(seat).stop()
        # With nobody else there, an act waits; the status tells when it has been handed in.
        client = self.ask_in_background("fra", "--wait", "60s", "note", "Still there?")
        while "1 act is kept" not in self.ask("fra", "status"):
            pass
        daemon = self.running.pop("fra").signal(signal.SIGTERM)
        said, _ = client.communicate(timeout=PATIENCE_S)
        self.assertEqual(client.returncode, 4, said)
        self.assertIn("not final yet", said)
        self.assertEqual(daemon.wait(), 0)
        self.assertIn("stopped", daemon.log())
        self.up("fra", "deu", "jpn", "bra")
        self.ask("deu", "watch", "--from", "start", "--count", "5", "--for", "60s",
                 says="FRA: note")

    def test_peers_are_told_who_goes(self):
        for seat in ("fra", "deu", "jpn", "bra"):
            with open(self.path(seat + ".yaml"), "a", encoding="utf-8") as config:
                config.write("log: debug\n")
        self.seated()
        self.running.pop("jpn").stop()
        for seat in ("fra", "deu", "bra"):
            self.running[seat].wait_log("JPN is going away")

    def test_the_second_signal_ends_it_at_once(self):
        self.up("fra")
        daemon = self.running.pop("fra")
        daemon.signal(signal.SIGSTOP)
        daemon.signal(signal.SIGTERM).signal(signal.SIGINT)  # Both arrive when it goes on.
        daemon.signal(signal.SIGCONT)
        self.assertIn(daemon.wait(), (128 + signal.SIGTERM, 128 + signal.SIGINT))
        self.up("fra")  # And starts again from what is on disk.
        self.running.pop("fra").stop()

    def test_a_peer_that_does_not_read_holds_nobody_up(self):
        self.seated()
        self.running["deu"].signal(signal.SIGSTOP)
        self.running.pop("fra").stop()
        self.running["deu"].signal(signal.SIGCONT)

    def test_a_service_manager_hears_ready_alive_and_stopping(self):
        """The messages of sd_notify(3), also into an abstract socket, within the sandbox."""
        for name in (self.path("notify"), "\0comity-notify-%d" % os.getpid()):
            listener = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
            listener.settimeout(PATIENCE_S)
            listener.bind(name)
            daemon = self.start("fra.yaml", env={"NOTIFY_SOCKET": name.replace("\0", "@"),
                                                 "WATCHDOG_USEC": "300000"})
            self.assertTrue(listener.recv(4096).startswith(b"READY=1\nSTATUS="))
            for _ in range(3):
                self.assertEqual(listener.recv(4096), b"WATCHDOG=1")
            daemon.signal()
            while (heard := listener.recv(4096)) == b"WATCHDOG=1":
                pass
            self.assertEqual(heard, b"STOPPING=1")
            self.assertEqual(daemon.wait(), 0)
            listener.close()

    def test_who_hears_no_answer_is_no_reason_to_wait(self):
        listener = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        listener.bind(self.path("notify"))  # Nobody ever reads it; its queue fills up.
        daemon = self.start("fra.yaml", env={"NOTIFY_SOCKET": self.path("notify"),
                                             "WATCHDOG_USEC": "3000"}).ready()
        self.ask("fra", "status")
        daemon.stop()
        listener.close()


if __name__ == "__main__":
    main()
