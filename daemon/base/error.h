/* SPDX-License-Identifier: Apache-2.0 */
/* error.h - one enum of error codes for the whole project, and a fault: the sentence that
 * tells a person what was wrong and where.
 *
 * Functions return enum comity_error (zero is success) and leave their ret_ outputs untouched
 * on failure. Those that read what a person or a peer wrote also take a struct fault *, which
 * they fill on failure only; passing NULL is allowed everywhere a fault is taken. */
#ifndef COMITY_BASE_ERROR_H
#define COMITY_BASE_ERROR_H

#define COMITY_MUST_CHECK __attribute__((warn_unused_result))
#define COMITY_PRINTF(format_index, first) __attribute__((format(printf, format_index, first)))

/* name, text */
#define COMITY_ERRORS(X) \
    X(COMITY_OK, "success") \
    X(COMITY_INVALID, "malformed or contradictory input") \
    X(COMITY_LIMIT, "a stated limit is exceeded") \
    X(COMITY_CLOSED, "closed: no answer may be given or changed any more") \
    X(COMITY_NOT_FOUND, "no such thing") \
    X(COMITY_EXISTS, "it exists already") \
    X(COMITY_REFUSED, "not allowed") \
    X(COMITY_CONFLICT, "contradicts what was said before") \
    X(COMITY_SIGNATURE, "the signature does not verify") \
    X(COMITY_IO, "input or output failed") \
    X(COMITY_FULL, "no space left") \
    X(COMITY_BUSY, "busy: try again later") \
    X(COMITY_DAMAGED, "damaged file or data") \
    X(COMITY_FOREIGN, "belongs to another program, forum or version") \
    X(COMITY_MEMORY, "out of memory") \
    X(COMITY_NETWORK, "network failure") \
    X(COMITY_PENDING, "not known yet") \
    X(COMITY_DIVERGED, "this daemon's state differs from the record's") \
    X(COMITY_USAGE, "wrong use of a command") \
    X(COMITY_PASSPHRASE, "wrong or missing passphrase")

enum comity_error {
#define X(name, text) name,
    COMITY_ERRORS(X)
#undef X
        COMITY_ERRORS_COUNT
};

/* The code's name, `COMITY_CLOSED`; "COMITY_UNKNOWN" outside the range. Static storage. */
const char *error_name(enum comity_error error);
/* The code's text for people. Static storage. */
const char *error_text(enum comity_error error);

enum { FAULT_TEXT_MAX = 512 };
/* Why something failed, for people: names the place (file, line, field) and what was expected. */
struct fault {
    char text[FAULT_TEXT_MAX];
};

/* Write the sentence (truncated at FAULT_TEXT_MAX-1) and return `error`, so that a failing
 * function can say `return fault_set(fault, COMITY_INVALID, "...")`. */
enum comity_error fault_set(struct fault *fault, enum comity_error error, const char *format, ...)
    COMITY_PRINTF(3, 4);
/* Put a prefix such as "charter.yaml:12: " in front of what is there; returns `error`. */
enum comity_error fault_prefix(struct fault *fault, enum comity_error error, const char *format,
                               ...) COMITY_PRINTF(3, 4);

#endif
