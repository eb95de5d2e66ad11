/* SPDX-License-Identifier: Apache-2.0 */
/* pulse.c - the honest seats decide something, and each of their daemons says so in its feed. */
#include <stdio.h>
#include <string.h>

#include "hostile/hostile.h"

enum { SUBMIT_MS = 500 };

/* Hands in until it is final: a daemon under attack may answer late, and a key makes it one act. */
static uint32_t submit(struct cluster *self, int index, Comity__V1__Submit *draft, int64_t end_ms)
{
    struct daemon *daemon = &self->daemons[index];
    struct comity_reply reply;
    struct fault fault = {{0}};
    uint8_t key[8];
    (void)snprintf((char *)key, sizeof key, "%c%u", "abc"[index], (unsigned)self -> proposals);
    key[0] = (uint8_t)(draft->act_case == COMITY__V1__SUBMIT__ACT_PROPOSE ? 'p' : key[0]);
    draft->key = (ProtobufCBinaryData){sizeof key, key};
    draft->wait_ms = SUBMIT_MS;
    for (;;) {
        enum comity_error error = comity_submit(daemon->client, draft, &reply, &fault);
        cluster_look(self);
        if (error == COMITY_OK) {
            bool final = reply.response->submitted->final;
            bool accepted = reply.response->submitted->accepted;
            uint32_t proposal = reply.response->submitted->proposal;
            if (final && !accepted)
                die("an honest act was refused: %s", reply.response->submitted->line);
            comity_reply_free(&reply);
            if (final)
                return proposal;
        } else if (error != COMITY_PENDING && error != COMITY_BUSY && error != COMITY_NOT_FOUND) {
            die("an honest act was not taken: %s", fault.text);
        }
        if (now_ms() > end_ms)
            die("%s is not final in time: the honest seats decide no more",
                draft->act_case == COMITY__V1__SUBMIT__ACT_PROPOSE ? "a proposal" : "a ballot");
    }
}

static bool tells_verdict(const Comity__V1__Events *events, uint32_t proposal)
{
    for (size_t i = 0; i < events->n_events; i++) {
        const Comity__V1__Event *event = events->events[i];
        if (event->proposal == proposal && strcmp(event->kind, "verdict") == 0 &&
            strcmp(event->word, "adopted") == 0)
            return true;
    }
    return false;
}

static void await_verdict(struct cluster *self, int index, uint32_t proposal, int64_t end_ms)
{
    struct daemon *daemon = &self->daemons[index];
    struct comity_reply reply;
    struct fault fault;
    bool told = false;
    daemon->feed.wait_ms = SUBMIT_MS;
    while (!told) {
        enum comity_error error = comity_feed_next(daemon->client, &daemon->feed, &reply, &fault);
        cluster_look(self);
        if (error == COMITY_OK) {
            told = tells_verdict(reply.response->events, proposal);
            comity_reply_free(&reply);
        } else if (error != COMITY_PENDING && error != COMITY_BUSY) {
            die("the feed of an honest daemon ends: %s", fault.text);
        }
        if (!told && now_ms() > end_ms)
            die("no verdict on P%u in time", (unsigned)proposal);
    }
}

int64_t pulse(struct cluster *self, int64_t limit_ms)
{
    int64_t start_ms = now_ms();
    char name[16];
    Comity__V1__DraftPropose propose = COMITY__V1__DRAFT_PROPOSE__INIT;
    Comity__V1__Submit draft = COMITY__V1__SUBMIT__INIT;
    self->proposals++;
    propose.title = (char *)(uintptr_t) "Mend the wall";
    propose.rule = (char *)(uintptr_t) "most";
    propose.topic = (char *)(uintptr_t) "walls";
    draft.text = (char *)(uintptr_t) "1. Mend it.\n";
    draft.act_case = COMITY__V1__SUBMIT__ACT_PROPOSE;
    draft.propose = &propose;
    uint32_t proposal = submit(self, 0, &draft, start_ms + limit_ms);
    (void)snprintf(name, sizeof name, "P%u", (unsigned)proposal);
    for (int i = 0; i < HONEST; i++) {
        Comity__V1__DraftBallot ballot = COMITY__V1__DRAFT_BALLOT__INIT;
        Comity__V1__Submit answer = COMITY__V1__SUBMIT__INIT;
        ballot.proposal = name;
        ballot.answer = COMITY__V1__ANSWER__ANSWER_YES;
        answer.act_case = COMITY__V1__SUBMIT__ACT_BALLOT;
        answer.ballot = &ballot;
        (void)submit(self, i, &answer, start_ms + limit_ms);
    }
    for (int i = 0; i < HONEST; i++)
        await_verdict(self, i, proposal, start_ms + limit_ms);
    return now_ms() - start_ms;
}
