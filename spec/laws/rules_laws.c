/* SPDX-License-Identifier: MIT */

/* What follows from the rules of the model kernel (src/os/model/rules.h): epoll(7), as
 * one says it. */
#include "os/model/rules.h"

/* Edge-triggered: what has been reported once is silent until something wakes it. */
/*@
  requires memory: \valid(request) && request->edge;
  terminates \true; exits \false;
  assigns request->armed;
  ensures once: !\result;
*/
bool law_an_edge_is_reported_once(model_request *request, uint32_t level)
{
    (void)model_rule_report(request, level);
    return model_rule_reported(request);
}

/* Level-triggered: for as long as the level holds, every look reports it. */
/*@
  requires memory: \valid(request);
  requires level: !request->edge && !request->one_shot && request->armed &&
    (level & request->mask) != 0;
  terminates \true; exits \false;
  assigns request->armed;
  ensures again: \result;
*/
bool law_a_level_is_reported_again(model_request *request, uint32_t level)
{
    uint32_t first = model_rule_report(request, level);
    bool again = model_rule_reported(request);
    return again && first != 0 && model_rule_report(request, level) == first;
}

/* One-shot: after a report nothing wakes it and nothing is reported, hang-up and error
 * included. */
/*@
  requires memory: \valid(request) && request->one_shot;
  terminates \true; exits \false;
  assigns request->armed;
  ensures silent: \result;
*/
bool law_one_shot_is_silent_after(model_request *request, uint32_t key, uint32_t level)
{
    bool again = model_rule_reported(request);
    return !again && !model_rule_wakes(request, key) && model_rule_report(request, level) == 0;
}

/* Who did not ask is not woken, but for a wakeup that says nothing. */
/*@
  requires memory: \valid_read(request);
  requires other: key != 0 && (key & request->mask) == 0;
  terminates \true; exits \false;
  assigns \nothing;
  ensures unwoken: !\result;
*/
bool law_who_did_not_ask_sleeps_on(const model_request *request, uint32_t key)
{
    return model_rule_wakes(request, key);
}
