/* SPDX-License-Identifier: Apache-2.0 */
/* roster.h - a template's seats: which can be asked for, and the template without those that nobody
 * took. */
#ifndef COMITY_CLI_ROSTER_H
#define COMITY_CLI_ROSTER_H

#include "model/limits.h"
#include "yaml/yaml.h"

struct roster_seat {
    const char *name, *title;
    bool has_key, presides;
};

struct roster {
    const char *forum, *title;
    struct roster_seat seats[SEATS_MAX];
    uint32_t count;
};

/* Strings are the tree's. COMITY_INVALID with the place. */
COMITY_MUST_CHECK enum comity_error roster_read(struct yaml_node *root, struct roster *ret_roster,
                                                struct fault *fault);
/* Take a seat out: of the seats, the groups, the weights and the orderers. */
void roster_strike(struct yaml_node *root, const char *seat);

#endif
