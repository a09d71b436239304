/* SPDX-License-Identifier: MIT */
#ifndef VIGIL_OS_MODEL_RULES_H
#define VIGIL_OS_MODEL_RULES_H

#include <stdbool.h>
#include <stdint.h>

/*
 * The rules of epoll(7), apart from everything that keeps lists: who is woken,
 * what is reported, and what a report does to the registration. Trigger bits are
 * fields, not bits of the mask.
 */
typedef struct model_request {
    uint32_t mask; /* events asked for; EPOLLERR and EPOLLHUP are always among them */
    bool edge;
    bool one_shot;
    bool exclusive;
    bool armed; /* false once a one-shot has fired */
} model_request;

/* Whether a wakeup with `key` queues the registration. One without a key (0) is
 * for everybody. */
/*@
  requires memory: \valid_read(request);
  terminates \true; exits \false;
  assigns \result \from *request, key;
  ensures queued: \result <==> request->armed && (key == 0 || (key & request->mask) != 0);
*/
bool model_rule_wakes(const model_request *request, uint32_t key);

/* What is reported of a source whose level is `level` when it is looked at. */
/*@
  requires memory: \valid_read(request);
  terminates \true; exits \false;
  assigns \result \from *request, level;
  ensures armed: request->armed ==> \result == (level & request->mask);
  ensures silent: !request->armed ==> \result == 0;
*/
uint32_t model_rule_report(const model_request *request, uint32_t level);

/* What a report does: answers whether the registration goes back to the end of
 * the ready list, as a level-triggered one does. */
/*@
  requires memory: \valid(request);
  terminates \true; exits \false;
  assigns request->armed;
  ensures again: \result <==> !request->edge && !request->one_shot;
  ensures disarmed: request->armed <==> \old(request->armed) && !request->one_shot;
*/
bool model_rule_reported(model_request *request);

#endif
