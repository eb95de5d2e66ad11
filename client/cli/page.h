/* SPDX-License-Identifier: Apache-2.0 */
/* page.h - what a command is about to print. Everything is collected first, so that running out
 * of memory is checked once, and so that tests can read it.
 *
 * Text of other people never reaches a terminal as it is: page_plain, page_lines and page_html
 * replace control characters, characters that change the direction of writing and malformed
 * UTF-8. page_add and page_format are for our own words only. */
#ifndef COMITY_CLI_PAGE_H
#define COMITY_CLI_PAGE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include "base/bytes.h"

enum style {
    STYLE_NONE,
    STYLE_BOLD,
    STYLE_DIM,
    STYLE_GOOD,
    STYLE_BAD,
    STYLE_WAITING,
    STYLE_ADDED,
    STYLE_REMOVED,
    STYLES_COUNT
};

struct page {
    struct buffer bytes; /* Owned. */
    bool color;
    bool failed; /* Out of memory: what is there is not all. */
};

void page_init(struct page *self, bool color);
void page_free(struct page *self);

void page_add(struct page *self, const char *own);
void page_format(struct page *self, const char *format, ...) COMITY_PRINTF(2, 3);
/* One line: a line break shows as a symbol too. NULL is "". */
void page_plain(struct page *self, const char *foreign);
/* The same in a style. */
void page_styled(struct page *self, enum style style, const char *foreign);
/* Several lines, each indented by `indent` spaces; ends with a line break unless empty. Lines
 * wider than `width` columns (0: any) go on in the next line, below where their text began. */
void page_lines(struct page *self, const char *foreign, unsigned indent, unsigned width);
/* As text or attribute value of HTML. Line breaks stay. */
void page_html(struct page *self, const char *foreign);
void page_style(struct page *self, enum style style); /* STYLE_NONE ends it. */
/* `2016-10-05 12:30 UTC`, seconds where there are any; "never" for 0. */
void page_time(struct page *self, int64_t ms);
void page_spaces(struct page *self, size_t count);

/* Zero-terminated; "" after a failure. Valid until the page changes. */
const char *page_text(struct page *self);
/* COMITY_MEMORY: the page had failed; nothing was written. COMITY_IO. */
COMITY_MUST_CHECK enum comity_error page_write(struct page *self, FILE *file);

/* Columns of a terminal that page_plain of this text takes. */
size_t plain_width(const char *foreign);
/* Whether page_plain would change nothing. */
bool plain_is_harmless(const char *text);

#endif
