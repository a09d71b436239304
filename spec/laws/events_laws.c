/* SPDX-License-Identifier: MIT */
#include "poll/events.h"
#include "poll/source.h"
#include "selector_event.h"

/*
 * Laws of batches, of what an event says, and of bare sources, proven from the
 * headers' contracts alone.
 */

/* What is lent is what there is room for; a capacity that no wait takes leaves none. */
/*@
  requires memory: \valid(events) && (capacity <= VIGIL_EVENTS_MAX ==>
    \valid(storage + (0 .. capacity - 1))) && \separated(events, storage + (0 .. capacity - 1));
  terminates \true; exits \false;
*/
void the_capacity_is_what_was_lent(vigil_events *events, vigil_raw_event *storage, size_t capacity)
{
    vigil_status status = vigil_events_init(events, storage, capacity);
    size_t room = vigil_events_capacity(events);
    //@ check lent: status == VIGIL_OK ==> room == capacity && room > 0;
    //@ check refused: status != VIGIL_OK ==> room == 0;
}

/*@
  predicate may_take(vigil_events *events, vigil_event *event) =
    \valid(events) && events_valid(events) && \valid(event) &&
    \separated(event, events, events->storage + (0 .. events->capacity - 1),
               events->slots + (0 .. events->slot_count - 1));
*/

/* A batch that was cleared has no events, and taking none is not an error. */
/*@
  requires memory: may_take(events, event);
  terminates \true; exits \false;
  ensures none: !\result;
*/
bool a_cleared_batch_has_no_events(vigil_events *events, vigil_event *event)
{
    vigil_events_clear(events);
    return vigil_events_next(events, event);
}

/* Each report is taken once: the second event stands behind the first. */
/*@
  requires memory: may_take(events, event);
  terminates \true; exits \false;
*/
void each_report_is_taken_once(vigil_events *events, vigil_event *event)
{
    bool first = vigil_events_next(events, event);
    //@ ghost uint32_t place = events->next;
    bool second = vigil_events_next(events, event);
    //@ check behind: first && second ==> events->next > place && place > 0;
    //@ check bounded: second ==> events->next <= events->count;
}

/* When there is none left, there is none left. */
/*@
  requires memory: may_take(events, event);
  terminates \true; exits \false;
*/
void the_end_of_a_batch_is_its_end(vigil_events *events, vigil_event *event)
{
    if (!vigil_events_next(events, event)) {
        bool again = vigil_events_next(events, event);
        //@ check again: !again;
    }
}

/* Nothing follows from an event that says nothing. */
/*@ requires silent: event.readiness == 0;
    terminates \true; exits \false; */
void no_readiness_answers_no(vigil_event event)
{
    bool readable = vigil_event_is_readable(event);
    bool writable = vigil_event_is_writable(event);
    bool error = vigil_event_is_error(event);
    bool read_closed = vigil_event_is_read_closed(event);
    bool write_closed = vigil_event_is_write_closed(event);
    bool priority = vigil_event_is_priority(event);
    //@ check no: !readable && !writable && !error;
    //@ check nor: !read_closed && !write_closed && !priority;
}

/* Hang-up is of both directions. */
/*@ requires hangup: hup(event.readiness);
    terminates \true; exits \false; */
void a_hangup_closes_both_directions(vigil_event event)
{
    bool read_closed = vigil_event_is_read_closed(event);
    bool write_closed = vigil_event_is_write_closed(event);
    //@ check both: read_closed && write_closed;
}

/* Out-of-band data is something to read, and so is the end that a peer announced. */
/*@ terminates \true; exits \false; */
void what_is_read_is_readable(vigil_event event)
{
    bool readable = vigil_event_is_readable(event);
    bool priority = vigil_event_is_priority(event);
    bool read_closed = vigil_event_is_read_closed(event);
    //@ check urgent: priority ==> readable;
    //@ check end: read_closed && !hup(event.readiness) ==> readable;
}

/* A bare source is registered nowhere, and being told of a would-block changes
 * nothing of it. */
/*@ terminates \true; exits \false; */
void a_new_source_is_registered_nowhere(vigil_fd fd)
{
    vigil_source source = vigil_source_from_fd(fd);
    bool registered = vigil_source_is_registered(&source);
    //@ check nowhere: !registered && source.fd == fd;
    vigil_source_would_block(&source, VIGIL_READABLE);
    //@ check kept: source.fd == fd && source_unregistered(source);
}
