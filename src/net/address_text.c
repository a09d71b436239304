/* SPDX-License-Identifier: MIT */
#include "net/address_text.h"

#define PORT_MAX UINT32_C(65535)
#define BYTE_MAX UINT32_C(255)
#define IP_BYTES 16
#define DOTTED_BYTES 4
#define GROUP_BYTES 2
#define GROUP_DIGITS_MAX 4
#define HEX_BASE 16

/* Where no "::" has been met. */
#define NO_GAP 17

/*
 * Each reader begins at `*at` and moves it over what it takes. What none of them
 * takes is still there at the end, and the text is refused. Where a reader
 * answers false, nobody looks at what it has written.
 */

/* Moves over one character, if it is there. */
/*@
  requires memory: \valid(at) && text_from(text, *at) && mark != 0;
  terminates \true; exits \false;
  assigns *at;
  ensures here: \result <==> text[\old(*at)] == mark;
  ensures moved: *at == \old(*at) + (\result ? 1 : 0);
  ensures rest: text_from(text, *at);
*/
static bool read_mark(const char *text, size_t *at, char mark)
{
    if (text[*at] != mark) {
        return false;
    }
    *at += 1;
    return true;
}

/* Digits only, no sign, no space, at most `most`. */
/*@
  requires memory: \valid(at) && \valid(number) && \separated(at, number);
  requires text: text_from(text, *at);
  terminates \true; exits \false;
  assigns *at, *number;
  ensures all: *at >= \old(*at) && !digit(text[*at]) &&
    \forall integer i; \old(*at) <= i < *at ==> digit(text[i]);
  ensures taken: \result <==> *at > \old(*at) && decimal(text, \old(*at), *at) <= most;
  ensures number: \result ==> *number == decimal(text, \old(*at), *at) <= most;
  ensures rest: text_from(text, *at);
*/
static bool read_number(const char *text, size_t *at, uint32_t most, uint32_t *number)
{
    uint64_t value = 0;
    size_t i = *at;
    /*@
      loop invariant order: \at(*at, Pre) <= i;
      loop invariant rest: text_from(text, i);
      loop invariant all: \forall integer k; \at(*at, Pre) <= k < i ==> digit(text[k]);
      loop invariant small: value <= most ==> value == decimal(text, \at(*at, Pre), i);
      loop invariant big: value > most ==> decimal(text, \at(*at, Pre), i) > most;
      loop invariant bound: value <= 10 * most + 9;
      loop assigns i, value;
      loop variant SIZE_MAX - i;
    */
    for (; text[i] >= '0' && text[i] <= '9'; i++) {
        if (value <= most) {
            value = value * 10 + (uint64_t)(text[i] - '0');
        }
    }
    bool taken = i > *at && value <= most;
    *at = i;
    *number = taken ? (uint32_t)value : 0;
    return taken;
}

/* No leading zero: some take "010" for eight. */
/*@
  requires memory: \valid(at) && \valid(byte);
  requires text: text_from(text, *at);
  terminates \true; exits \false;
  assigns *at, *byte;
  ensures all: *at >= \old(*at) && !digit(text[*at]) &&
    \forall integer i; \old(*at) <= i < *at ==> digit(text[i]);
  ensures taken: \result <==> text_byte(text, \old(*at), *at);
  ensures byte: \result ==> *byte == decimal(text, \old(*at), *at);
  ensures rest: text_from(text, *at);
*/
static bool read_byte(const char *text, size_t *at, uint8_t *byte)
{
    uint32_t number = 0;
    size_t begin = *at;
    bool taken = read_number(text, at, BYTE_MAX, &number);
    *byte = taken ? (uint8_t)number : 0;
    return taken && (text[begin] != '0' || *at == begin + 1);
}

/* A number of an IPv4 address, and the dot after it. */
/*@
  requires memory: \valid(at) && \valid(byte);
  requires text: text_from(text, *at);
  terminates \true; exits \false;
  assigns *at, *byte;
  ensures rest: *at >= \old(*at) && text_from(text, *at);
  ensures here: \forall integer end; text_byte(text, \old(*at), end) && text[end] == '.' ==>
    \result && *at == end + 1 && *byte == decimal(text, \old(*at), end);
  ensures taken: \result ==>
    text_byte(text, \old(*at), *at - 1) && text[*at - 1] == '.';
*/
static bool read_byte_and_dot(const char *text, size_t *at, uint8_t *byte)
{
    return read_byte(text, at, byte) && read_mark(text, at, '.');
}

/*@
  predicate text_dotted{L}(char *s, integer from, integer a, integer b, integer c, integer d) =
    text_byte(s, from, a) && s[a] == '.' && text_byte(s, a + 1, b) && s[b] == '.' &&
    text_byte(s, b + 1, c) && s[c] == '.' && text_byte(s, c + 1, d) && !digit(s[d]);
  predicate bytes_are{L}(uint8_t *ip, char *s, integer from, integer a, integer b, integer c,
                         integer d) =
    ip[0] == decimal(s, from, a) && ip[1] == decimal(s, a + 1, b) &&
    ip[2] == decimal(s, b + 1, c) && ip[3] == decimal(s, c + 1, d);
*/

/* "127.0.0.1" */
/*@
  requires memory: \valid(at) && \valid(ip + (0 .. 3));
  requires text: text_from(text, *at);
  terminates \true; exits \false;
  assigns *at, ip[0 .. 3];
  ensures rest: *at >= \old(*at) && text_from(text, *at);
  ensures here: \forall integer a, b, c, d; text_dotted(text, \old(*at), a, b, c, d) ==>
    \result && *at == d && bytes_are(ip, text, \old(*at), a, b, c, d);
  ensures taken: \result ==>
    \exists integer a, b, c; text_dotted(text, \old(*at), a, b, c, *at);
*/
static bool read_dotted(const char *text, size_t *at, uint8_t *ip)
{
    //@ ghost size_t from = *at;
    if (!read_byte_and_dot(text, at, ip)) {
        /*@ assert not_first: \forall integer a, b, c, d; !text_dotted(text, from, a, b, c, d); */
        return false;
    }
    //@ ghost size_t first = *at - 1;
    /*@ assert first: \forall integer a, b, c, d; text_dotted(text, from, a, b, c, d) ==>
          a == first && ip[0] == decimal(text, from, a); */
    if (!read_byte_and_dot(text, at, ip + 1)) {
        /*@ assert not_second: \forall integer a, b, c, d; !text_dotted(text, from, a, b, c, d); */
        return false;
    }
    //@ ghost size_t second = *at - 1;
    /*@ assert second: \forall integer a, b, c, d; text_dotted(text, from, a, b, c, d) ==>
          b == second && ip[1] == decimal(text, first + 1, b); */
    if (!read_byte_and_dot(text, at, ip + 2)) {
        /*@ assert not_third: \forall integer a, b, c, d; !text_dotted(text, from, a, b, c, d); */
        return false;
    }
    //@ ghost size_t third = *at - 1;
    /*@ assert third: \forall integer a, b, c, d; text_dotted(text, from, a, b, c, d) ==>
          c == third && ip[2] == decimal(text, second + 1, c); */
    bool taken = read_byte(text, at, ip + 3);
    //@ assert taken: taken ==> text_dotted(text, from, first, second, third, *at);
    /*@ assert fourth: \forall integer a, b, c, d; text_dotted(text, from, a, b, c, d) ==>
          taken && d == *at && ip[3] == decimal(text, third + 1, d); */
    /*@ assert bytes: \forall integer a, b, c, d; text_dotted(text, from, a, b, c, d) ==>
          bytes_are(ip, text, from, a, b, c, d); */
    return taken;
}

/* What a hexadecimal digit is worth; HEX_BASE for every other character. */
/*@
  terminates \true; exits \false;
  assigns \result \from c;
  ensures range: \result <= 16;
  ensures digit: digit(c) ==> \result == c - '0';
  ensures zero: c == 0 ==> \result == 16;
*/
static unsigned hex_value(char c)
{
    if (c >= '0' && c <= '9') {
        return (unsigned)(c - '0');
    }
    if (c >= 'a' && c <= 'f') {
        return (unsigned)(c - 'a') + 10;
    }
    if (c >= 'A' && c <= 'F') {
        return (unsigned)(c - 'A') + 10;
    }
    return HEX_BASE;
}

/* Two bytes of an IPv6 address, one to four digits. */
/*@
  requires memory: \valid(at) && \valid(ip + (0 .. 1));
  requires text: text_from(text, *at);
  terminates \true; exits \false;
  assigns *at, ip[0 .. 1];
  ensures rest: *at >= \old(*at) && text_from(text, *at);
*/
static bool read_group(const char *text, size_t *at, uint8_t *ip)
{
    unsigned value = 0;
    int count = 0;
    unsigned digit = hex_value(text[*at]);
    /*@
      loop invariant range: 0 <= count <= 4 && digit <= 16;
      loop invariant text: digit < 16 ==> text[*at] != 0;
      loop invariant rest: *at >= \at(*at, Pre) && text_from(text, *at);
      loop invariant value: (count == 0 ==> value == 0) && (count == 1 ==> value < 16) &&
        (count == 2 ==> value < 256) && (count == 3 ==> value < 4096) && value < 65536;
      loop assigns count, value, digit, *at;
      loop variant 4 - count;
    */
    while (count < GROUP_DIGITS_MAX && digit < HEX_BASE) {
        value = value * HEX_BASE + digit;
        *at += 1;
        digit = hex_value(text[*at]);
        count++;
    }
    ip[0] = (uint8_t)(value / 256);
    ip[1] = (uint8_t)(value % 256);
    return count > 0;
}

/* The next bytes of an IPv6 address: a group, or the dotted end of RFC 4291
 * section 2.2, after which nothing may come. */
/*@
  requires memory: \valid(at) && \valid(count) && \valid(ip + (0 .. 15)) &&
    \separated(at, count);
  requires text: text_from(text, *at);
  requires count: *count <= 16;
  terminates \true; exits \false;
  assigns *at, *count, ip[0 .. 15];
  ensures rest: *at >= \old(*at) && text_from(text, *at);
  ensures count: \old(*count) <= *count <= 16;
  ensures more: \result ==> *count > \old(*count);
*/
static bool read_piece(const char *text, size_t *at, uint8_t *ip, size_t *count)
{
    uint8_t group[GROUP_BYTES];
    size_t begin = *at;
    if (!read_group(text, at, group) || *count > IP_BYTES - GROUP_BYTES) {
        return false;
    }
    if (text[*at] != '.') {
        ip[*count] = group[0];
        ip[*count + 1] = group[1];
        *count += GROUP_BYTES;
        return true;
    }
    *at = begin;
    if (*count > IP_BYTES - DOTTED_BYTES || !read_dotted(text, at, ip + *count)) {
        return false;
    }
    *count += DOTTED_BYTES;
    return true;
}

/* "::", for as many zeros as are missing, once at most. */
/*@
  requires memory: \valid(at) && \valid(gap) && \separated(at, gap);
  requires text: text_from(text, *at);
  requires count: count <= 16 && *gap <= NO_GAP;
  terminates \true; exits \false;
  assigns *at, *gap;
  ensures rest: *at >= \old(*at) && text_from(text, *at);
  ensures gap: *gap == (\result ? count : \old(*gap));
*/
static bool read_gap(const char *text, size_t *at, size_t count, size_t *gap)
{
    if (*gap != NO_GAP || text[*at] != ':' || text[*at + 1] != ':') {
        return false;
    }
    *gap = count;
    *at += 2;
    return true;
}

/* Moves what came after the gap to the end, and puts zeros where it was. */
/*@
  requires ip: \valid(ip + (0 .. 15));
  requires order: gap <= count < 16;
  terminates \true; exits \false;
  assigns ip[0 .. 15];
*/
static void widen_gap(uint8_t *ip, size_t gap, size_t count)
{
    size_t missing = IP_BYTES - count;
    /*@
      loop invariant range: gap + missing <= i <= 16;
      loop assigns i, ip[0 .. 15];
      loop variant i;
    */
    for (size_t i = IP_BYTES; i > gap + missing; i--) {
        ip[i - 1] = ip[i - 1 - missing];
    }
    /*@
      loop invariant range: gap <= i <= gap + missing;
      loop assigns i, ip[0 .. 15];
      loop variant gap + missing - i;
    */
    for (size_t i = gap; i < gap + missing; i++) {
        ip[i] = 0;
    }
}

/* "fe80::1" */
/*@
  requires memory: \valid(at) && \valid(ip + (0 .. 15));
  requires text: text_from(text, *at);
  terminates \true; exits \false;
  assigns *at, ip[0 .. 15];
  ensures rest: *at >= \old(*at) && text_from(text, *at);
*/
static bool read_ipv6(const char *text, size_t *at, uint8_t *ip)
{
    size_t count = 0;
    size_t gap = NO_GAP;
    bool more = !read_gap(text, at, count, &gap) || hex_value(text[*at]) < HEX_BASE;
    /*@
      loop invariant range: count <= 16 && (gap <= count || gap == NO_GAP);
      loop invariant rest: *at >= \at(*at, Pre) && text_from(text, *at);
      loop assigns count, gap, more, *at, ip[0 .. 15];
      loop variant 16 - count;
    */
    while (more) {
        size_t before = count;
        if (!read_piece(text, at, ip, &count)) {
            return false;
        }
        if (count == before + DOTTED_BYTES) {
            more = false;
        } else if (read_gap(text, at, count, &gap)) {
            more = hex_value(text[*at]) < HEX_BASE;
        } else {
            more = read_mark(text, at, ':');
        }
    }
    if (gap != NO_GAP && count < IP_BYTES) {
        widen_gap(ip, gap, count);
        return true;
    }
    return gap == NO_GAP && count == IP_BYTES;
}

/* "[fe80::1%2]" */
/*@
  requires memory: \valid(at) && \valid(address) && \separated(at, address);
  requires text: text_from(text, *at);
  terminates \true; exits \false;
  assigns *at, address->ip[0 .. 15], address->scope;
  ensures rest: *at >= \old(*at) && text_from(text, *at);
  ensures bracket: \result ==> text[\old(*at)] == '[';
*/
static bool read_bracketed(const char *text, size_t *at, vigil_address *address)
{
    if (!read_mark(text, at, '[') || !read_ipv6(text, at, address->ip)) {
        return false;
    }
    if (read_mark(text, at, '%') && !read_number(text, at, UINT32_MAX, &address->scope)) {
        return false;
    }
    return read_mark(text, at, ']');
}

/* ":9000", and the end of the text. */
/*@
  requires memory: \valid(at) && \valid(port);
  requires text: text_from(text, *at);
  terminates \true; exits \false;
  assigns *at, *port;
  ensures here: \forall integer end; text[\old(*at)] == ':' &&
    text_port(text, \old(*at) + 1, end) ==>
      \result && *port == decimal(text, \old(*at) + 1, end);
  ensures taken: \result ==> text[\old(*at)] == ':' && text_port(text, \old(*at) + 1, *at);
*/
static bool read_port(const char *text, size_t *at, uint16_t *port)
{
    uint32_t number = 0;
    if (!read_mark(text, at, ':') || !read_number(text, at, PORT_MAX, &number)) {
        return false;
    }
    *port = (uint16_t)number;
    return text[*at] == '\0';
}

/* All of a text that begins with no bracket. */
/*@
  requires memory: \valid(found) && address_none(*found);
  requires text: text_from(text, 0);
  terminates \true; exits \false;
  assigns *found;
  ensures family: address_v4(*found);
  ensures here: \forall integer a, b, c, d, end; text_ipv4(text, a, b, c, d, end) ==>
    \result && text_says_ipv4(text, a, b, c, d, end, *found);
  ensures taken: \result ==>
    \exists integer a, b, c, d, end; text_ipv4(text, a, b, c, d, end);
*/
static bool read_ipv4_text(const char *text, vigil_address *found)
{
    size_t at = 0;
    found->family = VIGIL_FAMILY_IPV4;
    /*@ assert here: \forall integer a, b, c, d, end; text_ipv4(text, a, b, c, d, end) ==>
          text_dotted(text, 0, a, b, c, d); */
    bool taken = read_dotted(text, &at, found->ip);
    /*@ assert dotted: \forall integer a, b, c, d, end; text_ipv4(text, a, b, c, d, end) ==>
          taken && at == d && bytes_are(&found->ip[0], text, 0, a, b, c, d); */
    //@ assert bytes: taken ==> \exists integer a, b, c; text_dotted(text, 0, a, b, c, at);
    /*@ assert rest: \forall integer a, b, c, d, end; text_ipv4(text, a, b, c, d, end) ==>
          text[at] == ':' && text_port(text, at + 1, end); */
    //@ ghost size_t colon = at;
    bool whole = taken && read_port(text, &at, &found->port);
    /*@ assert at_port: \forall integer end; taken && text[colon] == ':' &&
          text_port(text, colon + 1, end) ==>
            whole && found->port == decimal(text, colon + 1, end); */
    /*@ assert port: \forall integer a, b, c, d, end; text_ipv4(text, a, b, c, d, end) ==>
          whole && found->port == decimal(text, d + 1, end); */
    //@ assert family: address_v4(*found);
    /*@ assert whole: \forall integer a, b, c; whole && text_dotted(text, 0, a, b, c, colon) ==>
          text_ipv4(text, a, b, c, colon, at); */
    return whole;
}

/* All of a text that begins with one. */
/*@
  requires memory: \valid(found) && address_none(*found);
  requires text: text_from(text, 0);
  terminates \true; exits \false;
  assigns *found;
  ensures family: address_v6(*found) && found->flow == 0;
*/
static bool read_ipv6_text(const char *text, vigil_address *found)
{
    size_t at = 0;
    found->family = VIGIL_FAMILY_IPV6;
    return read_bracketed(text, &at, found) && read_port(text, &at, &found->port);
}

vigil_status vigil_address_parse(const char *text, vigil_address *address)
{
    vigil_address found = vigil_address_none();
    /*@ assert digit: \forall integer a, b, c, d, end; text_ipv4(text, a, b, c, d, end) ==>
          text[0] != '['; */
    bool taken = text[0] == '[' ? read_ipv6_text(text, &found) : read_ipv4_text(text, &found);
    *address = taken ? found : vigil_address_none();
    return taken ? VIGIL_OK : VIGIL_EINVAL;
}
