/* SPDX-License-Identifier: MIT */

/*
 * The example server docs/examples/hello_server.c, as it is, on the model kernel, with
 * thousands of clients that come, are greeted, speak and go.
 *
 *   simulate_hello SEEDS [FIRST [CLIENTS]]
 *
 * Everyone who stays is told the greeting once and to the end, sees the end of the
 * stream after having closed his side, and nobody is left waiting; when all have gone
 * the server is interrupted, and leaves nothing open. What goes wrong is printed with
 * its seed, which plays again to the byte.
 */
#include "play.h"

#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#define CLIENTS_DEFAULT 3000
#define AT_ONCE_MAX 400
#define DESCRIPTORS_MAX 512
#define PORT 9000
#define GREETING "Hello world!\n"
#define GREETING_LENGTH (sizeof GREETING - 1)
#define SPOKEN_MAX 300

/* The example's own main. */
int hello_main(int argc, char **argv);

typedef struct client {
    int fd; /* -1 before it has connected */
    unsigned heard;
    unsigned to_say;
    unsigned goes_after; /* steps, if it is rude */
    unsigned steps;
    bool is_rude;
    bool has_shut;
    bool is_gone;
} client;

typedef struct crowd {
    unsigned come; /* of all, so far */
    unsigned gone;
    unsigned all;
    unsigned at_once;
    bool interrupted;
    client here[AT_ONCE_MAX];
} crowd;

static crowd world;

static void arrive(client *c)
{
    *c = (client){.fd = -1};
    c->to_say = vigil_sim_random(SPOKEN_MAX);
    c->is_rude = vigil_sim_random(5) == 0;
    c->goes_after = vigil_sim_random(8);
    world.come++;
}

static void leave(client *c, vigil_model *kernel)
{
    (void)vigil_model_close(kernel, c->fd);
    world.gone++;
    c->is_gone = world.come == world.all;
    if (!c->is_gone) {
        arrive(c);
    }
}

/* Whether it did anything. */
static bool come_in(client *c, vigil_model *kernel)
{
    c->fd = vigil_model_socket(kernel, AF_INET);
    if (c->fd < 0) {
        c->fd = -1;
        return false; /* there is no descriptor now */
    }
    int status = vigil_model_connect(kernel, c->fd, PORT);
    if (status != -EINPROGRESS && status != 0) {
        fail("client %u cannot connect: %d", world.come, status);
    }
    return true;
}

static bool listen_to(client *c, vigil_model *kernel)
{
    char data[GREETING_LENGTH + 1];
    int64_t count = vigil_model_read(kernel, c->fd, data, 1 + vigil_sim_random(sizeof data - 1));
    if (count == -EAGAIN) {
        return false;
    }
    if (count < 0) {
        fail("a client that was told %u bytes cannot read: %d", c->heard, (int)count);
    }
    if (count == 0) {
        if (c->heard != GREETING_LENGTH || !c->has_shut) {
            fail("the stream ended after %u bytes", c->heard);
        }
        leave(c, kernel);
        return true;
    }
    if (c->heard + (size_t)count > GREETING_LENGTH
        || memcmp(data, &GREETING[c->heard], (size_t)count) != 0) {
        fail("told %.*s after %u bytes", (int)count, data, c->heard);
    }
    c->heard += (unsigned)count;
    return true;
}

static bool speak(client *c, vigil_model *kernel)
{
    static const char words[SPOKEN_MAX] = "anything";
    if (c->heard < GREETING_LENGTH || c->has_shut) {
        return false;
    }
    int64_t count = c->to_say == 0
        ? 0
        : vigil_model_write(kernel, c->fd, words, 1 + vigil_sim_random(c->to_say));
    if (count == -EAGAIN) {
        return false;
    }
    if (count < 0) {
        fail("a client that was greeted cannot write: %d", (int)count);
    }
    c->to_say -= (unsigned)count;
    if (c->to_say == 0) {
        (void)vigil_model_shutdown(kernel, c->fd, SHUT_WR);
        c->has_shut = true;
    }
    return true;
}

static bool act(client *c, vigil_model *kernel)
{
    if (c->fd < 0) {
        return come_in(c, kernel);
    }
    if (c->is_rude && c->steps >= c->goes_after) {
        if (vigil_sim_random(2) == 0) {
            (void)vigil_model_set_linger(kernel, c->fd, 1, 0);
        }
        leave(c, kernel);
        return true;
    }
    bool acted = listen_to(c, kernel) || speak(c, kernel);
    c->steps += acted;
    return acted;
}

/* One client acts, whose turn the seed decides; when all have gone, Control-C. */
static bool step(void *unused, vigil_model *kernel)
{
    (void)unused;
    unsigned first = vigil_sim_random(world.at_once);
    for (unsigned i = 0; i < world.at_once; i++) {
        client *c = &world.here[(first + i) % world.at_once];
        if (!c->is_gone && act(c, kernel)) {
            return note_act(true);
        }
    }
    if (world.gone == world.all && !world.interrupted) {
        world.interrupted = true;
        (void)raise(SIGINT);
        return note_act(true);
    }
    return note_act(false);
}

_Noreturn static void stuck(void *unused)
{
    (void)unused;
    fail("deadlock: the server sleeps for ever; %u of %u clients have gone%s", world.gone,
         world.all, world.interrupted ? ", and it was interrupted" : "");
}

static vigil_sim_result play(uint64_t seed, unsigned clients)
{
    static char name[] = "hello_server";
    static char where[] = "127.0.0.1:9000";
    char *arguments[] = {name, where, NULL};
    world = (crowd){.all = clients};
    vigil_sim_options options =
        draw_options(seed, clients < AT_ONCE_MAX ? clients : AT_ONCE_MAX, &world.at_once);
    options.descriptors_max = DESCRIPTORS_MAX;
    options.step = step;
    options.stuck = stuck;
    vigil_sim_begin(&options);
    for (unsigned i = 0; i < world.at_once; i++) {
        arrive(&world.here[i]);
    }
    if (hello_main(2, arguments) != EXIT_SUCCESS || world.gone != world.all) {
        fail("the server ended before its clients");
    }
    return vigil_sim_end();
}

int main(int count, char **arguments)
{
    return play_seeds(count, arguments, CLIENTS_DEFAULT, play);
}
