/* SPDX-License-Identifier: MIT */

/*
 * Any bytes, of any length that the kernel may report, as the address of a Unix
 * socket, and any name as one: what is decoded lies within its bounds, and is encoded
 * and decoded to the same.
 */
#include "input.h"
#include "net/unix_sockaddr.h"

#include <string.h>
#include <sys/socket.h>

#define NAME_MAX_BYTES 160

int LLVMFuzzerInitialize(int *argc, char ***argv)
{
    (void)argc;
    (void)argv;
    return 0;
}

/* What vigil_unix_address promises of every address that a function has made. */
static void check_address(const vigil_unix_address *address)
{
    size_t most = address->kind == VIGIL_UNIX_PATH ? VIGIL_UNIX_PATH_MAX
        : address->kind == VIGIL_UNIX_ABSTRACT     ? VIGIL_UNIX_ABSTRACT_MAX
                                                   : 0;
    fuzz_check(address->length <= most);
    fuzz_check(address->kind != VIGIL_UNIX_PATH || address->length > 0);
    fuzz_check(address->kind != VIGIL_UNIX_PATH
               || memchr(address->name, 0, address->length) == NULL);
    for (size_t i = address->length; i <= VIGIL_UNIX_PATH_MAX; i++) {
        fuzz_check(address->name[i] == 0);
    }
}

static void check_round_trip(const vigil_unix_address *address)
{
    vigil_sockaddr native;
    memset(&native, 0xcc, sizeof native);
    check_address(address);
    fuzz_check(vigil_unix_sockaddr_encode(address, &native) == VIGIL_OK);
    fuzz_check(native.length <= VIGIL_SOCKADDR_UNIX_BYTES);
    for (uint32_t i = native.length; i < VIGIL_SOCKADDR_BYTES; i++) {
        fuzz_check(native.bytes[i] == 0);
    }
    vigil_unix_address back = vigil_unix_sockaddr_decode(&native);
    fuzz_check(vigil_unix_address_equal(back, *address));
}

/* Bytes of the kernel: half of the inputs have the family, and any have any length. */
static void decode_bytes(fuzz_input *in)
{
    vigil_sockaddr native = {.length = fuzz_byte(in)};
    bool is_unix = fuzz_below(in, 2) == 0;
    if (native.length == UINT8_MAX) {
        native.length = UINT32_MAX - fuzz_byte(in);
    }
    for (size_t i = 0; i < VIGIL_SOCKADDR_BYTES; i++) {
        native.bytes[i] = fuzz_byte(in);
    }
    if (is_unix) {
        native.bytes[0] = AF_UNIX;
        native.bytes[1] = 0;
    }
    vigil_unix_address address = vigil_unix_sockaddr_decode(&native);
    bool named = native.length > 2 && native.bytes[0] == AF_UNIX && native.bytes[1] == 0;
    fuzz_check(named == (address.kind != VIGIL_UNIX_UNNAMED));
    check_round_trip(&address);
}

/* A name of the input's bytes, on the heap of the fuzzer, whose end is watched. */
static void make_names(const uint8_t *data, size_t size)
{
    const char *text = (const char *)data;
    size_t length = size < NAME_MAX_BYTES ? size : NAME_MAX_BYTES;
    vigil_unix_address address;
    bool is_path = 0 < length && length <= VIGIL_UNIX_PATH_MAX && memchr(text, 0, length) == NULL;
    fuzz_check((vigil_unix_address_path(text, length, &address) == VIGIL_OK) == is_path);
    fuzz_check(is_path == (address.kind == VIGIL_UNIX_PATH));
    fuzz_check(!is_path || memcmp(address.name, text, length) == 0);
    check_round_trip(&address);
    bool is_name = length <= VIGIL_UNIX_ABSTRACT_MAX;
    fuzz_check((vigil_unix_address_abstract(text, length, &address) == VIGIL_OK) == is_name);
    fuzz_check(!is_name || memcmp(address.name, text, length) == 0);
    check_round_trip(&address);
}

/* The fields of an address may hold anything: it is written within bounds, or refused. */
static void encode_fields(fuzz_input *in)
{
    vigil_unix_address address = {.kind = (vigil_unix_kind)fuzz_below(in, 5)};
    vigil_sockaddr native;
    address.length = fuzz_byte(in);
    for (size_t i = 0; i <= VIGIL_UNIX_PATH_MAX; i++) {
        address.name[i] = fuzz_byte(in);
    }
    vigil_status status = vigil_unix_sockaddr_encode(&address, &native);
    fuzz_check(status == VIGIL_OK || status == VIGIL_EINVAL);
    fuzz_check(native.length <= VIGIL_SOCKADDR_UNIX_BYTES);
    fuzz_check(status == VIGIL_OK || native.length == 0);
    vigil_unix_address back = vigil_unix_sockaddr_decode(&native);
    check_round_trip(&back);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    fuzz_input in = {data, size};
    switch (fuzz_below(&in, 3)) {
    case 0:
        decode_bytes(&in);
        break;
    case 1:
        encode_fields(&in);
        break;
    default:
        make_names(in.data, in.left);
        break;
    }
    return 0;
}
