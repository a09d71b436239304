/* SPDX-License-Identifier: MIT */

/* Timeouts: a table of the boundaries, and a cross-check in arithmetic wide
 * enough not to overflow. */
#include "support/check.h"
#include "support/random.h"

#include "core/timeout_rules.h"

#define MS UINT64_C(1000000)
#define MS_MAX UINT64_C(2147483647)
#define LAST_FINITE (UINT64_MAX - 1)
#define SAMPLES 200000

__extension__ typedef unsigned __int128 wide;

typedef struct ms_row {
    uint64_t ns;
    int ms;
} ms_row;

static const ms_row ms_rows[] = {
    {0, 0},
    {1, 1},
    {999999, 1},
    {MS, 1},
    {MS + 1, 2},
    {2 * MS - 1, 2},
    {2 * MS, 2},
    {(MS_MAX - 1) * MS, 2147483646},
    {(MS_MAX - 1) * MS + 1, 2147483647},
    {MS_MAX * MS - 1, 2147483647},
    {MS_MAX * MS, 2147483647},
    {MS_MAX * MS + 1, 2147483647},
    {(MS_MAX + 1) * MS, 2147483647},
    {(MS_MAX + 1) * MS + 1, 2147483647},
    {UINT64_C(4294967296) * MS, 2147483647}, /* 0 if the count of ms were cut to 32 bits */
    {UINT64_C(4294967295) * MS, 2147483647}, /* -1 if it were */
    {UINT64_C(1) << 63, 2147483647},
    {UINT64_MAX - MS, 2147483647},
    {LAST_FINITE, 2147483647},
    {UINT64_MAX, -1},
};

static void timeout__to_ms_at_the_boundaries(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof ms_rows / sizeof ms_rows[0]; i++) {
        check_equal(vigil_timeout_to_ms((vigil_timeout){ms_rows[i].ns}), ms_rows[i].ms);
    }
}

/* A number of 0 to 64 bits, so that small ones and large ones are as frequent. */
static uint64_t any_size(random_source *source)
{
    uint32_t bits = random_below(source, 65);
    uint64_t number = random_u64(source);
    return bits == 0 ? 0 : number >> (64 - bits);
}

static wide smaller(wide a, wide b)
{
    return a < b ? a : b;
}

static void timeout__to_ms_of_any(void **state)
{
    (void)state;
    random_source source = {1};
    for (int i = 0; i < SAMPLES; i++) {
        uint64_t ns = any_size(&source);
        int ms = vigil_timeout_to_ms((vigil_timeout){ns});
        wide rounded_up = ((wide)ns + MS - 1) / MS;
        check_equal(ms, ns == UINT64_MAX ? UINT64_MAX : (uint64_t)smaller(rounded_up, MS_MAX));
        check_equal(ms == 0, ns == 0);
        check_equal(ms == -1, ns == UINT64_MAX);
    }
}

typedef struct maker {
    vigil_timeout (*make)(uint64_t units);
    uint64_t unit_ns;
} maker;

static const maker makers[] = {
    {vigil_ns, 1},
    {vigil_us, 1000},
    {vigil_ms, MS},
    {vigil_seconds, UINT64_C(1000000000)},
};

static void check_made(const maker *m, uint64_t units)
{
    wide exact = (wide)units * m->unit_ns;
    check_equal(m->make(units).ns, (uint64_t)smaller(exact, LAST_FINITE));
}

static void timeout__units_saturate(void **state)
{
    (void)state;
    random_source source = {2};
    for (size_t i = 0; i < sizeof makers / sizeof makers[0]; i++) {
        uint64_t most = UINT64_MAX / makers[i].unit_ns;
        for (uint64_t near = 0; near < 3; near++) {
            check_made(&makers[i], near);
            check_made(&makers[i], UINT64_MAX - near);
            check_made(&makers[i], most - near);
            check_made(&makers[i], most + near < most ? UINT64_MAX : most + near);
        }
        for (int sample = 0; sample < SAMPLES / 4; sample++) {
            check_made(&makers[i], any_size(&source));
        }
        check(makers[i].make(UINT64_MAX).ns != VIGIL_FOREVER.ns);
        check_equal(makers[i].make(0).ns, 0);
    }
    check_equal(VIGIL_FOREVER.ns, UINT64_MAX);
    check_equal(VIGIL_NO_WAIT.ns, 0);
}

static void timeout__parts_of_any(void **state)
{
    (void)state;
    random_source source = {3};
    const uint64_t edges[] = {0, 1, 999999999, 1000000000, 1000000001, LAST_FINITE};
    for (size_t i = 0; i < SAMPLES; i++) {
        uint64_t ns = i < sizeof edges / sizeof edges[0] ? edges[i] : any_size(&source);
        ns = ns == UINT64_MAX ? LAST_FINITE : ns;
        int64_t seconds = vigil_timeout_seconds_part((vigil_timeout){ns});
        int64_t rest = vigil_timeout_nanoseconds_part((vigil_timeout){ns});
        check(seconds >= 0);
        check(rest >= 0 && rest < 1000000000);
        check((wide)seconds * 1000000000 + (wide)rest == ns);
    }
}

static void check_deadline(uint64_t ns, uint64_t now)
{
    uint64_t deadline = vigil_timeout_deadline((vigil_timeout){ns}, now);
    if (ns == UINT64_MAX) {
        check_equal(deadline, UINT64_MAX);
        return;
    }
    check_equal(deadline, (uint64_t)smaller((wide)now + ns, LAST_FINITE));
}

static void check_until(uint64_t deadline, uint64_t now)
{
    vigil_timeout left = vigil_timeout_until(deadline, now);
    if (deadline == UINT64_MAX) {
        check_equal(left.ns, UINT64_MAX);
        return;
    }
    check_equal(left.ns, deadline > now ? deadline - now : 0);
}

static void timeout__deadlines(void **state)
{
    (void)state;
    random_source source = {4};
    const uint64_t edges[] = {0, 1, LAST_FINITE / 2, LAST_FINITE - 1, LAST_FINITE, UINT64_MAX};
    const size_t count = sizeof edges / sizeof edges[0];
    for (size_t i = 0; i < count * count; i++) {
        check_deadline(edges[i / count], edges[i % count]);
        check_until(edges[i / count], edges[i % count]);
    }
    for (int i = 0; i < SAMPLES; i++) {
        uint64_t a = any_size(&source);
        uint64_t b = any_size(&source);
        check_deadline(a, b);
        check_until(a, b);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(timeout__to_ms_at_the_boundaries),
        cmocka_unit_test(timeout__to_ms_of_any),
        cmocka_unit_test(timeout__units_saturate),
        cmocka_unit_test(timeout__parts_of_any),
        cmocka_unit_test(timeout__deadlines),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
