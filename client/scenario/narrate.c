/* SPDX-License-Identifier: Apache-2.0 */
#include "scenario/narrate.h"

#include <string.h>

#include "base/calendar.h"
#include "scenario/report.h"

enum { NARRATOR_WIDTH = 84 };

void narrator_init(struct narrator *self, const struct scenario *scenario, FILE *out, bool colour)
{
    *self = (struct narrator){.scenario = scenario, .out = out, .colour = colour};
}

static const char *paint(const struct narrator *self, const char *code)
{
    return self->colour ? code : "";
}

static const char *title_of(const struct narrator *self, uint32_t seat)
{
    const struct charter_seat *found = &self->scenario->charter->seats[seat];
    return found->title && found->title[0] ? found->title : found->name;
}

/* Words wrapped at the width; an empty line stays one. */
static void write_wrapped(struct narrator *self, const char *text, int indent)
{
    int column = 0;
    while (*text) {
        size_t size = strcspn(text, " \n");
        int width = 0;
        for (size_t i = 0; i < size; i++)
            width += ((unsigned char)text[i] & 0xc0) != 0x80;
        if (size && column && column + 1 + width > NARRATOR_WIDTH) {
            (void)fputc('\n', self->out);
            column = 0;
        }
        if (size) {
            (void)fprintf(self->out, "%*s%.*s", column ? 1 : indent, "", (int)size, text);
            column += width + (column ? 1 : indent);
        }
        text += size;
        if (text[0] == '\n' && text[1] == '\n') {
            (void)fputs("\n\n", self->out);
            column = 0;
            text++;
        }
        if (*text)
            text++;
    }
    (void)fputc('\n', self->out);
}

static void tell_day(void *context, int64_t time_ms)
{
    struct narrator *self = context;
    char day[CALENDAR_TEXT_SIZE];
    calendar_format(time_ms, day);
    (void)fprintf(self->out, "\n%s── %s %s\n", paint(self, "\033[1m"), day,
                  paint(self, "\033[0m"));
    (void)fflush(self->out);
}

static void tell_text(void *context, const char *text)
{
    struct narrator *self = context;
    (void)fputs(paint(self, "\033[36m"), self->out);
    write_wrapped(self, text, 0);
    (void)fputs(paint(self, "\033[0m"), self->out);
    (void)fflush(self->out);
}

/* What the act says, as one would tell it. */
static void write_act(struct narrator *self, const struct scenario_act *act,
                      const struct stage_result *result)
{
    const char *label = scenario_label_name(self->scenario, act->target);
    const struct act *body = &act->act;
    switch (body->kind) {
    case ACT_PROPOSE:
        (void)fprintf(self->out, "proposes P%u \"%s\" (rule %s)", result->proposal,
                      body->as.propose.title, body->as.propose.rule);
        break;
    case ACT_BALLOT:
        (void)fprintf(self->out, "answers %s to %s", answer_word(body->as.ballot.answer), label);
        break;
    case ACT_ALONE:
        (void)fprintf(self->out, "acts alone: \"%s\"", body->as.alone.title);
        break;
    case ACT_WITHDRAW:
        (void)fprintf(self->out, body->as.withdraw.taken_back
                                     ? "takes back its notice of withdrawal from %s"
                                     : "gives notice of withdrawal from %s", label);
        break;
    case ACT_PROCEDURE:
        (void)fprintf(self->out, body->as.procedure.ruling == RULING_CLOSE
                                     ? "closes the balloting on %s" : "calls the roll%s", label);
        break;
    case ACT_NOTE:
        (void)fprintf(self->out, "notes: %.*s", (int)body->text.size,
                      (const char *)body->text.data);
        break;
    case ACT_RATIFY:
        (void)fprintf(self->out, "ratifies %s", label);
        break;
    case ACT_ACCEDE:
        (void)fprintf(self->out, "accedes to %s", label);
        break;
    case ACT_AMEND:
    case ACT_COSPONSOR:
    case ACT_RETRACT:
    case ACT_ENDORSE:
    case ACT_CONDEMN:
        (void)fprintf(self->out, "%ss %s", act_kind_word(body->kind), label);
        break;
    default:
        (void)fprintf(self->out, "%s", act_kind_word(body->kind));
    }
}

static void tell_act(void *context, const struct scenario_act *act,
                     const struct stage_result *result)
{
    struct narrator *self = context;
    (void)fprintf(self->out, "   %s ", title_of(self, act->act.seat));
    write_act(self, act, result);
    if (!result->accepted)
        (void)fprintf(self->out, "  %srefused:%s %s", paint(self, "\033[31m"),
                      paint(self, "\033[0m"), result->line);
    (void)fputc('\n', self->out);
    (void)fflush(self->out);
}

static void tell_verdict(void *context, const struct stage_proposal *view)
{
    struct narrator *self = context;
    bool adopted = strcmp(view->verdict, "adopted") == 0;
    (void)fprintf(self->out, "   %s▶ P%u \"%s\": %s%s\n     %s\n",
                  paint(self, adopted ? "\033[1;32m" : "\033[1;31m"), view->number, view->title,
                  view->verdict, paint(self, "\033[0m"), view->line);
    const struct {
        const char *word;
        const struct seat_set *set;
    } lists[] = {{"formed by", &view->formed}, {"stayed out", &view->stayed_out}};
    for (size_t i = 0; i < 2; i++) {
        char names[512];
        report_seats(self->scenario, lists[i].set, names, sizeof names);
        if (names[0] && seat_set_count(lists[i].set) <= 20)
            (void)fprintf(self->out, "     %s: %s\n", lists[i].word, names);
    }
    (void)fflush(self->out);
}

/* A party whose place changed, in one line. */
static void tell_party(struct narrator *self, uint32_t seat, const struct stage_party *before,
                       const struct stage_party *now)
{
    char since[16], until[16];
    report_day(now->since_ms, since, sizeof since);
    report_day(now->until_ms, until, sizeof until);
    const char *who = title_of(self, seat);
    bool broke = strcmp(now->defection, "none") != 0 && now->defection[0] &&
                 strcmp(now->defection, before->defection) != 0;
    if (strcmp(now->status, "bound") == 0 && strcmp(before->status, "leaving") == 0)
        (void)fprintf(self->out, "     %s stays a party after all\n", who);
    else if (strcmp(now->status, "bound") == 0)
        (void)fprintf(self->out, "     %s is a party from %s\n", who, since);
    else if (strcmp(now->status, "leaving") == 0)
        (void)fprintf(self->out, "     %s stays a party until %s\n", who, until);
    else if (strcmp(now->status, "left") == 0)
        (void)fprintf(self->out, "     %s is no party from %s\n", who, until);
    if (broke)
        (void)fprintf(self->out, "     %sthe record calls this a broken commitment: %s%s\n",
                      paint(self, "\033[31m"), now->defection, paint(self, "\033[0m"));
}

static void tell_agreement(void *context, const struct stage_proposal *proposal,
                           const struct stage_agreement *before,
                           const struct stage_agreement *now)
{
    struct narrator *self = context;
    char day[16];
    report_day(now->in_force_ms, day, sizeof day);
    if (strcmp(before->status, now->status) != 0) {
        (void)fprintf(self->out, "   %s◆ A%u \"%s\": %s%s%s%s\n", paint(self, "\033[1m"),
                      now->number, proposal->title, now->status,
                      strcmp(now->status, "in-force") == 0 ? " since " : "",
                      strcmp(now->status, "in-force") == 0 ? day : "", paint(self, "\033[0m"));
        if (now->line[0])
            (void)fprintf(self->out, "     %s\n", now->line);
    }
    if (self->scenario->charter->seats_count > 20) {
        if (before->parties_count != now->parties_count)
            (void)fprintf(self->out, "     A%u has %u parties\n", now->number,
                          now->parties_count);
        return;
    }
    for (uint32_t i = 0; i < self->scenario->charter->seats_count; i++)
        if (memcmp(&before->parties[i], &now->parties[i], sizeof now->parties[i]) != 0)
            tell_party(self, i, &before->parties[i], &now->parties[i]);
    (void)fflush(self->out);
}

static void tell_machine(void *context, const struct scenario_step *step)
{
    struct narrator *self = context;
    char names[512];
    report_seats(self->scenario, &step->seats, names, sizeof names);
    (void)fprintf(self->out, "   %s%s %s%s\n", paint(self, "\033[2m"),
                  step->kind == STEP_KILL ? "kill -9:" : "started again:", names,
                  paint(self, "\033[0m"));
    (void)fflush(self->out);
}

struct play_watch narrator_watch(struct narrator *self)
{
    return (struct play_watch){
        .context = self,
        .day = tell_day,
        .say = tell_text,
        .act = tell_act,
        .verdict = tell_verdict,
        .agreement = tell_agreement,
        .machine = tell_machine,
    };
}
