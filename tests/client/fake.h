/* SPDX-License-Identifier: Apache-2.0 */
/* fake.h - a daemon that answers as a test tells it, in a thread of its own; and a command line
 * run against it. */
#ifndef COMITY_TESTS_CLIENT_FAKE_H
#define COMITY_TESTS_CLIENT_FAKE_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "client.pb-c.h"
#include "comity.h"

struct fake;

enum fake_act { FAKE_SEND, FAKE_STAY_SILENT, FAKE_SEND_RAW, FAKE_SEND_TWO_FRAMES };

/* What to do about the n-th request (from 0). Fill the response (its id is set already), or for
 * FAKE_SEND_RAW the bytes; both must stay valid. */
typedef enum fake_act fake_answer(void *context, unsigned n, const Comity__V1__Request *request,
                                  Comity__V1__Response *ret_response, struct bytes *ret_raw);

/* Listens at once; the socket is in a directory of its own. */
struct fake *fake_start(fake_answer *answer, void *context);
const char *fake_path(const struct fake *self);
unsigned fake_requests(const struct fake *self);
void fake_stop(struct fake **self);

/* Run a command line, `vote P3 yes`, words separated by spaces (a word in '' may have some). */
struct run {
    int end;
    char *out; /* free() */
    char *err;
};
struct run fake_run(const struct fake *self, const char *line, const char *input);
void run_free(struct run *run);

/* A proposal, docket and status for tests to show and to spoil. */
void fake_fill_proposal(Comity__V1__ProposalInfo *ret_proposal);
void fake_fill_status(Comity__V1__DaemonStatus *ret_status);

#endif
