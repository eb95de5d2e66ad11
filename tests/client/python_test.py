# SPDX-License-Identifier: Apache-2.0
"""The Python package against a fake daemon: a ROUTER in a thread that answers as told."""

import datetime
import os
import sys
import tempfile
import threading
import unittest

import zmq

import comity
from comity import client


class Fake(threading.Thread):
    def __init__(self, endpoint, answer):
        super().__init__(daemon=True)
        self.context = zmq.Context()
        self.router = self.context.socket(zmq.ROUTER)
        self.router.linger = 0
        self.router.bind(endpoint)
        self.answer = answer
        self.requests = []

    def run(self):
        while True:
            who, body = self.router.recv_multipart()
            if body == b"stop":
                self.router.close()
                return
            request = client.Request.FromString(body)
            self.requests.append(request)
            answer = self.answer(request)
            if isinstance(answer, client.Response):
                answer.id = request.id
                answer = answer.SerializeToString()
            if answer is not None:
                self.router.send_multipart([who, answer])


class ComityTest(unittest.TestCase):
    def start(self, answer, **options):
        directory = tempfile.TemporaryDirectory()
        endpoint = "ipc://" + os.path.join(directory.name, "fake.sock")
        fake = Fake(endpoint, answer)
        fake.start()
        me = comity.Comity(endpoint, **options)

        def stop():
            me._socket.send(b"stop")
            fake.join()
            me.close()
            fake.context.term()
            directory.cleanup()
        self.addCleanup(stop)
        return me, fake

    def test_a_vote_is_one_ballot_with_a_key(self):
        done = client.Response(submitted=client.Submitted(final=True, accepted=True, line="yes"))
        me, fake = self.start(lambda request: done, wait=0)
        self.assertEqual(me.vote(3, "yes").line, "yes")
        submit = fake.requests[0].submit
        self.assertEqual((submit.ballot.proposal, submit.ballot.answer), ("P3", 1))
        self.assertEqual(len(submit.key), 16)

    def test_a_retry_has_the_same_key(self):
        answers = [None, client.Response(submitted=client.Submitted())]
        me, fake = self.start(lambda request: answers.pop(0), timeout=0.1, wait=0)
        me.note("hello")
        self.assertEqual(fake.requests[0].submit.key, fake.requests[1].submit.key)

    def test_refusals_are_raised(self):
        failure = client.Response(failure=client.Failure(code="COMITY_CLOSED", text="closed"))
        me, _ = self.start(lambda request: failure)
        with self.assertRaises(comity.Refused) as caught:
            me.docket()
        self.assertEqual(caught.exception.code, "COMITY_CLOSED")

    def test_an_act_in_the_record_that_changed_nothing_is_raised(self):
        done = client.Response(submitted=client.Submitted(final=True, line="too late"))
        me, _ = self.start(lambda request: done)
        with self.assertRaises(comity.NotAccepted) as caught:
            me.retract("P1")
        self.assertEqual(str(caught.exception), "too late")

    def test_silence_and_nonsense_are_errors(self):
        answers = [None, b"\xff\xff"]
        me, _ = self.start(lambda request: answers.pop(0), timeout=0.1)
        with self.assertRaises(comity.Timeout):
            me.status()
        with self.assertRaises(comity.Error):
            me.status()

    def test_events_follow_the_cursor(self):
        pages = [client.Events(height=2, index=1, events=[client.Event(height=2, index=1)]),
                 client.Events(height=3, index=1, events=[client.Event(height=3, index=1)])]
        me, fake = self.start(lambda request: client.Response(events=pages.pop(0)))
        events = me.events("start")
        self.assertEqual([next(events).height, next(events).height], [2, 3])
        self.assertEqual((fake.requests[1].get_events.height, fake.requests[1].get_events.index),
                         (2, 1))

    def test_times_need_a_zone(self):
        me, fake = self.start(lambda request: client.Response(submitted=client.Submitted()))
        with self.assertRaises(comity.Error):
            me.propose("T", "text", closes=datetime.datetime(2016, 10, 5))
        me.propose("T", "text", closes=datetime.datetime(2016, 10, 5,
                                                         tzinfo=datetime.timezone.utc))
        self.assertEqual(fake.requests[0].submit.propose.closes_ms, 1475625600000)

    def test_the_generated_modules_stay_in_the_package(self):
        self.assertNotIn("acts_pb2", sys.modules)
        self.assertIn("comity.acts_pb2", sys.modules)


if __name__ == "__main__":
    unittest.main()
