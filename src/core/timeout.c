/* SPDX-License-Identifier: MIT */
#include "core/timeout_rules.h"

#include "base/assert.h"

#define NS_PER_US UINT64_C(1000)
#define NS_PER_MS UINT64_C(1000000)
#define NS_PER_SECOND UINT64_C(1000000000)
#define FINITE_NS_MAX (VIGIL_FOREVER_NS - 1)

vigil_timeout vigil_ns(uint64_t ns)
{
    return (vigil_timeout){ns < VIGIL_FOREVER_NS ? ns : FINITE_NS_MAX};
}

vigil_timeout vigil_us(uint64_t us)
{
    return (vigil_timeout){us <= FINITE_NS_MAX / NS_PER_US ? us * NS_PER_US : FINITE_NS_MAX};
}

vigil_timeout vigil_ms(uint64_t ms)
{
    return (vigil_timeout){ms <= FINITE_NS_MAX / NS_PER_MS ? ms * NS_PER_MS : FINITE_NS_MAX};
}

vigil_timeout vigil_seconds(uint64_t seconds)
{
    bool fits = seconds <= FINITE_NS_MAX / NS_PER_SECOND;
    return (vigil_timeout){fits ? seconds * NS_PER_SECOND : FINITE_NS_MAX};
}

int vigil_timeout_to_ms(vigil_timeout timeout)
{
    if (timeout.ns == VIGIL_FOREVER_NS) {
        return -1;
    }
    uint64_t whole = timeout.ns / NS_PER_MS;
    if (whole >= VIGIL_TIMEOUT_MS_MAX) {
        return VIGIL_TIMEOUT_MS_MAX;
    }
    bool rest = timeout.ns % NS_PER_MS != 0;
    return (int)whole + (rest ? 1 : 0);
}

int64_t vigil_timeout_seconds_part(vigil_timeout timeout)
{
    vigil_assert(timeout.ns != VIGIL_FOREVER_NS);

    return (int64_t)(timeout.ns / NS_PER_SECOND);
}

int64_t vigil_timeout_nanoseconds_part(vigil_timeout timeout)
{
    vigil_assert(timeout.ns != VIGIL_FOREVER_NS);

    return (int64_t)(timeout.ns % NS_PER_SECOND);
}

uint64_t vigil_timeout_deadline(vigil_timeout timeout, uint64_t now_ns)
{
    if (timeout.ns == VIGIL_FOREVER_NS) {
        return VIGIL_FOREVER_NS;
    }
    bool fits = now_ns <= FINITE_NS_MAX && timeout.ns <= FINITE_NS_MAX - now_ns;
    return fits ? now_ns + timeout.ns : FINITE_NS_MAX;
}

vigil_timeout vigil_timeout_until(uint64_t deadline_ns, uint64_t now_ns)
{
    if (deadline_ns == VIGIL_FOREVER_NS) {
        return (vigil_timeout){VIGIL_FOREVER_NS};
    }
    return (vigil_timeout){now_ns < deadline_ns ? deadline_ns - now_ns : 0};
}
