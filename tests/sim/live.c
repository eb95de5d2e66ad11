/* SPDX-License-Identifier: Apache-2.0 */
/* Has every promise of progress been kept (L1, L2)? */
#include "sim/checks.h"

#include <stdio.h>

static uint32_t issued_count(const struct sim_node *node)
{
    return (uint32_t)__builtin_popcountll(node->issued);
}

bool sim_converged(const struct sim_world *world)
{
    /* A liar may know a finalization that it keeps to itself. */
    size_t count = 1;
    for (uint32_t i = 0; i < world->seats_count; i++)
        if (world->nodes[i].honest && world->nodes[i].delivered_count > count)
            count = world->nodes[i].delivered_count;
    const struct sim_height *last = &world->heights[count - 1];
    const struct sim_block *tip = &world->blocks[last->block];
    const struct sim_node *first = NULL;
    if (last->due_ms != INT64_MAX || last->verdict_height > last->committed_height)
        return false;
    for (uint32_t i = 0; i < world->seats_count; i++) {
        const struct sim_node *node = &world->nodes[i];
        if (!node->honest || node->state != NODE_UP)
            continue;
        if (node->delivered_count != count || tip->to[i] != issued_count(node))
            return false;
        if (!first)
            first = node;
        if (consensus_final_view(node->consensus) != consensus_final_view(first->consensus) ||
            consensus_view(node->consensus) != consensus_view(first->consensus))
            return false;
    }
    return true;
}

void sim_describe_stuck(struct sim_world *world)
{
    const struct sim_height *last = &world->heights[world->heights_count - 1];
    static const char *const states[] = {"up", "asleep", "dead"};
    if (!world->print)
        return;
    printf("chain height %zu, due %lld, verdict %llu, committed %llu\n", world->heights_count - 1,
           (long long)last->due_ms, (unsigned long long)last->verdict_height,
           (unsigned long long)last->committed_height);
    for (uint32_t i = 0; i < world->nodes_count; i++) {
        const struct sim_node *node = &world->nodes[i];
        if (!node->consensus) {
            printf("node %u dead\n", i);
            continue;
        }
        printf("node %u seat %u %s%s%s: view %llu, final view %llu, delivered %zu, acts %u/%u, "
               "utc %+lld, active %d\n",
               i, node->seat, states[node->state], node->honest ? "" : " liar",
               node->observer ? " observer" : "",
               (unsigned long long)consensus_view(node->consensus),
               (unsigned long long)consensus_final_view(node->consensus), node->delivered_count - 1,
               world->blocks[last->block].to[node->seat], issued_count(node),
               (long long)node->utc_offset_ms, consensus_is_active(node->consensus));
    }
}
