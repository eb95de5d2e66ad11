/* SPDX-License-Identifier: Apache-2.0 */
#include "markdown.h"

#include <cmark.h>
#include <ctype.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

static const char *skip_empty_lines(const char *text)
{
    for (;;) {
        size_t size = strspn(text, " \t\r");
        if (text[size] != '\n')
            return text;
        text += size + 1;
    }
}

bool markdown_take_title(const char **text, char *ret_title, size_t capacity)
{
    const char *at = skip_empty_lines(*text);
    if (strncmp(at, "\xef\xbb\xbf", 3) == 0)
        at += 3; /* Some editors begin a file with this mark. */
    if (at[0] != '#' || (at[1] != ' ' && at[1] != '\t'))
        return false;
    at += 1 + strspn(at + 1, " \t");
    size_t line = strcspn(at, "\n");
    size_t size = line;
    while (size > 0 && strchr(" \t\r#", at[size - 1]) != NULL)
        size--;
    if (size == 0 || size >= capacity)
        return false;
    memcpy(ret_title, at, size);
    ret_title[size] = '\0';
    at += line;
    *text = skip_empty_lines(at);
    return true;
}

/* Words that continue an opening, and of those the ones that cannot end it. */
static const char *const continuing[] = {
    "also",         "further",   "again",   "note",       "into",      "account",      "in",
    "mind",         "with",      "concern", "regret",     "upon",      "its",          "deeply",
    "strongly",     "once",      "more",    "concerned",  "convinced", "aware",        "alarmed",
    "disturbed",    "conscious", "mindful", "considered", "examined",  "appreciation", "gravely",
    "satisfaction", "grave",     "the",     "deep",       "firmly",    "solemnly",     "urgently",
    "guided",       NULL,
};
static const char *const unfinished[] = {"in", "with", "its", "into", "the", "once", NULL};

static bool in_list(const char *const *list, const char *word, size_t size)
{
    for (; *list != NULL; list++) {
        if (strlen(*list) == size && strncasecmp(*list, word, size) == 0)
            return true;
    }
    return false;
}

static size_t word_size(const char *text)
{
    size_t size = 0;
    while (isalpha((unsigned char)text[size]) != 0 || (unsigned char)text[size] >= 0x80 ||
           text[size] == '-')
        size++;
    return size;
}

size_t markdown_opening_size(const char *text)
{
    size_t end = word_size(text);
    size_t kept = end;
    if (end == 0)
        return 0;
    /* `The General Assembly,`: the whole name of who speaks. */
    if (end == 3 && strncmp(text, "The", 3) == 0) {
        size_t comma = strcspn(text, ",.;:");
        return text[comma] == ',' && comma < 80 ? comma : 0;
    }
    while (text[end] == ' ') {
        const char *word = text + end + 1;
        size_t size = word_size(word);
        bool adverb = end > 2 && strncmp(text + end - 2, "ly", 2) == 0; /* `Strongly urges`. */
        if (size == 0 || (!adverb && !in_list(continuing, word, size)))
            break;
        end += 1 + size;
        if (!in_list(unfinished, word, size))
            kept = end;
    }
    return kept;
}

/* A paragraph's opening becomes emphasis, unless its author emphasised something there. */
static void emphasise_opening(cmark_node *paragraph)
{
    cmark_node *first = cmark_node_first_child(paragraph);
    if (first == NULL || cmark_node_get_type(first) != CMARK_NODE_TEXT)
        return;
    const char *literal = cmark_node_get_literal(first);
    size_t size = markdown_opening_size(literal);
    if (size == 0)
        return;
    char *opening = strndup(literal, size);
    char *rest = strdup(literal + size);
    cmark_node *emphasis = cmark_node_new(CMARK_NODE_EMPH);
    cmark_node *text = cmark_node_new(CMARK_NODE_TEXT);
    if (opening != NULL && rest != NULL && cmark_node_set_literal(text, opening) != 0 &&
        cmark_node_append_child(emphasis, text) != 0 &&
        cmark_node_insert_before(first, emphasis) != 0)
        (void)cmark_node_set_literal(first, rest);
    else
        cmark_node_free(emphasis);
    free(opening);
    free(rest);
}

static void emphasise_openings(cmark_node *document)
{
    for (cmark_node *node = cmark_node_first_child(document); node != NULL;
         node = cmark_node_next(node)) {
        if (cmark_node_get_type(node) == CMARK_NODE_PARAGRAPH)
            emphasise_opening(node);
        if (cmark_node_get_type(node) != CMARK_NODE_LIST ||
            cmark_node_get_list_type(node) != CMARK_ORDERED_LIST)
            continue;
        for (cmark_node *item = cmark_node_first_child(node); item != NULL;
             item = cmark_node_next(item)) {
            cmark_node *paragraph = cmark_node_first_child(item);
            if (paragraph != NULL && cmark_node_get_type(paragraph) == CMARK_NODE_PARAGRAPH)
                emphasise_opening(paragraph);
        }
    }
}

/* An image would be fetched by whoever opens the page, and tell its author so. What it says in
 * words stays. */
static void replace_images(cmark_node *document)
{
    cmark_iter *iterator = cmark_iter_new(document);
    cmark_event_type event;
    while ((event = cmark_iter_next(iterator)) != CMARK_EVENT_DONE) {
        cmark_node *node = cmark_iter_get_node(iterator);
        if (event != CMARK_EVENT_EXIT || cmark_node_get_type(node) != CMARK_NODE_IMAGE)
            continue;
        cmark_node *child;
        while ((child = cmark_node_first_child(node)) != NULL) {
            if (cmark_node_insert_before(node, child) == 0)
                cmark_node_unlink(child);
        }
        cmark_node_free(node);
    }
    cmark_iter_free(iterator);
}

void markdown_html(struct page *page, const char *foreign)
{
    struct page harmless;
    page_init(&harmless, false);
    page_lines(&harmless, foreign, 0, 0);
    const char *text = page_text(&harmless);
    cmark_node *document =
        cmark_parse_document(text, strlen(text), CMARK_OPT_DEFAULT | CMARK_OPT_VALIDATE_UTF8);
    page_free(&harmless);
    if (document == NULL) {
        page->failed = true;
        return;
    }
    replace_images(document);
    emphasise_openings(document);
    char *html = cmark_render_html(document, CMARK_OPT_DEFAULT); /* Safe unless told otherwise. */
    if (html != NULL)
        page_add(page, html);
    else
        page->failed = true;
    free(html);
    cmark_node_free(document);
}

void markdown_escape(struct page *page, const char *foreign)
{
    struct page harmless;
    page_init(&harmless, false);
    page_plain(&harmless, foreign);
    for (const char *at = page_text(&harmless); *at != '\0'; at++) {
        if (strchr("\\`*_{}[]<>#&|~!", *at) != NULL)
            page_add(page, "\\");
        page_format(page, "%c", *at);
    }
    if (harmless.failed)
        page->failed = true;
    page_free(&harmless);
}
