/* SPDX-License-Identifier: Apache-2.0 */
/* diff.c - longest common subsequence, by the plain table, of lines and then of words. */
#include "diff.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "commands.h"

/* A text cut into lines or words; pieces are borrowed. */
struct pieces {
    struct bytes *items;
    size_t count;
};

enum change { CHANGE_SAME, CHANGE_REMOVED, CHANGE_ADDED };
struct step {
    enum change change;
    struct bytes piece;
};
struct steps {
    struct step *items;
    size_t count;
};

static bool is_space(uint8_t c)
{
    return c == ' ' || c == '\t' || c == '\n' || c == '\r';
}

/* The piece at the front: a line with its end, or a word, or the space between two. */
static size_t piece_size(struct bytes text, bool words)
{
    size_t size = 0;
    if (!words) {
        const uint8_t *end = memchr(text.data, '\n', text.size);
        return end != NULL ? (size_t)(end - text.data) + 1 : text.size;
    }
    bool space = is_space(text.data[0]);
    while (size < text.size && is_space(text.data[size]) == space)
        size++;
    return size;
}

static bool cut(struct bytes text, bool words, struct pieces *ret_pieces)
{
    struct bytes *items = calloc(text.size + 1, sizeof *items);
    size_t count = 0;
    if (items == NULL)
        return false;
    while (text.size > 0) {
        size_t size = piece_size(text, words);
        items[count++] = bytes_of(text.data, size);
        text = bytes_of(text.data + size, text.size - size);
    }
    *ret_pieces = (struct pieces){items, count};
    return true;
}

static void add_step(struct steps *self, enum change change, struct bytes piece)
{
    self->items[self->count++] = (struct step){change, piece};
}

/* Steps for what lies between the equal ends. lengths[i][j]: of the longest common subsequence
 * of what is behind i and j. */
static bool compare_middle(const struct bytes *left, size_t n, const struct bytes *right, size_t m,
                           struct steps *steps)
{
    uint32_t *lengths = NULL;
    if ((n + 1) * (m + 1) <= DIFF_CELLS_MAX) {
        lengths = calloc((n + 1) * (m + 1), sizeof *lengths);
        if (lengths == NULL)
            return false;
        for (size_t i = n; i-- > 0;) {
            for (size_t j = m; j-- > 0;) {
                uint32_t down = lengths[(i + 1) * (m + 1) + j];
                uint32_t across = lengths[i * (m + 1) + j + 1];
                lengths[i * (m + 1) + j] = bytes_equal(left[i], right[j])
                                               ? lengths[(i + 1) * (m + 1) + j + 1] + 1
                                           : down > across ? down
                                                           : across;
            }
        }
    }
    size_t i = 0, j = 0;
    while (lengths != NULL && i < n && j < m) {
        if (bytes_equal(left[i], right[j])) {
            add_step(steps, CHANGE_SAME, left[i++]);
            j++;
        } else if (lengths[(i + 1) * (m + 1) + j] >= lengths[i * (m + 1) + j + 1]) {
            add_step(steps, CHANGE_REMOVED, left[i++]);
        } else {
            add_step(steps, CHANGE_ADDED, right[j++]);
        }
    }
    while (i < n)
        add_step(steps, CHANGE_REMOVED, left[i++]);
    while (j < m)
        add_step(steps, CHANGE_ADDED, right[j++]);
    free(lengths);
    return true;
}

static bool compare(const struct pieces *left, const struct pieces *right, struct steps *ret_steps)
{
    struct steps steps = {calloc(left->count + right->count + 1, sizeof(struct step)), 0};
    if (steps.items == NULL)
        return false;
    size_t least = left->count < right->count ? left->count : right->count;
    size_t front = 0, back = 0;
    while (front < least && bytes_equal(left->items[front], right->items[front]))
        front++;
    while (back < least - front &&
           bytes_equal(left->items[left->count - 1 - back], right->items[right->count - 1 - back]))
        back++;
    for (size_t i = 0; i < front; i++)
        add_step(&steps, CHANGE_SAME, left->items[i]);
    if (!compare_middle(left->items + front, left->count - front - back, right->items + front,
                        right->count - front - back, &steps)) {
        free(steps.items);
        return false;
    }
    for (size_t i = left->count - back; i < left->count; i++)
        add_step(&steps, CHANGE_SAME, left->items[i]);
    *ret_steps = steps;
    return true;
}

static bool compare_texts(struct bytes before, struct bytes after, bool words,
                          struct steps *ret_steps)
{
    struct pieces left = {NULL, 0}, right = {NULL, 0};
    bool good =
        cut(before, words, &left) && cut(after, words, &right) && compare(&left, &right, ret_steps);
    free(left.items);
    free(right.items);
    return good;
}

/* A piece of foreign text, without the line break it may end in. */
static void add_piece(struct page *page, struct bytes piece)
{
    while (piece.size > 0 &&
           (piece.data[piece.size - 1] == '\n' || piece.data[piece.size - 1] == '\r'))
        piece.size--;
    char *text = strndup((const char *)piece.data, piece.size);
    if (text == NULL)
        page->failed = true;
    else
        page_plain(page, text);
    free(text);
}

static void add_words(struct page *page, struct bytes before, struct bytes after)
{
    struct steps steps = {NULL, 0};
    if (!compare_texts(before, after, true, &steps)) {
        page->failed = true;
        return;
    }
    page_add(page, "  ");
    for (size_t i = 0; i < steps.count; i++) {
        enum change change = steps.items[i].change;
        bool opens = i == 0 || steps.items[i - 1].change != change;
        bool closes = i + 1 == steps.count || steps.items[i + 1].change != change;
        if (change != CHANGE_SAME && opens) {
            page_style(page, change == CHANGE_ADDED ? STYLE_ADDED : STYLE_REMOVED);
            page_add(page, change == CHANGE_ADDED ? "{+" : "[-");
        }
        struct bytes piece = steps.items[i].piece;
        if (memchr(piece.data, '\n', piece.size) != NULL)
            page_add(page, i + 1 < steps.count ? "\n  " : "");
        else
            add_piece(page, piece);
        if (change != CHANGE_SAME && closes) {
            page_add(page, change == CHANGE_ADDED ? "+}" : "-]");
            page_style(page, STYLE_NONE);
        }
    }
    page_add(page, "\n");
    free(steps.items);
}

static void add_line(struct page *page, const struct step *step)
{
    static const char *const marks[] = {"  ", "- ", "+ "};
    enum style style = step->change == CHANGE_ADDED     ? STYLE_ADDED
                       : step->change == CHANGE_REMOVED ? STYLE_REMOVED
                                                        : STYLE_NONE;
    if (style != STYLE_NONE)
        page_style(page, style);
    page_add(page, marks[step->change]);
    add_piece(page, step->piece);
    if (style != STYLE_NONE)
        page_style(page, STYLE_NONE);
    page_add(page, "\n");
}

/* The run of one kind of change that begins at `from`, as one piece of its text. */
static struct bytes run_of(const struct steps *steps, size_t from, enum change change,
                           size_t *ret_end)
{
    size_t end = from, size = 0;
    while (end < steps->count && steps->items[end].change == change)
        size += steps->items[end++].piece.size;
    *ret_end = end;
    return bytes_of(end > from ? steps->items[from].piece.data : NULL, size);
}

bool diff_texts(struct page *page, const char *before, const char *after, bool words)
{
    struct steps steps = {NULL, 0};
    if (!compare_texts(bytes_of_text(before), bytes_of_text(after), false, &steps)) {
        page->failed = true;
        return true;
    }
    bool differ = false;
    for (size_t i = 0; i < steps.count;) {
        size_t middle = i, end = i;
        struct bytes removed = run_of(&steps, i, CHANGE_REMOVED, &middle);
        struct bytes added = run_of(&steps, middle, CHANGE_ADDED, &end);
        differ = differ || end > i;
        if (words && middle > i && end > middle) {
            add_words(page, removed, added);
            i = end;
        } else {
            add_line(page, &steps.items[i++]);
        }
    }
    free(steps.items);
    return differ;
}

static bool read_version(const char *word, size_t count, size_t *ret_index)
{
    char *end = NULL;
    unsigned long version = strtoul(word, &end, 10);
    if (*end != '\0' || version < 1 || version > count)
        return false;
    *ret_index = version - 1;
    return true;
}

static enum cli_exit print_diff(struct cli *cli, const struct arguments *arguments,
                                const Comity__V1__ProposalInfo *proposal)
{
    size_t count = proposal->n_text_versions;
    if (count < 2 && proposal->text_version > 1) {
        cli_note(cli,
                 "P%" PRIu32 " has version %" PRIu32
                 " of its text, but this daemon does not give the earlier ones",
                 proposal->number, proposal->text_version);
        return CLI_REFUSED;
    }
    if (count < 2) {
        cli_note(cli, "P%" PRIu32 " has one version of its text: nothing was amended",
                 proposal->number);
        return CLI_OK;
    }
    size_t from = count - 2, to = count - 1;
    for (size_t i = 1; i < arguments->count; i++) {
        if (!read_version(arguments->words[i], count, i == 1 ? &from : &to))
            return cli_usage(cli, "P%" PRIu32 " has versions 1 to %zu, not `%.20s`",
                             proposal->number, count, arguments->words[i]);
    }
    struct page page;
    page_init(&page, cli->color);
    page_style(&page, STYLE_DIM);
    page_format(&page, "P%" PRIu32 ", version %zu to version %zu of %zu\n", proposal->number,
                from + 1, to + 1, count);
    page_style(&page, STYLE_NONE);
    bool words = !options_has(arguments, "lines");
    if (!diff_texts(&page, proposal->text_versions[from], proposal->text_versions[to], words))
        page_add(&page, "  (the texts are the same)\n");
    return cli_print(cli, &page, CLI_OK);
}

enum cli_exit command_diff(struct cli *cli, const struct arguments *arguments)
{
    char name[CLI_NAME_SIZE];
    struct comity_reply reply;
    struct fault fault = {{0}};
    enum comity_error error = cli_target(arguments->words[0], "P", name, &fault);
    if (error != COMITY_OK)
        return cli_fail(cli, error, &fault);
    enum cli_exit end = cli_connect(cli);
    if (end != CLI_OK)
        return end;
    error = comity_get_proposal(cli->daemon, name, &reply, &fault);
    if (error != COMITY_OK)
        return cli_fail(cli, error, &fault);
    end = cli->json ? cli_print_json(cli, &reply.response->proposal->base, CLI_OK)
                    : print_diff(cli, arguments, reply.response->proposal);
    comity_reply_free(&reply);
    return end;
}
