/* SPDX-License-Identifier: Apache-2.0 */
/* main.c - `hostile COMITYD [--pulses N] [ATTACK|GROUP ...]`: each attack in turn against a cluster
 * of its own, a line for each, and 0 only if every bound holds. */
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "hostile/hostile.h"

enum {
    PULSE_MS_MAX = 120000,      /* A question must be decided within this time while attacked. */
    GROWTH_KIB_MAX = 96 * 1024, /* Anonymous memory of a daemon may grow by so much. */
    BEGIN_MS_MAX = 60000,
    NAMED_MS_MAX = 20000,
};

struct row {
    const char *name;
    const char *group;
    attack *begin;
    const char *named; /* A log line has this and `how`; NULL: there is nobody to name. */
    const char *how;
};

static const struct row rows[] = {
    {"tcp-half", "stranger", tcp_half, "127.0.0.1", "handshake"},
    {"tcp-loris", "stranger", tcp_loris, "127.0.0.1", "handshake"},
    {"tcp-giant", "stranger", tcp_giant, "127.0.0.1", "handshake"},
    {"tcp-garbage", "stranger", tcp_garbage, "127.0.0.1", "handshake"},
    {"tcp-flood", "stranger", tcp_flood, "127.0.0.1", "flood"},
    {"tcp-hold", "stranger", tcp_hold, "127.0.0.1", "handshake"},
    {"tcp-replay", "stranger", tcp_replay, "127.0.0.1", "handshake"},
    {"key-none", "stranger", key_none, "127.0.0.1", "handshake"},
    {"key-wrong", "stranger", key_wrong, "127.0.0.1", "not known"},
    {"seat-garbage", "seat", seat_garbage, "EVE", "offences"},
    {"seat-giant", "seat", seat_giant, "EVE", "no frame"},
    {"seat-crumbs", "seat", seat_crumbs, "EVE", "no frame"},
    {"seat-foreign", "seat", seat_foreign, "EVE", "forged"},
    {"seat-replay", "seat", seat_replay, NULL, NULL},
    {"seat-forged-votes", "seat", seat_forged_votes, "EVE", "forged"},
    {"seat-forged-acts", "seat", seat_forged_acts, "EVE", "forged"},
    {"seat-relayed", "seat", seat_relayed, "EVE", "offences"},
    {"seat-future", "seat", seat_future, NULL, NULL},
    {"seat-certs", "seat", seat_certs, "EVE", "forged"},
    {"seat-clock", "seat", seat_clock, NULL, NULL},
    {"seat-status", "seat", seat_status, NULL, NULL},
    {"seat-fetch", "seat", seat_fetch, "EVE", "ration"},
    {"seat-blocks", "seat", seat_blocks, "EVE", "asked for"},
    {"seat-halves", "seat", seat_halves, "EVE", "conflicting votes"},
    {"votes-two", "seat", votes_two, "EVE", "conflicting votes"},
    {"acts-gaps", "seat", acts_gaps, "EVE", "share"},
    {"acts-two", "seat", acts_two, "EVE", "two different acts"},
    {"acts-notes", "seat", acts_notes, NULL, NULL},
    {"client-garbage", "client", client_garbage, NULL, NULL},
    {"client-giant", "client", client_giant, NULL, NULL},
    {"client-flood", "client", client_flood, NULL, NULL},
    {"client-deaf", "client", client_deaf, NULL, NULL},
    {"client-idle", "client", client_idle, NULL, NULL},
};
enum { ROWS = sizeof rows / sizeof *rows };

static pid_t begin(const struct cluster *cluster, const struct row *row, struct counts *counts)
{
    pid_t process = fork();
    if (process < 0)
        die("cannot fork");
    if (process == 0) {
        (void)prctl(PR_SET_PDEATHSIG, SIGKILL);
        row->begin(cluster, counts);
        _exit(0);
    }
    int64_t end = now_ms() + BEGIN_MS_MAX;
    while (__atomic_load_n(&counts->ready, __ATOMIC_ACQUIRE) == 0) {
        if (waitpid(process, NULL, WNOHANG) != 0 || now_ms() > end)
            die("%s did not begin", row->name);
        eve_nap(5);
    }
    return process;
}

struct seen {
    int64_t slowest_ms;
    int64_t growth_kib;
    int64_t busy_permille; /* Of one processor, the busiest daemon. */
    bool named;
};

static void attack_with(struct cluster *cluster, const struct row *row, uint32_t pulses,
                        struct counts *counts, struct seen *ret_seen)
{
    size_t from[HONEST];
    *counts = (struct counts){0};
    cluster_look(cluster);
    for (int i = 0; i < HONEST; i++) {
        struct daemon *daemon = &cluster->daemons[i];
        from[i] = daemon->said.size;
        daemon->anonymous_before = daemon->anonymous_most = read_anonymous_kib(daemon->process);
        daemon->ticks_before = read_ticks(daemon->process);
    }
    int64_t start_ms = now_ms();
    pid_t process = begin(cluster, row, counts);
    *ret_seen = (struct seen){.named = row->named == NULL};
    for (uint32_t i = 0; i < pulses; i++) {
        int64_t took_ms = pulse(cluster, PULSE_MS_MAX);
        if (took_ms > ret_seen->slowest_ms)
            ret_seen->slowest_ms = took_ms;
    }
    /* Some are named only when their time is up: a handshake may take five seconds. */
    int64_t end = now_ms() + NAMED_MS_MAX;
    while (!ret_seen->named && now_ms() < end) {
        cluster_look(cluster);
        ret_seen->named = cluster_said(cluster, from, row->named, row->how);
        if (!ret_seen->named)
            eve_nap(50);
    }
    int64_t wall_ms = now_ms() - start_ms + 1;
    (void)kill(process, SIGKILL);
    (void)waitpid(process, NULL, 0);
    for (int i = 0; i < HONEST; i++) {
        struct daemon *daemon = &cluster->daemons[i];
        int64_t busy = (read_ticks(daemon->process) - daemon->ticks_before) * 1000 / wall_ms;
        int64_t growth = daemon->anonymous_most - daemon->anonymous_before;
        if (busy > ret_seen->busy_permille)
            ret_seen->busy_permille = busy;
        if (growth > ret_seen->growth_kib)
            ret_seen->growth_kib = growth;
    }
    (void)pulse(cluster, PULSE_MS_MAX); /* And when it is over. */
}

static bool chosen(const struct row *row, int count, char **words)
{
    for (int i = 0; i < count; i++) {
        if (strcmp(words[i], row->name) == 0 || strcmp(words[i], row->group) == 0)
            return true;
    }
    return count == 0;
}

int main(int argc, char **argv)
{
    static struct cluster cluster;
    uint32_t pulses = 2;
    bool good = true;
    int at = 2;
    if (argc > 3 && strcmp(argv[2], "--pulses") == 0) {
        pulses = (uint32_t)strtoul(argv[3], NULL, 10);
        at = 4;
    }
    if (argc < 2 || pulses == 0) {
        (void)fprintf(stderr, "usage: hostile COMITYD [--pulses N] [ATTACK|GROUP ...]\n");
        return 2;
    }
    struct counts *counts =
        mmap(NULL, sizeof *counts, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    if (counts == MAP_FAILED)
        die("out of memory");
    (void)setvbuf(stdout, NULL, _IOLBF, 0);
    (void)printf("attack             sent   slowest   memory  cpu  named  (bounds: a question in "
                 "%d s, %d MiB more)\n",
                 PULSE_MS_MAX / 1000, GROWTH_KIB_MAX / 1024);
    for (size_t i = 0; i < ROWS; i++) {
        struct seen seen;
        if (!chosen(&rows[i], argc - at, argv + at))
            continue;
        /* A cluster for each: what one attack left behind must not help against the next. */
        cluster_open(&cluster, argv[1]);
        (void)pulse(&cluster, PULSE_MS_MAX);
        attack_with(&cluster, &rows[i], pulses, counts, &seen);
        for (int k = 0; getenv("HOSTILE_LOG") != NULL && k < HONEST; k++)
            (void)fwrite(cluster.daemons[k].said.data, 1, cluster.daemons[k].said.size, stderr);
        cluster_close(&cluster);
        bool kept = seen.named && seen.growth_kib <= GROWTH_KIB_MAX;
        (void)printf("%-17s %7llu %6lld ms %4lld MiB %3lld%%  %s%s\n", rows[i].name,
                     (unsigned long long)counts->sent, (long long)seen.slowest_ms,
                     (long long)(seen.growth_kib / 1024), (long long)(seen.busy_permille / 10),
                     rows[i].named == NULL ? "-"
                     : seen.named          ? "yes"
                                           : "NO",
                     kept ? "" : "  <- a bound is broken");
        (void)fflush(stdout);
        good = good && kept;
    }
    return good ? 0 : 1;
}
