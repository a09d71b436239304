/* SPDX-License-Identifier: MIT */

/*
 * The example server docs/examples/chat_server.c, as it is, on the model kernel, with both
 * of its threads (threads.h) and crowds of clients that come, speak, listen and go.
 *
 *   simulate_chat SEEDS [FIRST [CLIENTS]]
 *
 * Everyone is welcomed once. Each line that one says is heard by every other who was
 * welcomed before it was begun and stays until it has been said: whole, once, and in the
 * order in which it was said; and by nobody else. When all have gone the server has no
 * descriptor for any of them, and it ends when it is told to, in the middle of a talk as
 * well. Some are rude: they go in the middle of a line, with a reset, or do not read.
 */
#include "play.h"
#include "threads.h"

#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>

#define CLIENTS_DEFAULT 300
#define CLIENTS_MAX 4000
#define AT_ONCE_MAX 90 /* more than the places and the lobby of the server */
#define PORT 9001
/* Two polls, two channels of wakers, and the listener. */
#define SERVERS_OWN 5
#define WELCOME "welcome\n"
#define LINE_MAX_LENGTH 80
#define FEW_LINES 6
#define MANY_LINES 60
/* So much may wait for one who reads, at most, before the others are silent: far less than
 * the backlog for which the server puts somebody out. */
#define UNHEARD_MAX 16384
/* Deaf ones keep their places, and may not have them all. */
#define DEAF_MAX 10
/* So many descriptors are left for the server's side of connections, at least. */
#define PLACES_MIN 15

/* The example's own main. */
int chat_main(int argc, char **argv);

typedef enum manners {
    POLITE,
    LEAVES, /* at any moment, by closing or with a reset */
    IS_DEAF /* until it is put out, or the last polite one has gone */
} manners;

/* What one client has to hear of another: the lines from `owed_from` on, up to `goal` when
 * it wants to go. */
typedef struct hearing {
    uint16_t next; /* line that it hears, once it has heard one */
    uint16_t owed_from;
    uint16_t goal;
    bool has_begun;
} hearing;

typedef struct client {
    bool is_here;
    int fd;          /* -1 before it has connected */
    unsigned number; /* among all that have come */
    manners manners;
    unsigned lines_left;
    unsigned goes_after; /* steps, if it leaves */
    unsigned steps;
    char line[LINE_MAX_LENGTH]; /* that it is saying, and how much of it is said */
    size_t line_length;
    size_t line_said;
    char text[LINE_MAX_LENGTH]; /* that has come of a line */
    size_t text_length;
    bool came_early; /* nobody had been welcomed */
    bool is_welcome;
    bool wants_to_go;
    bool has_shut;
    uint64_t said_before; /* by all, when it was welcomed */
    uint64_t heard;       /* bytes, since then */
    hearing of[CLIENTS_MAX];
} client;

/* Of everyone who has come, for those who hear him. */
typedef struct speaker {
    bool is_polite;
    uint16_t begun; /* lines */
    uint16_t said;  /* to the end */
} speaker;

static struct {
    unsigned come; /* of all, so far */
    unsigned gone;
    unsigned here_by[IS_DEAF + 1]; /* manners */
    unsigned all;
    unsigned at_once;
    unsigned lines_max;
    unsigned told_to_end_at; /* so many have come; 0 for when all have gone */
    bool is_open;            /* somebody has been welcomed */
    bool interrupted;
    uint64_t said; /* bytes of lines */
    client here[AT_ONCE_MAX];
    speaker speakers[CLIENTS_MAX];
} world;

static void arrive(client *c)
{
    memset(c, 0, sizeof *c);
    c->is_here = true;
    c->fd = -1;
    c->number = world.come;
    c->manners = vigil_sim_random(6) != 0                                ? POLITE
        : vigil_sim_random(2) == 0 || world.here_by[IS_DEAF] == DEAF_MAX ? LEAVES
                                                                         : IS_DEAF;
    c->lines_left = vigil_sim_random(world.lines_max + 1);
    c->goes_after = vigil_sim_random(40);
    world.speakers[world.come] = (speaker){.is_polite = c->manners == POLITE};
    world.here_by[c->manners]++;
    world.come++;
}

static void leave(client *c, vigil_model *kernel)
{
    (void)vigil_model_close(kernel, c->fd);
    world.gone++;
    world.here_by[c->manners]--;
    c->is_here = world.come < world.all;
    if (c->is_here) {
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
    c->came_early = !world.is_open;
    int status = vigil_model_connect(kernel, c->fd, PORT);
    if (status != -EINPROGRESS && status != 0) {
        fail("client %u cannot connect: %d", c->number, status);
    }
    return true;
}

/* --- Lines ------------------------------------------------------------------------- */

/* The line that one says as his `count`th; no two lines are the same. */
static size_t compose(char *line, unsigned number, unsigned count)
{
    static const char words[] = "the quick brown fox jumps over the lazy dog";
    int length = (int)((number * 7 + count * 13) % sizeof words);
    return (size_t)snprintf(line, LINE_MAX_LENGTH, "%u %u %.*s\n", number, count, length, words);
}

/* Whoever has come so far, and what he has begun to say by now, need not be heard. */
static void be_welcome(client *c)
{
    c->is_welcome = true;
    world.is_open = true;
    c->said_before = world.said;
    for (unsigned i = 0; i < world.come; i++) {
        c->of[i].owed_from = world.speakers[i].begun;
    }
}

static void hear_line(client *c)
{
    char expected[LINE_MAX_LENGTH];
    unsigned number = 0;
    unsigned count = 0;
    if (!c->is_welcome) {
        if (c->text_length != sizeof WELCOME - 1 || memcmp(c->text, WELCOME, c->text_length) != 0) {
            fail("client %u is not welcomed: %.*s", c->number, (int)c->text_length, c->text);
        }
        be_welcome(c);
        return;
    }
    c->heard += c->text_length;
    c->text[c->text_length - 1] = '\0';
    if (sscanf(c->text, "%u %u", &number, &count) != 2 || number >= world.come
        || number == c->number || count >= world.speakers[number].begun
        || compose(expected, number, count) != c->text_length
        || memcmp(expected, c->text, c->text_length - 1) != 0) {
        fail("client %u hears what nobody else has said: %s", c->number, c->text);
    }
    hearing *of = &c->of[number];
    if (of->has_begun ? count != of->next : count > of->owed_from) {
        fail("client %u hears line %u of client %u, not line %u", c->number, count, number,
             of->has_begun ? of->next : of->owed_from);
    }
    of->has_begun = true;
    of->next = (uint16_t)(count + 1);
}

static void hear(client *c, const char *data, size_t length)
{
    for (size_t i = 0; i < length; i++) {
        if (c->text_length == LINE_MAX_LENGTH - 1) {
            fail("client %u hears a line without an end", c->number);
        }
        c->text[c->text_length++] = data[i];
        if (data[i] == '\n') {
            hear_line(c);
            c->text_length = 0;
        }
    }
}

/* The first line of those that it is to hear and has not: `first` of client `number`. */
static bool lacks(const client *c, unsigned *number, unsigned *first)
{
    for (*number = 0; *number < world.come; ++*number) {
        const hearing *of = &c->of[*number];
        *first = of->has_begun ? of->next : of->owed_from;
        if (world.speakers[*number].is_polite && *number != c->number && *first < of->goal) {
            return true;
        }
    }
    return false;
}

/* --- What a client does ------------------------------------------------------------ */

static bool listen_to(client *c, vigil_model *kernel)
{
    char data[LINE_MAX_LENGTH];
    int64_t count = vigil_model_read(kernel, c->fd, data, 1 + vigil_sim_random(sizeof data));
    if (count == -EAGAIN) {
        return false;
    }
    if (count > 0) {
        hear(c, data, (size_t)count);
        return true;
    }
    if (count == -ECONNREFUSED && c->came_early) {
        (void)vigil_model_close(kernel, c->fd);
        c->fd = -1; /* the server did not listen yet */
        return true;
    }
    if (c->manners == POLITE && !world.interrupted && (count < 0 || !c->has_shut)) {
        fail("client %u is put out: %d", c->number, (int)count);
    }
    leave(c, kernel);
    return true;
}

/* Whether nobody who listens is too far behind. */
static bool may_speak(void)
{
    for (unsigned i = 0; i < world.at_once; i++) {
        const client *c = &world.here[i];
        if (c->is_here && c->manners == POLITE && c->is_welcome && !c->has_shut
            && world.said - c->said_before > c->heard + UNHEARD_MAX) {
            return false;
        }
    }
    return true;
}

static bool speak(client *c, vigil_model *kernel)
{
    bool in_the_middle = c->line_said < c->line_length;
    if (!c->is_welcome || (!in_the_middle && (c->lines_left == 0 || !may_speak()))) {
        return false;
    }
    speaker *who = &world.speakers[c->number];
    if (!in_the_middle) {
        c->line_length = compose(c->line, c->number, who->begun);
        c->line_said = 0;
    }
    size_t length = 1 + vigil_sim_random((uint32_t)(c->line_length - c->line_said));
    int64_t count = vigil_model_write(kernel, c->fd, c->line + c->line_said, length);
    if (count < 0) {
        if (count != -EAGAIN && c->manners == POLITE && !world.interrupted) {
            fail("client %u cannot speak: %d", c->number, (int)count);
        }
        c->line_length = in_the_middle ? c->line_length : 0;
        return false;
    }
    if (!in_the_middle) {
        who->begun++;
        c->lines_left--;
        world.said += c->line_length;
    }
    c->line_said += (size_t)count;
    who->said = (uint16_t)(who->said + (c->line_said == c->line_length));
    return count > 0;
}

/* Who has said it all waits for what the others have said by then, and goes. */
static bool take_leave(client *c, vigil_model *kernel)
{
    unsigned number = 0;
    unsigned first = 0;
    if (!c->is_welcome || c->lines_left > 0 || c->line_said < c->line_length || c->has_shut) {
        return false;
    }
    if (!c->wants_to_go) {
        c->wants_to_go = true;
        for (unsigned i = 0; i < world.come; i++) {
            c->of[i].goal = world.speakers[i].said;
        }
    }
    if (lacks(c, &number, &first)) {
        return false;
    }
    c->has_shut = true;
    (void)vigil_model_shutdown(kernel, c->fd, SHUT_WR);
    return true;
}

/* A deaf one sees the end without reading. */
static bool is_over(const client *c, vigil_model *kernel)
{
    if (c->manners == LEAVES) {
        return c->steps >= c->goes_after;
    }
    bool is_out = (vigil_model_poll(kernel, c->fd, 0) & (EPOLLHUP | EPOLLERR)) != 0;
    return c->manners == IS_DEAF && (is_out || world.here_by[POLITE] == 0 || world.interrupted);
}

static bool act(client *c, vigil_model *kernel)
{
    if (c->fd < 0) {
        return come_in(c, kernel);
    }
    if (is_over(c, kernel)) {
        if (vigil_sim_random(2) == 0) {
            (void)vigil_model_set_linger(kernel, c->fd, 1, 0);
        }
        leave(c, kernel);
        return true;
    }
    bool speaks_first = vigil_sim_random(2) == 0;
    bool acted = (speaks_first && speak(c, kernel))
        || (c->manners != IS_DEAF && listen_to(c, kernel)) || speak(c, kernel)
        || (c->manners == POLITE && take_leave(c, kernel));
    c->steps++;
    return acted || c->manners == LEAVES; /* who waits for his moment does so */
}

/* --- The world --------------------------------------------------------------------- */

static bool interrupt(void)
{
    world.interrupted = true;
    (void)raise(SIGINT);
    return true;
}

/* All have gone, and the server sleeps: it knows of nobody. */
static bool end(vigil_model *kernel)
{
    if (!threads_are_asleep() || world.interrupted) {
        return false;
    }
    if (vigil_model_count(kernel) != SERVERS_OWN) {
        fail("all clients have gone, and the server has %d descriptors", vigil_model_count(kernel));
    }
    return interrupt();
}

/* One client acts, whose turn the seed decides; when all have gone, Control-C. */
static bool step(void *unused, vigil_model *kernel)
{
    (void)unused;
    bool is_time = world.told_to_end_at != 0 && world.come >= world.told_to_end_at;
    if (is_time && world.is_open && !world.interrupted) {
        return interrupt();
    }
    unsigned first = vigil_sim_random(world.at_once);
    for (unsigned i = 0; i < world.at_once && !world.interrupted; i++) {
        client *c = &world.here[(first + i) % world.at_once];
        if (c->is_here && act(c, kernel)) {
            return note_act(true);
        }
    }
    return note_act(world.gone == world.all && end(kernel));
}

_Noreturn static void stuck(void *unused)
{
    (void)unused;
    for (unsigned i = 0; i < world.at_once; i++) {
        const client *c = &world.here[i];
        unsigned number = 0;
        unsigned line = 0;
        if (c->is_here && c->manners == POLITE && !c->is_welcome) {
            fail("deadlock: client %u waits to be welcomed; %u of %u clients have gone", c->number,
                 world.gone, world.all);
        }
        if (c->is_here && c->manners == POLITE && lacks(c, &number, &line)) {
            fail("deadlock: client %u waits for line %u of client %u; %u of %u clients have gone",
                 c->number, line, number, world.gone, world.all);
        }
    }
    fail("deadlock: both threads sleep for ever; %u of %u clients have gone%s", world.gone,
         world.all, world.interrupted ? ", and the server was interrupted" : "");
}

static void close_all(void)
{
    for (unsigned i = 0; i < world.at_once; i++) {
        if (world.here[i].is_here && world.here[i].fd >= 0) {
            (void)vigil_model_close(vigil_sim_kernel(), world.here[i].fd);
        }
    }
}

static vigil_sim_result play(uint64_t seed, unsigned clients)
{
    static char name[] = "chat_server";
    static char where[] = "127.0.0.1:9001";
    char *arguments[] = {name, where, NULL};
    world.all = clients < CLIENTS_MAX ? clients : CLIENTS_MAX;
    vigil_sim_options options =
        draw_options(seed, world.all < AT_ONCE_MAX ? world.all : AT_ONCE_MAX, &world.at_once);
    options.descriptors_max =
        (int)(world.at_once + SERVERS_OWN + PLACES_MIN) + (int)(seed * 7 % AT_ONCE_MAX);
    options.spurious = 0; /* two polls woken for nothing take many times as long */
    options.withheld = 0;
    options.step = step;
    options.stuck = stuck;
    vigil_sim_begin(&options);
    world.lines_max = vigil_sim_random(4) == 0 ? MANY_LINES : FEW_LINES;
    unsigned points_max = 4U << vigil_sim_random(10);
    world.told_to_end_at = vigil_sim_random(8) == 0 ? 1 + vigil_sim_random(world.all) : 0;
    for (unsigned i = 0; i < world.at_once; i++) {
        arrive(&world.here[i]);
    }
    threads_begin(points_max);
    if (chat_main(2, arguments) != EXIT_SUCCESS || !world.interrupted) {
        fail("the server ended before its clients");
    }
    threads_end();
    close_all();
    return vigil_sim_end();
}

int main(int count, char **arguments)
{
    return play_seeds(count, arguments, CLIENTS_DEFAULT, play);
}
