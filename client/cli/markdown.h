/* SPDX-License-Identifier: Apache-2.0 */
/* markdown.h - the texts of proposals, as Markdown and as HTML. */
#ifndef COMITY_CLI_MARKDOWN_H
#define COMITY_CLI_MARKDOWN_H

#include <stdbool.h>
#include <stddef.h>

#include "page.h"

/* If the text begins (after empty lines) with `# Title`, copy the title, move *text behind it and
 * the empty lines that follow. false: there is none, or it does not fit. */
bool markdown_take_title(const char **text, char *ret_title, size_t capacity);

/* How many bytes at the front are the opening of a paragraph, which UN drafting prints in
 * italics: `Recalling`, `Deeply concerned`, `Calls upon`. 0: it does not begin with a word. */
size_t markdown_opening_size(const char *text);

/* The text as HTML: openings in italics, no raw HTML, no images (nothing is loaded), no links but
 * harmless ones. Does not trust the text in any way. */
void markdown_html(struct page *page, const char *foreign);

/* Text of other people inside a line of Markdown that we write: nothing in it is obeyed. */
void markdown_escape(struct page *page, const char *foreign);

#endif
