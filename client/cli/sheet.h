/* SPDX-License-Identifier: Apache-2.0 */
/* sheet.h - comma-separated values, for spreadsheets and programs: RFC 4180's quoting, a row a
 * line. The columns of each sheet are described in docs/codebook.md. */
#ifndef COMITY_CLI_SHEET_H
#define COMITY_CLI_SHEET_H

#include <stdint.h>

#include "client.pb-c.h"
#include "page.h"

/* Each ends its cell: with a comma, or the last of a row with a line break. A spreadsheet obeys
 * text that begins like a formula, so such text gets an apostrophe in front. */
void sheet_text(struct page *page, const char *foreign, bool last);
void sheet_u64(struct page *page, uint64_t value, bool last);
/* As YYYY-MM-DD or with a time of day; empty for 0. */
void sheet_time(struct page *page, int64_t ms, bool last);
void sheet_hex(struct page *page, const ProtobufCBinaryData *data, bool last);

#endif
