/* SPDX-License-Identifier: MIT */
#include "poll/poll.h"

/*
 * Laws of polls, proven from the headers' contracts alone.
 */

/* Opening a poll and closing it leaves the table of descriptors as it was. */
/*@ requires poll: \valid(poll);
    requires slots: 0 < count <= VIGIL_SLOTS_MAX && \valid(slots + (0 .. count - 1)) &&
      \separated(poll, slots + (0 .. count - 1));
    terminates \true; exits \false; */
void open_then_close_restores(vigil_poll *poll, vigil_slot *slots, uint32_t count)
{
    if (vigil_poll_open(poll, slots, count) == VIGIL_OK) {
        vigil_status closed = vigil_poll_close(poll);
        //@ check closed: closed == VIGIL_OK && poll_closed(poll);
    }
    //@ check table: kernel_same_table{Pre,Here}(-1);
}

/* Closing twice is closing once: the second one finds nothing to do, and
 * closes no descriptor that has been given to someone else meanwhile. */
/*@ requires valid: poll_valid(poll);
    requires deregistered: !poll_closed(poll) ==>
      VIGIL_KERNEL_UNLISTED(poll->registry.selector.epoll);
    terminates \true; exits \false; */
void closing_twice_is_closing_once(vigil_poll *poll)
{
    if (vigil_poll_close(poll) == VIGIL_OK) {
        //@ ghost Once: ;
        vigil_status twice = vigil_poll_close(poll);
        //@ check twice: twice == VIGIL_OK;
        //@ check table: kernel_same_table{Once,Here}(-1);
    }
}

/* A poll with a registration or a waker cannot be closed, and stays open. */
/*@ requires valid: poll_valid(poll);
    requires deregistered: VIGIL_KERNEL_UNLISTED(poll->registry.selector.epoll);
    requires taken: slot_taken(&poll->registry.slots, slot);
    terminates \true; exits \false; */
void used_poll_stays_open(vigil_poll *poll, uint32_t slot)
{
    vigil_status status = vigil_poll_close(poll);
    //@ check busy: status == VIGIL_EBUSY && !poll_closed(poll);
    //@ check table: kernel_same_table{Pre,Here}(-1);
}

/* A wait on a closed poll changes nothing. */
/*@ requires valid: poll_valid(poll) && poll_closed(poll);
    requires batch: batch_memory(&poll->registry, events) && events->capacity != 0;
    requires apart: \separated(poll, events, events->storage + (0 .. events->capacity - 1));
    terminates \true; exits \false; */
void waiting_on_closed_changes_nothing(vigil_poll *poll, vigil_events *events,
                                       vigil_timeout timeout)
{
    vigil_status status = vigil_poll_wait(poll, events, timeout);
    //@ check refused: status == VIGIL_EBADF && events->count == 0;
    //@ check quiet: poll_quiet{Pre,Here}(poll);
}

/* A new poll hands out its descriptor, which is the one it opened. */
/*@ requires poll: \valid(poll);
    requires slots: 0 < count <= VIGIL_SLOTS_MAX && \valid(slots + (0 .. count - 1)) &&
      \separated(poll, slots + (0 .. count - 1));
    terminates \true; exits \false; */
void new_poll_has_a_descriptor(vigil_poll *poll, vigil_slot *slots, uint32_t count)
{
    vigil_fd fd;
    if (vigil_poll_open(poll, slots, count) == VIGIL_OK) {
        vigil_status status = vigil_poll_fd(poll, &fd);
        //@ check own: status == VIGIL_OK && VIGIL_KERNEL_IS(fd, VIGIL_KERNEL_EPOLL);
        vigil_registry *registry = vigil_poll_registry(poll);
        //@ check registry: waking_valid(registry) && registry->slots.free_count == count;
    }
}
