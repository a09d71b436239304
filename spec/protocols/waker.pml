/* SPDX-License-Identifier: MIT */

/*
 * The wake protocol of src/poll/wake.c and src/poll/wait.c: WAKERS wakers, one
 * waiting thread, one edge-triggered eventfd. Checked exhaustively by Spin:
 *
 *   no lost wake   whenever everybody is blocked, every wake that returned has
 *                  been reported (C9)
 *   coalescing     each time the thread says that it sleeps is answered by one
 *                  signal at most, and a wake that finds it awake makes none
 *   nested         with NESTED, where another loop watches the descriptor and
 *                  this one never blocks, nothing is lost to that loop's sleep
 *
 * TWIN breaks it, one way each; Spin must find every one of them:
 *   1  the waker looks at the state before it sets its bit
 *   2  the thread looks at the bits before it says that it sleeps, which is
 *      also what a plain store in prepare would allow
 *   3  every waker that sees SLEEP signals, without claiming it
 *   4  a waker that sees SLEEP does not signal
 *   5  (NESTED) the thread looks at the bits and rises after
 *   6  (NESTED) wakes that found no room are not signalled
 *   7  (NESTED) a wake in RUN does not signal
 *   8  (NESTED) the thread does not rise
 *   9  taking some bits of a word clears them all
 */
#ifndef TWIN
#define TWIN 0
#endif
#ifndef WAKERS
#define WAKERS 2
#endif
#ifndef WAKES
#define WAKES 2
#endif
#ifndef CAPACITY
#define CAPACITY 2
#endif
#ifndef NESTED
#define NESTED 0
#endif

#define RUN 0
#define SLEEP 1
#define NOTE 2

#if TWIN == 4
#define WATCHED(seen) false
#elif NESTED && TWIN != 7
#define WATCHED(seen) (seen == SLEEP || seen == RUN)
#else
#define WATCHED(seen) (seen == SLEEP)
#endif

byte state = RUN;
byte bits = 0;       /* the wake word: one bit a waker */
bool edge = false;   /* the eventfd is in the selector's ready list */
bool posted[WAKERS]; /* what a waker wants the thread to see */
byte others = 1;     /* times that another source ends a sleep */
byte looks = 1;      /* waits that do not block */
byte sleeps = 0;
byte signals = 0;    /* by wakers */

/* vigil_wake_raise. Every step is one atomic operation of the code. */
proctype waker(byte me) {
    byte wakes = 0;
    byte seen;
    bool claimed;
    do
    :: wakes < WAKES ->
        posted[me] = true;
#if TWIN == 1
        seen = state;
        bits = bits | (1 << me);
#else
        bits = bits | (1 << me); /* vigil_atomic_set_bits */
        seen = state;            /* vigil_atomic_load */
#endif
        if
        :: WATCHED(seen) ->
            d_step { /* note: vigil_atomic_replace */
                claimed = (state == seen);
                if
                :: claimed -> state = NOTE
                :: else
                fi
            };
#if TWIN == 3
            claimed = true;
#endif
            if
            :: claimed -> d_step { edge = true; signals++; claimed = false } /* the signal */
            :: else
            fi
        :: else
        fi;
        seen = 0;
#if !NESTED
        assert(signals <= sleeps);
#endif
        wakes++
    :: else -> break
    od
}

/* take_round and queue_rest: load, report what there is room for, keep the
 * others (vigil_atomic_keep_bits). The program takes the events, and sees the
 * work, after that. */
inline take() {
    d_step { /* vigil_atomic_load; the rest is the thread's own */
        left = bits;
        taken = 0;
        room = CAPACITY;
        last = turn;
        i = 0;
        do
        :: i < WAKERS && room > 0 ->
            if
            :: (left & (1 << turn)) != 0 ->
                left = left - (1 << turn);
                taken = taken | (1 << turn);
                room--;
                last = (turn + 1) % WAKERS
            :: else
            fi;
            turn = (turn + 1) % WAKERS;
            i++
        :: else -> break
        od;
        turn = last;
        last = 0;
        room = 0;
        i = 0
    };
#if TWIN == 9
    bits = 0;
#else
    d_step { bits = bits & (255 - taken) }; /* vigil_atomic_keep_bits */
#endif
    d_step {
        do
        :: i < WAKERS ->
            if
            :: (taken & (1 << i)) != 0 -> posted[i] = false
            :: else
            fi;
            i++
        :: else -> break
        od;
        i = 0;
        taken = 0
    };
#if TWIN != 6
    if
    :: left != 0 -> edge = true
    :: else
    fi;
#endif
    left = 0
}

/* vigil_wake_finish after a wait of the thread's own. The store that rises is a
 * plain one: it may be seen before the bits are looked at, or after. */
inline finish_own() {
    if
    :: state = RUN; take()
    :: take(); state = RUN
    fi
}

active proctype waiter() {
    byte i;
    byte left;
    byte taken;
    byte room;
    byte turn = 0;
    byte last = 0;
    do
    :: true ->
#if NESTED
end_nested: /* the other loop may sleep for ever */
        edge -> edge = false; /* it sees the descriptor readable; a wait of 0 */
#if TWIN == 5
        take();
        state = RUN
#elif TWIN == 8
        take()
#else
        state = RUN; /* rise: vigil_atomic_exchange */
        take()
#endif
#else
        if
        :: looks > 0 -> looks--; edge = false; take() /* a wait of 0 */
        :: true ->
#if TWIN == 2
            left = bits;
            atomic { state = SLEEP; sleeps++ };
#else
            atomic { state = SLEEP; sleeps++ }; /* vigil_wake_prepare: exchange */
            left = bits;   /* any_pending */
#endif
            if
            :: left != 0 -> state = RUN; edge = false; take() /* it may not sleep */
            :: else ->
end_asleep: /* this loop may sleep for ever */
                if
                :: edge -> edge = false         /* the eventfd ends the sleep */
                :: others > 0 -> others--       /* or another source does */
                fi;
                finish_own()
            fi
        fi
#endif
    od
}

init {
    byte w = 0;
    atomic {
        do
        :: w < WAKERS -> run waker(w); w++
        :: else -> break
        od
    }
}

/* Everybody is blocked: nothing may be unseen. */
active proctype monitor() {
    byte k = 0;
    timeout ->
    do
    :: k < WAKERS -> assert(!posted[k]); k++
    :: else -> break
    od
}
