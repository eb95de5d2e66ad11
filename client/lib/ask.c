/* SPDX-License-Identifier: Apache-2.0 */
/* ask.c - the requests most clients make, one function each. */
#include <poll.h>
#include <sodium/randombytes.h>
#include <string.h>

#include "base/bytes.h"
#include "comity.h"

enum { TRIES_MAX = 10, RETRY_MS = 500 };

enum comity_error comity_get_status(struct comity *self, struct comity_reply *ret_reply,
                                    struct fault *fault)
{
    Comity__V1__GetStatus body = COMITY__V1__GET_STATUS__INIT;
    Comity__V1__Request request = COMITY__V1__REQUEST__INIT;
    request.request_case = COMITY__V1__REQUEST__REQUEST_GET_STATUS;
    request.get_status = &body;
    return comity_ask(self, &request, COMITY__V1__RESPONSE__RESPONSE_STATUS, ret_reply, fault);
}

static bool is_named(const Comity__V1__ForumStatus *forum, const char *name)
{
    uint8_t id[32];
    if (strcmp(forum->name, name) == 0)
        return true;
    return strlen(name) == 2 * sizeof id && hex_to_bytes(name, id, sizeof id) == COMITY_OK &&
           bytes_equal(bytes_of(id, sizeof id), bytes_of(forum->id.data, forum->id.len));
}

const Comity__V1__ForumStatus *comity_find_forum(const Comity__V1__DaemonStatus *status,
                                                 const char *name)
{
    if (name[0] == '\0')
        return status->n_forums == 1 ? status->forums[0] : NULL;
    for (size_t i = 0; i < status->n_forums; i++) {
        if (is_named(status->forums[i], name))
            return status->forums[i];
    }
    return NULL;
}

enum comity_error comity_get_docket(struct comity *self, struct comity_reply *ret_reply,
                                    struct fault *fault)
{
    Comity__V1__GetDocket body = COMITY__V1__GET_DOCKET__INIT;
    Comity__V1__Request request = COMITY__V1__REQUEST__INIT;
    request.request_case = COMITY__V1__REQUEST__REQUEST_GET_DOCKET;
    request.get_docket = &body;
    return comity_ask(self, &request, COMITY__V1__RESPONSE__RESPONSE_DOCKET, ret_reply, fault);
}

enum comity_error comity_get_charter(struct comity *self, struct comity_reply *ret_reply,
                                     struct fault *fault)
{
    Comity__V1__GetCharter body = COMITY__V1__GET_CHARTER__INIT;
    Comity__V1__Request request = COMITY__V1__REQUEST__INIT;
    request.request_case = COMITY__V1__REQUEST__REQUEST_GET_CHARTER;
    request.get_charter = &body;
    return comity_ask(self, &request, COMITY__V1__RESPONSE__RESPONSE_CHARTER, ret_reply, fault);
}

enum comity_error comity_get_weights(struct comity *self, struct comity_reply *ret_reply,
                                     struct fault *fault)
{
    Comity__V1__GetCharter body = COMITY__V1__GET_CHARTER__INIT;
    Comity__V1__Request request = COMITY__V1__REQUEST__INIT;
    body.weights = true;
    request.request_case = COMITY__V1__REQUEST__REQUEST_GET_CHARTER;
    request.get_charter = &body;
    return comity_ask(self, &request, COMITY__V1__RESPONSE__RESPONSE_CHARTER, ret_reply, fault);
}

enum comity_error comity_get_proposal(struct comity *self, const char *name,
                                      struct comity_reply *ret_reply, struct fault *fault)
{
    Comity__V1__GetProposal body = COMITY__V1__GET_PROPOSAL__INIT;
    Comity__V1__Request request = COMITY__V1__REQUEST__INIT;
    body.proposal = (char *)name;
    request.request_case = COMITY__V1__REQUEST__REQUEST_GET_PROPOSAL;
    request.get_proposal = &body;
    return comity_ask(self, &request, COMITY__V1__RESPONSE__RESPONSE_PROPOSAL, ret_reply, fault);
}

enum comity_error comity_get_agreement(struct comity *self, const char *name,
                                       struct comity_reply *ret_reply, struct fault *fault)
{
    Comity__V1__GetAgreement body = COMITY__V1__GET_AGREEMENT__INIT;
    Comity__V1__Request request = COMITY__V1__REQUEST__INIT;
    body.agreement = (char *)name;
    request.request_case = COMITY__V1__REQUEST__REQUEST_GET_AGREEMENT;
    request.get_agreement = &body;
    return comity_ask(self, &request, COMITY__V1__RESPONSE__RESPONSE_AGREEMENT, ret_reply, fault);
}

enum comity_error comity_get_conduct(struct comity *self, const char *topic,
                                     struct comity_reply *ret_reply, struct fault *fault)
{
    Comity__V1__GetConduct body = COMITY__V1__GET_CONDUCT__INIT;
    Comity__V1__Request request = COMITY__V1__REQUEST__INIT;
    body.topic = (char *)(topic == NULL ? "" : topic);
    body.no_topic = topic == NULL;
    request.request_case = COMITY__V1__REQUEST__REQUEST_GET_CONDUCT;
    request.get_conduct = &body;
    return comity_ask(self, &request, COMITY__V1__RESPONSE__RESPONSE_CONDUCT, ret_reply, fault);
}

enum comity_error comity_get_record(struct comity *self, uint64_t from_height, bool raw,
                                    struct comity_reply *ret_reply, struct fault *fault)
{
    Comity__V1__GetRecord body = COMITY__V1__GET_RECORD__INIT;
    Comity__V1__Request request = COMITY__V1__REQUEST__INIT;
    body.from_height = from_height;
    body.raw = raw;
    request.request_case = COMITY__V1__REQUEST__REQUEST_GET_RECORD;
    request.get_record = &body;
    return comity_ask(self, &request, COMITY__V1__RESPONSE__RESPONSE_RECORD, ret_reply, fault);
}

/* Whether asking once more may help: no answer came, or the daemon is being restarted. A request
 * that was never sent has no id, and was refused by a daemon that is not there. */
static bool may_try_again(enum comity_error error, const Comity__V1__Request *request,
                          unsigned tries)
{
    if (error == COMITY_PENDING)
        return true;
    if (error != COMITY_NETWORK || (request->id == 0 && tries == 0))
        return false;
    (void)poll(NULL, 0, RETRY_MS);
    return true;
}

enum comity_error comity_submit(struct comity *self, const Comity__V1__Submit *submit,
                                struct comity_reply *ret_reply, struct fault *fault)
{
    uint8_t key[COMITY_KEY_SIZE];
    Comity__V1__Submit keyed = *submit;
    if (keyed.key.len == 0) {
        randombytes_buf(key, sizeof key);
        keyed.key = (ProtobufCBinaryData){.len = sizeof key, .data = key};
    }
    enum comity_error error = COMITY_PENDING;
    for (unsigned i = 0; i < TRIES_MAX; i++) {
        Comity__V1__Request request = COMITY__V1__REQUEST__INIT;
        request.request_case = COMITY__V1__REQUEST__REQUEST_SUBMIT;
        request.submit = &keyed;
        error =
            comity_ask(self, &request, COMITY__V1__RESPONSE__RESPONSE_SUBMITTED, ret_reply, fault);
        if (!may_try_again(error, &request, i) || (error == COMITY_PENDING && i >= 2))
            break;
    }
    return error;
}

enum comity_error comity_feed_next(struct comity *self, struct comity_feed *feed,
                                   struct comity_reply *ret_reply, struct fault *fault)
{
    Comity__V1__GetEvents body = COMITY__V1__GET_EVENTS__INIT;
    Comity__V1__Request request = COMITY__V1__REQUEST__INIT;
    body.height = feed->height;
    body.index = feed->index;
    body.wait_ms = feed->wait_ms;
    request.request_case = COMITY__V1__REQUEST__REQUEST_GET_EVENTS;
    request.get_events = &body;
    struct comity_reply reply;
    enum comity_error error =
        comity_ask(self, &request, COMITY__V1__RESPONSE__RESPONSE_EVENTS, &reply, fault);
    if (error != COMITY_OK)
        return error;
    feed->height = reply.response->events->height;
    feed->index = reply.response->events->index;
    *ret_reply = reply;
    return COMITY_OK;
}

enum comity_error comity_feed_from_now(struct comity *self, struct comity_feed *feed,
                                       struct fault *fault)
{
    struct comity_reply reply;
    enum comity_error error = comity_get_status(self, &reply, fault);
    if (error != COMITY_OK)
        return error;
    const Comity__V1__ForumStatus *forum =
        comity_find_forum(reply.response->status, comity_forum(self));
    if (forum != NULL) {
        feed->height = forum->height;
        feed->index = feed->height > 0 ? UINT32_MAX : 0;
    }
    comity_reply_free(&reply);
    return COMITY_OK;
}
