/* SPDX-License-Identifier: Apache-2.0 */
#include "bot_line.h"

#include "comity_json.h"

/* {"ballot": ..., "text": ...} means {"submit": {"ballot": ..., "text": ...}}. */
static enum comity_error fold_act(json_t *line)
{
    json_t *submit = NULL;
    const ProtobufCMessageDescriptor *descriptor = &comity__v1__submit__descriptor;
    for (unsigned i = 0; i < descriptor->n_fields; i++) {
        const char *name = descriptor->fields[i].name;
        json_t *value = json_object_get(line, name);
        if (value == NULL)
            continue;
        if (submit == NULL)
            submit = json_object();
        if (submit == NULL || json_object_set(submit, name, value) != 0 ||
            json_object_del(line, name) != 0) {
            json_decref(submit);
            return COMITY_MEMORY;
        }
    }
    if (submit != NULL && json_object_set_new(line, "submit", submit) != 0)
        return COMITY_MEMORY;
    return COMITY_OK;
}

static enum comity_error read_object(json_t *line, struct arena *arena, json_t **ret_id,
                                     Comity__V1__Request **ret_request, struct fault *fault)
{
    ProtobufCMessage *message = NULL;
    *ret_id = json_incref(json_object_get(line, "id"));
    (void)json_object_del(line, "id");
    enum comity_error error = fold_act(line);
    if (error != COMITY_OK)
        return fault_set(fault, error, "out of memory");
    error = comity_json_to(line, &comity__v1__request__descriptor, arena, &message, fault);
    if (error != COMITY_OK)
        return error;
    Comity__V1__Request *request = (Comity__V1__Request *)message;
    if (request->request_case == COMITY__V1__REQUEST__REQUEST__NOT_SET)
        return fault_set(fault, COMITY_INVALID,
                         "the line asks for nothing: say \"ballot\", \"get_docket\" ...");
    *ret_request = request;
    return COMITY_OK;
}

enum comity_error bot_line_read(const char *text, size_t size, struct arena *arena, json_t **ret_id,
                                Comity__V1__Request **ret_request, struct fault *fault)
{
    json_error_t where = {0};
    *ret_id = NULL;
    json_t *line = json_loadb(text, size, JSON_REJECT_DUPLICATES, &where);
    enum comity_error error;
    if (json_is_object(line))
        error = read_object(line, arena, ret_id, ret_request, fault);
    else
        error = fault_set(fault, COMITY_INVALID, "the line is no JSON object: %s",
                          line == NULL ? where.text : "expected {...}");
    json_decref(line);
    return error;
}
