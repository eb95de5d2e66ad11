/* SPDX-License-Identifier: Apache-2.0 */
/* verdict.h - what a rule says about a proposal. */
#ifndef COMITY_MODEL_VERDICT_H
#define COMITY_MODEL_VERDICT_H

/* name, word */
#define VERDICTS(X) \
    X(VERDICT_OPEN, "open") \
    X(VERDICT_ADOPTED, "adopted") \
    X(VERDICT_REJECTED, "rejected") \
    X(VERDICT_LAPSED, "lapsed") \
    X(VERDICT_INQUORATE, "inquorate")

enum verdict {
#define X(name, word) name,
    VERDICTS(X)
#undef X
        VERDICTS_COUNT
};

const char *verdict_word(enum verdict verdict); /* "adopted"; static storage. */

#endif
