/* SPDX-License-Identifier: Apache-2.0 */
/* link.c - EVE's links: raw ZeroMQ with her seat's key, frames as comity-protocol(7) has them. */
#include <string.h>
#include <time.h>
#include <zmq.h>

#include "codec/act.h"
#include "hostile/hostile.h"

void eve_nap(int ms)
{
    struct timespec time = {.tv_sec = ms / 1000, .tv_nsec = ms % 1000 * 1000000L};
    (void)nanosleep(&time, NULL);
}

void *eve_dial(const struct eve *self, const struct identity *identity, uint16_t port)
{
    char endpoint[64];
    uint8_t server[CURVE_KEY_SIZE];
    uint8_t public[CURVE_KEY_SIZE];
    uint8_t secret[CURVE_KEY_SIZE];
    int linger = 0;
    int mark = 64;
    void *socket = zmq_socket(self->context, ZMQ_DEALER);
    if (socket == NULL)
        die("EVE has no socket: %s", zmq_strerror(zmq_errno()));
    (void)zmq_setsockopt(socket, ZMQ_LINGER, &linger, sizeof linger);
    (void)zmq_setsockopt(socket, ZMQ_SNDHWM, &mark, sizeof mark);
    if (identity != NULL) {
        uint32_t index = 0;
        while (index < HONEST && self->cluster->daemons[index].port != port)
            index++;
        if (identity_curve_key(identity_key(self->cluster->identities[index]), server) !=
                COMITY_OK ||
            identity_curve_key(identity_key(identity), public) != COMITY_OK)
            die("a key does not convert");
        identity_curve_secret(identity, secret);
        (void)zmq_setsockopt(socket, ZMQ_CURVE_SERVERKEY, server, sizeof server);
        (void)zmq_setsockopt(socket, ZMQ_CURVE_PUBLICKEY, public, sizeof public);
        (void)zmq_setsockopt(socket, ZMQ_CURVE_SECRETKEY, secret, sizeof secret);
    }
    (void)snprintf(endpoint, sizeof endpoint, "tcp://127.0.0.1:%u", port);
    if (zmq_connect(socket, endpoint) != 0)
        die("EVE cannot connect: %s", zmq_strerror(zmq_errno()));
    return socket;
}

void eve_open(struct eve *self, const struct cluster *cluster, struct counts *counts)
{
    struct fault fault;
    *self = (struct eve){.cluster = cluster, .counts = counts, .random = 1};
    self->context = zmq_ctx_new();
    for (int i = 0; i < HONEST; i++)
        self->dealers[i] = eve_dial(self, cluster->identities[EVE], cluster->daemons[i].port);
    if (comity_open(cluster->daemons[0].socket, &self->spy, &fault) != COMITY_OK)
        die("EVE: %s", fault.text);
    comity_set_timeout(self->spy, 60000);
}

uint32_t eve_below(struct eve *self, uint32_t limit)
{
    uint64_t z = self->random += UINT64_C(0x9e3779b97f4a7c15);
    z = (z ^ (z >> 30)) * UINT64_C(0xbf58476d1ce4e5b9);
    z = (z ^ (z >> 27)) * UINT64_C(0x94d049bb133111eb);
    return (uint32_t)((z ^ (z >> 31)) % limit);
}

void eve_add_frame(struct eve *self, struct bytes frame)
{
    uint8_t size[4];
    struct writer writer;
    writer_init(&writer, size, sizeof size);
    writer_u32(&writer, (uint32_t)frame.size);
    if (buffer_append(&self->message, size, sizeof size) != COMITY_OK ||
        buffer_append(&self->message, frame.data, frame.size) != COMITY_OK)
        die("out of memory");
}

void eve_add(struct eve *self, const struct peer_message *message)
{
    struct peer_message tagged = *message;
    forum_tag(&self->cluster->charter->id, 0, tagged.forum_tag);
    buffer_clear(&self->frame);
    if (peer_message_encode(&tagged, SEATS, &self->frame) != COMITY_OK)
        die("EVE cannot encode what she means");
    eve_add_frame(self, buffer_bytes(&self->frame));
}

static void send_message(struct eve *self, uint32_t daemon)
{
    if (zmq_send(self->dealers[daemon], self->message.data, self->message.size, ZMQ_DONTWAIT) >= 0)
        self->counts->sent++;
    else
        self->counts->failed++;
}

void eve_send(struct eve *self, uint32_t daemon)
{
    send_message(self, daemon);
    buffer_clear(&self->message);
}

void eve_send_all(struct eve *self)
{
    for (uint32_t i = 0; i < HONEST; i++)
        send_message(self, i);
    buffer_clear(&self->message);
}

void eve_sign_vote(const struct eve *self, struct vote *vote)
{
    uint8_t message[VOTE_SIGN_SIZE];
    vote_sign_bytes(&self->cluster->domain, vote->kind, vote->view, &vote->hash, message);
    identity_sign(self->cluster->identities[EVE], "vote", bytes_of(message, sizeof message),
                  vote->signature);
}

struct bytes eve_act(struct eve *self, struct act *act, const char *text)
{
    static struct buffer bytes;
    static struct buffer encoded;
    uint8_t signature[SIGNATURE_SIZE];
    act->forum = self->cluster->charter->id;
    act->has_text = text[0] != '\0';
    act->text_hash = act_text_hash(bytes_of_text(text));
    buffer_clear(&bytes);
    buffer_clear(&encoded);
    if (act_encode(act, &bytes) != COMITY_OK)
        die("EVE cannot encode an act");
    identity_sign(self->cluster->identities[EVE], ACT_SIGN_TAG, buffer_bytes(&bytes), signature);
    if (signed_act_encode(buffer_bytes(&bytes), signature, bytes_of_text(text), &encoded) !=
        COMITY_OK)
        die("EVE cannot sign an act");
    return buffer_bytes(&encoded);
}

void eve_spy(struct eve *self, uint64_t *ret_view, uint64_t *ret_height, uint64_t *ret_seq)
{
    struct comity_reply reply;
    struct fault fault;
    if (comity_get_status(self->spy, &reply, &fault) != COMITY_OK)
        return; /* What she knew before. */
    const Comity__V1__ForumStatus *forum = comity_find_forum(reply.response->status, "");
    if (forum != NULL && forum->n_seats == SEATS) {
        *ret_view = forum->view;
        *ret_height = forum->height;
        *ret_seq = forum->seats[EVE]->seq;
    }
    comity_reply_free(&reply);
}
