/* SPDX-License-Identifier: MIT */
#include "os/model/rules.h"

bool model_rule_wakes(const model_request *request, uint32_t key)
{
    return request->armed && (key == 0 || (key & request->mask) != 0);
}

uint32_t model_rule_report(const model_request *request, uint32_t level)
{
    return request->armed ? level & request->mask : 0;
}

bool model_rule_reported(model_request *request)
{
    if (request->one_shot) {
        request->armed = false;
        return false;
    }
    return !request->edge;
}
