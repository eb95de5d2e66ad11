/* SPDX-License-Identifier: Apache-2.0 */
#include "coalition.h"

#include <inttypes.h>
#include <string.h>
#include <unistd.h>

#include "charters.h"
#include "commands.h"

/* Everything that is read in the present forum, and the forum it is taken to. */
struct coalition {
    struct cli *cli;
    const struct arguments *arguments;
    struct arena arena;
    struct comity_reply status, charter, proposal; /* Each may be empty. */
    const Comity__V1__ForumStatus *here;
    const struct charter *from; /* The present charter. */
    const Comity__V1__ProposalInfo *carried;
    uint32_t seats[SEATS_MAX]; /* Of the present charter, in the order of --with. */
    uint32_t seats_count;
    const char *name; /* NULL: the template's. */
    bool has_nonce;   /* The template names one forum alone. */
    /* What an earlier run of the same command left, if it was interrupted. */
    char begun_path[NAME_MAX_SIZE + 16];
    struct charter_file begun;
    bool has_begun;
};

static void coalition_free(struct coalition *self)
{
    comity_reply_free(&self->status);
    comity_reply_free(&self->charter);
    comity_reply_free(&self->proposal);
    if (self->has_begun)
        charter_file_free(&self->begun);
    arena_free(&self->arena);
}

static bool sits_as_member(const Comity__V1__ForumStatus *forum)
{
    size_t i = 0;
    while (i < forum->n_seats && strcmp(forum->seats[i]->name, forum->seat) != 0)
        i++;
    return i < forum->n_seats && strcmp(forum->seats[i]->role, "member") == 0;
}

static enum comity_error find_here(struct coalition *self, struct fault *fault)
{
    struct comity *daemon = self->cli->daemon;
    enum comity_error error = comity_get_status(daemon, &self->status, fault);
    if (error != COMITY_OK)
        return error;
    self->here = comity_find_forum(self->status.response->status, comity_forum(daemon));
    if (self->here == NULL)
        return fault_set(fault, COMITY_USAGE,
                         "say with -f in which forum the proposal is; `comity status` lists yours");
    if (self->here->seat[0] == '\0')
        return fault_set(fault, COMITY_REFUSED, "you have no seat in %s", self->here->name);
    if (!sits_as_member(self->here))
        return fault_set(fault, COMITY_REFUSED, "only a member takes a question elsewhere");
    /* Soon this daemon sits in one more: what is meant then must be this one still. */
    error = comity_set_forum(daemon, self->here->name, fault);
    if (error == COMITY_OK)
        error = comity_get_charter(daemon, &self->charter, fault);
    if (error != COMITY_OK)
        return error;
    const ProtobufCBinaryData *data = &self->charter.response->charter->charter;
    return charter_decode(bytes_of(data->data, data->len), &self->arena, &self->from, fault);
}

static enum comity_error find_carried(struct coalition *self, struct fault *fault)
{
    char name[CLI_NAME_SIZE];
    enum comity_error error = cli_target(options_value(self->arguments, "from"), "P", name, fault);
    if (error == COMITY_OK)
        error = comity_get_proposal(self->cli->daemon, name, &self->proposal, fault);
    if (error != COMITY_OK)
        return error;
    self->carried = self->proposal.response->proposal;
    if (strcmp(self->carried->verdict, "adopted") == 0)
        return fault_set(fault, COMITY_REFUSED, "P%" PRIu32 " was adopted here: nothing failed",
                         self->carried->number);
    if (self->carried->amends != 0)
        return fault_set(fault, COMITY_REFUSED, "P%" PRIu32 " is an amendment: take P%" PRIu32,
                         self->carried->number, self->carried->amends);
    return COMITY_OK;
}

static bool has_seat(const struct coalition *self, uint32_t seat)
{
    uint32_t i = 0;
    while (i < self->seats_count && self->seats[i] != seat)
        i++;
    return i < self->seats_count;
}

static enum comity_error add_seat(struct coalition *self, const char *name, size_t size,
                                  struct fault *fault)
{
    const struct charter *from = self->from;
    uint32_t seat = 0;
    while (seat < from->seats_count && (strncmp(from->seats[seat].name, name, size) != 0 ||
                                        from->seats[seat].name[size] != '\0'))
        seat++;
    if (seat == from->seats_count)
        return fault_set(fault, COMITY_NOT_FOUND, "%s has no seat %.*s", from->name,
                         size > 40 ? 40 : (int)size, name);
    if (has_seat(self, seat))
        return fault_set(fault, COMITY_USAGE, "%s is named twice", from->seats[seat].name);
    self->seats[self->seats_count++] = seat;
    return COMITY_OK;
}

/* `FRA,GBR,USA`, also in several --with. */
static enum comity_error find_seats(struct coalition *self, struct fault *fault)
{
    enum comity_error error = COMITY_OK;
    const char *list;
    for (size_t i = 0; (list = options_value_at(self->arguments, "with", i)) != NULL; i++) {
        for (const char *at = list; error == COMITY_OK && *at != '\0';) {
            size_t size = strcspn(at, ",");
            error = add_seat(self, at, size, fault);
            at += size + (at[size] == ',' ? 1 : 0);
        }
    }
    if (error != COMITY_OK)
        return error;
    for (uint32_t i = 0; i < self->seats_count; i++) {
        if (strcmp(self->from->seats[self->seats[i]].name, self->here->seat) == 0)
            return COMITY_OK;
    }
    return fault_set(fault, COMITY_USAGE, "you sit as %s, and --with does not name it",
                     self->here->seat);
}

/* --- The template's YAML, with these seats --- */

static struct yaml_node *new_node(const struct yaml_node *place, enum yaml_kind kind, size_t count,
                                  struct arena *arena)
{
    struct yaml_node *node = arena_alloc(arena, sizeof *node);
    if (node == NULL)
        return NULL;
    *node = (struct yaml_node){.kind = kind,
                               .file = place->file,
                               .line = place->line,
                               .column = place->column,
                               .text = "",
                               .items = arena_array(arena, count, sizeof(struct yaml_node *)),
                               .keys = arena_array(arena, count, sizeof(struct yaml_node *)),
                               .asked = arena_array(arena, count, sizeof(bool))};
    return node->items == NULL || node->keys == NULL || node->asked == NULL ? NULL : node;
}

static struct yaml_node *new_scalar(const struct yaml_node *place, const char *text,
                                    struct arena *arena)
{
    struct yaml_node *node = new_node(place, YAML_SCALAR, 0, arena);
    char *copy = arena_text(arena, bytes_of_text(text));
    if (node == NULL || copy == NULL)
        return NULL;
    node->text = copy;
    node->quoted = true;
    return node;
}

static bool add_entry(struct yaml_node *map, const char *key, struct yaml_node *value,
                      struct arena *arena)
{
    map->keys[map->count] = new_scalar(map, key, arena);
    map->items[map->count] = value;
    return map->keys[map->count++] != NULL && value != NULL;
}

static struct yaml_node *new_seat(const struct yaml_node *place, const struct charter_seat *seat,
                                  struct arena *arena)
{
    char hex[2 * KEY_SIZE + 1];
    struct yaml_node *map = new_node(place, YAML_MAP, 3, arena);
    for (size_t i = 0; i < KEY_SIZE; i++)
        (void)snprintf(hex + 2 * i, 3, "%02x", seat->key[i]);
    if (map == NULL || !add_entry(map, "name", new_scalar(place, seat->name, arena), arena) ||
        !add_entry(map, "title", new_scalar(place, seat->title, arena), arena) ||
        !add_entry(map, "key", new_scalar(place, hex, arena), arena))
        return NULL;
    return map;
}

/* Put a value in the place of another one, or at the end. */
static bool set_entry(struct yaml_node *root, const char *key, struct yaml_node *value,
                      struct arena *arena)
{
    for (size_t i = 0; i < root->count; i++) {
        if (strcmp(root->keys[i]->text, key) == 0) {
            root->items[i] = value;
            return value != NULL;
        }
    }
    struct yaml_node *larger = new_node(root, YAML_MAP, root->count + 1, arena);
    if (larger == NULL)
        return false;
    for (size_t i = 0; i < root->count; i++) {
        larger->keys[i] = root->keys[i];
        larger->items[i] = root->items[i];
    }
    larger->count = root->count;
    if (!add_entry(larger, key, value, arena))
        return false;
    *root = *larger;
    return true;
}

/* The topic goes along, also one that the template does not list. */
static bool add_topic(struct yaml_node *root, const char *topic, struct arena *arena)
{
    struct yaml_node *topics = yaml_get(root, "topics");
    size_t count = topics != NULL && topics->kind == YAML_LIST ? topics->count : 0;
    if (topic[0] == '\0' || (topics != NULL && topics->kind != YAML_LIST))
        return true; /* What is no list is told when it is compiled. */
    struct yaml_node *list = new_node(root, YAML_LIST, count + 1, arena);
    if (list == NULL)
        return false;
    for (size_t i = 0; i < count; i++) {
        if (topics->items[i]->kind == YAML_SCALAR && strcmp(topics->items[i]->text, topic) == 0)
            return true;
        list->items[list->count++] = topics->items[i];
    }
    list->items[list->count++] = new_scalar(root, topic, arena);
    return list->items[count] != NULL && set_entry(root, "topics", list, arena);
}

/* Interrupted, this command left the charter with the nonce it drew: the forum is that one. */
static enum comity_error find_begun(struct coalition *self, struct yaml_node *root,
                                    struct fault *fault)
{
    const struct yaml_node *name = yaml_get(root, "name");
    const char *word = self->name != NULL                          ? self->name
                       : name != NULL && name->kind == YAML_SCALAR ? name->text
                                                                   : "";
    (void)snprintf(self->begun_path, sizeof self->begun_path, "%.*s.charter", NAME_MAX_SIZE, word);
    if (self->has_nonce || word[0] == '\0' || strchr(word, '/') != NULL ||
        access(self->begun_path, F_OK) != 0)
        return COMITY_OK;
    enum comity_error error =
        charter_file_read(self->cli, self->begun_path, NULL, false, &self->begun, fault);
    self->has_begun = error == COMITY_OK;
    return error;
}

static bool set_nonce(const struct coalition *self, struct yaml_node *root, struct arena *arena)
{
    if (!self->has_begun)
        return true;
    const uint8_t *nonce = self->begun.charter->nonce;
    char hex[2 * sizeof self->begun.charter->nonce + 1];
    for (size_t i = 0; i < sizeof self->begun.charter->nonce; i++)
        (void)snprintf(hex + 2 * i, 3, "%02x", nonce[i]);
    return set_entry(root, "nonce", new_scalar(root, hex, arena), arena);
}

static enum comity_error edit(void *context, struct yaml_node *root, struct arena *arena,
                              struct fault *fault)
{
    struct coalition *self = context;
    enum comity_error error = yaml_expect(root, YAML_MAP, "a charter", fault);
    if (error != COMITY_OK)
        return error;
    self->has_nonce = yaml_get(root, "nonce") != NULL;
    error = find_begun(self, root, fault);
    if (error != COMITY_OK)
        return error;
    struct yaml_node *seats = new_node(root, YAML_LIST, self->seats_count, arena);
    for (uint32_t i = 0; seats != NULL && i < self->seats_count; i++) {
        seats->items[i] = new_seat(root, &self->from->seats[self->seats[i]], arena);
        if (seats->items[i] == NULL)
            return COMITY_MEMORY;
        seats->count++;
    }
    bool done = seats != NULL && set_entry(root, "seats", seats, arena) &&
                add_topic(root, self->carried->topic, arena) && set_nonce(self, root, arena);
    if (done && self->name != NULL)
        done = set_entry(root, "name", new_scalar(root, self->name, arena), arena);
    return done ? COMITY_OK : COMITY_MEMORY;
}

/* --- What is said in both forums --- */

/* The same each time this is said: said again, the daemon answers with what became of it. */
static struct hash make_key(const struct coalition *self, const struct charter *to)
{
    struct hasher hasher;
    hasher_init(&hasher, "comity/coalition/v1");
    hasher_add(&hasher, self->from->id.bytes, HASH_SIZE);
    hasher_add(&hasher, self->carried->id.data, self->carried->id.len);
    hasher_add(&hasher, to->id.bytes, HASH_SIZE);
    return hasher_finish(&hasher);
}

static enum cli_exit say_shift(struct cli *cli, char *proposal, const struct hash *forum,
                               const char *name, struct bytes key)
{
    Comity__V1__DraftShift draft = COMITY__V1__DRAFT_SHIFT__INIT;
    Comity__V1__Submit submit = COMITY__V1__SUBMIT__INIT;
    char what[CLI_NAME_SIZE + NAME_MAX_SIZE + 16];
    draft.proposal = proposal;
    draft.forum = (ProtobufCBinaryData){HASH_SIZE, (uint8_t *)(uintptr_t)forum->bytes};
    draft.name = (char *)(uintptr_t)name;
    submit.act_case = COMITY__V1__SUBMIT__ACT_SHIFT;
    submit.shift = &draft;
    submit.key = (ProtobufCBinaryData){key.size, (uint8_t *)(uintptr_t)key.data};
    (void)snprintf(what, sizeof what, "takes %s to %s", proposal, name);
    return cli_submit(cli, &submit, what);
}

/* Pledges of seats that do not come along stay behind; the others' get their seat's new number. */
static bool carry_pledges(const struct coalition *self, const struct charter *to,
                          Comity__V1__DraftPropose *draft, struct arena *arena)
{
    draft->pledges = arena_array(arena, self->carried->n_pledges, sizeof *draft->pledges);
    for (size_t i = 0; draft->pledges != NULL && i < self->carried->n_pledges; i++) {
        const Comity__V1__PledgeInfo *from = self->carried->pledges[i];
        int32_t seat = charter_find_seat(to, from->seat);
        if (seat < 0) {
            cli_note(self->cli, "the pledge of %s stays behind", from->seat);
            continue;
        }
        Comity__V1__Pledge *pledge = arena_alloc(arena, sizeof *pledge);
        if (pledge == NULL)
            return false;
        comity__v1__pledge__init(pledge);
        pledge->seat = (uint32_t)seat;
        pledge->issue = from->issue;
        pledge->quantity = from->quantity;
        pledge->unit = from->unit;
        pledge->due_ms = from->due_ms;
        draft->pledges[draft->n_pledges++] = pledge;
    }
    return draft->pledges != NULL;
}

static enum cli_exit say_proposal(struct coalition *self, const struct charter *to)
{
    const Comity__V1__ProposalInfo *carried = self->carried;
    const char *rule = options_value(self->arguments, "rule");
    Comity__V1__DraftPropose draft = COMITY__V1__DRAFT_PROPOSE__INIT;
    Comity__V1__Submit submit = COMITY__V1__SUBMIT__INIT;
    char what[CLI_NAME_SIZE + 32];
    struct cli *cli = self->cli;
    if (!carry_pledges(self, to, &draft, &self->arena))
        return cli_fail(cli, COMITY_MEMORY, NULL);
    draft.title = carried->title;
    draft.rule = (char *)(uintptr_t)(rule != NULL ? rule : to->rules[0].name);
    draft.topic = carried->topic;
    draft.binding = carried->binding;
    draft.terms = carried->terms;
    draft.n_terms = carried->n_terms;
    draft.goals = carried->goals;
    draft.n_goals = carried->n_goals;
    draft.carried_forum =
        (ProtobufCBinaryData){HASH_SIZE, (uint8_t *)(uintptr_t)self->from->id.bytes};
    draft.carried_proposal = carried->id;
    struct hash key = make_key(self, to);
    submit.key = (ProtobufCBinaryData){COMITY_KEY_SIZE, key.bytes};
    submit.text = carried->text;
    submit.act_case = COMITY__V1__SUBMIT__ACT_PROPOSE;
    submit.propose = &draft;
    (void)snprintf(what, sizeof what, "carries P%" PRIu32 " of %.31s", carried->number,
                   self->from->name);
    /* The others join when they have the charter: nothing there is final before. */
    uint32_t wait_ms = cli->wait_ms;
    cli->wait_ms = 0;
    enum cli_exit end = cli_submit(cli, &submit, what);
    cli->wait_ms = wait_ms;
    return end;
}

static enum comity_error check_rule(const struct coalition *self, const struct charter *to,
                                    struct fault *fault)
{
    const char *rule = options_value(self->arguments, "rule");
    for (uint32_t i = 0; rule != NULL && i < to->rules_count; i++) {
        if (strcmp(to->rules[i].name, rule) == 0)
            return COMITY_OK;
    }
    return rule == NULL
               ? COMITY_OK
               : fault_set(fault, COMITY_NOT_FOUND, "%s has no rule %.40s", to->name, rule);
}

static bool has_shifted(const struct coalition *self, const struct charter *to)
{
    for (size_t i = 0; i < self->carried->n_shifted; i++) {
        const Comity__V1__Shifted *shifted = self->carried->shifted[i];
        if (strcmp(shifted->seat, self->here->seat) == 0 &&
            bytes_equal(bytes_of(shifted->forum.data, shifted->forum.len),
                        bytes_of(to->id.bytes, HASH_SIZE)))
            return true;
    }
    return false;
}

/* What is done is in the records: the same command again does the rest. */
static enum cli_exit stop_half_way(const struct coalition *self, const char *missing,
                                   enum cli_exit end)
{
    cli_note(self->cli,
             "the forum is convened, and %s: the same command again goes on where it stopped",
             missing);
    return end;
}

static enum cli_exit enter(struct coalition *self, const struct charter_file *file)
{
    struct cli *cli = self->cli;
    char number[CLI_NAME_SIZE];
    struct fault fault = {{0}};
    struct hash key = make_key(self, file->charter);
    enum cli_exit end = charter_file_enter(cli, file, true, false);
    if (end != CLI_OK)
        return end;
    (void)snprintf(number, sizeof number, "P%" PRIu32, self->carried->number);
    /* Both records name each other: this one first, where the question came from. */
    if (!has_shifted(self, file->charter))
        end = say_shift(cli, number, &file->charter->id, file->charter->name,
                        bytes_of(key.bytes, COMITY_KEY_SIZE));
    if (end != CLI_OK && end != CLI_PENDING)
        return stop_half_way(self, "neither record says yet where the text went", end);
    enum comity_error error = comity_set_forum(cli->daemon, file->charter->name, &fault);
    if (error != COMITY_OK)
        return cli_fail(cli, error, &fault);
    enum cli_exit there = say_proposal(self, file->charter);
    if (there != CLI_OK && there != CLI_PENDING)
        return stop_half_way(self, "the text is not in it yet", there);
    return there == CLI_OK ? end : there;
}

static enum comity_error prepare(struct coalition *self, struct charter_file *ret_file,
                                 struct fault *fault)
{
    enum comity_error error = find_here(self, fault);
    if (error == COMITY_OK)
        error = find_carried(self, fault);
    if (error == COMITY_OK)
        error = find_seats(self, fault);
    if (error == COMITY_OK)
        error =
            charter_file_edit(self->cli, self->arguments->words[0], edit, self, ret_file, fault);
    if (error != COMITY_OK)
        return error;
    error = check_rule(self, ret_file->charter, fault);
    if (error == COMITY_OK && self->has_nonce)
        error = fault_set(fault, COMITY_INVALID,
                          "%s has a nonce, so it names one forum alone: a template has none",
                          self->arguments->words[0]);
    else if (error == COMITY_OK && self->has_begun &&
             !bytes_equal(buffer_bytes(&ret_file->bytes), buffer_bytes(&self->begun.bytes)))
        error = fault_set(fault, COMITY_EXISTS,
                          "%s is there already, and is another forum's than this command would "
                          "convene: take another --name, or move it away",
                          self->begun_path);
    if (error != COMITY_OK)
        charter_file_free(ret_file);
    return error;
}

enum cli_exit coalition_convene(struct cli *cli, const struct arguments *arguments)
{
    struct coalition self = {
        .cli = cli, .arguments = arguments, .name = options_value(arguments, "name")};
    struct charter_file file;
    struct fault fault = {{0}};
    if (!options_has(arguments, "with"))
        return cli_usage(cli, "--from P3 needs --with: who sits in the coalition");
    enum cli_exit end = cli_connect(cli);
    if (end != CLI_OK)
        return end;
    arena_init(&self.arena, 64 << 20);
    enum comity_error error = prepare(&self, &file, &fault);
    if (error != COMITY_OK) {
        end = cli_fail(cli, error, &fault);
    } else {
        end = enter(&self, &file);
        charter_file_free(&file);
    }
    coalition_free(&self);
    return end;
}

enum cli_exit command_shift(struct cli *cli, const struct arguments *arguments)
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
    error = comity_get_status(cli->daemon, &reply, &fault);
    if (error != COMITY_OK)
        return cli_fail(cli, error, &fault);
    const Comity__V1__ForumStatus *to =
        comity_find_forum(reply.response->status, arguments->words[1]);
    struct hash id;
    if (to == NULL || to->id.len != HASH_SIZE) {
        error = fault_set(&fault, COMITY_NOT_FOUND,
                          "you sit in no forum %.40s; `comity status` lists yours",
                          arguments->words[1]);
        end = cli_fail(cli, error, &fault);
    } else {
        memcpy(id.bytes, to->id.data, HASH_SIZE);
        end = say_shift(cli, name, &id, to->name, bytes_of(NULL, 0));
    }
    comity_reply_free(&reply);
    return end;
}
