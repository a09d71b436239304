/* SPDX-License-Identifier: MIT */

/*
 * The example server docs/examples/udp_echo.c, as it is, on the model kernel, with
 * thousands of clients that send datagrams of every size, connected and not.
 *
 *   simulate_echo SEEDS [FIRST [CLIENTS]]
 *
 * Each datagram comes back to whoever sent it, whole, once, and in the order of sending,
 * as long as no more are under way than the server's socket holds; some leave before theirs
 * are back, and nobody else is given those. When all have gone the server is interrupted,
 * and leaves nothing open.
 */
#include "play.h"

#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/socket.h>

#define CLIENTS_DEFAULT 3000
#define AT_ONCE_MAX 400
#define DESCRIPTORS_MAX 512
#define PORT 9002
#define SERVERS_OWN 3 /* the poll, the waker's channel, and the socket */
#define DATAGRAMS_MAX 20
#define DATAGRAM_MAX 65507
#define SMALL_MAX 300
/* A datagram counts for what a kernel may take for it, at most (udp(7), SO_RCVBUF): its
 * buffer of the next power of two, and its head. What has been read goes on counting until
 * it is a quarter of the 212,992 that a socket holds. */
#define CHARGE(size) (2 * (size) + 1280)
#define UNDER_WAY_MAX 140000

/* The example's own main. */
int echo_main(int argc, char **argv);

typedef struct client {
    int fd; /* -1 before it has a socket */
    unsigned number;
    unsigned to_send;
    unsigned sent;
    unsigned back;
    unsigned goes_after; /* datagrams that it has sent, if it does not wait for them */
    bool is_connected;
    bool is_gone;
} client;

static struct {
    unsigned come; /* of all, so far */
    unsigned gone;
    unsigned all;
    unsigned at_once;
    size_t under_way;   /* what datagrams that have not come back count for */
    size_t left_behind; /* the same of who has gone, until the server sleeps again */
    bool interrupted;
    client here[AT_ONCE_MAX];
} world;

static char data[DATAGRAM_MAX];

static uint32_t mixed(const client *c, unsigned count)
{
    uint32_t hash = (c->number * 31 + count + 1) * UINT32_C(2654435761);
    return hash ^ (hash >> 15);
}

/* How long the client's `count`th datagram is: none, some, and now and then the most. */
static size_t size_of(const client *c, unsigned count)
{
    uint32_t hash = mixed(c, count);
    return hash % 50 == 0 ? hash % (DATAGRAM_MAX + 1) : hash % SMALL_MAX;
}

static char byte_at(const client *c, unsigned count, size_t place)
{
    return (char)(mixed(c, count) + place * 7 + place / 256);
}

static void arrive(client *c)
{
    *c = (client){.fd = -1, .number = world.come};
    c->to_send = vigil_sim_random(DATAGRAMS_MAX + 1);
    c->goes_after = vigil_sim_random(5) == 0 ? vigil_sim_random(DATAGRAMS_MAX) : UINT32_MAX;
    c->is_connected = vigil_sim_random(2) == 0;
    world.come++;
}

static void leave(client *c, vigil_model *kernel)
{
    (void)vigil_model_close(kernel, c->fd);
    for (unsigned i = c->back; i < c->sent; i++) {
        world.under_way -= CHARGE(size_of(c, i));
        world.left_behind += CHARGE(size_of(c, i));
    }
    world.gone++;
    c->is_gone = world.come == world.all;
    if (!c->is_gone) {
        arrive(c);
    }
}

static bool come_in(client *c, vigil_model *kernel)
{
    c->fd = vigil_model_udp(kernel, AF_INET);
    int status = c->fd;
    if (status >= 0) {
        status = c->is_connected ? vigil_model_connect(kernel, c->fd, PORT)
                                 : vigil_model_bind(kernel, c->fd, 0);
    }
    if (status < 0) {
        fail("client %u has no socket: %d", c->number, status);
    }
    return true;
}

/* Whether one came back. */
static bool take_back(client *c, vigil_model *kernel)
{
    vigil_model_name from = {0};
    int64_t count = vigil_model_receive(kernel, c->fd, data, sizeof data, MSG_TRUNC, &from);
    if (count == -EAGAIN) {
        return false;
    }
    if (count < 0 || c->back == c->sent || from.port != PORT) {
        fail("client %u, who has %u of %u back, is sent one more by %u: %d", c->number, c->back,
             c->sent, from.port, (int)count);
    }
    if ((size_t)count != size_of(c, c->back)) {
        fail("datagram %u of client %u has %zu bytes, and comes back with %zu", c->back, c->number,
             size_of(c, c->back), (size_t)count);
    }
    for (size_t i = 0; i < (size_t)count; i++) {
        if (data[i] != byte_at(c, c->back, i)) {
            fail("byte %zu of datagram %u of client %u is another", i, c->back, c->number);
        }
    }
    world.under_way -= CHARGE((size_t)count);
    c->back++;
    return true;
}

static bool send_one(client *c, vigil_model *kernel)
{
    const vigil_model_name server = {.port = PORT};
    size_t size = size_of(c, c->sent);
    size_t others = world.under_way + world.left_behind;
    if (c->sent == c->to_send || others + CHARGE(size) > UNDER_WAY_MAX) {
        return false;
    }
    for (size_t i = 0; i < size; i++) {
        data[i] = byte_at(c, c->sent, i);
    }
    int64_t count = vigil_model_send(kernel, c->fd, data, size, c->is_connected ? NULL : &server);
    if (count != (int64_t)size) {
        fail("client %u cannot send %zu bytes: %d", c->number, size, (int)count);
    }
    world.under_way += CHARGE(size);
    c->sent++;
    return true;
}

static bool act(client *c, vigil_model *kernel)
{
    if (c->fd < 0) {
        return come_in(c, kernel);
    }
    if (c->sent >= c->goes_after || c->back == c->to_send) {
        leave(c, kernel);
        return true;
    }
    bool sends_first = vigil_sim_random(2) == 0;
    return (sends_first && send_one(c, kernel)) || take_back(c, kernel) || send_one(c, kernel);
}

/* Whether anyone had something to do: the seed decides whose turn it is. */
static bool one_acts(vigil_model *kernel)
{
    unsigned first = vigil_sim_random(world.at_once);
    for (unsigned i = 0; i < world.at_once; i++) {
        client *c = &world.here[(first + i) % world.at_once];
        if (!c->is_gone && act(c, kernel)) {
            return true;
        }
    }
    return false;
}

/* One acts, or now and then many do before the server sees anything of it; when all have
 * gone, Control-C. */
static bool step(void *unused, vigil_model *kernel)
{
    (void)unused;
    unsigned acts = vigil_sim_random(8) == 0 ? 1 + vigil_sim_random(AT_ONCE_MAX) : 1;
    world.left_behind = 0;
    bool acted = one_acts(kernel);
    for (unsigned i = 1; i < acts && acted && one_acts(kernel); i++) {
        /* They need no more of a turn than that. */
    }
    if (world.gone < world.all || world.interrupted || acted) {
        return note_act(acted);
    }
    if (vigil_model_count(kernel) != SERVERS_OWN) {
        fail("the server has %d descriptors", vigil_model_count(kernel));
    }
    world.interrupted = true;
    (void)raise(SIGINT);
    return true;
}

_Noreturn static void stuck(void *unused)
{
    (void)unused;
    for (unsigned i = 0; i < world.at_once; i++) {
        const client *c = &world.here[i];
        if (!c->is_gone && c->back < c->sent) {
            fail("deadlock: client %u waits for datagram %u of the %u that it has sent; %u of %u "
                 "clients have gone",
                 c->number, c->back, c->sent, world.gone, world.all);
        }
    }
    fail("deadlock: the server sleeps for ever; %u of %u clients have gone%s", world.gone,
         world.all, world.interrupted ? ", and it was interrupted" : "");
}

static vigil_sim_result play(uint64_t seed, unsigned clients)
{
    static char name[] = "udp_echo";
    static char where[] = "127.0.0.1:9002";
    char *arguments[] = {name, where, NULL};
    world.all = clients;
    vigil_sim_options options =
        draw_options(seed, clients < AT_ONCE_MAX ? clients : AT_ONCE_MAX, &world.at_once);
    options.descriptors_max = DESCRIPTORS_MAX;
    options.step = step;
    options.stuck = stuck;
    vigil_sim_begin(&options);
    for (unsigned i = 0; i < world.at_once; i++) {
        arrive(&world.here[i]);
    }
    if (echo_main(2, arguments) != EXIT_SUCCESS || world.gone != world.all) {
        fail("the server ended before its clients");
    }
    return vigil_sim_end();
}

int main(int count, char **arguments)
{
    return play_seeds(count, arguments, CLIENTS_DEFAULT, play);
}
