/* SPDX-License-Identifier: Apache-2.0 */
/* workers.h - runs seeds on several processes, so that a run that dies is a finding like any
 * other, and tells what came of them. Which process runs a seed changes nothing about it. */
#ifndef COMITY_SIM_WORKERS_H
#define COMITY_SIM_WORKERS_H

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

enum { WORKERS_MAX = 64, WORKERS_COUNTS_MAX = 8 };

struct finding {
    bool passed;
    char failure[300];
    uint64_t trace;
    int64_t virtual_ms;
    int64_t failed_ms;                   /* Virtual time of the failure; 0: unknown. */
    uint64_t counts[WORKERS_COUNTS_MAX]; /* Of the caller: summed up. */
};

typedef void workers_run(void *context, uint64_t seed, struct finding *ret_finding);

struct workers {
    workers_run *run;
    /* Says what failed, in the process that saw it; NULL: nobody does. */
    void (*report)(void *context, uint64_t seed, const struct finding *finding);
    void *context;
    uint64_t first, last;
    uint32_t jobs; /* 0: as many as there are processors. */
    bool keep_going;
    bool inside; /* In this process: for traces and debuggers. */
};

struct workers_sum {
    uint64_t passed, failed;
    uint64_t first_failed; /* The lowest; meaningful if any failed. */
    struct finding failure;
    uint64_t trace; /* Does not depend on the order. */
    int64_t virtual_ms;
    double seconds, cpu_seconds; /* The second: of all processes, for a busy machine. */
    uint64_t counts[WORKERS_COUNTS_MAX];
};

void workers_all(const struct workers *self, struct workers_sum *ret_sum);
/* One run in a process of its own, in silence: dying is a finding. */
void workers_try(workers_run *run, void *context, uint64_t seed, struct finding *ret_finding);
/* Do both fail in the same way, but for numbers? */
bool finding_is_same(const struct finding *left, const struct finding *right);
/* Seeds and simulated hours per second, passed, failed. */
void workers_print(const struct workers_sum *sum);
/* "3,7-9" into flags, and back; nothing is printed where none is set. */
bool workers_parse_list(const char *text, uint8_t *ret_flags, uint32_t size);
void workers_print_list(FILE *file, const char *option, const uint8_t *flags, uint32_t size);

#endif
