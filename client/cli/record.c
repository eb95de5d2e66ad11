/* SPDX-License-Identifier: Apache-2.0 */
/* record.c - the minutes: as a table, as CSV, as JSON, one block or act at a time. */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "base/bytes.h"
#include "commands.h"
#include "sheet.h"
#include "table.h"

static void hex_add(struct page *page, const ProtobufCBinaryData *data)
{
    for (size_t i = 0; i < data->len; i++)
        page_format(page, "%02x", data->data[i]);
}

static void sheet_block(struct page *page, const Comity__V1__RecordBlock *block, bool raw)
{
    for (size_t i = 0; i < block->n_acts; i++) {
        const Comity__V1__RecordAct *act = block->acts[i];
        sheet_u64(page, block->height, false);
        sheet_time(page, block->time_ms, false);
        sheet_text(page, act->seat, false);
        sheet_u64(page, act->seq, false);
        sheet_text(page, act->kind, false);
        sheet_time(page, act->signed_ms, false);
        page_format(page, "%s,", act->accepted ? "yes" : "no");
        sheet_text(page, act->line, false);
        sheet_text(page, act->outcome, false);
        sheet_hex(page, &act->id, false);
        sheet_time(page, act->forum_ms, false);
        sheet_text(page, act->target, false);
        sheet_text(page, act->answer, false);
        sheet_text(page, act->topic, false);
        sheet_text(page, act->rule, false);
        sheet_text(page, act->verdict, false);
        sheet_text(page, act->title, !raw);
        if (raw)
            sheet_hex(page, &act->signed_act, true);
    }
}

static void text_block(struct page *page, const Comity__V1__RecordBlock *block, bool raw)
{
    char height[32];
    (void)snprintf(height, sizeof height, "%" PRIu64, block->height);
    page_styled(page, STYLE_BOLD, height);
    page_add(page, "  ");
    page_time(page, block->time_ms);
    page_add(page, "\n");
    struct table table;
    static const char *const headers[] = {"", "", "", ""};
    table_init(&table, headers, 4);
    for (size_t i = 0; i < block->n_acts; i++) {
        const Comity__V1__RecordAct *act = block->acts[i];
        table_add_styled(&table, STYLE_BOLD, act->seat);
        table_add_u64(&table, act->seq);
        table_add(&table, act->line[0] != '\0' ? act->line : act->kind);
        table_add_styled(&table, STYLE_BAD, act->accepted ? "" : act->outcome);
    }
    struct page rows;
    page_init(&rows, page->color);
    table_print(&table, &rows, 2);
    const char *text = page_text(&rows);
    const char *below = strchr(text, '\n'); /* The headers are empty here. */
    page_add(page, below != NULL ? below + 1 : "");
    page_free(&rows);
    table_free(&table);
    for (size_t i = 0; raw && i < block->n_acts; i++) {
        page_add(page, "  ");
        hex_add(page, &block->acts[i]->signed_act);
        page_add(page, "\n");
    }
}

static enum cli_exit print_page(struct cli *cli, const Comity__V1__RecordPage *record, bool csv,
                                bool raw)
{
    struct page page;
    page_init(&page, cli->color);
    for (size_t i = 0; i < record->n_blocks; i++) {
        if (csv)
            sheet_block(&page, record->blocks[i], raw);
        else
            text_block(&page, record->blocks[i], raw);
    }
    return cli_print(cli, &page, CLI_OK);
}

static enum cli_exit print_blocks(struct cli *cli, const Comity__V1__RecordPage *record, bool csv,
                                  bool raw)
{
    if (!cli->json)
        return print_page(cli, record, csv, raw);
    enum cli_exit end = CLI_OK;
    for (size_t i = 0; i < record->n_blocks && end == CLI_OK; i++)
        end = cli_print_json_line(cli, &record->blocks[i]->base);
    return end;
}

enum cli_exit command_record(struct cli *cli, const struct arguments *arguments)
{
    bool csv = options_has(arguments, "csv");
    bool raw = options_has(arguments, "raw");
    const char *from = options_value(arguments, "from");
    uint64_t height = from != NULL ? strtoull(from, NULL, 10) : 1;
    if (height == 0 || (from != NULL && strspn(from, "0123456789") != strlen(from)))
        return cli_usage(cli, "--from takes a height, 1 or more");
    enum cli_exit end = cli_connect(cli);
    if (end == CLI_OK && csv && !cli->json)
        (void)fprintf(cli->out,
                      "height,block_time,seat,seq,kind,signed,accepted,line,outcome,id,"
                      "forum_time,target,answer,topic,rule,verdict,title%s\n",
                      raw ? ",signed_act" : "");
    while (end == CLI_OK) {
        struct comity_reply reply;
        struct fault fault = {{0}};
        enum comity_error error = comity_get_record(cli->daemon, height, raw, &reply, &fault);
        if (error != COMITY_OK)
            return cli_fail(cli, error, &fault);
        const Comity__V1__RecordPage *record = reply.response->record;
        end = print_blocks(cli, record, csv, raw);
        size_t count = record->n_blocks;
        uint64_t next = count > 0 ? record->blocks[count - 1]->height + 1 : height;
        bool done = count == 0 || next > record->last_height || next <= height;
        height = next;
        comity_reply_free(&reply);
        if (done)
            break;
    }
    return end;
}
