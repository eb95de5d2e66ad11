/* SPDX-License-Identifier: Apache-2.0 */
/* watch.c - the event feed, for people and, with --json, line by line for programs. */
#include <poll.h>
#include <stdlib.h>
#include <string.h>

#include "base/calendar.h"
#include "base/clock.h"
#include "commands.h"
#include "events.h"

enum { WATCH_WAIT_MS = 20000, RETRY_MS = 1000 };

struct watching {
    struct comity_feed feed;
    uint64_t left;  /* Events to show before ending; 0: without end. */
    int64_t end_ms; /* Steady clock; INT64_MAX: never. */
    bool lost;      /* The daemon went away and was spoken of. */
};

/* Events of the past are after (0, 0); those to come after the record's last height. */
static enum comity_error find_start(struct cli *cli, const char *from, struct comity_feed *feed,
                                    struct fault *fault)
{
    if (from != NULL && strcmp(from, "start") == 0)
        return COMITY_OK;
    if (from != NULL && from[0] != '\0' && strspn(from, "0123456789") == strlen(from)) {
        uint64_t height = strtoull(from, NULL, 10);
        feed->height = height > 0 ? height - 1 : 0;
        feed->index = height > 0 ? UINT32_MAX : 0;
        return COMITY_OK;
    }
    if (from != NULL && strcmp(from, "now") != 0)
        return fault_set(fault, COMITY_USAGE, "--from takes start, now or a height, not `%.40s`",
                         from);
    return comity_feed_from_now(cli->daemon, feed, fault);
}

static enum cli_exit show_events(struct cli *cli, struct watching *self,
                                 const Comity__V1__Events *events)
{
    enum cli_exit end = CLI_OK;
    for (size_t i = 0; i < events->n_events && end == CLI_OK; i++) {
        if (cli->json) {
            end = cli_print_json_line(cli, &events->events[i]->base);
        } else if (event_is_told_elsewhere(events->events[i])) {
            continue;
        } else {
            struct page page;
            page_init(&page, cli->color);
            event_add(&page, events->events[i]);
            end = cli_print(cli, &page, CLI_OK);
        }
        if (self->left > 0 && --self->left == 0) {
            self->end_ms = 0;
            break;
        }
    }
    return end;
}

/* A daemon that is restarted is waited for; the cursor stays. */
static void wait_for_return(struct cli *cli, struct watching *self, const struct fault *fault)
{
    if (!self->lost)
        cli_note(cli, "%s; waiting for it to come back", fault->text);
    self->lost = true;
    (void)poll(NULL, 0, RETRY_MS);
}

static enum cli_exit watch(struct cli *cli, struct watching *self)
{
    enum cli_exit end = CLI_OK;
    while (end == CLI_OK) {
        int64_t left_ms = self->end_ms - clock_steady_ms();
        if (left_ms <= 0)
            return self->left > 0 ? CLI_PENDING : CLI_OK;
        self->feed.wait_ms = left_ms < WATCH_WAIT_MS ? (uint32_t)left_ms : WATCH_WAIT_MS;
        struct comity_reply reply;
        struct fault fault = {{0}};
        enum comity_error error = comity_feed_next(cli->daemon, &self->feed, &reply, &fault);
        if (error == COMITY_NETWORK || error == COMITY_PENDING || error == COMITY_BUSY) {
            wait_for_return(cli, self, &fault);
            continue;
        }
        if (error != COMITY_OK)
            return cli_fail(cli, error, &fault);
        if (self->lost)
            cli_note(cli, "the daemon is back");
        self->lost = false;
        end = show_events(cli, self, reply.response->events);
        comity_reply_free(&reply);
    }
    return end;
}

enum cli_exit command_watch(struct cli *cli, const struct arguments *arguments)
{
    struct watching watching = {.end_ms = INT64_MAX};
    const char *count = options_value(arguments, "count");
    const char *length = options_value(arguments, "for");
    int64_t length_ms = 0;
    if (count != NULL) {
        watching.left = strtoull(count, NULL, 10);
        if (watching.left == 0 || strspn(count, "0123456789") != strlen(count))
            return cli_usage(cli, "--count takes a number of events");
    }
    if (length != NULL) {
        if (calendar_parse_length(length, &length_ms) != COMITY_OK || length_ms < 0)
            return cli_usage(cli, "--for takes a length such as 90s or 10min, not `%.40s`", length);
        watching.end_ms = clock_steady_ms() + length_ms;
    }
    enum cli_exit end = cli_connect(cli);
    if (end != CLI_OK)
        return end;
    struct fault fault = {{0}};
    enum comity_error error =
        find_start(cli, options_value(arguments, "from"), &watching.feed, &fault);
    if (error != COMITY_OK)
        return cli_fail(cli, error, &fault);
    return watch(cli, &watching);
}
