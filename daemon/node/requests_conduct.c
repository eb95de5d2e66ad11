/* SPDX-License-Identifier: Apache-2.0 */
/* requests_conduct.c - what delegations did. */
#include <string.h>

#include "api/view.h"
#include "node/node_state.h"

static uint32_t find_topic(const struct charter *charter, const char *topic)
{
    uint32_t place = 0;
    while (place < charter->topics_count && strcmp(charter->topics[place], topic) != 0)
        place++;
    return place;
}

void request_conduct(struct node *self, const struct api_call *call, struct session *session)
{
    Comity__V1__Response response = COMITY__V1__RESPONSE__INIT;
    const Comity__V1__GetConduct *get = call->request->get_conduct;
    const struct charter *charter = session_charter(session);
    struct fault fault = {{0}};
    bool all = !get->no_topic && get->topic[0] == '\0';
    uint32_t topic = get->no_topic ? charter->topics_count : find_topic(charter, get->topic);
    if (!all && !get->no_topic && topic == charter->topics_count) {
        (void)fault_set(&fault, COMITY_NOT_FOUND,
                        "the charter has no topic %s; `comity show charter` lists them",
                        get->topic);
        api_fail(self->api, &call->route, COMITY_NOT_FOUND, fault.text);
        return;
    }
    response.response_case = COMITY__V1__RESPONSE__RESPONSE_CONDUCT;
    response.conduct = view_conduct(session_forum(session), topic, all, &self->scratch);
    if (response.conduct == NULL)
        api_fail(self->api, &call->route, COMITY_MEMORY, "");
    else
        api_reply(self->api, &call->route, &response);
}
