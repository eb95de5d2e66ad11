/* SPDX-License-Identifier: Apache-2.0 */
/* session_offence.c - who does what no honest daemon does is named: in the log, at most once a
 * second, and in the status. Who goes on with it is not listened to for a while, longer each time:
 * a forged signature costs its sender nothing and us a verification (CONSENSUS.md 1.8). The right
 * ones are checked all the same, so an honest daemon is never charged with what others forged. */
#include "base/log.h"
#include "base/text.h"
#include "node/session_state.h"

enum {
    TELL_MS = 1000,
    BURST_MS = 1000,
    BURST_MAX = 16, /* Within BURST_MS: that is no accident. */
    IGNORE_MS = 1000,
    IGNORE_MS_MAX = 16000,
    FORGIVE_MS = 60000, /* After so long without it begins at IGNORE_MS again. */
};

void session_report(struct session *self, uint32_t peer, const char *what)
{
    if (peer >= self->peers_count || peer == self->self)
        return;
    struct session_peer *sender = &self->peers[peer];
    struct text offence;
    text_init(&offence, sender->offence, sizeof sender->offence);
    text_add(&offence, what);
    sender->offences++;
    if (self->time.now_ms < sender->tell_ms)
        return;
    sender->tell_ms = self->time.now_ms + TELL_MS;
    log_line(LOG_WARNING, "wire", "forum=%s %s %s (%llu offences so far)", self->name,
             self->charter->seats[sender->seat].name, what, (unsigned long long)sender->offences);
}

void session_offend(struct session *self, uint32_t peer, const char *what)
{
    session_report(self, peer, what);
    if (peer >= self->peers_count || peer == self->self)
        return;
    struct session_peer *sender = &self->peers[peer];
    int64_t now = self->time.now_ms;
    if (sender->burst == 0 || now - sender->burst_ms > BURST_MS) {
        sender->burst_ms = now;
        sender->burst = 0;
    }
    if (++sender->burst < BURST_MAX || now < sender->ignored_until_ms)
        return;
    bool again = sender->ignored_ms > 0 && now - sender->ignored_until_ms < FORGIVE_MS;
    int64_t wait = again ? sender->ignored_ms * 2 : IGNORE_MS;
    sender->ignored_ms = wait > IGNORE_MS_MAX ? IGNORE_MS_MAX : wait;
    sender->ignored_until_ms = now + sender->ignored_ms;
    sender->burst = 0;
    log_line(LOG_WARNING, "wire", "forum=%s %s is not listened to for %lld s: %s", self->name,
             self->charter->seats[sender->seat].name, (long long)(sender->ignored_ms / 1000), what);
    if (self->env.ignore != NULL)
        self->env.ignore(self->env.context, session_peer_key(self, peer), sender->ignored_until_ms);
}

void session_note_junk(struct session *self, const uint8_t key[KEY_SIZE], struct session_time time)
{
    self->time = time;
    session_offend(self, session_find_peer(self, key), "sent what is no frame");
}

const char *session_seat_offence(const struct session *self, uint32_t seat, uint64_t *ret_count)
{
    const struct session_peer *peer = &self->peers[self->peer_of_seat[seat]];
    *ret_count = peer->offences;
    return peer->offence;
}
