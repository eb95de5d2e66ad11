/* SPDX-License-Identifier: Apache-2.0 */
#include "sim/workers.h"

#include <ctype.h>
#include <errno.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "sim/chance.h"

enum { PROGRESS_SECONDS = 60 };

struct slot { /* Of one worker. */
    uint64_t seed;
    bool busy;
    struct workers_sum sum;
};

struct shared {
    atomic_uint_fast64_t next;
    atomic_bool stop;
    struct finding finding; /* Of workers_try. */
    struct slot slots[WORKERS_MAX];
};

static struct shared *shared_open(void)
{
    struct shared *self =
        mmap(NULL, sizeof *self, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    if (self == MAP_FAILED)
        abort();
    return self;
}

static double now_seconds(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (double)now.tv_sec + (double)now.tv_nsec / 1e9;
}

static double cpu_seconds(void)
{
    double sum = 0;
    for (int i = 0; i < 2; i++) {
        struct rusage used;
        if (getrusage(i == 0 ? RUSAGE_SELF : RUSAGE_CHILDREN, &used) != 0)
            abort();
        sum += (double)(used.ru_utime.tv_sec + used.ru_stime.tv_sec) +
               (double)(used.ru_utime.tv_usec + used.ru_stime.tv_usec) / 1e6;
    }
    return sum;
}

static void sum_add(struct workers_sum *sum, uint64_t seed, const struct finding *finding)
{
    if (finding->passed) {
        sum->passed++;
    } else {
        if (sum->failed == 0 || seed < sum->first_failed) {
            sum->first_failed = seed;
            sum->failure = *finding;
        }
        sum->failed++;
    }
    sum->trace += mix64(finding->trace ^ seed);
    sum->virtual_ms += finding->virtual_ms;
    for (int i = 0; i < WORKERS_COUNTS_MAX; i++)
        sum->counts[i] += finding->counts[i];
}

static void sum_join(struct workers_sum *sum, const struct workers_sum *part)
{
    if (part->failed > 0 && (sum->failed == 0 || part->first_failed < sum->first_failed)) {
        sum->first_failed = part->first_failed;
        sum->failure = part->failure;
    }
    sum->passed += part->passed;
    sum->failed += part->failed;
    sum->trace += part->trace;
    sum->virtual_ms += part->virtual_ms;
    for (int i = 0; i < WORKERS_COUNTS_MAX; i++)
        sum->counts[i] += part->counts[i];
}

/* Seeds are handed out one by one: long ones must not wait at the end of one worker's share. */
static void work(const struct workers *self, struct shared *shared, struct slot *slot)
{
    while (!atomic_load(&shared->stop)) {
        uint64_t seed = atomic_fetch_add(&shared->next, 1);
        if (seed > self->last)
            return;
        struct finding finding = {0};
        slot->seed = seed;
        slot->busy = true;
        self->run(self->context, seed, &finding);
        slot->busy = false;
        sum_add(&slot->sum, seed, &finding);
        if (finding.passed)
            continue;
        if (self->report != NULL)
            self->report(self->context, seed, &finding);
        if (!self->keep_going)
            atomic_store(&shared->stop, true);
    }
}

/* What a process said before it died: the line of its assertion or of a sanitizer. */
static void last_words(FILE *errors, int status, bool aloud, struct finding *ret_finding)
{
    char line[1024];
    int number = WIFSIGNALED(status) ? WTERMSIG(status) : 0;
    *ret_finding = (struct finding){.passed = false};
    (void)snprintf(ret_finding->failure, sizeof ret_finding->failure, "it died: %s %d",
                   number > 0 ? "signal" : "status", number > 0 ? number : WEXITSTATUS(status));
    rewind(errors);
    while (fgets(line, sizeof line, errors) != NULL) {
        if (aloud)
            fputs(line, stderr);
        if (strstr(line, "ssertion") == NULL && strstr(line, "ERROR: ") == NULL &&
            strstr(line, "runtime error: ") == NULL)
            continue;
        line[strcspn(line, "\n")] = '\0';
        (void)snprintf(ret_finding->failure, sizeof ret_finding->failure, "it died: %.280s", line);
        break;
    }
    while (aloud && fgets(line, sizeof line, errors) != NULL)
        fputs(line, stderr);
}

struct worker {
    pid_t process;
    FILE *errors;
};

static void worker_start(struct worker *worker, const struct workers *self, struct shared *shared,
                         struct slot *slot)
{
    worker->errors = tmpfile();
    if (worker->errors == NULL)
        abort();
    fflush(NULL);
    worker->process = fork();
    if (worker->process < 0)
        abort();
    if (worker->process > 0)
        return;
    (void)dup2(fileno(worker->errors), STDERR_FILENO);
    work(self, shared, slot);
    fflush(NULL);
    _exit(0);
}

/* A minute has passed; waiting goes on. */
static void on_alarm(int number)
{
    (void)number;
}

static void tell_progress(const struct workers *self, struct shared *shared)
{
    uint64_t next = atomic_load(&shared->next);
    if (next > self->last + 1)
        next = self->last + 1;
    fprintf(stderr, "%llu of %llu\n", (unsigned long long)(next - self->first),
            (unsigned long long)(self->last - self->first + 1));
    (void)alarm(PROGRESS_SECONDS);
}

static void wait_for_all(const struct workers *self, struct shared *shared, uint32_t jobs)
{
    struct worker workers[WORKERS_MAX];
    uint32_t left = jobs;
    struct sigaction action = {.sa_handler = on_alarm};
    (void)sigaction(SIGALRM, &action, NULL);
    (void)alarm(PROGRESS_SECONDS);
    for (uint32_t i = 0; i < jobs; i++)
        worker_start(&workers[i], self, shared, &shared->slots[i]);
    while (left > 0) {
        int status = 0;
        pid_t process = wait(&status);
        uint32_t at = 0;
        if (process < 0 && errno == EINTR) {
            tell_progress(self, shared);
            continue;
        }
        while (at < jobs && workers[at].process != process)
            at++;
        if (process < 0)
            abort();
        if (at == jobs)
            continue;
        struct slot *slot = &shared->slots[at];
        bool died = slot->busy || !WIFEXITED(status) || WEXITSTATUS(status) != 0;
        if (died) {
            struct finding finding;
            last_words(workers[at].errors, status, true, &finding);
            slot->busy = false;
            sum_add(&slot->sum, slot->seed, &finding);
            if (self->report != NULL)
                self->report(self->context, slot->seed, &finding);
            if (!self->keep_going)
                atomic_store(&shared->stop, true);
        }
        (void)fclose(workers[at].errors);
        if (died && self->keep_going)
            worker_start(&workers[at], self, shared, slot);
        else
            left--;
    }
    (void)alarm(0);
}

void workers_all(const struct workers *self, struct workers_sum *ret_sum)
{
    struct shared *shared = shared_open();
    double from = now_seconds();
    double cpu_from = cpu_seconds();
    uint32_t jobs = self->jobs;
    long processors = sysconf(_SC_NPROCESSORS_ONLN);
    if (jobs == 0)
        jobs = processors < 1 ? 1 : (uint32_t)processors;
    if (jobs > WORKERS_MAX)
        jobs = WORKERS_MAX;
    if (jobs > self->last - self->first + 1)
        jobs = (uint32_t)(self->last - self->first + 1);
    atomic_store(&shared->next, self->first);
    *ret_sum = (struct workers_sum){0};
    if (self->inside)
        work(self, shared, &shared->slots[0]);
    else
        wait_for_all(self, shared, jobs);
    for (uint32_t i = 0; i < jobs; i++)
        sum_join(ret_sum, &shared->slots[i].sum);
    ret_sum->seconds = now_seconds() - from;
    ret_sum->cpu_seconds = cpu_seconds() - cpu_from;
    (void)munmap(shared, sizeof *shared);
}

void workers_try(workers_run *run, void *context, uint64_t seed, struct finding *ret_finding)
{
    struct shared *shared = shared_open();
    FILE *errors = tmpfile();
    int status = 0;
    fflush(NULL);
    pid_t process = errors == NULL ? -1 : fork();
    if (process < 0)
        abort();
    if (process == 0) {
        FILE *nowhere = fopen("/dev/null", "w"); /* open() may be the simulated one. */
        (void)dup2(fileno(errors), STDERR_FILENO);
        if (nowhere != NULL)
            (void)dup2(fileno(nowhere), STDOUT_FILENO);
        run(context, seed, &shared->finding);
        _exit(0);
    }
    while (waitpid(process, &status, 0) != process)
        continue;
    *ret_finding = shared->finding;
    if (!WIFEXITED(status) || WEXITSTATUS(status) != 0)
        last_words(errors, status, false, ret_finding);
    (void)fclose(errors);
    (void)munmap(shared, sizeof *shared);
}

/* The next character that is no part of a number. */
static char next_letter(const char **at)
{
    while (isxdigit((unsigned char)**at) || **at == '.' || **at == ',')
        (*at)++;
    return **at == '\0' ? '\0' : *(*at)++;
}

bool finding_is_same(const struct finding *left, const struct finding *right)
{
    const char *a = left->failure;
    const char *b = right->failure;
    if (left->passed || right->passed)
        return false;
    for (int i = 0; i < 60; i++) { /* The rest is detail. */
        char letter = next_letter(&a);
        if (letter != next_letter(&b))
            return false;
        if (letter == '\0')
            return true;
    }
    return true;
}

void workers_print(const struct workers_sum *sum)
{
    double seconds = sum->seconds < 1e-3 ? 1e-3 : sum->seconds;
    double cpu = sum->cpu_seconds < 1e-3 ? 1e-3 : sum->cpu_seconds;
    double seeds = (double)(sum->passed + sum->failed);
    printf("%llu passed, %llu failed in %.1f s: %.1f seeds/s, %.2f simulated hours/s "
           "(%.1f seeds/s of processor time), trace %016llx\n",
           (unsigned long long)sum->passed, (unsigned long long)sum->failed, sum->seconds,
           seeds / seconds, (double)sum->virtual_ms / 3600000.0 / seconds, seeds / cpu,
           (unsigned long long)sum->trace);
}

bool workers_parse_list(const char *text, uint8_t *ret_flags, uint32_t size)
{
    while (*text != '\0') {
        char *end = NULL;
        unsigned long from = strtoul(text, &end, 10), to = from;
        if (end == text)
            return false;
        if (*end == '-')
            to = strtoul(end + 1, &end, 10);
        for (; from <= to && from < size; from++)
            ret_flags[from] = 1;
        if (*end != ',' && *end != '\0')
            return false;
        text = *end == ',' ? end + 1 : end;
    }
    return true;
}

void workers_print_list(FILE *file, const char *option, const uint8_t *flags, uint32_t size)
{
    for (uint32_t i = 0; i < size; i++) {
        uint32_t last = i;
        if (!flags[i])
            continue;
        while (last + 1 < size && flags[last + 1])
            last++;
        fprintf(file, "%s%u", option, i);
        if (last > i)
            fprintf(file, "-%u", last);
        option = ",";
        i = last;
    }
}
