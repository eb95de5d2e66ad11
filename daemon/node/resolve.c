/* SPDX-License-Identifier: Apache-2.0 */
#include "node/resolve.h"

#include <netdb.h>
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/log.h"
#include "node/address.h"

enum { PORT_SIZE = 8, LOOKUP_AGAIN_MS = 10000, HEARD_MS = 15000 };

struct lookup {
    const uint8_t *key;
    char host[ADDRESS_HOST_SIZE];
    char port[PORT_SIZE];
    char address[NI_MAXHOST + PORT_SIZE + 4]; /* What the wire was given last. */
    bool numeric;
    bool running;
    bool complained;
    int64_t next_ms;
    struct gaicb request;
    struct addrinfo hints;
};

struct resolver {
    size_t count;
    struct lookup lookups[];
};

static enum comity_error lookup_init(struct lookup *self, const char *address, struct fault *fault)
{
    struct address parsed;
    const char *why;
    if (address_parse(address, &parsed, &why) != COMITY_OK)
        return fault_set(fault, COMITY_INVALID, "peer address \"%s\": %s", address, why);
    memcpy(self->host, parsed.host, sizeof self->host);
    (void)snprintf(self->port, sizeof self->port, "%u", (unsigned)parsed.port);
    self->numeric = parsed.numeric;
    return COMITY_OK;
}

enum comity_error resolver_open(const struct config *config, struct resolver **ret_resolver,
                                struct fault *fault)
{
    struct resolver *self = calloc(1, sizeof *self + config->peers_count * sizeof self->lookups[0]);
    if (self == NULL)
        return COMITY_MEMORY;
    for (uint32_t i = 0; i < config->peers_count; i++) {
        struct lookup *lookup = &self->lookups[self->count]; /* Numeric ones are not kept. */
        if (config->peers[i].address == NULL)
            continue;
        lookup->key = config->peers[i].key;
        enum comity_error error = lookup_init(lookup, config->peers[i].address, fault);
        if (error != COMITY_OK) {
            free(self);
            return error;
        }
        if (lookup->numeric)
            *lookup = (struct lookup){0};
        else
            self->count++;
    }
    *ret_resolver = self;
    return COMITY_OK;
}

bool resolver_is_numeric(const struct resolver *self, const uint8_t key[KEY_SIZE])
{
    for (size_t i = 0; i < self->count; i++) {
        if (memcmp(self->lookups[i].key, key, KEY_SIZE) == 0)
            return false;
    }
    return true;
}

void resolver_close(struct resolver **self)
{
    if (self == NULL || *self == NULL)
        return;
    for (size_t i = 0; i < (*self)->count; i++) {
        struct lookup *lookup = &(*self)->lookups[i];
        if (!lookup->running)
            continue;
        if (gai_cancel(&lookup->request) == EAI_NOTCANCELED) {
            const struct gaicb *waiting = &lookup->request;
            (void)gai_suspend(&waiting, 1, NULL); /* Its memory is ours until it ends. */
        }
        if (lookup->request.ar_result != NULL)
            freeaddrinfo(lookup->request.ar_result);
    }
    free(*self);
    *self = NULL;
}

static void lookup_start(struct lookup *self, int64_t now_ms)
{
    struct gaicb *list[] = {&self->request};
    self->hints = (struct addrinfo){.ai_socktype = SOCK_STREAM};
    self->request =
        (struct gaicb){.ar_name = self->host, .ar_service = self->port, .ar_request = &self->hints};
    self->next_ms = now_ms + LOOKUP_AGAIN_MS;
    self->running = getaddrinfo_a(GAI_NOWAIT, list, 1, NULL) == 0;
}

static void lookup_finish(struct lookup *self, struct wire *wire, int failure)
{
    char host[NI_MAXHOST];
    char address[sizeof self->address];
    struct addrinfo *found = self->request.ar_result;
    self->running = false;
    if (failure != 0 || found == NULL) {
        if (!self->complained)
            log_line(LOG_WARNING, "wire", "the name %s cannot be looked up yet: %s", self->host,
                     gai_strerror(failure));
        self->complained = true;
        return;
    }
    if (getnameinfo(found->ai_addr, found->ai_addrlen, host, sizeof host, NULL, 0,
                    NI_NUMERICHOST) == 0) {
        (void)snprintf(address, sizeof address, found->ai_family == AF_INET6 ? "[%s]:%s" : "%s:%s",
                       host, self->port);
        struct fault fault = {{0}};
        if (strcmp(address, self->address) != 0 &&
            wire_add_peer(wire, self->key, address, &fault) != COMITY_OK)
            log_line(LOG_WARNING, "wire", "%s", fault.text);
        memcpy(self->address, address, sizeof address);
        self->complained = false;
    }
    freeaddrinfo(found);
    self->request.ar_result = NULL;
}

void resolver_turn(struct resolver *self, struct wire *wire, int64_t now_ms)
{
    for (size_t i = 0; i < self->count; i++) {
        struct lookup *lookup = &self->lookups[i];
        if (lookup->running) {
            int failure = gai_error(&lookup->request);
            if (failure != EAI_INPROGRESS)
                lookup_finish(lookup, wire, failure);
        } else if (now_ms >= lookup->next_ms &&
                   (lookup->address[0] == '\0' ||
                    !wire_heard(wire, lookup->key, now_ms, HEARD_MS))) {
            lookup_start(lookup, now_ms);
        }
    }
}
