/* SPDX-License-Identifier: Apache-2.0 */
/* What parties say they have delivered, and what others say of that. */
#include "base/text.h"
#include "forum/conduct.h"
#include "forum/index.h"
#include "forum/journal.h"
#include "forum/pledge.h"

enum comity_error accounts_of(const struct forum *self, struct step *step, const struct hash *id)
{
    struct proposal *proposal = index_find_proposal(self, id);
    if (proposal == NULL)
        return fault_set(step->fault, COMITY_NOT_FOUND, "there is no such proposal");
    if (proposal->is.agreement == 0)
        return fault_set(step->fault, COMITY_REFUSED, "P%u is no agreement",
                         (unsigned)proposal->is.number);
    step->proposal = proposal;
    step->agreement = self->agreements[proposal->is.agreement - 1];
    return COMITY_OK;
}

enum comity_error report_check(const struct forum *self, struct step *step)
{
    const struct act *act = step->act;
    enum comity_error error = accounts_of(self, step, &act->as.pledge.proposal);
    if (error != COMITY_OK)
        return error;
    const struct agreement *agreement = step->agreement;
    unsigned number = agreement->is.number;
    if (accounts_is_to_fund(step->proposal->is.rule, act->as.pledge.issue, act->as.pledge.unit))
        return fault_set(step->fault, COMITY_REFUSED,
                         "what is paid into the fund of A%u is delivered: nothing is to report",
                         number);
    if (accounts_find(&agreement->accounts.is, act->seat, act->as.pledge.issue, act->as.pledge.unit,
                      act->as.pledge.due_ms) == NULL)
        return fault_set(step->fault, COMITY_NOT_FOUND,
                         "under A%u the seat has no pledge of that issue, unit and day", number);
    return COMITY_OK;
}

void report_apply(struct forum *self, struct step *step)
{
    const struct act *act = step->act;
    struct agreement *agreement = step->agreement;
    struct pledge report = {.seat = act->seat,
                            .issue = act->as.pledge.issue,
                            .quantity = act->as.pledge.quantity,
                            .unit = act->as.pledge.unit,
                            .due_ms = act->as.pledge.due_ms};
    forum_note_agreement_act(self, agreement, &act->id);
    uint32_t number = accounts_report(&agreement->accounts, &self->pool, act->seat, &report,
                                      &act->id, self->now_ms);
    if (number == 0 || !reports_add(self, agreement->is.number, number))
        return;
    conduct_count(self, act->seat, step->proposal->is.topic, CONDUCT_REPORTED, 1);
    char buffer[256];
    struct text line;
    text_init(&line, buffer, sizeof buffer);
    text_format(&line, "A%u/r%u: ", (unsigned)agreement->is.number, (unsigned)number);
    pledge_words(&line, report.quantity, report.unit, report.issue, report.due_ms);
    struct outcome *outcome =
        forum_tell(self, OUTCOME_REPORTED, act->seat, step->proposal, agreement);
    outcome->value = number;
    outcome->line = forum_line(self, buffer);
}

bool reports_add(struct forum *self, uint32_t agreement, uint32_t report)
{
    if (!pool_vector(&self->pool, (void **)&self->reports, self->reports_count,
                     &self->reports_capacity, sizeof *self->reports))
        return false;
    self->reports[self->reports_count++] =
        (struct report_place){.agreement = agreement, .report = report};
    index_add(self, INDEX_REPORT, self->reports_count - 1);
    return true;
}

const struct forum_report *report_at(const struct forum *self, uint32_t index)
{
    struct report_place place = self->reports[index];
    return &self->agreements[place.agreement - 1]->accounts.reports[place.report - 1];
}

/* The report that is spoken of; its number within the agreement. */
static enum comity_error find_report(const struct forum *self, struct step *step,
                                     uint32_t *ret_report)
{
    struct index_entry entry = index_find(self, &step->act->as.attest.report);
    if (entry.kind != INDEX_REPORT)
        return fault_set(step->fault, COMITY_NOT_FOUND, "there is no such report");
    struct report_place place = self->reports[entry.number];
    step->agreement = self->agreements[place.agreement - 1];
    step->proposal = step->agreement->proposal;
    *ret_report = place.report;
    return COMITY_OK;
}

enum comity_error attest_check(const struct forum *self, struct step *step)
{
    const struct act *act = step->act;
    uint32_t number = 0;
    enum comity_error error = find_report(self, step, &number);
    if (error != COMITY_OK)
        return error;
    const struct forum_accounts *accounts = &step->agreement->accounts.is;
    const struct forum_report *report = &accounts->reports[number - 1];
    unsigned agreement = step->agreement->is.number;
    if (report->seat == act->seat)
        return fault_set(step->fault, COMITY_REFUSED, "A%u/r%u is the seat's own report", agreement,
                         (unsigned)number);
    if (!accounts_report_counts(accounts, number))
        return fault_set(step->fault, COMITY_CONFLICT, "A%u/r%u was followed by A%u/r%u", agreement,
                         (unsigned)number, agreement,
                         (unsigned)accounts_find(accounts, report->seat, report->issue,
                                                 report->unit, report->due_ms)
                             ->report);
    if (mask_has(act->as.attest.disputes ? report->disputed : report->vouched, act->seat))
        return fault_set(step->fault, COMITY_EXISTS, "the seat has said so of A%u/r%u already",
                         agreement, (unsigned)number);
    return COMITY_OK;
}

void attest_apply(struct forum *self, struct step *step)
{
    const struct act *act = step->act;
    struct agreement *agreement = step->agreement;
    uint32_t number = 0;
    enum comity_error error = find_report(self, step, &number);
    (void)error; /* Checked. */
    const struct forum_report *report = &agreement->accounts.reports[number - 1];
    forum_note_agreement_act(self, agreement, &act->id);
    accounts_attest(&agreement->accounts, number, act->seat, act->as.attest.disputes);
    conduct_count(self, act->seat, step->proposal->is.topic, CONDUCT_ATTESTED, 1);
    struct delivery delivery =
        accounts_delivery(&agreement->accounts.is, step->proposal->is.rule,
                          accounts_find(&agreement->accounts.is, report->seat, report->issue,
                                        report->unit, report->due_ms));
    char buffer[160];
    struct text line;
    text_init(&line, buffer, sizeof buffer);
    text_format(&line, "%s A%u/r%u of %s: %u for, %u against",
                act->as.attest.disputes ? "disputes" : "vouches for",
                (unsigned)agreement->is.number, (unsigned)number, self->names[report->seat],
                (unsigned)delivery.vouches, (unsigned)delivery.disputes);
    struct outcome *outcome =
        forum_tell(self, OUTCOME_ATTESTED, act->seat, step->proposal, agreement);
    outcome->value = act->as.attest.disputes;
    outcome->line = forum_line(self, buffer);
}
