/* SPDX-License-Identifier: Apache-2.0 */
/* The words people read for what a forum holds. */
#include "forum/parts.h"

const char *agreement_status_word(enum agreement_status status)
{
    static const char *const words[] = {"pending", "in-force", "ended", "suspended"};
    return words[status];
}

const char *party_status_word(enum party_status status)
{
    static const char *const words[] = {"none",    "consented", "bound",
                                        "leaving", "left",      "suspended"};
    return words[status];
}

const char *defection_word(enum defection defection)
{
    static const char *const words[] = {"", "withdrew-in-lock", "equivocated", "breached",
                                        "hollow-reservation"};
    return words[defection];
}

const char *reservation_status_word(enum reservation_status status)
{
    static const char *const words[] = {"made", "effective", "taken-back", "replaced", "lapsed"};
    return words[status];
}

const char *allegation_status_word(enum allegation_status status)
{
    static const char *const words[] = {"alleged", "found", "not-found"};
    return words[status];
}

const char *relation_word(enum relation relation)
{
    static const char *const words[] = {"", "full", "modified", "rest", "none"};
    return words[relation];
}
