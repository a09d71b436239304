/* SPDX-License-Identifier: MIT */

/*
 * Several threads that take slots and give them back: the free list of
 * src/core/slots.c under the registry's lock. A mark such as S4 names a step; the
 * line of C that it stands for bears the same mark, and has in it what is written
 * behind the mark here. Inside the lock each read and each write is a step.
 *
 * Spin checks, for any number of rounds:
 *
 *   one taker      a slot is handed out only while nobody has it (T9)
 *   none lost      a take fails only while every slot is taken
 *   permutation    whenever the lock is free, `occupant` and `place` are each
 *                  other's inverse, and the free slots are the first places
 *   dead keys      the generation of a slot moves on once for each registration
 *                  that ended, before anybody else has the slot, so a key that
 *                  has ended names nothing. Generations are counted modulo TURNS
 *
 * The lock orders all that it guards; only the generation is looked at without
 * it, by the waiting thread, which is registry.pml's subject.
 *
 * TWIN breaks it, one way each; Spin must find every one of them:
 *   1  without the lock
 *   2  taking lets go of the lock before it has read which slot it took
 *   3  giving back lets go of the lock before it has exchanged the places
 *   4  the generation moves on after the lock
 *   5  the generation does not move on
 *   6  the edge is read after the free part was lengthened
 *   7  an exchange that forgets `occupant` of the edge
 *   8  an exchange that forgets `place` of the slot that stood at the edge
 *   9  taking does not shorten the free part
 */
#ifndef TWIN
#define TWIN 0
#endif
#ifndef THREADS
#define THREADS 2
#endif
#ifndef SLOTS
#define SLOTS 3
#endif
#ifndef HOLDS
#define HOLDS 2 /* slots that one thread may have at a time */
#endif
#define TURNS 4
#define NOBODY 255

byte occupant[SLOTS];
byte place[SLOTS];
byte generation[SLOTS];
byte free_count = SLOTS;
bool locked = false;

/* What is kept only to say what must hold. */
byte holder[SLOTS];
byte ended[SLOTS]; /* registrations that ended in this slot, modulo TURNS */
byte held = 0;

inline lock() {
#if TWIN != 1
    atomic { !locked -> locked = true }
#else
    skip
#endif
}

inline unlock() {
    d_step {
#if TWIN != 1
        in_order();
#endif
        locked = false
    }
}

inline in_order() {
    i = 0;
    do
    :: i < SLOTS ->
        assert(occupant[i] < SLOTS && place[occupant[i]] == i);
        assert((place[i] < free_count) == (holder[i] == NOBODY));
        i++
    :: else -> break
    od;
    i = 0
}

inline take() {
    lock();
    if
    :: free_count == 0 ->                        /* S1: free_count == 0 */
        assert(held == SLOTS);
        unlock()
    :: else ->
#if TWIN != 9
        free_count--;                            /* S2: free_count-- */
#endif
#if TWIN == 2
        locked = false;
#endif
        d_step {
            slot = occupant[free_count];         /* S3: occupant */
            assert(slot < SLOTS && holder[slot] == NOBODY);
            assert(generation[slot] == ended[slot]);
            holder[slot] = me;
            held++
        };
        key = generation[slot];
        d_step { mine[slot] = true; holds++ };
#if TWIN != 2
        unlock();
#endif
        slot = 0;
        key = 0
    fi
}

inline exchange_places(p, q) {
    at_p = occupant[p];                          /* S4: occupant */
    at_q = occupant[q];                          /* S5: occupant */
    occupant[p] = at_q;                          /* S6: occupant = at_q */
#if TWIN != 7
    occupant[q] = at_p;                          /* S7: occupant = at_p */
#endif
#if TWIN != 8
    place[at_q] = p;                             /* S8: place = p */
#endif
    place[at_p] = q;                             /* S9: place = q */
    at_p = 0;
    at_q = 0
}

inline give_back() {
#if TWIN != 6
    edge = free_count;                           /* S10: edge = */
    free_count = edge + 1;                       /* S11: free_count = edge + 1 */
#else
    free_count++;
    edge = free_count;
#endif
    d_step {
        ended[slot] = (ended[slot] + 1) % TURNS;
        holder[slot] = NOBODY;
        held--
    };
#if TWIN == 3
    locked = false;
#endif
    from = place[slot];                          /* S12: place */
    exchange_places(from, edge)
}

inline release() {
    d_step { mine[slot] = false; holds-- };
    lock();
#if TWIN < 4 || TWIN > 5
    key = generation[slot];                      /* S13: vigil_atomic_load */
    generation[slot] = (key + 1) % TURNS;        /* S14: vigil_atomic_store */
#endif
    give_back();                                 /* S15: vigil_slots_return */
#if TWIN != 3
    unlock();
#endif
#if TWIN == 4
    generation[slot] = (generation[slot] + 1) % TURNS;
#endif
    key = 0;
    edge = 0;
    from = 0
}

proctype thread(byte me) {
    bool mine[SLOTS];
    byte holds = 0;
    byte slot = 0;
    byte key = 0;
    byte edge, from, at_p, at_q, i;
end:
    do
    :: holds < HOLDS -> take()
    :: atomic {
           holds > 0 -> slot = 0;
           do
           :: slot < SLOTS && !mine[slot] -> slot++
           :: slot < SLOTS && mine[slot] -> break
           :: slot < SLOTS && mine[slot] && holds > 1 && (slot + 1 < SLOTS) && mine[slot + 1] ->
               slot++;
               break
           od
       };
       release();
       slot = 0
    od
}

init {
    byte t = 0;
    d_step { /* vigil_slots_init */
        t = 0;
        do
        :: t < SLOTS ->
            occupant[t] = SLOTS - 1 - t;
            place[t] = SLOTS - 1 - t;
            holder[t] = NOBODY;
            t++
        :: else -> break
        od;
        t = 0
    };
    atomic {
        do
        :: t < THREADS -> run thread(t); t++
        :: else -> break
        od
    }
}
