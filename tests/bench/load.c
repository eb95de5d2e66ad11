/* SPDX-License-Identifier: Apache-2.0 */
#include <string.h>
#include <time.h>

#include "bench/measure.h"

enum { CLIENTS_MAX = 4096, PAYLOAD_MAX = 16 * 1024 };

static const double warm_up_s = 1;

struct running {
    struct parley *parley;
    struct load *load;
    double since_s[CLIENTS_MAX]; /* When each client handed in. */
    char text[PAYLOAD_MAX + 1];
    uint64_t notes;
};

static double own_cpu_s(void)
{
    struct timespec used;
    (void)clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &used);
    return (double)used.tv_sec + (double)used.tv_nsec / 1e9;
}

/* Clients are dealt to the daemons in turn and stay with theirs. */
static enum comity_error hand_in(struct running *self, uint32_t client, struct fault *fault)
{
    Comity__V1__Submit submit = COMITY__V1__SUBMIT__INIT;
    Comity__V1__DraftTarget note = COMITY__V1__DRAFT_TARGET__INIT;
    uint64_t number = self->notes++;
    for (uint32_t i = 0; i < 16 && i < self->load->payload; i++, number /= 16)
        self->text[i] = "0123456789abcdef"[number % 16]; /* No two notes are alike. */
    submit.act_case = COMITY__V1__SUBMIT__ACT_NOTE;
    submit.note = &note;
    submit.text = self->text;
    self->since_s[client] = bench_now_s();
    return parley_submit(self->parley, client % self->parley->count, client, &submit, fault);
}

static enum comity_error take(struct running *self, struct sample *waits, bool again,
                              struct fault *fault)
{
    struct parley_answer answer;
    enum comity_error error = parley_receive(self->parley, &answer, fault);
    if (error != COMITY_OK)
        return error;
    const Comity__V1__Response *response = answer.response;
    error = parley_check_final(&answer, fault);
    if (error != COMITY_OK)
        return error;
    uint32_t client = (uint32_t)response->id;
    if (waits != NULL)
        sample_add(waits, (bench_now_s() - self->since_s[client]) * 1e3);
    return again ? hand_in(self, client, fault) : COMITY_OK;
}

static enum comity_error drain(struct running *self, struct fault *fault)
{
    enum comity_error error = COMITY_OK;
    for (uint32_t i = 0; error == COMITY_OK && i < self->load->clients; i++)
        error = take(self, NULL, false, fault);
    return error;
}

static enum comity_error fill(struct running *self, struct fault *fault)
{
    enum comity_error error = COMITY_OK;
    for (uint32_t i = 0; error == COMITY_OK && i < self->load->clients; i++)
        error = hand_in(self, i, fault);
    return error;
}

/* Twice: the heights are asked for while nothing else is under way, so blocks, acts and CPU are of
 * one span, from silence to silence; the rate is of the middle of it. */
enum comity_error load_run(struct parley *parley, struct load *load, struct fault *fault)
{
    static struct running self;
    uint64_t before = 0;
    uint64_t after = 0;
    self.parley = parley;
    self.load = load;
    if (load->clients > CLIENTS_MAX || load->payload > PAYLOAD_MAX)
        return fault_set(fault, COMITY_LIMIT, "too many clients, or notes too long");
    memset(self.text, 'x', load->payload);
    self.text[load->payload] = '\0';
    enum comity_error error = parley_height(parley, 0, &before, fault);
    double cpu_s = parley_cpu_s(parley);
    double client_s = own_cpu_s();
    if (error == COMITY_OK)
        error = fill(&self, fault);
    double warm_s = bench_now_s() + warm_up_s;
    uint64_t finals = 0;
    for (; error == COMITY_OK && bench_now_s() < warm_s; finals++)
        error = take(&self, NULL, true, fault);
    double start_s = bench_now_s();
    uint64_t measured = 0;
    for (; error == COMITY_OK && bench_now_s() < start_s + load->seconds; measured++)
        error = take(&self, &load->wait_ms, true, fault);
    load->acts_per_s = (double)measured / (bench_now_s() - start_s);
    if (error == COMITY_OK)
        error = drain(&self, fault);
    load->cpu_s = parley_cpu_s(parley) - cpu_s;
    load->own_cpu_s = own_cpu_s() - client_s;
    if (error == COMITY_OK)
        error = parley_height(parley, 0, &after, fault);
    load->acts = finals + measured + load->clients;
    load->blocks = after - before;
    return error;
}
