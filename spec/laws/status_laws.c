/* SPDX-License-Identifier: MIT */
#include "base/status.h"
#include "core/interest.h"

/*
 * Laws of texts, proven from the headers' contracts alone: for every value that
 * there is, a name can be read, and fits the room that its header promises.
 */

/*@ terminates \true; exits \false; assigns \nothing; */
void every_status_has_a_name_and_a_text(vigil_status status)
{
    const char *name = vigil_status_name(status);
    const char *text = vigil_status_text(status);
    //@ check name: \valid_read(name) && \block_length(name) <= VIGIL_STATUS_TEXT_SIZE;
    //@ check text: \valid_read(text) && \block_length(text) <= VIGIL_STATUS_TEXT_SIZE;
}

/*@ terminates \true; exits \false; assigns \nothing; */
void every_interest_has_a_name(vigil_interest interest)
{
    const char *name = vigil_interest_name(interest);
    //@ check name: \valid_read(name) && \block_length(name) <= VIGIL_INTEREST_NAME_SIZE;
}

/* The five questions tell all interests apart. */
/*@ requires valid: interest_valid(a) && interest_valid(b);
    terminates \true; exits \false; assigns \nothing; */
void questions_are_the_flags(vigil_interest a, vigil_interest b)
{
    bool readable = vigil_interest_is_readable(a);
    bool writable = vigil_interest_is_writable(a);
    bool priority = vigil_interest_is_priority(a);
    bool level = vigil_interest_is_level(a);
    bool oneshot = vigil_interest_is_oneshot(a);
    //@ check some: readable || writable || priority;
    /*@ check flags: (readable <==> readable(a)) && (writable <==> writable(a)) &&
          (priority <==> priority(a)) && (level <==> level(a)) && (oneshot <==> oneshot(a)); */
}
