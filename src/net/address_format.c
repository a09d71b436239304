/* SPDX-License-Identifier: MIT */
#include "net/address_text.h"

#define GROUPS 8
#define GROUPS_BEFORE_DOTTED 6
#define GROUP_ALL_ONES 0xffff
#define SCOPE_DIGITS_MAX 10
#define SCOPE_DIVISOR_MAX UINT32_C(1000000000)

/*
 * Each writer begins at `at`, in room for the longest text, and returns where
 * the next one goes on.
 */

/*@
  predicate room{L}(char *out) = \valid(out + (0 .. VIGIL_ADDRESS_TEXT_MAX - 1));

  // What stands before `to` in two places, or at two moments, is the same.
  predicate same_chars{A,B}(char *s, char *t, integer from, integer to) =
    \forall integer i; from <= i < to ==> \at(s[i], A) == \at(t[i], B);

  lemma decimal_none{A}: \forall char *s, integer from, to; to == from ==>
    decimal{A}(s, from, to) == 0;
  lemma decimal_same_1{A,B}: \forall char *s, *t, integer from, to; to == from + 1 ==>
    same_chars{A,B}(s, t, from, to) ==> decimal{A}(s, from, to) == decimal{B}(t, from, to);
  lemma decimal_same_2{A,B}: \forall char *s, *t, integer from, to; to == from + 2 ==>
    same_chars{A,B}(s, t, from, to) ==> decimal{A}(s, from, to) == decimal{B}(t, from, to);
  lemma decimal_same_3{A,B}: \forall char *s, *t, integer from, to; to == from + 3 ==>
    same_chars{A,B}(s, t, from, to) ==> decimal{A}(s, from, to) == decimal{B}(t, from, to);
  lemma decimal_same_4{A,B}: \forall char *s, *t, integer from, to; to == from + 4 ==>
    same_chars{A,B}(s, t, from, to) ==> decimal{A}(s, from, to) == decimal{B}(t, from, to);
  lemma decimal_same_5{A,B}: \forall char *s, *t, integer from, to; to == from + 5 ==>
    same_chars{A,B}(s, t, from, to) ==> decimal{A}(s, from, to) == decimal{B}(t, from, to);

  // A number of at most five digits.
  predicate number_text{L}(char *s, integer from, integer to, integer value) =
    from < to <= from + 5 && digits(s, from, to) && decimal(s, from, to) == value &&
    (s[from] == '0' ==> to == from + 1);

  lemma number_same{A,B}: \forall char *s, *t, integer from, to, value;
    number_text{A}(s, from, to, value) && same_chars{A,B}(s, t, from, to) ==>
      number_text{B}(t, from, to, value);

  // The leading digits of a number, as far as they have been written.
  predicate leading_digits{L}(char *s, integer from, integer to, integer value) =
    from <= to && (to == from ? value == 0 : number_text(s, from, to, value) && value != 0);
*/

/* The last digit of what leads a number; nothing as long as that is zero. */
/*@
  requires memory: room(out) && at < VIGIL_ADDRESS_TEXT_MAX;
  requires short: from <= at <= from + 3;
  requires leading: leading_digits(out, from, at, leading / 10);
  requires fits: leading <= 65535;
  terminates \true; exits \false;
  assigns out[at];
  ensures none: leading == 0 ==> \result == at;
  ensures one: at <= \result <= at + 1;
  ensures leading: leading_digits(out, from, \result, leading);
*/
static size_t put_digit(char *out, size_t at, uint32_t leading) /*@ ghost (size_t from) */
{
    if (leading == 0) {
        return at;
    }
    out[at] = (char)('0' + leading % 10);
    //@ assert before: same_chars{Pre, Here}(out, out, from, at);
    /*@ assert led: at > from ==> number_text(out, from, at, leading / 10); */
    //@ assert whole: decimal(out, from, at + 1) == leading;
    return at + 1;
}

/*@
  requires memory: room(out) && at <= VIGIL_ADDRESS_TEXT_MAX - 5;
  terminates \true; exits \false;
  assigns out[at .. at + 4];
  ensures number: number_text(out, at, \result, value);
  ensures byte: value <= 255 ==> \result <= at + 3;
*/
static size_t put_number(char *out, size_t at, uint16_t value)
{
    //@ ghost size_t from = at;
    size_t end = put_digit(out, at, value / UINT32_C(10000)) /*@ ghost (from) */;
    end = put_digit(out, end, value / UINT32_C(1000)) /*@ ghost (from) */;
    end = put_digit(out, end, value / UINT32_C(100)) /*@ ghost (from) */;
    end = put_digit(out, end, value / UINT32_C(10)) /*@ ghost (from) */;
    //@ ghost Last: ;
    out[end] = (char)('0' + value % 10);
    //@ assert before: same_chars{Last, Here}(out, out, at, end);
    //@ assert led: end > at ==> number_text(out, at, end, value / 10);
    //@ assert whole: decimal(out, at, end + 1) == value;
    return end + 1;
}

/*@
  // Four numbers, with dots between them; `a` to `d` are where they end.
  predicate dotted_text{L}(char *s, integer from, integer a, integer b, integer c, integer d,
                           uint8_t *ip) =
    a <= from + 3 && b <= a + 4 && c <= b + 4 && d <= c + 4 &&
    number_text(s, from, a, ip[0]) && s[a] == '.' &&
    number_text(s, a + 1, b, ip[1]) && s[b] == '.' &&
    number_text(s, b + 1, c, ip[2]) && s[c] == '.' &&
    number_text(s, c + 1, d, ip[3]);
*/

/*@
  lemma dotted_same{A,B}: \forall char *s, *t, integer a, b, c, d, uint8_t *ip;
    dotted_text{A}(s, 0, a, b, c, d, ip) && same_chars{A,B}(s, t, 0, d) &&
    (\forall integer i; 0 <= i < 4 ==> \at(ip[i], A) == \at(ip[i], B)) ==>
      dotted_text{B}(t, 0, a, b, c, d, ip);
*/

/* ".0" */
/*@
  requires memory: room(out) && at <= VIGIL_ADDRESS_TEXT_MAX - 6;
  terminates \true; exits \false;
  assigns out[at .. at + 5];
  ensures dot: out[at] == '.';
  ensures number: number_text(out, at + 1, \result, value);
  ensures short: \result <= at + 4;
*/
static size_t put_dot_and_byte(char *out, size_t at, uint8_t value)
{
    out[at] = '.';
    return put_number(out, at + 1, value);
}

/* "127.0.0.1" */
/*@
  requires memory: room(out) && \valid_read(ip + (0 .. 3));
  requires fits: at <= VIGIL_ADDRESS_TEXT_MAX - 18;
  terminates \true; exits \false;
  assigns out[at .. at + 17];
  ensures bound: at + 7 <= \result <= at + 15;
  ensures text: \exists integer a, b, c; dotted_text(out, at, a, b, c, \result, ip);
*/
static size_t put_dotted(char *out, size_t at, const uint8_t *ip)
{
    size_t a = put_number(out, at, ip[0]);
    //@ ghost First: ;
    size_t b = put_dot_and_byte(out, a, ip[1]);
    //@ assert same_first: same_chars{First, Here}(out, out, at, a);
    //@ assert first: number_text(out, at, a, ip[0]);
    //@ ghost Second: ;
    size_t c = put_dot_and_byte(out, b, ip[2]);
    //@ assert again_first: same_chars{Second, Here}(out, out, at, a);
    //@ assert same_second: same_chars{Second, Here}(out, out, a + 1, b);
    //@ assert first_still: number_text(out, at, a, ip[0]);
    //@ assert second: out[a] == '.' && number_text(out, a + 1, b, ip[1]);
    //@ ghost Third: ;
    size_t d = put_dot_and_byte(out, c, ip[3]);
    //@ assert last_first: same_chars{Third, Here}(out, out, at, a);
    //@ assert last_second: same_chars{Third, Here}(out, out, a + 1, b);
    //@ assert last_third: same_chars{Third, Here}(out, out, b + 1, c);
    //@ assert first_to_last: number_text(out, at, a, ip[0]);
    //@ assert second_to_last: out[a] == '.' && number_text(out, a + 1, b, ip[1]);
    //@ assert third: out[b] == '.' && number_text(out, b + 1, c, ip[2]);
    //@ assert all: dotted_text(out, at, a, b, c, d, ip);
    return d;
}

/*@
  terminates \true; exits \false;
  assigns \result \from value;
*/
static char hex_digit(unsigned value)
{
    return (char)(value % 16 < 10 ? '0' + value % 16 : 'a' + (value % 16 - 10));
}

/*@
  requires ip: \valid_read(ip + (0 .. 15));
  requires group: group < GROUPS;
  terminates \true; exits \false;
  assigns \result \from ip[0 .. 15], group;
  ensures range: \result == 256 * ip[2 * group] + ip[2 * group + 1];
*/
static unsigned group_of(const uint8_t *ip, unsigned group)
{
    size_t first = (size_t)2 * group;
    return ip[first] * 256U + ip[first + 1];
}

/* Hexadecimal, in lower case and without leading zeros (RFC 5952 section 4). */
/*@
  requires memory: room(out) && at <= VIGIL_ADDRESS_TEXT_MAX - 4;
  terminates \true; exits \false;
  assigns out[at .. at + 3];
  ensures bound: at < \result <= at + 4;
*/
static size_t put_group(char *out, size_t at, unsigned group)
{
    size_t end = at;
    if (group >= 4096) {
        out[end++] = hex_digit(group / 4096);
    }
    if (group >= 256) {
        out[end++] = hex_digit(group / 256);
    }
    if (group >= 16) {
        out[end++] = hex_digit(group / 16);
    }
    out[end] = hex_digit(group);
    return end + 1;
}

/* The groups from `first` to before `end`, with ':' between them. */
/*@
  requires memory: room(out) && \valid_read(ip + (0 .. 15));
  requires order: first <= end <= GROUPS;
  requires fits: at + 5 * (end - first) <= VIGIL_ADDRESS_TEXT_MAX - 5;
  terminates \true; exits \false;
  assigns out[at .. VIGIL_ADDRESS_TEXT_MAX - 1];
  ensures bound: at <= \result <= at + 5 * (end - first);
*/
static size_t put_groups(char *out, size_t at, const uint8_t *ip, unsigned first, unsigned end)
{
    size_t next = at;
    /*@
      loop invariant range: first <= i <= end;
      loop invariant bound: at <= next <= at + 5 * (i - first);
      loop assigns i, next, out[at .. VIGIL_ADDRESS_TEXT_MAX - 1];
      loop variant end - i;
    */
    for (unsigned i = first; i < end; i++) {
        if (i > first) {
            out[next++] = ':';
        }
        next = put_group(out, next, group_of(ip, i));
    }
    return next;
}

struct zero_run {
    unsigned first;
    unsigned count;
};

/* The longest run of zero groups, and of those the first, which "::" stands for;
 * one zero alone is written out (RFC 5952 section 4.2). */
/*@
  requires ip: \valid_read(ip + (0 .. 15));
  terminates \true; exits \false;
  assigns \result \from ip[0 .. 15];
  ensures range: \result.first + \result.count <= GROUPS;
*/
static struct zero_run longest_zero_run(const uint8_t *ip)
{
    struct zero_run longest = {0, 0};
    unsigned count = 0;
    /*@
      loop invariant range: 0 <= i <= GROUPS && count <= i;
      loop invariant longest: longest.first + longest.count <= i;
      loop assigns i, count, longest;
      loop variant GROUPS - i;
    */
    for (unsigned i = 0; i < GROUPS; i++) {
        count = group_of(ip, i) == 0 ? count + 1 : 0;
        if (count > 1 && count > longest.count) {
            longest.first = i + 1 - count;
            longest.count = count;
        }
    }
    return longest;
}

/* Whether the last two groups are an IPv4 address (RFC 4291 section 2.5.5), and
 * written as one. */
/*@
  requires ip: \valid_read(ip + (0 .. 15));
  terminates \true; exits \false;
  assigns \result \from ip[0 .. 15], run;
  ensures run: \result ==> run.first == 0 && (run.count == 5 || run.count == 6);
*/
static bool has_dotted_end(const uint8_t *ip, struct zero_run run)
{
    bool mapped = run.count == GROUPS_BEFORE_DOTTED - 1
        && group_of(ip, GROUPS_BEFORE_DOTTED - 1) == GROUP_ALL_ONES;
    return run.first == 0 && (run.count == GROUPS_BEFORE_DOTTED || mapped);
}

/* "fe80::1" */
/*@
  requires memory: room(out) && \valid_read(ip + (0 .. 15));
  requires at: at == 1;
  terminates \true; exits \false;
  assigns out[0 .. VIGIL_ADDRESS_TEXT_MAX - 1];
  ensures bound: at <= \result <= at + 42;
*/
static size_t put_ipv6(char *out, size_t at, const uint8_t *ip)
{
    struct zero_run run = longest_zero_run(ip);
    if (run.count == 0) {
        return put_groups(out, at, ip, 0, GROUPS);
    }
    size_t next = put_groups(out, at, ip, 0, run.first);
    out[next] = ':';
    out[next + 1] = ':';
    if (!has_dotted_end(ip, run)) {
        return put_groups(out, next + 2, ip, run.first + run.count, GROUPS);
    }
    next = put_groups(out, next + 2, ip, run.count, GROUPS_BEFORE_DOTTED);
    if (run.count < GROUPS_BEFORE_DOTTED) {
        out[next++] = ':';
    }
    return put_dotted(out, next, ip + (size_t)2 * GROUPS_BEFORE_DOTTED);
}

/* "%2", or nothing for no scope. */
/*@
  requires memory: room(out) && at <= VIGIL_ADDRESS_TEXT_MAX - 12;
  terminates \true; exits \false;
  assigns out[at .. at + 10];
  ensures bound: at <= \result <= at + 11;
*/
static size_t put_scope(char *out, size_t at, uint32_t scope)
{
    if (scope == 0) {
        return at;
    }
    size_t end = at;
    uint32_t divisor = SCOPE_DIVISOR_MAX;
    out[end++] = '%';
    /*@
      loop invariant range: 0 <= i <= SCOPE_DIGITS_MAX;
      loop invariant end: at < end <= at + 1 + i;
      loop invariant divisor: i < 10 ==> divisor >= 1;
      loop invariant steps: (i <= 8 ==> divisor >= 10) && (i <= 7 ==> divisor >= 100) &&
        (i <= 6 ==> divisor >= 1000) && (i <= 5 ==> divisor >= 10000) &&
        (i <= 4 ==> divisor >= 100000) && (i <= 3 ==> divisor >= 1000000) &&
        (i <= 2 ==> divisor >= 10000000) && (i <= 1 ==> divisor >= 100000000) &&
        (i <= 0 ==> divisor >= 1000000000);
      loop assigns i, end, divisor, out[at .. at + 10];
      loop variant SCOPE_DIGITS_MAX - i;
    */
    for (int i = 0; i < SCOPE_DIGITS_MAX; i++) {
        if (scope >= divisor) {
            out[end++] = (char)('0' + scope / divisor % 10);
        }
        divisor /= 10;
    }
    return end;
}

/* ":9000" and the final zero. */
/*@
  requires memory: room(out) && at <= VIGIL_ADDRESS_TEXT_MAX - 7;
  terminates \true; exits \false;
  assigns out[at .. at + 6];
  ensures bound: at + 2 <= \result <= at + 6;
  ensures mark: out[at] == ':';
  ensures port: number_text(out, at + 1, \result, port);
  ensures ended: out[\result] == 0;
*/
static size_t put_port(char *out, size_t at, uint16_t port)
{
    out[at] = ':';
    size_t end = put_number(out, at + 1, port);
    //@ ghost Number: ;
    out[end] = '\0';
    //@ assert same: same_chars{Number, Here}(out, out, at + 1, end);
    return end;
}

/*@
  predicate ipv4_written{L}(char *s, integer a, integer b, integer c, integer d, integer end,
                            uint8_t *ip, integer port) =
    dotted_text(s, 0, a, b, c, d, ip) && char_at(s, d, ':') && end <= d + 6 &&
    number_text(s, d + 1, end, port) && char_at(s, end, 0);

  lemma ipv4_same{A,B}: \forall char *s, *t, integer a, b, c, d, end, port, uint8_t *ip;
    ipv4_written{A}(s, a, b, c, d, end, ip, port) && same_chars{A,B}(s, t, 0, end + 1) &&
    (\forall integer i; 0 <= i < 4 ==> \at(ip[i], A) == \at(ip[i], B)) ==>
      ipv4_written{B}(t, a, b, c, d, end, ip, port);
  lemma ipv4_is_text{L}: \forall char *s, integer a, b, c, d, end, port, uint8_t *ip;
    ipv4_written(s, a, b, c, d, end, ip, port) && 0 <= port <= 65535 &&
    (\forall integer i; 0 <= i < 4 ==> 0 <= ip[i] <= 255) ==>
      text_ipv4(s, a, b, c, d, end);
  lemma ipv4_joined{L}: \forall char *s, integer a, b, c, d, p, end, port, uint8_t *ip;
    dotted_text(s, 0, a, b, c, d, ip) && char_at(s, d, ':') && p == d + 1 && end <= p + 5 &&
    number_text(s, p, end, port) && char_at(s, end, 0) ==>
      ipv4_written(s, a, b, c, d, end, ip, port);
*/

/*@
  requires memory: room(out) && \valid_read(ip + (0 .. 3));
  terminates \true; exits \false;
  assigns out[0 .. VIGIL_ADDRESS_TEXT_MAX - 1];
  ensures bound: 0 < \result < VIGIL_ADDRESS_TEXT_MAX && out[\result] == 0;
  ensures text: \exists integer a, b, c, d; ipv4_written(out, a, b, c, d, \result, ip, port);
*/
static size_t put_ipv4_text(char *out, const uint8_t *ip, uint16_t port)
{
    size_t d = put_dotted(out, 0, ip);
    //@ ghost Dotted: ;
    size_t end = put_port(out, d, port);
    //@ assert same: same_chars{Dotted, Here}(out, out, 0, d);
    //@ assert marks: char_at(out, d, ':') && char_at(out, end, 0);
    //@ assert dotted: \exists integer a, b, c; dotted_text(out, 0, a, b, c, d, ip);
    /*@ assert all: \forall integer a, b, c; dotted_text(out, 0, a, b, c, d, ip) ==>
          ipv4_written(out, a, b, c, d, end, ip, port); */
    return end;
}

/*@
  requires memory: room(out) && \valid_read(ip + (0 .. 15));
  terminates \true; exits \false;
  assigns out[0 .. VIGIL_ADDRESS_TEXT_MAX - 1];
  ensures bound: 0 < \result < VIGIL_ADDRESS_TEXT_MAX && out[\result] == 0;
*/
static size_t put_ipv6_text(char *out, const uint8_t *ip, uint32_t scope, uint16_t port)
{
    out[0] = '[';
    size_t end = put_ipv6(out, 1, ip);
    end = put_scope(out, end, scope);
    out[end] = ']';
    return put_port(out, end + 1, port);
}

/*@
  requires memory: room(out);
  terminates \true; exits \false;
  assigns out[0 .. VIGIL_ADDRESS_TEXT_MAX - 1];
  ensures bound: \result == 4 && out[4] == 0;
*/
static size_t put_none(char *out)
{
    out[0] = 'n';
    out[1] = 'o';
    out[2] = 'n';
    out[3] = 'e';
    out[4] = '\0';
    return 4;
}

/*@
  requires memory: room(out) && \valid_read(address);
  terminates \true; exits \false;
  assigns out[0 .. VIGIL_ADDRESS_TEXT_MAX - 1];
  ensures bound: 0 < \result < VIGIL_ADDRESS_TEXT_MAX && out[\result] == 0;
  ensures ipv4: address->family == VIGIL_FAMILY_IPV4 ==> \exists integer a, b, c, d;
    ipv4_written(out, a, b, c, d, \result, &address->ip[0], address->port);
*/
static size_t put_address(char *out, const vigil_address *address)
{
    switch (address->family) {
    case VIGIL_FAMILY_IPV4:
        return put_ipv4_text(out, address->ip, address->port);
    case VIGIL_FAMILY_IPV6:
        return put_ipv6_text(out, address->ip, address->scope, address->port);
    case VIGIL_FAMILY_NONE:
        return put_none(out);
    }
    return put_none(out);
}

/*@
  requires memory: \valid(to + (0 .. length)) && \valid_read(from + (0 .. length)) &&
    \separated(to + (0 .. length), from + (0 .. length));
  requires length: length < VIGIL_ADDRESS_TEXT_MAX;
  terminates \true; exits \false;
  assigns to[0 .. length];
  ensures copied: same_chars{Post,Post}(from, to, 0, length + 1);
*/
static void copy_text(char *to, const char *from, size_t length)
{
    /*@
      loop invariant range: 0 <= i <= length + 1;
      loop invariant copied: same_chars{Here,Here}(from, to, 0, i);
      loop assigns i, to[0 .. length];
      loop variant length - i;
    */
    for (size_t i = 0; i <= length; i++) {
        to[i] = from[i];
    }
}

vigil_status vigil_address_format(vigil_address address, char *text, size_t size)
{
    char whole[VIGIL_ADDRESS_TEXT_MAX] = {0};
    size_t length = put_address(whole, &address);
    if (length < size) {
        //@ ghost Written: ;
        copy_text(text, whole, length);
        //@ assert same: same_chars{Written, Here}(&whole[0], text, 0, length + 1);
        /*@ assert copied: \forall integer a, b, c, d;
              ipv4_written{Written}(&whole[0], a, b, c, d, length, &address.ip[0], address.port) ==>
              ipv4_written(text, a, b, c, d, length, &address.ip[0], address.port); */
        /*@ assert written: address.family == VIGIL_FAMILY_IPV4 ==> \exists integer a, b, c, d;
              ipv4_written(text, a, b, c, d, length, &address.ip[0], address.port); */
        /*@ assert read: address_v4(address) ==> \exists integer a, b, c, d;
              text_ipv4(text, a, b, c, d, length) &&
              text_says_ipv4(text, a, b, c, d, length, address); */
        return VIGIL_OK;
    }
    if (size > 0) {
        text[0] = '\0';
    }
    return VIGIL_ENOSPC;
}
