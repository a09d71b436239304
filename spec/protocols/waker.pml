/* SPDX-License-Identifier: MIT */

/*
 * Wakers against the waiting thread: src/poll/wake.c, wake_take.c, waker.c
 * and turn() of wait.c, over one edge-triggered eventfd. A mark such as W13 names
 * a step; the line of C that it stands for bears the same mark, and has in it what is
 * written behind the mark here (ci/protocols compares the two).
 *
 * THREADS wakers wake as often as they like. Spin checks, in every state:
 *
 *   no lost wake   the thread never sleeps over a wake that has returned: asleep
 *                  while the channel is silent and no waker is inside a wake, no
 *                  bit is set. Nor does the loop that watches a nested poll (C9)
 *   none dropped   a wake that was taken out of its word becomes an event, if
 *                  its waker is still open when the batch has been read
 *   none of the    no event has the token of a waker whose close returned before
 *   dead           the event was looked at, or of a source in a waker's slot
 *   coalescing     each time the thread says that it sleeps (NEST: or that it is
 *                  awake) is answered by one signal at most
 *   fair           with FAIR: while a wake waits for room, no other waker has two
 *                  turns
 *   one source     wakers that found no room have a place in a wait within
 *                  ceil((FULL + 1) / CAPACITY) waits (C7)
 *
 * and that the lock is given back, as nobody is left in an invalid end state.
 *
 * The parameters:
 *   WORD      slots in a wake word; 32 in the code
 *   OPENS     0: every thread's waker is open from the start; n: each opens n
 *             times and closes again, and there is no channel at first
 *   SLOTS     fewer than THREADS, and they take each other's slots
 *   STRANGER  1: the last thread registers a source instead of a waker
 *   FAILS     how often the system refuses a signal. A wake that overlaps one
 *             that failed may be slept over: both have been told of, one by its
 *             status, the other by the next wake or wait that begins
 *   NEST      1: at some moment between two waits the descriptor is handed out;
 *             from then on another loop sleeps until it is readable. 2: it is
 *             from the start
 *   FULL      sources that are ready at every moment; -1: any number of them, as
 *             they please
 *
 * Memory. The code's loads and its exchanging operations on `state`, `nested`,
 * `words` and the wake words are sequentially consistent, and interleaved here.
 * The stores of RUN release only: `late` holds one back for as long as C11
 * allows, which is until this thread writes the same cell again. Those of mask,
 * token and generation release, and their loads acquire: a thread that sees one
 * sees all before it, and none of them is followed by a load of its own thread
 * that would have to wait for it, so one order for all is enough.
 *
 * TWIN breaks it, one way each; Spin must find every one of them. ci/protocols
 * says in which configuration each shows.
 *   1  the waker looks at the state before it sets its bit
 *   2  the thread looks at the bits before it says that it sleeps, which is also
 *      what a store in place of W22 would allow
 *   3  every waker that sees SLEEP signals, without claiming it
 *   4  the waker that claims the signal does not make it
 *   5  nested, the thread looks at the bits and rises after
 *   6  nested, wakes that found no room are not signalled
 *   7  nested, a wake in RUN does not signal
 *   8  nested, the thread does not rise
 *   9  taking some bits of a word clears them all
 *  10  closing a waker does not move the generation on
 *  11  opening the channel does not signal a thread that blocks already
 *  12  a waker in a later word does not lengthen the part that is looked at
 *  13  a signal that fails is not undone in the state
 *  14  nesting looks at the bits before it says that it is nested
 *  15  nesting does not say RUN
 *  16  a taken bit becomes an event whoever has the slot now
 *  17  each wait begins with the first waker
 *  18  opening a waker stores the mask before the token
 *  19  closing a waker leaves its mask
 */
#ifndef TWIN
#define TWIN 0
#endif
#ifndef THREADS
#define THREADS 2
#endif
#ifndef SLOTS
#define SLOTS THREADS
#endif
#ifndef WORD
#define WORD 2
#endif
#ifndef CAPACITY
#define CAPACITY 2
#endif
#ifndef OPENS
#define OPENS 0
#endif
#ifndef STRANGER
#define STRANGER 0
#endif
#ifndef FAILS
#define FAILS 0
#endif
#ifndef NEST
#define NEST 0
#endif
#ifndef FAIR
#define FAIR 0
#endif
#ifndef FULL
#define FULL -1
#endif

#define WORDS ((SLOTS + WORD - 1) / WORD)
#define NOBODY 255
#define BIT(slot) (1 << ((slot) % WORD))

#define RUN 0
#define SLEEP 1
#define NOTE 2

#define WAKER 1  /* VIGIL_SELECTOR_WOKEN */
#define SOURCE 3 /* what a source may report has that bit, and others */

/* What the threads share. */
byte state = RUN;
byte nested = (NEST == 2 -> 1 : 0);
byte words = (OPENS > 0 -> 0 : WORDS);
byte wakes[WORDS];
byte mask[SLOTS];
byte token[SLOTS];
byte generation[SLOTS];
bool locked = false;

/* The kernel: the channel is there, and stands in the ready list; FULL sources
 * are in the list with it, `ahead` of them before it. */
bool channel = (OPENS == 0);
bool edge = false;
byte ahead = 0;

/* A store of RUN that other threads do not see yet. */
bool late = false;

/* What is kept only to say what must hold. A token is 1 + the thread's number,
 * and THREADS more each time that it opens. */
#define TOKENS (1 + THREADS * (OPENS + 1))
bool taken_slot[SLOTS];
bool posted[TOKENS]; /* its bit is set, and the wake not yet taken */
bool owed[TOKENS];   /* its bit has been taken, and there must be an event */
bool closed[TOKENS];
byte turns[TOKENS];  /* of other wakers since it was posted */
byte calls = 0;      /* wakes under way */
bool armed = (NEST == 2);  /* nobody has answered the thread's last word yet */
byte claimant = NOBODY;
bool refused = false;
byte fails = FAILS;
bool asleep = false;

#define WAITING_ROOM ((FULL + CAPACITY) / CAPACITY) /* ceil((FULL + 1) / CAPACITY) */

inline arm() {
    armed = true;
    claimant = NOBODY
}

active proctype memory() {
end:
    do
    :: d_step { late -> late = false; state = RUN; arm() }
    od
}

inline signal(refusal) {
    if
    :: d_step {
           ahead = (edge -> ahead : (FULL > 0 -> FULL : 0));
           edge = true
       }
#if FAILS
    :: d_step { fails > 0 -> fails--; refusal = true }
#endif
    fi
}

#include "waker_steps.pml"

/* ---- src/poll/wait.c ---- */

/* One epoll_wait. What it reports is taken from the ready list's head. */
inline select_ready() {
    asleep = prepared;
end_asleep: /* it may sleep for ever */
    atomic {
        !asleep || edge || FULL != 0 -> /* a source, or a signal handler */
        asleep = false;
#if FULL < 0
        if
        :: edge -> edge = false; reported = true; count = 1
        :: else
        fi;
        if
        :: true
        :: count = CAPACITY; edge = edge || reported; reported = false
        fi
#else
        if
        :: edge && ahead < CAPACITY -> edge = false; reported = true; ahead = 0
        :: edge && ahead >= CAPACITY -> ahead = ahead - CAPACITY
        :: else
        fi;
        count = (reported -> FULL + 1 : FULL);
        count = (count < CAPACITY -> count : CAPACITY);
        waits = (queued -> waits + 1 : 0);
        assert(waits <= WAITING_ROOM)
#endif
    }
}

inline one_turn() {
    if
    :: prepared && words != 0 -> prepare()       /* W37: vigil_atomic_load */
    :: else
    fi;
    select_ready();                                    /* W38: ask_kernel */
    if
    :: words == 0                                /* W39: vigil_atomic_load */
    :: else -> finish()
    fi;
    d_step { prepared = false; count = 0; reported = false };
#if OPENS
    take_events()
#else
    atomic { take_events() } /* slots do not change hands */
#endif
}

/* What vigil_events_next reads, piece by piece: registry.pml is about that. */
inline take_events() {
    v = 0;
    do
    :: v < found ->
        s = batch_slot[v];
        d_step {
            k = 0;
            do
            :: k < TOKENS -> gone[k] = closed[k]; k++
            :: else -> k = 0; break
            od
        };
        if
        :: generation[s] == batch_generation[v] ->
            key = token[s];
            seen = mask[s];
            d_step {
                if
                :: generation[s] == batch_generation[v] && (seen & WAKER) != 0 ->
                    assert(key != 0 && !gone[key]);
                    assert(!STRANGER || (key - 1) % THREADS != THREADS - 1);
#if OPENS == 0
                    assert(owed[key]);
#endif
                    owed[key] = false
                :: else
                fi
            }
        :: else
        fi;
        d_step {
            batch_slot[v] = 0;
            batch_generation[v] = 0;
            key = 0;
            seen = 0;
            s = 0;
            k = 0;
            do
            :: k < TOKENS -> gone[k] = false; k++
            :: else -> k = 0; break
            od
        };
        v++
    :: else -> break
    od;
    atomic {
        v = 0;
        found = 0;
        do
        :: k < TOKENS -> assert(!owed[k]); k++
        :: else -> k = 0; break
        od
    }
}

byte slot_of[TOKENS];

active proctype waiter() {
    bool prepared = false;
    bool pending = false;
    bool all = false;
    bool reported = false;
    bool queued = false;
    bool unsignalled = false;
    byte turn = 0;
    byte count = 0; /* of the batch, sources and all */
    byte found = 0; /* of wakers' events among them */
    byte batch_slot[CAPACITY];
    byte batch_generation[CAPACITY];
    byte key, seen, w, s, v, start, before, taken, left, got, limit, rounds, k, j;
    byte waits = 0; /* since the wakers queue */
    bool gone[TOKENS];
    do
    :: nested == 0 || FULL != 0 -> prepared = true; one_turn() /* it may block */
    :: nested == 0 -> one_turn()
#if NEST
    :: nested == 0 -> nest()
    :: nested != 0 ->
        asleep = true;
end_nested: /* the other loop may sleep for ever */
        atomic { edge || FULL != 0 -> asleep = false };
        one_turn()
#endif
    od
}

/* ---- src/poll/waker.c ---- */

/* Takes the lowest free slot; slots.pml is about how. */
inline enrol() {
    d_step {                                     /* W40: vigil_slots_take */
        slot = 0;
        do
        :: slot < SLOTS && taken_slot[slot] -> slot++
        :: else -> break
        od;
        if
        :: slot < SLOTS -> taken_slot[slot] = true; slot_of[mine] = slot
        :: else -> slot = NOBODY
        fi
    };
    if
    :: slot != NOBODY && is_waker ->
        wake_enrol(slot / WORD + 1);
        if
        :: failed ->
            d_step {                             /* W41: return_slot */
                true;
                taken_slot[slot] = false;
                slot = NOBODY;
                failed = false
            }
        :: else
        fi
    :: else
    fi
}

inline inscribe() {
#if TWIN == 18
    mask[slot] = (is_waker -> WAKER : SOURCE);
    token[slot] = mine
#else
    token[slot] = mine;                          /* W42: vigil_atomic_store_word */
    mask[slot] = (is_waker -> WAKER : SOURCE)    /* W43: vigil_atomic_store */
#endif
}

inline open() {
    atomic { !locked -> locked = true };         /* W44: lock_slots */
    enrol();
    locked = false;                              /* W45: unlock_slots */
    if
    :: slot != NOBODY -> inscribe()
    :: else
    fi
}

inline dismiss() {
    if
    :: is_waker ->
#if TWIN != 19
        mask[slot] = 0;                          /* W46: vigil_atomic_store */
#endif
        forget()                                 /* W47: vigil_wake_forget */
    :: else
    fi;
#if TWIN != 10
    generation[slot]++;                          /* W48: release_slot */
#endif
    taken_slot[slot] = false
}

inline close() {
    d_step { posted[mine] = false; owed[mine] = false; turns[mine] = 0 };
    atomic { !locked -> locked = true };         /* W49: lock_slots */
    dismiss();
    d_step { locked = false; closed[mine] = true } /* W50: unlock_slots */
}

proctype waker(byte me) {
    byte slot = me;
    byte mine = me + 1;
    byte seen = 0;
    bool claimed = false;
    bool failed = false;
#if OPENS
    byte opened = 0;
    bool is_waker = !(STRANGER && me == THREADS - 1);
    do
    :: opened < OPENS ->
        d_step { opened++; mine = me + 1 + THREADS * (opened - 1) };
        open();
        if
        :: slot != NOBODY ->
            do
            :: is_waker -> raise()
            :: close(); break
            od
        :: else
        fi
    :: else -> break
    od
#else
end_idle:
    do
    :: raise()
    od
#endif
}

init {
    byte t = 0;
#if OPENS == 0
    d_step {
        t = 0;
        do
        :: t < THREADS ->
            mask[t] = WAKER;
            token[t] = t + 1;
            slot_of[t + 1] = t;
            t++
        :: else -> break
        od;
        t = 0
    };
#endif
    atomic {
        do
        :: t < THREADS -> run waker(t); t++
        :: else -> break
        od
    }
}

inline look_for_posted() {
    k = 1;
    do
    :: k < TOKENS -> assert(!posted[k]); k++
    :: else -> break
    od
}

/* No wake is slept over. */
active proctype monitor() {
    byte k;
end:
    do
    :: d_step { asleep && !edge && calls == 0 && !refused -> look_for_posted(); k = 0 }
    od
}
