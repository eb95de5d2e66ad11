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

/* Sets of verdicts that adopt nothing: rejected 1, lapsed 2, inquorate 4. */
#define VERDICT_BIT(verdict) (1u << ((verdict)-VERDICT_REJECTED))
enum { VERDICT_FAILURES = 7 };

const char *verdict_word(enum verdict verdict); /* "adopted"; static storage. */

#endif
