/* SPDX-License-Identifier: Apache-2.0 */
/* measure.h - what is measured of a forum of daemons. */
#ifndef COMITY_BENCH_MEASURE_H
#define COMITY_BENCH_MEASURE_H

#include "bench/parley.h"

struct sample { /* Of one kind, in the unit of whoever fills it. */
    double *values;
    size_t count, capacity;
};
void sample_add(struct sample *self, double value);  /* Full: forgotten. */
double sample_at(struct sample *self, double share); /* 0.5 is the median; sorts. */

/* Agreements, one after the other. */
struct rounds {
    struct sample first_ms; /* Last ballot handed in -> verdict in the first feed. */
    struct sample every_ms; /* ... -> in every feed. */
    double cpu_s;           /* Of all daemons, from each proposal to its verdict and the silence. */
    uint64_t acts, blocks;
};
COMITY_MUST_CHECK enum comity_error rounds_run(struct parley *parley, uint32_t count,
                                               struct rounds *ret, struct fault *fault);

/* Clients that each hand in a note, wait until it is final, and hand in the next. */
struct load {
    uint32_t clients, payload; /* In: how many, bytes of text. */
    double seconds;            /* In: of measuring, after a warm-up. */
    double acts_per_s;
    double cpu_s;     /* Of all daemons, in that time. */
    double own_cpu_s; /* Of the clients, which share the cores. */
    uint64_t acts, blocks;
    struct sample wait_ms; /* Of each act; its memory is the caller's. */
};
COMITY_MUST_CHECK enum comity_error load_run(struct parley *parley, struct load *load,
                                             struct fault *fault);

/* libsodium's Ed25519 verification of a signed act, on every core at once. */
struct verify_rate {
    double per_s;  /* Of all cores together, by the clock on the wall. */
    double cpu_us; /* CPU of one. */
};
void verify_rate_measure(double seconds, size_t message_size, struct verify_rate *ret);

#endif
