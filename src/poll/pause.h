/* SPDX-License-Identifier: MIT */
#ifndef VIGIL_POLL_PAUSE_H
#define VIGIL_POLL_PAUSE_H

#include "base/attributes.h"
#include "base/status.h"
#include "core/interest.h"
#include "core/timeout.h"
#include "core/token.h"
#include "poll/registry.h"
#include "poll/source.h"

#include <stdbool.h>
#include <stdint.h>

/*
 * A pause: a source stays registered, and is not reported for a while. It is for
 * what is ready and cannot be handled now, as a listener whose connections wait
 * while the process has no descriptor for them (accept(2), EMFILE, ENFILE): a
 * level-triggered one would be reported by every wait, and an edge-triggered one
 * by none. When the pause ends the source is reported, if it is ready then.
 *
 *     wait, for vigil_pause_timeout(&pause, timeout) at most;
 *     vigil_pause_end_if_due(&pause, registry, &listener.source);
 *     take the events; where accepting answers VIGIL_EMFILE or VIGIL_ENFILE,
 *     vigil_pause_begin(&pause, registry, &listener.source, token, interest,
 *                       VIGIL_PAUSE_EXHAUSTED);
 *
 * A source that has a pause of that length is reported and paused four times in
 * 100 ms, which makes eight waits that return, and is looked at within 25 ms of
 * whatever it waits for.
 *
 * The caller owns the struct, which may be moved and copied, and points nowhere: a
 * source may be deregistered or closed while it is paused. One that is all zero
 * is no pause. Pause and source belong to one thread at a time. What is paused
 * hears of hang-up and error once at most.
 */
typedef struct vigil_pause {
    uint64_t registration; /* which one is paused; outlived by no other */
    uint64_t end_ns;       /* of the monotonic clock; VIGIL_FOREVER_NS for never */
    vigil_timeout duration;
    vigil_token token;
    vigil_interest interest; /* VIGIL_INTEREST_NONE if nothing is paused */
} vigil_pause;

/* clang-format off */
#define VIGIL_PAUSE_NONE {0, 0, {0}, 0, VIGIL_INTEREST_NONE}
/* clang-format on */

/* How long to leave a listener alone that finds no descriptor. */
#define VIGIL_PAUSE_EXHAUSTED (vigil_ms(25))

/* All that a paused source asks for: nothing that it is ready for, and once. */
#define VIGIL_PAUSE_INTEREST (VIGIL_PRIORITY | VIGIL_ONESHOT)

/*@
  predicate pause_active(vigil_pause p) = p.interest != VIGIL_INTEREST_NONE;

  // `source` has the registration that was paused, as the pause has left it.
  predicate pause_holds{L}(vigil_pause *p, vigil_registry *r, vigil_source *s) =
    s->registry == r && p->registration == slot_key(&r->slots, s->slot) &&
    r->slots.array[s->slot].mask.value ==
      selector_reportable(selector_request(VIGIL_PAUSE_INTEREST));

  predicate pause_apart{L}(vigil_pause *p, vigil_registry *r, vigil_source *s) =
    \valid(p) && \separated(p, r, s) &&
    \separated(p, r->slots.array + (0 .. r->slots.count - 1));
*/

/* clang-format off */
/* What reregistering may change. */
#define VIGIL_REREGISTRATION(r) \
    (r)->slots.array[0 .. (r)->slots.count - 1].mask.value, \
    (r)->slots.array[0 .. (r)->slots.count - 1].token.value, \
    VIGIL_KERNEL_LIST((r)->selector.epoll)
/* clang-format on */

/*
 * Pauses `source`: from here on it is not reported, and an event of it that is in
 * hand is dropped. `token` and `interest` are what it will be registered with when
 * the pause ends, after `duration`, or with VIGIL_FOREVER when vigil_pause_end is
 * called.
 *
 * VIGIL_EBUSY     `pause` has not ended: it pauses a source already
 * VIGIL_EINVAL    the interest names no readiness or an unknown flag
 * VIGIL_ENOENT    the source is not registered
 * VIGIL_EFOREIGN  it is registered with another poll
 * VIGIL_EBADF     the descriptor was closed behind the registration
 * VIGIL_ENOMEM    the kernel is out of memory
 * On every failure everything is as it was.
 */
/*@
  requires valid: registry_valid(registry) && source_apart(registry, source);
  requires agrees: source->registry == registry ==> source_agrees(registry, source);
  requires apart: pause_apart(pause, registry, source);
  terminates \true; exits \false;
  assigns *pause, kernel_time, VIGIL_REREGISTRATION(registry);
  ensures status: status_valid(\result);
  ensures valid: registry_valid(registry);
  ensures lent: registry->slots.array == \old(registry->slots.array) &&
    registry->slots.count == \old(registry->slots.count);
  ensures kernel: VIGIL_KERNEL_SAME_LIST(registry->selector.epoll, source->fd);
  ensures others: source->registry == registry ==>
    registrations_kept{Pre,Post}(&registry->slots, source->slot);
  ensures slots: slots_taken_kept{Pre,Post}(&registry->slots, -1) &&
    generations_kept{Pre,Post}(&registry->slots, -1);
  ensures begun: \result == VIGIL_OK ==> !\old(pause_active(*pause)) && pause_active(*pause) &&
    interest_valid(interest) && pause_holds(pause, registry, source) &&
    source_agrees(registry, source);
  ensures promised: \result == VIGIL_OK ==> pause->token == token &&
    pause->interest == interest && pause->duration == duration;
  ensures forever: \result == VIGIL_OK ==>
    (duration.ns == VIGIL_FOREVER_NS <==> pause->end_ns == VIGIL_FOREVER_NS);
  ensures lasts: \result == VIGIL_OK && duration.ns != VIGIL_FOREVER_NS ==>
    pause->end_ns == finite_ns(kernel_time + duration.ns);
  ensures failed: \result != VIGIL_OK ==> *pause == \old(*pause) &&
    slots_kept{Pre,Post}(&registry->slots) &&
    registrations_kept{Pre,Post}(&registry->slots, -1) &&
    VIGIL_KERNEL_SAME_LIST(registry->selector.epoll, -1);
  ensures busy: \old(pause_active(*pause)) <==> \result == VIGIL_EBUSY;
  ensures inval: !\old(pause_active(*pause)) && !interest_valid(interest) ==>
    \result == VIGIL_EINVAL;
  ensures noent: !\old(pause_active(*pause)) && interest_valid(interest) &&
    source->registry == \null ==> \result == VIGIL_ENOENT;
  ensures foreign: !\old(pause_active(*pause)) && interest_valid(interest) &&
    source->registry != \null && source->registry != registry ==> \result == VIGIL_EFOREIGN;
  ensures ebadf: !\old(pause_active(*pause)) && interest_valid(interest) &&
    source->registry == registry && !VIGIL_KERNEL_OPEN(source->fd) ==> \result == VIGIL_EBADF;
  ensures errors: !\old(pause_active(*pause)) && interest_valid(interest) &&
    source->registry == registry && VIGIL_KERNEL_OPEN(source->fd) ==>
      \result == VIGIL_OK || \result == VIGIL_ENOMEM;
*/
VIGIL_CHECKED vigil_status vigil_pause_begin(vigil_pause *pause, vigil_registry *registry,
                                             vigil_source *source, vigil_token token,
                                             vigil_interest interest, vigil_timeout duration);

/* Whether something is paused, due or not. */
/*@
  requires pause: \valid_read(pause);
  terminates \true; exits \false;
  assigns \result \from pause->interest;
  ensures active: \result <==> pause_active(*pause);
*/
VIGIL_API bool vigil_pause_is_active(const vigil_pause *pause);

/* How long to wait: `timeout`, or what is left of the pause if that is less.
 * With several pauses, the timeout of one goes into the next. */
/*@
  requires pause: \valid_read(pause);
  terminates \true; exits \false;
  assigns \result, kernel_time;
  ensures unpaused: !pause_active(*pause) ==> \result == timeout;
  ensures never_later: \result.ns <= timeout.ns;
  ensures bounded: pause_active(*pause) && pause->end_ns != VIGIL_FOREVER_NS ==>
    \result.ns == 0 || kernel_time + \result.ns <= pause->end_ns;
  ensures never_early: \result.ns == timeout.ns ||
    (pause_active(*pause) && pause->end_ns <= kernel_time + \result.ns);
*/
VIGIL_API vigil_timeout vigil_pause_timeout(const vigil_pause *pause, vigil_timeout timeout);

/*
 * Ends the pause, due or not: the source is registered as vigil_pause_begin was told,
 * and reported if it is ready. Where nothing is paused, nothing happens. `source` is the
 * one that was paused, and `registry` the one it was paused with: with another one of the
 * poll the pause is lost, and the paused one stays silent until it is reregistered.
 *
 * VIGIL_OK      the source is registered so, or nothing was paused
 * VIGIL_ENOENT  the registration that was paused is over, or was reregistered by
 *               somebody else, if not with VIGIL_PAUSE_INTEREST, by which a pause is known;
 *               the pause is over, and what there is instead is as it was
 * VIGIL_EBADF, VIGIL_EPERM
 *               the descriptor was closed behind the registration, and its number is
 *               nobody's, or a file's, by now
 * VIGIL_ENOMEM  the kernel is out of memory
 * On the last ones the source stays paused, for as long again as the first time.
 */
/*@
  requires valid: registry_valid(registry) && source_apart(registry, source);
  requires agrees: source->registry == registry ==> source_agrees(registry, source);
  requires apart: pause_apart(pause, registry, source);
  terminates \true; exits \false;
  assigns pause->interest, pause->end_ns, kernel_time, VIGIL_REREGISTRATION(registry);
  ensures status: status_valid(\result);
  ensures valid: registry_valid(registry);
  ensures kernel: VIGIL_KERNEL_SAME_LIST(registry->selector.epoll, source->fd);
  ensures others: source->registry == registry ==>
    registrations_kept{Pre,Post}(&registry->slots, source->slot);
  ensures slots: slots_taken_kept{Pre,Post}(&registry->slots, -1) &&
    generations_kept{Pre,Post}(&registry->slots, -1);
  ensures over: \result == VIGIL_OK || \result == VIGIL_ENOENT ==> !pause_active(*pause);
  ensures goes_on: \result != VIGIL_OK && \result != VIGIL_ENOENT ==>
    \old(pause_active(*pause)) && pause->interest == \old(pause->interest) &&
    pause_holds(pause, registry, source);
  ensures nothing: !\old(pause_active(*pause)) ==> \result == VIGIL_OK;
  ensures noent: \result == VIGIL_ENOENT <==>
    \old(pause_active(*pause)) && !\old(pause_holds(pause, registry, source));
  ensures monotonic: \old(kernel_time) <= kernel_time;
  ensures ended: \old(pause_active(*pause)) && \result == VIGIL_OK ==>
    \old(pause_holds(pause, registry, source)) && source_agrees(registry, source) &&
    registry->slots.array[source->slot].token.value == pause->token &&
    registry->slots.array[source->slot].mask.value ==
      selector_reportable(selector_request(\old(pause->interest)));
  ensures kept: !\old(pause_active(*pause)) || \result != VIGIL_OK ==>
    slots_kept{Pre,Post}(&registry->slots) &&
    registrations_kept{Pre,Post}(&registry->slots, -1) &&
    VIGIL_KERNEL_SAME_LIST(registry->selector.epoll, -1);
  ensures errors: \old(pause_active(*pause)) && \old(pause_holds(pause, registry, source)) &&
    interest_valid(\old(pause->interest)) && VIGIL_KERNEL_OPEN(source->fd) ==>
      \result == VIGIL_OK || \result == VIGIL_ENOMEM;
*/
VIGIL_CHECKED vigil_status vigil_pause_end(vigil_pause *pause, vigil_registry *registry,
                                           vigil_source *source);

/* Ends the pause if its time is over, to be called after each wait; VIGIL_OK, and
 * nothing happens, if it is not. Statuses as for vigil_pause_end. */
/*@
  requires valid: registry_valid(registry) && source_apart(registry, source);
  requires agrees: source->registry == registry ==> source_agrees(registry, source);
  requires apart: pause_apart(pause, registry, source);
  terminates \true; exits \false;
  assigns pause->interest, pause->end_ns, kernel_time, VIGIL_REREGISTRATION(registry);
  ensures status: status_valid(\result);
  ensures valid: registry_valid(registry);
  ensures kernel: VIGIL_KERNEL_SAME_LIST(registry->selector.epoll, source->fd);
  ensures others: source->registry == registry ==>
    registrations_kept{Pre,Post}(&registry->slots, source->slot);
  ensures slots: slots_taken_kept{Pre,Post}(&registry->slots, -1) &&
    generations_kept{Pre,Post}(&registry->slots, -1);
  ensures nothing: !\old(pause_active(*pause)) ==> \result == VIGIL_OK &&
    *pause == \old(*pause);
  ensures early: kernel_time < \old(pause->end_ns) ==> \result == VIGIL_OK &&
    *pause == \old(*pause);
  ensures never: \old(pause->end_ns) == VIGIL_FOREVER_NS ==> \result == VIGIL_OK &&
    *pause == \old(*pause);
  ensures due: \old(pause->end_ns) <= kernel_time && \old(pause->end_ns) != VIGIL_FOREVER_NS &&
    (\result == VIGIL_OK || \result == VIGIL_ENOENT) ==> !pause_active(*pause);
  ensures goes_on: \result != VIGIL_OK && \result != VIGIL_ENOENT ==>
    pause->interest == \old(pause->interest) && pause_holds(pause, registry, source);
  ensures noent: \result == VIGIL_ENOENT ==> !\old(pause_holds(pause, registry, source));
  ensures ended: \old(pause_active(*pause)) && !pause_active(*pause) && \result == VIGIL_OK ==>
    source_agrees(registry, source) &&
    registry->slots.array[source->slot].token.value == pause->token &&
    registry->slots.array[source->slot].mask.value ==
      selector_reportable(selector_request(\old(pause->interest)));
  ensures kept: pause->interest == \old(pause->interest) || \result != VIGIL_OK ==>
    slots_kept{Pre,Post}(&registry->slots) &&
    registrations_kept{Pre,Post}(&registry->slots, -1) &&
    VIGIL_KERNEL_SAME_LIST(registry->selector.epoll, -1);
*/
VIGIL_CHECKED vigil_status vigil_pause_end_if_due(vigil_pause *pause, vigil_registry *registry,
                                                  vigil_source *source);

#endif
