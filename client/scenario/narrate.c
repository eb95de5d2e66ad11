/* SPDX-License-Identifier: Apache-2.0 */
#include "scenario/narrate.h"

#include <string.h>

#include "base/calendar.h"
#include "base/text.h"
#include "scenario/report.h"

enum { NARRATOR_WIDTH = 80 };

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
void narrate_text(const char *text, int indent, FILE *out)
{
    int column = 0;
    while (*text) {
        size_t size = strcspn(text, " \n");
        int width = 0;
        for (size_t i = 0; i < size; i++)
            width += ((unsigned char)text[i] & 0xc0) != 0x80;
        if (size && column && column + 1 + width > NARRATOR_WIDTH) {
            (void)fputc('\n', out);
            column = 0;
        }
        if (size) {
            (void)fprintf(out, "%*s%.*s", column ? 1 : indent, "", (int)size, text);
            column += width + (column ? 1 : indent);
        }
        text += size;
        if (text[0] == '\n' && text[1] == '\n') {
            (void)fputs("\n\n", out);
            column = 0;
            text++;
        }
        if (*text)
            text++;
    }
    (void)fputc('\n', out);
}

/* Write what the delegations of the group did, all in one line. */
static void flush_group(struct narrator *self)
{
    if (!self->who[0])
        return;
    (void)fprintf(self->out, "   %s%s%s: %s\n", paint(self, "\033[1m"), self->who,
                  paint(self, "\033[0m"), self->what);
    self->who[0] = '\0';
    (void)fflush(self->out);
}

/* Something is about to be told: what was before it, and its day. */
static void begin(struct narrator *self)
{
    char day[CALENDAR_TEXT_SIZE];
    flush_group(self);
    if (self->day_told)
        return;
    self->day_told = true;
    calendar_format(self->day_ms, day);
    (void)fprintf(self->out, "\n%s── %s ──%s\n", paint(self, "\033[1;34m"), day,
                  paint(self, "\033[0m"));
}

static void tell_day(void *context, int64_t time_ms)
{
    struct narrator *self = context;
    flush_group(self);
    self->day_told = false;
    self->day_ms = time_ms;
}

static void tell_text(void *context, const char *text)
{
    struct narrator *self = context;
    begin(self);
    (void)fputs(paint(self, "\033[36m"), self->out);
    narrate_text(text, 0, self->out);
    (void)fputs(paint(self, "\033[0m"), self->out);
    (void)fflush(self->out);
}

/* `P1`; `A1` where it is an agreement and the act means that; or an act alone by its label. */
static const char *name_target(const struct narrator *self, const struct scenario_act *act,
                               char *out, size_t size)
{
    uint32_t number =
        act->target == SCENARIO_NONE || !self->play ? 0 : self->play->labels[act->target].proposal;
    bool agreement =
        number < NARRATOR_AGREEMENTS_MAX && self->agreements[number] && act->act.kind != ACT_BALLOT;
    if (number)
        (void)snprintf(out, size, "%c%u", agreement ? 'A' : 'P',
                       agreement ? self->agreements[number] : number);
    else
        (void)snprintf(out, size, "\"%s\"", scenario_label_name(self->scenario, act->target));
    return out;
}

/* Of a rule with stages, what its first ballot asks. */
static void describe_proposal(const struct narrator *self, const struct act *act, uint32_t number,
                              char *out, size_t size)
{
    const struct charter *charter = self->scenario->charter;
    struct text text;
    text_init(&text, out, size);
    text_add(&text, "proposal ");
    if (number != 0) /* One that was refused has none. */
        text_format(&text, "P%u, ", number);
    text_format(&text, "\"%s\", by the rule %s: ", act->as.propose.title, act->as.propose.rule);
    for (uint32_t i = 0; i < charter->rules_count; i++) {
        if (strcmp(charter->rules[i].name, act->as.propose.rule) != 0)
            continue;
        if (charter->rules[i].has_stages)
            charter_explain_stages(charter, &charter->rules[i], &text);
        else
            text_add(&text, charter->rules[i].sentence);
    }
}

static void describe_ruling(const struct act *act, const char *target, char *out, size_t size)
{
    switch (act->as.procedure.ruling) {
    case RULING_CLOSE:
        (void)snprintf(out, size, "the balloting on %s is closed", target);
        break;
    case RULING_SUSPEND:
        (void)snprintf(out, size, "the forum is suspended");
        break;
    case RULING_RESUME:
        (void)snprintf(out, size, "the forum is resumed");
        break;
    case RULING_TIE:
        (void)snprintf(out, size, "%s decides the tie on %s", answer_word(act->as.procedure.answer),
                       target);
        break;
    default:
        (void)snprintf(out, size, "the roll is called");
        break;
    }
}

/* What the act says, so that it reads after one name and after several. */
static void describe_act(const struct narrator *self, const struct scenario_act *act,
                         const struct stage_result *result, char *out, size_t size)
{
    static const char *const nouns[] = {[ANSWER_YES] = "yes to",
                                        [ANSWER_NO] = "no to",
                                        [ANSWER_OBJECT] = "objection to",
                                        [ANSWER_ABSTAIN] = "abstention on"};
    char target[SCENARIO_LABEL_MAX + 3];
    const struct act *body = &act->act;
    (void)name_target(self, act, target, sizeof target);
    switch (body->kind) {
    case ACT_PROPOSE:
        describe_proposal(self, body, result->proposal, out, size);
        break;
    case ACT_ALLEGE:
        (void)snprintf(out, size, "allegation that %s broke %s",
                       scenario_seat_name(self->scenario, body->as.allege.seat), target);
        break;
    case ACT_BALLOT:
        (void)snprintf(out, size, "%s %s",
                       body->as.ballot.answer == ANSWER_PASS ? "passing on"
                                                             : nouns[body->as.ballot.answer],
                       target);
        break;
    case ACT_ALONE:
        (void)snprintf(out, size, "acting alone, \"%s\"", body->as.alone.title);
        break;
    case ACT_WITHDRAW:
        (void)snprintf(out, size, "notice of withdrawal from %s%s", target,
                       body->as.withdraw.taken_back ? ", taken back" : "");
        break;
    case ACT_PROCEDURE:
        describe_ruling(body, target, out, size);
        break;
    case ACT_RECEIPT:
        (void)snprintf(out, size, "receipt of %s", target);
        break;
    case ACT_SHIFT:
        (void)snprintf(out, size, "the question of %s goes to %s", target, body->as.shift.name);
        break;
    case ACT_NOTE:
        (void)snprintf(out, size, "\"%.*s\"", (int)body->text.size, (const char *)body->text.data);
        break;
    case ACT_RATIFY:
        (void)snprintf(out, size, "ratification of %s", target);
        break;
    case ACT_ACCEDE:
        (void)snprintf(out, size, "accession to %s", target);
        break;
    case ACT_JOIN:
        (void)snprintf(out, size, "joining the forum");
        break;
    default:
        (void)snprintf(out, size, "%s %s", act_kind_word(body->kind), target);
    }
}

static void tell_act(void *context, const struct scenario_act *act,
                     const struct stage_result *result)
{
    struct narrator *self = context;
    char what[NARRATOR_GROUP_MAX];
    const char *who = title_of(self, act->act.seat);
    describe_act(self, act, result, what, sizeof what);
    if (!result->accepted) {
        size_t used = strlen(what);
        (void)snprintf(what + used, sizeof what - used, ", refused: %s", result->line);
    }
    size_t used = strlen(self->who);
    if (used && strcmp(what, self->what) == 0 && used + strlen(who) + 3 < sizeof self->who) {
        (void)snprintf(self->who + used, sizeof self->who - used, ", %s", who);
        return;
    }
    begin(self);
    (void)snprintf(self->who, sizeof self->who, "%s", who);
    (void)snprintf(self->what, sizeof self->what, "%s", what);
}

static void tell_verdict(void *context, const struct stage_proposal *view)
{
    struct narrator *self = context;
    bool adopted = strcmp(view->verdict, "adopted") == 0;
    begin(self);
    if (strcmp(view->status, "decided") != 0) {
        (void)fprintf(self->out, "   %s▶ P%u, first ballot by rule %s: %s; now by rule %s%s\n",
                      paint(self, "\033[1;33m"), view->number, view->first_rule, view->first_line,
                      view->rule, paint(self, "\033[0m"));
        (void)fflush(self->out);
        return;
    }
    (void)fprintf(self->out, "   %s▶ P%u %s%s\n",
                  paint(self, adopted ? "\033[1;32m" : "\033[1;31m"), view->number, view->line,
                  paint(self, "\033[0m"));
    const struct {
        const char *word;
        const struct seat_set *set;
    } lists[] = {{"formed by", &view->formed}, {"stayed out", &view->stayed_out}};
    for (size_t i = 0; adopted && i < 2; i++) {
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
                           const struct stage_agreement *before, const struct stage_agreement *now)
{
    struct narrator *self = context;
    char day[16];
    report_day(now->in_force_ms, day, sizeof day);
    begin(self);
    if (proposal->number < NARRATOR_AGREEMENTS_MAX)
        self->agreements[proposal->number] = now->number;
    const char *bold = paint(self, "\033[1m"), *plain = paint(self, "\033[0m");
    if (strcmp(before->status, now->status) != 0 && strcmp(now->status, "pending") == 0)
        (void)fprintf(self->out, "   %s◆ A%u \"%s\" waits for consents%s\n", bold, now->number,
                      proposal->title, plain);
    else if (strcmp(before->status, now->status) != 0)
        (void)fprintf(self->out, "   %s◆ A%u is %s%s\n", bold, now->number,
                      strcmp(now->status, "in-force") == 0 ? "in force" : "ended", plain);
    else if (before->threshold_ms == INT64_MAX && now->threshold_ms != INT64_MAX)
        (void)fprintf(self->out, "   %s◆ A%u enters into force on %s%s: %s\n", bold, now->number,
                      day, plain, now->line);
    if (self->scenario->charter->seats_count > 20) {
        if (before->parties_count != now->parties_count)
            (void)fprintf(self->out, "     A%u has %u parties\n", now->number, now->parties_count);
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
    begin(self);
    report_seats(self->scenario, &step->seats, names, sizeof names);
    (void)fprintf(self->out, "   %s%s %s%s\n", paint(self, "\033[2m"),
                  step->kind == STEP_KILL ? "kill -9:" : "started again:", names,
                  paint(self, "\033[0m"));
    (void)fflush(self->out);
}

void narrator_end(struct narrator *self)
{
    flush_group(self);
    (void)fputc('\n', self->out);
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
