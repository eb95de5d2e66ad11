/* SPDX-License-Identifier: Apache-2.0 */
/* door.c - the simulated world has forums from the start: nobody stands in a lobby. */
#include "wire/door.h"

enum comity_error wire_door_open(struct wire *self, const char *listen, struct fault *fault)
{
    (void)self;
    return fault_set(fault, COMITY_NETWORK, "%s: the simulation has no lobby", listen);
}

void wire_door_close(struct wire *self)
{
    (void)self;
}

const char *wire_door_endpoint(const struct wire *self)
{
    (void)self;
    return "";
}

enum comity_error wire_door_receive(struct wire *self, struct wire_caller *ret_caller,
                                    struct bytes *ret_request)
{
    (void)self;
    (void)ret_caller;
    (void)ret_request;
    return COMITY_PENDING;
}

void wire_door_answer(struct wire *self, const struct wire_caller *caller, struct bytes answer)
{
    (void)self;
    (void)caller;
    (void)answer;
}

enum comity_error wire_knock(struct wire *self, const uint8_t key[KEY_SIZE], const char *address,
                             struct fault *fault)
{
    (void)self;
    (void)key;
    return fault_set(fault, COMITY_NETWORK, "%s: the simulation has no lobby", address);
}

void wire_knock_end(struct wire *self)
{
    (void)self;
}

enum comity_error wire_knock_ask(struct wire *self, struct bytes request)
{
    (void)self;
    (void)request;
    return COMITY_NOT_FOUND;
}

enum comity_error wire_knock_receive(struct wire *self, struct bytes *ret_answer)
{
    (void)self;
    (void)ret_answer;
    return COMITY_PENDING;
}

const char *wire_endpoint(const struct wire *self)
{
    (void)self;
    return "";
}

bool wire_is_shut(const struct wire *self)
{
    (void)self;
    return false;
}
