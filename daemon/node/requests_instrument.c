/* SPDX-License-Identifier: Apache-2.0 */
/* requests_instrument.c - what proves a verdict or agreement, all but its acts: those the client
 * reads from the record itself, so that a long record never holds up the daemon. */
#include <string.h>

#include "api/view.h"
#include "codec/strict.h"
#include "instrument.pb-c.h"
#include "instrument/instrument.h"
#include "node/chain.h"
#include "node/node_state.h"

static ProtobufCBinaryData data_of(const void *data, size_t size)
{
    return (ProtobufCBinaryData){.len = size, .data = (uint8_t *)(uintptr_t)data};
}

enum { RULINGS_MAX = INSTRUMENT_RECORDS_MAX - 2 };

struct subject {
    const struct forum_proposal *proposal;
    const struct forum_agreement *agreement; /* NULL: a verdict only. */
    uint32_t rulings[RULINGS_MAX];           /* P numbers. */
    uint32_t rulings_count;
};

static enum comity_error find_subject(const struct forum *forum, const char *name,
                                      struct subject *ret_subject, struct fault *fault)
{
    struct subject subject = {0};
    if (name[0] == 'A' || name[0] == 'a') {
        subject.agreement = view_find_agreement(forum, name, fault);
        if (subject.agreement != NULL)
            subject.proposal = forum_proposal(forum, subject.agreement->proposal);
    } else {
        subject.proposal = view_find_proposal(forum, name, fault);
        if (subject.proposal != NULL && subject.proposal->agreement != 0)
            subject.agreement = forum_agreement(forum, subject.proposal->agreement);
    }
    if (subject.proposal == NULL)
        return COMITY_NOT_FOUND;
    if (subject.proposal->status != PROPOSAL_DECIDED)
        return fault_set(fault, COMITY_PENDING, "P%u has no verdict yet",
                         (unsigned)subject.proposal->number);
    subject.rulings_count =
        forum_record_rulings(forum, subject.proposal->number, subject.rulings, RULINGS_MAX);
    if (subject.rulings_count > RULINGS_MAX)
        return fault_set(fault, COMITY_LIMIT,
                         "%u rulings belong to it: an instrument holds %d at most",
                         (unsigned)subject.rulings_count, (int)RULINGS_MAX);
    *ret_subject = subject;
    return COMITY_OK;
}

static Comity__V1__InstrumentRecord *instrument_record(const struct chain *chain,
                                                       const struct merkle *tree, uint32_t index,
                                                       struct arena *arena)
{
    struct hash *path = arena_array(arena, MERKLE_LEVELS_MAX, sizeof *path);
    size_t size = forum_record_size(chain->forum, index);
    uint8_t *bytes = arena_alloc(arena, size);
    Comity__V1__InstrumentRecord *record = arena_alloc(arena, sizeof *record);
    if (path == NULL || bytes == NULL || record == NULL)
        return NULL;
    struct writer writer;
    writer_init(&writer, bytes, size);
    forum_record_encode(chain->forum, index, &writer);
    comity__v1__instrument_record__init(record);
    record->record = data_of(bytes, writer.size);
    record->index = index;
    record->count = merkle_count(tree);
    record->n_path = merkle_path(tree, index, path);
    record->path = arena_array(arena, record->n_path, sizeof *record->path);
    for (size_t i = 0; record->path != NULL && i < record->n_path; i++)
        record->path[i] = data_of(path[i].bytes, HASH_SIZE);
    return record->path == NULL ? NULL : record;
}

/* The last header and its finalization: they commit to the records as they are now, or as they
 * were one block ago. */
static enum comity_error find_proof(struct node *self, const struct session *session,
                                    Comity__V1__Instrument *instrument, struct fault *fault)
{
    const struct chain *chain = session_chain(session);
    struct store_block *stored = arena_alloc(&self->scratch, sizeof *stored);
    ProtobufCMessage *cert;
    if (stored == NULL)
        return COMITY_MEMORY;
    if (session_stored_height(session) < chain->now.height)
        return fault_set(fault, COMITY_PENDING,
                         "the last block is not on the disk yet: try again in a moment");
    enum comity_error error = store_get_block(self->store, &session_charter(session)->id,
                                              chain->now.height, &self->scratch, stored);
    if (error != COMITY_OK)
        return fault_set(fault, error, "the record cannot be read");
    error = strict_unpack(&comity__v1__cert__descriptor, stored->cert, 16, &self->scratch, &cert,
                          fault);
    if (error != COMITY_OK)
        return fault_set(fault, COMITY_PENDING, "the last block has no certificate of its own");
    instrument->header = data_of(stored->header.data, stored->header.size);
    instrument->finalization = (Comity__V1__Cert *)cert;
    return COMITY_OK;
}

static enum comity_error add_records(const struct chain *chain, const struct subject *subject,
                                     Comity__V1__InstrumentRecord **ret_records,
                                     struct arena *arena, struct fault *fault)
{
    struct merkle tree;
    uint32_t wanted[INSTRUMENT_RECORDS_MAX] = {
        forum_proposal_record(chain->forum, subject->proposal->number)};
    uint32_t count = 1;
    if (subject->agreement != NULL)
        wanted[count++] = forum_agreement_record(chain->forum, subject->agreement->number);
    for (uint32_t i = 0; i < subject->rulings_count; i++)
        wanted[count++] = forum_proposal_record(chain->forum, subject->rulings[i]);
    enum comity_error error = chain_committed_records(chain, wanted, count, &tree);
    if (error == COMITY_PENDING)
        return fault_set(fault, error,
                         "the outcome is in the record but no block commits to it yet: try again "
                         "in a moment");
    if (error != COMITY_OK)
        return error;
    for (uint32_t i = 0; i < count; i++) {
        ret_records[i] = instrument_record(chain, &tree, wanted[i], arena);
        if (ret_records[i] == NULL)
            error = COMITY_MEMORY;
    }
    merkle_free(&tree);
    return error;
}

static bool add_acts(const struct chain *chain, const struct subject *subject,
                     Comity__V1__InstrumentFile *file, struct arena *arena)
{
    uint32_t agreement_count = subject->agreement == NULL ? 0 : subject->agreement->acts_count;
    size_t count = subject->proposal->acts_count + agreement_count;
    for (uint32_t i = 0; i < subject->rulings_count; i++)
        count += forum_proposal(chain->forum, subject->rulings[i])->acts_count;
    file->acts = arena_array(arena, count, sizeof *file->acts);
    if (file->acts == NULL)
        return false;
    for (uint32_t i = 0; i < subject->proposal->acts_count; i++)
        file->acts[file->n_acts++] = data_of(subject->proposal->acts[i].bytes, HASH_SIZE);
    for (uint32_t i = 0; i < agreement_count; i++)
        file->acts[file->n_acts++] = data_of(subject->agreement->acts[i].bytes, HASH_SIZE);
    for (uint32_t i = 0; i < subject->rulings_count; i++) {
        const struct forum_proposal *ruling = forum_proposal(chain->forum, subject->rulings[i]);
        for (uint32_t k = 0; k < ruling->acts_count; k++)
            file->acts[file->n_acts++] = data_of(ruling->acts[k].bytes, HASH_SIZE);
    }
    file->first_height = 1;
    file->last_height = chain->now.height;
    return true;
}

void request_instrument(struct node *self, const struct api_call *call, struct session *session)
{
    struct fault fault = {{0}};
    struct subject subject = {0};
    const struct chain *chain = session_chain(session);
    Comity__V1__Instrument instrument = COMITY__V1__INSTRUMENT__INIT;
    Comity__V1__InstrumentFile file = COMITY__V1__INSTRUMENT_FILE__INIT;
    Comity__V1__InstrumentRecord *records[INSTRUMENT_RECORDS_MAX];
    Comity__V1__Response response = COMITY__V1__RESPONSE__INIT;
    struct buffer bytes = {0};
    enum comity_error error =
        find_subject(chain->forum, call->request->get_instrument->subject, &subject, &fault);
    if (error == COMITY_OK)
        error = find_proof(self, session, &instrument, &fault);
    if (error == COMITY_OK)
        error = add_records(chain, &subject, records, &self->scratch, &fault);
    if (error == COMITY_OK && !add_acts(chain, &subject, &file, &self->scratch))
        error = COMITY_MEMORY;
    if (error == COMITY_OK) {
        struct bytes charter = session_charter_bytes(session);
        instrument.version = 1;
        instrument.charter = data_of(charter.data, charter.size);
        instrument.records = records;
        instrument.n_records = (subject.agreement == NULL ? 1 : 2) + subject.rulings_count;
        error = strict_pack(&instrument.base, &bytes);
    }
    if (error != COMITY_OK) {
        api_fail(self->api, &call->route, error, fault.text);
        buffer_free(&bytes);
        return;
    }
    file.instrument = data_of(bytes.data, bytes.size);
    response.response_case = COMITY__V1__RESPONSE__RESPONSE_INSTRUMENT;
    response.instrument = &file;
    api_reply(self->api, &call->route, &response);
    buffer_free(&bytes);
}
