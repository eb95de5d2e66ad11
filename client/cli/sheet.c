/* SPDX-License-Identifier: Apache-2.0 */
#include "sheet.h"

#include <inttypes.h>
#include <string.h>

#include "base/calendar.h"

static void end_cell(struct page *page, bool last)
{
    page_add(page, last ? "\n" : ",");
}

void sheet_text(struct page *page, const char *foreign, bool last)
{
    bool formula = foreign[0] != '\0' && strchr("=+-@\t\r", foreign[0]) != NULL;
    page_add(page, "\"");
    if (formula)
        page_add(page, "'");
    for (const char *at = foreign; *at != '\0';) {
        size_t size = strcspn(at, "\"");
        char part[512];
        if (size >= sizeof part)
            size = sizeof part - 1;
        while (size > 0 && ((unsigned char)at[size] & 0xc0) == 0x80)
            size--; /* Never half a character. */
        memcpy(part, at, size);
        part[size] = '\0';
        page_plain(page, part);
        at += size;
        if (*at == '"') {
            page_add(page, "\"\"");
            at++;
        } else if (size == 0 && *at != '\0') {
            at++; /* Malformed: a stray continuation. */
        }
    }
    page_add(page, "\"");
    end_cell(page, last);
}

void sheet_u64(struct page *page, uint64_t value, bool last)
{
    page_format(page, "%" PRIu64, value);
    end_cell(page, last);
}

void sheet_time(struct page *page, int64_t ms, bool last)
{
    char text[CALENDAR_TEXT_SIZE] = "";
    if (ms != 0)
        calendar_format(ms, text);
    page_add(page, text);
    end_cell(page, last);
}

void sheet_hex(struct page *page, const ProtobufCBinaryData *data, bool last)
{
    for (size_t i = 0; i < data->len; i++)
        page_format(page, "%02x", data->data[i]);
    end_cell(page, last);
}
