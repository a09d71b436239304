/* SPDX-License-Identifier: MIT */

/* The steps of src/poll/wake.c and wake_take.c, a part of waker.pml. */

inline open_channel(need) {
    d_step { channel = true; edge = false };     /* W1: vigil_wake_channel_open */
    words = need;                                /* W2: vigil_atomic_exchange */
#if TWIN != 11
    signal(failed);                              /* W3: vigil_wake_channel_signal */
#endif
    if
    :: failed ->
        words = 0;                               /* W4: vigil_atomic_exchange */
        edge = false;                            /* W5: vigil_selector_remove */
        channel = false                          /* W6: vigil_wake_channel_close */
    :: else
    fi
}

inline wake_enrol(need) {
    if
    :: !channel -> open_channel(need)            /* W7: vigil_wake_channel_is_open */
    :: else ->
        if
        :: need > words ->                       /* W8: vigil_atomic_load */
#if TWIN != 12
            words = need                         /* W9: vigil_atomic_exchange */
#else
            skip
#endif
        :: else
        fi
    fi
}

inline note() {
    d_step {
        claimed = (state == seen);               /* W10: vigil_atomic_replace */
#if TWIN == 3
        claimed = true;
#endif
        if
        :: claimed ->
            state = NOTE;
            assert(armed);
            armed = false;
            claimant = me
        :: else
        fi
    };
    if
    :: claimed ->
#if TWIN != 4
        signal(failed);                          /* W11: vigil_wake_channel_signal */
#endif
        if
        :: failed ->
            d_step { refused = refused || claimant == me };
#if TWIN != 13
            d_step {                             /* W12: vigil_atomic_replace */
                if
                :: state == NOTE -> state = seen; armed = true
                :: else
                fi
            };
#endif
            failed = false
        :: else
        fi
    :: else
    fi;
    claimed = false
}

inline raise() {
#if TWIN == 1
    seen = state;
#endif
    d_step {
        wakes[slot / WORD] = wakes[slot / WORD] | BIT(slot); /* W13: vigil_atomic_set_bits */
#if FAIR
        turns[mine] = (posted[mine] -> turns[mine] : 0);
#endif
        posted[mine] = true;
        calls++;
        refused = refused && calls > 1
    };
#if TWIN != 1
    seen = state;                                /* W14: vigil_atomic_load */
#endif
    if
    :: seen == SLEEP -> note()
#if NEST && TWIN != 7
    :: seen == RUN ->
        if
        :: nested != 0 -> note()                 /* W15: vigil_atomic_load */
        :: else
        fi
#else
    :: seen == RUN
#endif
    :: seen == NOTE
    fi;
    d_step { calls--; seen = 0 }
}

inline forget() {
    wakes[slot / WORD] = wakes[slot / WORD] & ~BIT(slot) /* W16: vigil_atomic_keep_bits */
}

inline any_pending() {
    d_step { limit = words; pending = false; w = 0 };  /* W17: vigil_atomic_load */
    do
    :: w < limit && !pending ->
        d_step { pending = (wakes[w] != 0); w++ }      /* W18: vigil_atomic_load */
    :: else -> break
    od;
    atomic { w = 0; limit = 0 }
}

/* Without W19 (TWIN 15) a wake can be lost that comes while the last wait's RUN
 * is still on its way, as C11 allows and x86-64 and AArch64 do not, or after a
 * first waker's opening failed and left SLEEP behind. */
inline nest() {
#if TWIN != 15
    d_step { state = RUN; late = false; arm() }; /* W19: vigil_atomic_exchange */
#endif
#if TWIN == 14
    any_pending();
    nested = 1;
#else
    nested = 1;                                  /* W20: vigil_atomic_exchange */
    any_pending();
#endif
    if
    :: pending -> signal(refused)                /* W21: vigil_wake_channel_signal */
    :: else
    fi;
    pending = false
}

/* The first look saves time, and nothing depends on it: it is left out where
 * WORDS is 1, so that the second is looked at harder. */
inline prepare() {
#if TWIN == 2
    any_pending();
    d_step { state = SLEEP; late = false; arm() };
#else
    d_step { state = SLEEP; late = false; arm() }; /* W22: vigil_atomic_exchange */
    any_pending();
#endif
    if
    :: pending -> late = true; prepared = false  /* W23: vigil_atomic_store */
    :: else
    fi;
    pending = false
}

inline rise() {
#if NEST
    if
    :: nested != 0 ->                            /* W24: vigil_atomic_load */
#if TWIN != 8
        d_step { state = RUN; late = false; arm() } /* W25: vigil_atomic_exchange */
#else
        skip
#endif
    :: else ->
#endif
        if
        :: prepared -> late = true                /* W26: vigil_atomic_store */
        :: else
        fi
#if NEST
    fi
#endif
}

inline remove_channel_report() {
    d_step {
        if
        :: reported -> count--; reported = false; queued = false /* W27: leave_queue */
        :: else
        fi
    }
}

inline append() {
    key = generation[s];                         /* W28: vigil_slots_key */
    if
#if TWIN == 16
    :: true ->
#else
    :: mask[s] == WAKER ->                       /* W29: vigil_atomic_load */
#endif
        d_step { batch_slot[found] = s; batch_generation[found] = key; found++; count++ }
    :: else
    fi;
    key = 0
}

inline report_word(word) {
    s = (word) * WORD;
    do
    :: taken != 0 ->
        if
        :: (taken & 1) != 0 ->
#if OPENS
            append();
#else
            atomic { append() };
#endif
#if TWIN != 17
            turn = s + 1                         /* W30: turn = */
#else
            skip
#endif
        :: else
        fi;
        d_step { taken = taken >> 1; s++ }
    :: else -> s = 0; break
    od
}

/* What the last step has taken becomes owed, and counts against those passed
 * over. Where slots change hands a taken bit has no one waker. */
inline account(word) {
    waits = 0;
    k = 1;
    do
    :: k < TOKENS ->
        if
        :: posted[k] && slot_of[k] / WORD == word && (taken & (1 << (slot_of[k] % WORD))) != 0 ->
            posted[k] = false;
            owed[k] = true;
            turns[k] = 0
#if FAIR
        :: posted[k] && !(slot_of[k] / WORD == word && (taken & (1 << (slot_of[k] % WORD))) != 0) ->
            j = 0;
            do
            :: j < WORD -> turns[k] = turns[k] + ((taken >> j) & 1); j++
            :: else -> break
            od;
            assert(turns[k] < THREADS)
#endif
        :: else
        fi;
        k++
    :: else -> break
    od;
    k = 0;
    j = 0
}

/* Of one word; `eligible` as in the code. */
inline take_word(word, eligible) {
    d_step {
        left = wakes[word] & (eligible);         /* W31: vigil_atomic_load */
        s = 0;
        do
        :: s < WORD ->
            if
            :: (left & (1 << s)) != 0 && count + got < CAPACITY ->
                taken = taken | (1 << s);
                got++
            :: else
            fi;
            s++
        :: else -> break
        od;
        all = all && taken == left;
        left = 0;
        got = 0
    };
    if
    :: taken != 0 ->
        d_step {
#if TWIN == 9
            wakes[word] = 0;
#else
            wakes[word] = wakes[word] & ~taken;  /* W32: clear_bits */
#endif
            account(word)
        }
    :: else
    fi;
    report_word(word)
}

inline take_round(count_of_words) {
    assert(count_of_words > 0);
    start = turn / WORD % count_of_words;
    before = (1 << (turn % WORD)) - 1;
    all = true;
    v = 0;
    take_word(start, 255 & ~before);
    v = 1;
    do
    :: v < count_of_words -> take_word((start + v) % count_of_words, 255); v++
    :: else -> break
    od;
    take_word(start, before);
    start = 0;
    before = 0;
    v = 0
}

inline queue_rest() {
    if
    :: !queued ->
#if TWIN != 6
        signal(unsignalled);                     /* W33: vigil_wake_channel_signal */
#endif
        d_step {
            queued = !unsignalled;
#if NEST
            refused = refused || unsignalled;
#endif
            unsignalled = false
        }
    :: else
    fi
}

inline finish() {
#if TWIN != 5
    rise();
#endif
    any_pending();
    if
    :: !pending -> queued = false                /* W34: leave_queue */
    :: else ->
        pending = false;
        remove_channel_report();
        rounds = words;                          /* W35: vigil_atomic_load */
        take_round(rounds);
        rounds = 0;
        if
        :: all -> queued = false                 /* W36: leave_queue */
        :: else -> queue_rest()
        fi;
        all = false
    fi;
#if TWIN == 5
    rise();
#endif
}
