/* SPDX-License-Identifier: Apache-2.0 */
/* events.c - one event of the feed as a sentence. */
#include "events.h"

#include <inttypes.h>
#include <string.h>

/* What each kind says. `%` marks: s seat, w word, p proposal, a agreement, l line, t time. */
static const struct {
    const char *kind;
    const char *sentence;
    bool dated; /* forum_ms is when it takes effect, not when it was said. */
    enum style style;
} sentences[] = {
    {"refused", "%s: %w was refused: %l", false, STYLE_BAD},
    {"joined", "%s has joined", false, STYLE_NONE},
    {"proposed", "%s proposes %p: %l", false, STYLE_BOLD},
    {"text", "%p has a new text", false, STYLE_NONE},
    {"ballot", "%s answers %w to %p", false, STYLE_NONE},
    {"verdict", "%p %l", false, STYLE_GOOD},
    {"stage", "%p, first ballot: %l", false, STYLE_WAITING},
    {"agreement", "%p makes agreement %a", false, STYLE_GOOD},
    {"threshold", "%a: the threshold is met", false, STYLE_GOOD},
    {"in-force", "%a is in force from %t", true, STYLE_GOOD},
    {"bound", "%s is bound by %a from %t", true, STYLE_NONE},
    {"notice", "%s gives notice of withdrawal from %a, effective %t", true, STYLE_WAITING},
    {"taken-back", "%s takes back its notice of withdrawal from %a", false, STYLE_NONE},
    {"out", "%s is no party to %a from %t", true, STYLE_WAITING},
    {"ended", "%a has ended: no party is left", false, STYLE_BAD},
    {"acted-alone", "%s acts alone: %l", false, STYLE_WAITING},
    {"relied-on", "an act alone of %s loses its ground: %l", false, STYLE_WAITING},
    {"shifted", "%s takes the question of %p to the forum %l", false, STYLE_WAITING},
    {"withdraw", "%s gives notice of withdrawal from %a", false, STYLE_WAITING},
    {"defection", "%s defects: %w %l", false, STYLE_BAD},
    {"clock", "the chair moves the clock to %t", false, STYLE_NONE},
    {"closed", "balloting on %p is closed", false, STYLE_NONE},
    {"late", "%s answered %p too late", false, STYLE_WAITING},
    {"voided", "the answer of %s to %p is void: it equivocated", false, STYLE_BAD},
    {"retracted", "%s retracts %p", false, STYLE_NONE},
    {"pledged", "%s pledges under %a: %l", false, STYLE_NONE},
    {"reported", "%s reports %l", false, STYLE_NONE},
    {"attested", "%s %l", false, STYLE_NONE},
    {"contributed", "%s pays into the fund of %a: %l", false, STYLE_NONE},
    {"spent", "%p spends of the fund of %a on %s: %l", false, STYLE_GOOD},
    {"reweighed", "%p gives other values to the weight %l", false, STYLE_GOOD},
    {"effect", "%p %l", false, STYLE_GOOD},
    {"kept", "%s has kept its word under %a: %l", false, STYLE_GOOD},
};
enum { SENTENCES_COUNT = sizeof sentences / sizeof sentences[0] };

/* Kinds of act whose acceptance another event tells better. */
static const char *const told_elsewhere[] = {
    "convene", "join",   "propose", "ballot",     "act-alone", "withdraw", "retract",
    "pledge",  "report", "attest",  "contribute", "shift",     NULL,
};

bool event_is_told_elsewhere(const Comity__V1__Event *event)
{
    if (strcmp(event->kind, "accepted") != 0)
        return false;
    for (size_t i = 0; told_elsewhere[i] != NULL; i++) {
        if (strcmp(event->word, told_elsewhere[i]) == 0)
            return true;
    }
    return false;
}

static void add_marked(struct page *page, const Comity__V1__Event *event, char mark)
{
    switch (mark) {
    case 's':
        page_plain(page, event->seat);
        break;
    case 'w':
        page_plain(page, event->word);
        break;
    case 'l':
        page_plain(page, event->line);
        break;
    case 'p':
        page_format(page, "P%" PRIu32, event->proposal);
        break;
    case 'a':
        page_format(page, "A%" PRIu32, event->agreement);
        break;
    default:
        page_time(page, event->forum_ms);
    }
}

static void add_sentence(struct page *page, const Comity__V1__Event *event, const char *sentence)
{
    for (const char *at = sentence; *at != '\0';) {
        size_t size = strcspn(at, "%");
        page_format(page, "%.*s", (int)size, at);
        at += size;
        if (at[0] == '%' && at[1] != '\0') {
            add_marked(page, event, at[1]);
            at += 2;
        }
    }
}

/* Kinds of a later daemon, and acts that make no event of their own. */
static void add_plainly(struct page *page, const Comity__V1__Event *event)
{
    bool accepted = strcmp(event->kind, "accepted") == 0;
    page_plain(page, event->seat);
    page_add(page, event->seat[0] != '\0' ? ": " : "");
    page_plain(page, accepted ? event->word : event->kind);
    if (event->agreement != 0)
        page_format(page, " A%" PRIu32, event->agreement);
    else if (event->proposal != 0)
        page_format(page, " P%" PRIu32, event->proposal);
    if (event->line[0] != '\0')
        page_add(page, ": ");
    page_plain(page, event->line);
}

void event_add(struct page *page, const Comity__V1__Event *event)
{
    size_t i = 0;
    while (i < SENTENCES_COUNT && strcmp(sentences[i].kind, event->kind) != 0)
        i++;
    bool dated = i < SENTENCES_COUNT && sentences[i].dated;
    enum style style = i < SENTENCES_COUNT ? sentences[i].style : STYLE_NONE;
    if (strcmp(event->kind, "verdict") == 0 && strcmp(event->word, "adopted") != 0)
        style = STYLE_BAD;
    struct page time;
    page_init(&time, false);
    if (event->forum_ms != 0 && !dated)
        page_time(&time, event->forum_ms);
    page_style(page, STYLE_DIM);
    if (event->height > 0)
        page_format(page, "%5" PRIu64 "  %-23s  ", event->height, page_text(&time));
    else
        page_format(page, "    -  %-23s  ", page_text(&time));
    page_style(page, STYLE_NONE);
    page_free(&time);
    if (style != STYLE_NONE)
        page_style(page, style);
    if (i < SENTENCES_COUNT)
        add_sentence(page, event, sentences[i].sentence);
    else
        add_plainly(page, event);
    if (style != STYLE_NONE)
        page_style(page, STYLE_NONE);
    if (event->height == 0)
        page_add(page, " (declared, not yet in the record)");
    page_add(page, "\n");
}
