/* SPDX-License-Identifier: Apache-2.0 */
#include "institutions.h"

#include <dirent.h>
#include <jansson.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>

#include "shipped.h"
#include "table.h"
#include "yaml/yaml.h"

enum { INSTITUTIONS_MAX = 256, INSTITUTION_NAME_MAX = 64 };

enum comity_error institution_find(const char *word, char *ret_path, size_t size,
                                   struct fault *fault)
{
    if (strcmp(word, "-") == 0 || strpbrk(word, "/.") != NULL) {
        if (strlen(word) >= size)
            return fault_set(fault, COMITY_LIMIT, "the path %.60s... is too long", word);
        (void)snprintf(ret_path, size, "%s", word);
        return COMITY_OK;
    }
    if (shipped_find("forums", word, ret_path, size) == COMITY_OK)
        return COMITY_OK;
    return fault_set(fault, COMITY_NOT_FOUND,
                     "no institution \"%.80s\" came with Comity (`comity charter list` names "
                     "them), and no such file is here",
                     word);
}

struct institutions {
    char folder[PATH_MAX];
    char names[INSTITUTIONS_MAX][INSTITUTION_NAME_MAX];
    size_t count;
};

static int compare_names(const void *left, const void *right)
{
    return strcmp(left, right);
}

static enum comity_error find_all(struct institutions *self)
{
    self->count = 0;
    if (shipped_folder("forums", self->folder, sizeof self->folder) != COMITY_OK)
        return COMITY_NOT_FOUND;
    DIR *directory = opendir(self->folder);
    if (directory == NULL)
        return COMITY_IO;
    for (struct dirent *entry = readdir(directory); entry != NULL; entry = readdir(directory)) {
        size_t size = strlen(entry->d_name);
        size_t name = size > 5 ? size - 5 : 0;
        if (name == 0 || name >= INSTITUTION_NAME_MAX || self->count == INSTITUTIONS_MAX ||
            strcmp(entry->d_name + name, ".yaml") != 0)
            continue;
        memcpy(self->names[self->count], entry->d_name, name);
        self->names[self->count++][name] = '\0';
    }
    (void)closedir(directory);
    qsort(self->names, self->count, sizeof *self->names, compare_names);
    return COMITY_OK;
}

/* What a charter's YAML says of itself; its readers check the rest when it is used. */
static enum comity_error read_heading(const struct institutions *self, size_t index,
                                      struct arena *arena, const char **ret_title,
                                      size_t *ret_seats, struct fault *fault)
{
    char path[PATH_MAX + INSTITUTION_NAME_MAX + 8];
    struct yaml_node *root = NULL;
    (void)snprintf(path, sizeof path, "%s/%s.yaml", self->folder, self->names[index]);
    enum comity_error error = yaml_read(path, arena, &root, fault);
    if (error == COMITY_OK)
        error = yaml_expect(root, YAML_MAP, "a charter", fault);
    if (error != COMITY_OK)
        return error;
    const struct yaml_node *title = yaml_get(root, "title");
    const struct yaml_node *seats = yaml_get(root, "seats");
    *ret_title = title != NULL && title->kind == YAML_SCALAR ? title->text : "";
    *ret_seats = seats != NULL && seats->kind == YAML_LIST ? seats->count : 0;
    return COMITY_OK;
}

static enum cli_exit print_all(struct cli *cli, const struct table *table, json_t *json)
{
    struct page page;
    page_init(&page, cli->color);
    if (!cli->json) {
        table_print(table, &page, 0);
        return cli_print(cli, &page, CLI_OK);
    }
    char *text = json_dumps(json, JSON_INDENT(2) | JSON_ENSURE_ASCII);
    if (text == NULL) {
        page_free(&page);
        return cli_fail(cli, COMITY_MEMORY, NULL);
    }
    page_add(&page, text);
    page_add(&page, "\n");
    free(text);
    return cli_print(cli, &page, CLI_OK);
}

enum cli_exit institutions_list(struct cli *cli)
{
    static const char *const headers[] = {"institution", "seats", "title"};
    struct institutions all;
    struct table table;
    struct fault fault = {{0}};
    enum comity_error error = find_all(&all);
    if (error != COMITY_OK)
        return cli_fail(cli, error, NULL);
    json_t *json = json_array();
    table_init(&table, headers, 3);
    for (size_t i = 0; error == COMITY_OK && i < all.count; i++) {
        struct arena arena;
        const char *title = "";
        size_t seats = 0;
        arena_init(&arena, 64 << 20);
        error = read_heading(&all, i, &arena, &title, &seats, &fault);
        table_add(&table, all.names[i]);
        table_add_u64(&table, seats);
        table_add(&table, title);
        (void)json_array_append_new(json, json_pack("{s:s, s:I, s:s}", "institution", all.names[i],
                                                    "seats", (json_int_t)seats, "title", title));
        arena_free(&arena);
    }
    enum cli_exit end =
        error == COMITY_OK ? print_all(cli, &table, json) : cli_fail(cli, error, &fault);
    table_free(&table);
    json_decref(json);
    return end;
}
