/* SPDX-License-Identifier: MIT */

/*
 * The wake protocol of src/poll/wake.c and src/poll/wait.c: WAKERS wakers, one
 * waiting thread, one edge-triggered eventfd. Checked exhaustively by Spin:
 *
 *   no lost wake   whenever everybody is blocked, every wake that returned has
 *                  been reported (C9)
 *   coalescing     a wake that finds the thread awake makes no system call, and
 *                  one sleep is ended by one signal
 *   nested         with NESTED, where another loop watches the descriptor and
 *                  this one never blocks, the same holds of that loop's sleep
 *
 * TWIN breaks it, one way each; Spin must find every one of them:
 *   1  the waker notes first and sets its bit after
 *   2  the thread takes the bits first and the note after
 *   3  the waker reads the state and stores NOTE, instead of exchanging
 *   4  the waker signals only if the state was RUN
 *   5  the thread announces its sleep after it has looked at the note
 *   6  wakes that found no room are left without a note
 *   7  (NESTED) a wake in RUN does not signal
 *   8  a coalesced wake looks at the state before it sets its bit
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

byte state = RUN;
byte bits = 0;       /* the wake word: one bit a waker */
bool edge = false;   /* the eventfd is in the selector's ready list */
bool posted[WAKERS]; /* what a waker wants the thread to see */
byte others = 1;     /* times that another source ends a sleep */
byte sleeps = 0;
byte signals = 0;    /* by wakers */

inline signal() {
    edge = true; /* vigil_wake_channel_signal */
    signals++
}

/* vigil_wake_raise. Every step is one atomic operation of the code. */
proctype waker(byte me) {
    byte wakes = 0;
    byte before;
    do
    :: wakes < WAKES ->
        posted[me] = true;
#if TWIN == 8
        before = state;
        bits = bits | (1 << me);
        if
        :: before == NOTE -> goto returned
        :: else
        fi;
#elif TWIN != 1
        bits = bits | (1 << me);          /* vigil_atomic_set_bits */
        if
        :: state == NOTE -> goto returned /* vigil_atomic_load: coalesced */
        :: else
        fi;
#endif
#if TWIN == 3
        before = state;
        state = NOTE;
#else
        atomic { before = state; state = NOTE } /* vigil_atomic_exchange */
#endif
#if TWIN == 1
        bits = bits | (1 << me);
#endif
#if TWIN == 4
        if
        :: before == RUN -> signal()
        :: else
        fi;
#elif NESTED && TWIN != 7
        if
        :: before != NOTE -> signal()
        :: else
        fi;
#else
        if
        :: before == SLEEP -> signal()
        :: else
        fi;
#endif
#if !NESTED && TWIN == 0
        assert(signals <= sleeps); /* one sleep is ended by one signal at most */
#endif
returned:
        wakes++
    :: else -> break
    od
}

/* take_word, as far as there is room, and queue_rest. */
inline take() {
    atomic { left = bits; bits = 0 } /* vigil_atomic_exchange */
    room = CAPACITY;
    i = 0;
    do
    :: i < WAKERS && room > 0 ->
        if
        :: (left & (1 << i)) != 0 ->
            left = left - (1 << i);
            posted[i] = false; /* the program takes the event and sees the work */
            room--
        :: else
        fi;
        i++
    :: else -> break
    od;
    if
    :: left != 0 ->
        bits = bits | left; /* vigil_atomic_set_bits */
#if TWIN != 6
        state = NOTE;
        edge = true;
#endif
        left = 0
    :: else
    fi
}

active proctype waiter() {
    byte i;
    byte left;
    byte room;
    bool prepared;
    do
    :: true ->
#if NESTED
end_nested: /* the other loop may sleep for ever */
        edge -> edge = false; /* the other loop sees the descriptor readable: a wait of 0 */
        prepared = false;
#else
#if TWIN == 5
        prepared = (state != NOTE);
        if
        :: prepared -> state = SLEEP
        :: else
        fi;
#else
        atomic { /* vigil_wake_prepare: RUN to SLEEP, unless there is a note */
            prepared = (state == RUN);
            if
            :: prepared -> state = SLEEP; sleeps++
            :: else
            fi
        };
#endif
end_asleep: /* and so may this one */
        if
        :: prepared && edge -> edge = false         /* the eventfd ends the sleep */
        :: prepared && others > 0 -> others--       /* or another source does */
        :: !prepared -> edge = false                /* a wait of 0 harvests the edge */
        fi;
#endif
#if TWIN == 2
        take();
        state = RUN;
#else
        if
        :: prepared -> state = RUN; take() /* take_note */
        :: !prepared ->
            if
            :: atomic { state == NOTE -> state = RUN }; take()
            :: else
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
