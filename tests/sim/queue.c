/* SPDX-License-Identifier: Apache-2.0 */
#include "sim/queue.h"

static bool before(const struct sim_event *left, const struct sim_event *right)
{
    if (left->at_ms != right->at_ms)
        return left->at_ms < right->at_ms;
    return left->order < right->order;
}

void sim_queue_push(struct sim_world *world, int64_t delay_ms, const struct sim_event *event)
{
    world->events = sim_grow(world->events, &world->events_capacity, world->events_count + 1,
                             sizeof *world->events);
    struct sim_event *heap = world->events, added = *event;
    size_t at = world->events_count++;
    added.at_ms = world->now_ms + delay_ms;
    added.order = ++world->events_number;
    while (at > 0 && before(&added, &heap[(at - 1) / 2])) {
        heap[at] = heap[(at - 1) / 2];
        at = (at - 1) / 2;
    }
    heap[at] = added;
}

bool sim_queue_pop(struct sim_world *world, struct sim_event *ret_event)
{
    struct sim_event *heap = world->events;
    if (world->events_count == 0)
        return false;
    *ret_event = heap[0];
    struct sim_event last = heap[--world->events_count];
    size_t at = 0, count = world->events_count;
    for (;;) {
        size_t child = at * 2 + 1;
        if (child >= count)
            break;
        if (child + 1 < count && before(&heap[child + 1], &heap[child]))
            child++;
        if (!before(&heap[child], &last))
            break;
        heap[at] = heap[child];
        at = child;
    }
    if (count > 0)
        heap[at] = last;
    world->now_ms = ret_event->at_ms;
    return true;
}
