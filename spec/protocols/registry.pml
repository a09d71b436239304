/* SPDX-License-Identifier: MIT */

/*
 * Threads that register, reregister and deregister while the waiting thread has
 * a report in hand: src/poll/registry.c against src/poll/events_inline.h. A mark
 * such as R14 names a step; the line of C that it stands for bears the same
 * mark, and has in it what is written behind the mark here.
 *
 * Each of THREADS threads owns a source and does OPS operations on it, in any
 * order and with any interest. Data may arrive for any
 * source at any moment; all triggers are edges. Spin checks, in every state:
 *
 *   not stale      the token of an event is of a registration, and of an
 *                  operation on it, that was in force at some moment while the
 *                  event was taken (T4, C4). An operation is in force from its
 *                  call on (a register from the moment the kernel knows of it)
 *                  until the call that replaces or ends it has returned
 *   not too old    a report that the kernel made for one operation never comes
 *                  with the token of an earlier one
 *   asked for      an event has no readiness but what was asked for at some
 *                  moment while it was taken (T6)
 *   no edge lost   what has arrived for a registration, and has not been in an
 *                  event of it, is in the kernel's list or in the report in
 *                  hand, except while a call is under way. In particular a
 *                  reregister that fails has lost nothing (DECISIONS 2)
 *   restored       a reregister that failed left token and mask as they were
 *
 *   SLOTS      fewer than THREADS, and a slot serves one after the other
 *   INTERESTS  of how many readinesses, 1 or 2
 *   FAILS      how often the kernel refuses to add or to modify
 *   GHOSTS     1: a descriptor may have been closed behind its registration while
 *              a copy is open; the kernel goes on reporting, with the old key
 *
 * One report is in hand at a time: a batch of many is many that wait their turn,
 * and how long one waits is left open here. A generation does not come round
 * again: the model does fewer registrations than it has generations.
 *
 * Memory. All steps are interleaved in one order. In the code every store of
 * token, mask and generation releases and every load acquires: whoever reads a
 * token of the next registration also sees the generation that had moved on
 * before it was stored, so R29 refuses it. That the kernel's list is a point of
 * order too, as a report made by R13 or R20 is taken by a thread that sees what
 * was stored before the call, is trusted to the locks inside the kernel.
 *
 * TWIN breaks it, one way each; Spin must find every one of them:
 *   1  reregister stores the new mask, and not both, before the kernel is asked
 *   2  the old mask stays until the kernel has been asked
 *   3  reregister stores the token after the kernel has been asked
 *   4  deregister does not move the generation on
 *   5  the generation moves on after the slot was given back
 *   6  the reader does not look at the generation again
 *   7  register stores the token after the kernel has been asked
 *   8  a reregister that fails leaves the new token
 *   9  a reregister that fails leaves the mask that lets both pass
 *  10  the reader does not look at the mask
 *  11  register stores the mask after the kernel has been asked
 */
#ifndef TWIN
#define TWIN 0
#endif
#ifndef THREADS
#define THREADS 2
#endif
#ifndef SLOTS
#define SLOTS 1
#endif
#ifndef OPS
#define OPS 3
#endif
#ifndef INTERESTS
#define INTERESTS 2
#endif
#ifndef FAILS
#define FAILS 1
#endif
#ifndef GHOSTS
#define GHOSTS 0
#endif

#define NOBODY 255
#define SET(token) (1 << ((token) - 1))
#define IS_OF(token) (((token) - 1) % THREADS)

/* What the threads share. */
byte generation[SLOTS];
byte mask[SLOTS];
byte token[SLOTS];
bool taken[SLOTS];
bool locked = false;

/* The kernel's list, by descriptor; a thread's number is its source's. */
bool listed[THREADS];
byte request[THREADS];
byte key_slot[THREADS];
byte key_generation[THREADS];
byte ready[THREADS];   /* the readiness that there is */
byte pending[THREADS]; /* of that, what will be reported */
byte asked_by[THREADS]; /* the operation that the list is of */

/* The report in hand. */
byte hand = NOBODY;
byte hand_flags = 0;

/* What is kept only to say what must hold. */
short valid = 0;        /* tokens in force */
short seen_valid = 0;   /* at any moment while the event was taken */
byte wanted[THREADS];   /* readiness in force */
byte seen_wanted = 0;
byte owed[THREADS];
bool in_call[THREADS];
bool living[THREADS];
byte fails = FAILS;

inline begin_validity(t, bits) {
    valid = valid | SET(t);
    seen_valid = seen_valid | SET(t);
    wanted[me] = wanted[me] | (bits);
    seen_wanted = (hand == me -> seen_wanted | (bits) : seen_wanted)
}

/* ---- src/poll/registry.c ---- */

inline take_slot() {
    atomic { !locked -> locked = true };         /* R1: vigil_os_mutex_lock */
    d_step {                                     /* R2: vigil_slots_take */
        slot = 0;
        do
        :: slot < SLOTS && taken[slot] -> slot++
        :: else -> break
        od;
        if
        :: slot < SLOTS -> taken[slot] = true
        :: else -> slot = NOBODY
        fi
    };
    locked = false                               /* R3: vigil_os_mutex_unlock */
}

/* Gives back a slot whose key the kernel has never had. */
inline return_slot() {
    atomic { !locked -> locked = true };         /* R4: vigil_os_mutex_lock */
    taken[slot] = false;                         /* R5: vigil_slots_return */
    locked = false;                              /* R6: vigil_os_mutex_unlock */
    slot = NOBODY
}

inline release_slot() {
    atomic { !locked -> locked = true };         /* R7: vigil_os_mutex_lock */
#if TWIN == 5
    taken[slot] = false;
    locked = false;
    generation[slot]++;
#else
#if TWIN != 4
    generation[slot]++;
#endif
    taken[slot] = false;                         /* R8: vigil_slots_release */
    locked = false;                              /* R9: vigil_os_mutex_unlock */
#endif
    slot = NOBODY
}

/* Where the kernel answers with a failure, and when it may. */
inline refuse(failed) {
    fails > 0 -> fails--;
    failed = true
}

inline add() {
#if TWIN != 7
    token[slot] = mine;                          /* R10: vigil_atomic_store_word */
#endif
#if TWIN != 11
    mask[slot] = interest;                       /* R11: vigil_atomic_store */
#endif
    key = generation[slot];                      /* R12: vigil_slots_key */
    if
    :: d_step {
           true;
           listed[me] = true;                    /* R13: vigil_selector_add */
           request[me] = interest;
           key_slot[me] = slot;
           key_generation[me] = key;
           pending[me] = ready[me] & interest;
           owed[me] = pending[me];
           asked_by[me] = mine;
           living[me] = true;
           begin_validity(mine, interest)
       }
    :: d_step { refuse(failed) }
    fi;
#if TWIN == 7
    token[slot] = mine;
#endif
#if TWIN == 11
    mask[slot] = interest;
#endif
    key = 0
}

inline register() {
    take_slot();
    if
    :: slot != NOBODY ->
        add();
        if
        :: failed -> return_slot(); failed = false /* R14: return_slot */
        :: else -> last = mine
        fi
    :: else
    fi
}

inline reregister() {
    d_step { begin_validity(mine, interest) };
    mask_before = mask[slot];                    /* R15: vigil_atomic_load */
    token_before = token[slot];                  /* R16: vigil_atomic_load_word */
    assert(token_before == last && mask_before == request[me]);
    key = generation[slot];                      /* R17: vigil_slots_key */
#if TWIN != 3
    token[slot] = mine;                          /* R18: vigil_atomic_store_word */
#endif
#if TWIN == 1
    mask[slot] = interest;
#elif TWIN != 2
    mask[slot] = mask_before | interest;         /* R19: set_mask */
#endif
    if                                           /* R20: vigil_selector_modify */
    :: d_step { refuse(failed) };
#if TWIN != 8
       token[slot] = token_before;               /* R21: vigil_atomic_store_word */
#endif
#if TWIN != 9
       mask[slot] = mask_before;                 /* R22: set_mask */
#endif
       d_step {
           failed = false;
           valid = valid & ~SET(mine);
           wanted[me] = request[me]
       }
    :: d_step {
           true;
           request[me] = interest;
           pending[me] = ready[me] & interest;
           owed[me] = (owed[me] | ready[me]) & interest;
           asked_by[me] = mine
       };
#if TWIN == 3
       token[slot] = mine;
#endif
       mask[slot] = interest;                    /* R23: set_mask */
       d_step {
           true;
           valid = valid & ~SET(last);
           wanted[me] = interest;
           last = mine
       }
    fi;
    d_step { mask_before = 0; token_before = 0; key = 0 }
}

inline deregister() {
    d_step {
        living[me] = false;
        owed[me] = 0
    };
    if
    :: d_step {
           listed[me] = false;                   /* R24: vigil_selector_remove */
           pending[me] = 0
       }
#if GHOSTS
    :: gone = true /* the kernel has forgotten the number, and not the rest */
#endif
    fi;
    release_slot();                              /* R25: release_slot */
    d_step {
        valid = valid & ~SET(last);
        wanted[me] = 0;
        last = 0
    }
}

proctype owner(byte me) {
    byte slot = NOBODY;
    byte op = 0;
    byte mine;
    byte last = 0;
    byte interest;
    byte mask_before, token_before, key;
    bool failed = false;
    bool gone = false;
    do
    :: op < OPS && !gone ->
        atomic {
            mine = 1 + me + op * THREADS;
            op++;
            if
            :: interest = 1
#if INTERESTS > 1
            :: interest = 2
            :: interest = 3
#endif
            fi;
            in_call[me] = true
        };
        if
        :: slot == NOBODY -> register()
        :: slot != NOBODY -> reregister()
        :: slot != NOBODY -> interest = 0; deregister()
        fi;
        atomic { mine = 0; interest = 0; in_call[me] = false }
    :: else -> break
    od
}

inline arrive(flag) {
    ready[f] = ready[f] | flag;
    if
    :: listed[f] ->
        pending[f] = pending[f] | (flag & request[f]);
        owed[f] = (living[f] -> owed[f] | (flag & request[f]) : owed[f])
    :: else
    fi
}

/* Data arrives, for one descriptor and one readiness. */
active proctype world() {
    byte f;
end:
    do
    :: atomic {
           if
           :: f = 0
           :: THREADS > 1 -> f = THREADS - 1
           fi;
           if
           :: arrive(1)
#if INTERESTS > 1
           :: arrive(2)
#endif
           fi;
           f = 0
       }
    od
}

/* ---- src/poll/events_inline.h ---- */

inline drop() {
    hand = NOBODY;
    hand_flags = 0
}

inline events_next() {
    d_step { seen_valid = valid; seen_wanted = wanted[hand] };
    if
    :: generation[slot] != key -> drop()         /* R26: vigil_atomic_load */
    :: else ->
        found = token[slot];                     /* R27: vigil_atomic_load_word */
#if TWIN == 10
        readiness = hand_flags;
#else
        readiness = hand_flags & mask[slot];     /* R28: vigil_atomic_load */
#endif
        d_step {
            if
#if TWIN == 6
            :: readiness != 0 ->
#else
            :: generation[slot] == key && readiness != 0 -> /* R29: vigil_atomic_load */
#endif
                assert(found != 0 && (seen_valid & SET(found)) != 0);
                assert(IS_OF(found) == hand);
                assert(found >= made_for);
                assert((readiness & ~seen_wanted) == 0);
                owed[hand] = owed[hand] & ~readiness;
                ready[hand] = ready[hand] & ~readiness /* the program reads it all */
            :: else
            fi;
            drop()
        }
    fi
}

active proctype waiter() {
    byte slot = 0;
    byte key = 0;
    byte made_for = 0;
    byte found = 0;
    byte readiness = 0;
    byte f;
end:
    do
    :: atomic { /* epoll_wait(2) */
           if
           :: pending[0] != 0 -> f = 0
           :: pending[THREADS - 1] != 0 -> f = THREADS - 1
           fi;
           hand = f;
           hand_flags = pending[f];
           slot = key_slot[f];
           key = key_generation[f];
           made_for = asked_by[f];
           pending[f] = 0;
           f = 0
       };
       events_next();
       d_step {
           slot = 0;
           key = 0;
           made_for = 0;
           found = 0;
           readiness = 0;
           seen_valid = 0;
           seen_wanted = 0
       }
    od
}

init {
    byte t = 0;
    atomic {
        do
        :: t < THREADS -> run owner(t); t++
        :: else -> break
        od
    }
}

#define LOST(f) (living[f] && !in_call[f] && \
                 (owed[f] & ~(pending[f] | (hand == f -> hand_flags : 0))) != 0)

/* No edge is lost. */
active proctype monitor() {
end:
    do
    :: LOST(0) || LOST(THREADS - 1) -> assert(false)
    od
}
