# SPDX-License-Identifier: MIT
"""What ci/prove proves, and what it must see refused. A new proof is a row here;
then ci/prove --record FILE."""

# Goals about bits prove one by one, and not as the conjunction of all.
SPLIT = ["-wp-split", "-wp-split-depth", "-1"]
# On where string literals lie, Z3 takes a twentieth of the others' time.
Z3_FIRST = ["-wp-prover", "script,z3,cvc4,cvc5"]
# What of a program is kept over a step: cvc5 has what cvc4 lacks, and Z3 little of it.
CVC_FIRST = ["-wp-prover", "script,cvc4,cvc5,z3"]
CVC5_FIRST = ["-wp-prover", "script,cvc5,cvc4,z3"]
# What a name begins with: the bytes of a few literals are no burden.
LITERALS = ["-wp-literals"]
# Nobody calls a law, so nobody needs to know what it assigns.
LAW = ["-wp-warn-key", "pedantic-assigns=inactive"]
BITS = ["spec/lemmas/bits.c"]
SLOTS = ["spec/lemmas/slots.c"]
ORDER = ["spec/lemmas/order.c"]
WAKES = ["spec/lemmas/wakes.c"]
CARRY = ["spec/lemmas/carry.c"]
WAKER = ["spec/lemmas/waker.c"]
REGISTRATIONS = ["spec/lemmas/registrations.c"]
PROGRAM = ["spec/lemmas/program.c"]
SEGMENTS = ["spec/lemmas/segments.c"]
# The executable kernel brings arrays in place of the ghost state.
# It assumes of its callers what the seam's contracts let it: that nobody points
# into the kernel's own state.
# What resists there is for cvc5, so it is asked first.
EXECUTABLE = ["-Ispec/os/executable", "-wp-no-warn-memory-model",
              "-wp-prover", "script,cvc5,cvc4,z3"]
# Where a pointer that changes comes from is not said; callers then know less.
POINTERS = ["-wp-warn-key", "pedantic-assigns=inactive"]

# Seconds, of which a loaded machine gives a prover less than half.
TIMEOUT, CANARY_TIMEOUT, SMOKE_TIMEOUT = 40, 1, 1
# Contracts that contradict themselves. Code after a broken assertion is dead by
# design.
SMOKE = ["-wp-smoke-tests", "-wp-smoke-timeout", str(SMOKE_TIMEOUT),
         "-wp-no-smoke-dead-code", "-wp-no-smoke-dead-call"]

# What is proven: file, lemmas proven in the same run, options of its own.
UNITS = [
    ("src/core/slots.c", SLOTS, []),
    ("spec/laws/slots_laws.c", SLOTS, LAW),
    ("src/base/status.c", [], Z3_FIRST),
    ("src/core/interest.c", BITS, SPLIT),
    ("src/core/interest_name.c", [], LITERALS),
    ("src/core/timeout.c", [], []),
    ("src/core/address.c", [], []),
    ("spec/laws/interest_laws.c", [], []),
    ("spec/laws/timeout_laws.c", [], []),
    ("spec/laws/address_laws.c", [], []),
    ("src/sys/epoll/selector_event.c", [], SPLIT),
    ("src/sys/epoll/selector_request.c", [], SPLIT),
    ("src/sys/epoll/selector.c", [], []),
    ("src/sys/eventfd/wake_channel.c", [], []),
    ("src/poll/events.c", [], SPLIT),
    ("src/poll/source.c", [], []),
    ("src/poll/registry.c", [], SPLIT + POINTERS),
    ("spec/laws/registry_laws.c", [], SPLIT + LAW),
    ("src/poll/poll.c", [], SPLIT + POINTERS),
    ("src/poll/wake_take.c", WAKES, []),
    ("src/poll/wake.c", WAKES + ORDER, []),
    ("src/poll/wait.c", WAKES + WAKER + ORDER, POINTERS),
    ("src/poll/waker.c", WAKER + ORDER + REGISTRATIONS, POINTERS),
    ("src/poll/pause.c", ORDER + CARRY, POINTERS),
    ("spec/laws/pause_laws.c", [], LAW),
    ("spec/laws/poll_laws.c", [], LAW),
    ("spec/laws/client_laws.c", [], LAW),
    ("spec/lemmas/wakes.c", [], []),
    ("spec/lemmas/waker.c", [], []),
    ("spec/laws/events_laws.c", [], LAW),
    ("spec/laws/waker_laws.c", [], LAW),
    ("spec/laws/pipe_laws.c", [], LAW),
    ("spec/laws/unix_places_laws.c", [], LAW),
    ("src/os/model/rules.c", [], []),
    ("spec/laws/rules_laws.c", [], []),
    ("src/net/option.c", [], []),
    ("src/net/socket.c", [], POINTERS),
    ("src/net/sockaddr.c", [], []),
    ("src/net/address_text.c", [], []),
    ("src/net/address_format.c", [], []),
    ("spec/laws/status_laws.c", [], Z3_FIRST),
    ("spec/laws/address_text_laws.c", [], LAW),
    ("spec/laws/sockaddr_laws.c", [], LAW),
    ("spec/laws/tcp_listener_laws.c", [], LAW),
    ("spec/laws/tcp_stream_laws.c", [], LAW),
    ("spec/laws/tcp_options_laws.c", [], LAW),
    ("src/net/tcp_socket.c", [], []),
    ("spec/laws/tcp_socket_laws.c", [], LAW),
    ("spec/laws/tcp_socket_options_laws.c", [], LAW),
    ("src/net/tcp_listener.c", [], POINTERS),
    ("src/net/tcp_stream.c", [], POINTERS),
    ("src/net/tcp_options.c", [], []),
    ("src/net/udp_socket.c", [], POINTERS),
    ("src/net/udp_options.c", [], []),
    ("src/net/udp_batch.c", [], POINTERS),
    ("src/net/control.c", [], []),
    ("src/net/error_message.c", [], []),
    ("src/net/udp_errors.c", [], []),
    ("src/net/udp_segments.c", SEGMENTS, POINTERS),
    ("spec/laws/udp_socket_laws.c", [], LAW),
    ("spec/laws/udp_options_laws.c", [], LAW),
    ("spec/laws/udp_batch_laws.c", [], LAW),
    ("spec/laws/udp_message_laws.c", SEGMENTS, LAW),
    ("src/net/unix_address.c", [], []),
    ("src/net/unix_sockaddr.c", [], []),
    ("spec/laws/unix_sockaddr_laws.c", [], LAW),
    ("spec/laws/unix_stream_laws.c", [], LAW),
    ("spec/laws/unix_datagram_laws.c", [], LAW),
    ("src/net/unix_socket.c", [], []),
    ("src/net/unix_stream.c", [], POINTERS),
    ("src/net/unix_listener.c", [], POINTERS),
    ("src/net/unix_datagram.c", [], POINTERS),
    ("src/net/unix_descriptors.c", [], POINTERS),
    ("src/net/pipe.c", [], POINTERS),
    ("spec/theorems/stale.c", SLOTS, LAW),
    ("spec/theorems/steps.c", SLOTS, SPLIT + LAW),
    ("spec/theorems/step_registrations.c", PROGRAM, CVC_FIRST + LAW),
    ("spec/theorems/step_wait.c", PROGRAM, CVC_FIRST + LAW),
    ("spec/theorems/step_take.c", PROGRAM + ORDER, CVC_FIRST + LAW),
    ("spec/theorems/step_wake.c", PROGRAM, CVC_FIRST + LAW),
    ("spec/theorems/driver.c", PROGRAM, CVC5_FIRST + LAW),
    ("spec/theorems/stale_event.c", SLOTS, SPLIT + LAW),
    ("spec/os/executable/kernel.c", [], EXECUTABLE),
    ("spec/os/executable/epoll.c", [], EXECUTABLE),
    ("spec/os/executable/socket.c", [], EXECUTABLE),
    ("spec/os/executable/datagram.c", [], EXECUTABLE),
    ("spec/os/executable/batch.c", [], EXECUTABLE),
    ("spec/os/executable/message.c", [], EXECUTABLE),
    ("spec/os/executable/unix_socket.c", [], EXECUTABLE),
    ("spec/os/executable/pipe.c", [], EXECUTABLE),
]

# What must be refused: file, the goals that must fail (each pattern has to meet
# one, and none that it meets may be proven), options of its own.
CANARIES = [
    ("spec/canary/run_canary.c",
     ["overflow_assert_rte_unsigned_overflow_2",
      "downcast_assert_rte_unsigned_downcast", "signed_assert_rte_division_by_zero",
      "signed_assert_rte_signed_overflow", "memory_assert_rte_mem_access",
      "endless_terminates", "assigns_assigns"], []),
    ("spec/canary/lemma_canary.c", ["lemma_canary_bits"], []),
    ("spec/canary/smoke_canary.c", ["smoke_default_requires"], SMOKE),
    ("spec/canary/interest_canary.c",
     ["remove_commutes_check_canary", "remove_nothing_ensures_none"], []),
    ("spec/canary/timeout_canary.c",
     ["milliseconds_are_exact_check_canary", "to_ms_near_ensures_never_early",
      "to_ms_near_ensures_zero", "deadline_ensures_then"], []),
    ("spec/canary/address_canary.c", ["port_decides_check_canary", "equal_ensures_same"], []),
    ("spec/canary/net_canary.c",
     ["connect_opens_nothing_check_canary", "read_reads_something_check_canary",
      "parse_accepts_everything_check_canary", "vigil_sockaddr_decode_ensures_refused",
      "vigil_sockaddr_decode_ensures_ipv6"], ["-wp-prop", "canary,refused,ipv6"]),
    ("spec/canary/udp_canary.c",
     ["segments_all_go_check_canary", "pieces_are_even_check_canary",
      "errors_have_an_offender_check_canary", "vigil_control_find_ensures_found",
      "vigil_control_find_ensures_broken"], ["-wp-prop", "canary,found,broken"]),
    ("spec/canary/slots_canary.c",
     ["key_survives_release_check_canary", "take_always_succeeds_check_canary",
      "release_ensures_free", "release_ensures_turned", "release_ensures_dead",
      "take_room_ensures_taken", "take_room_ensures_one_less"],
     ["-wp-prop", "canary,free,turned,dead,taken,one_less"]),
    ("spec/canary/poll_canary.c",
     ["close_always_succeeds_check_canary", "open_opens_nothing_check_canary",
      "vigil_poll_close_ensures_busy", "vigil_poll_close_ensures_given_back",
      "vigil_poll_fd_ensures_ebadf", "vigil_poll_fd_ensures_nested"],
     ["-wp-prop", "canary,busy,given_back,ebadf,nested"]),
    ("spec/canary/registry_canary.c",
     ["forgetful_step_ensures_agrees", "forgetful_step_ensures_list",
      "key_outlives_registration_check_canary",
      "registering_always_succeeds_check_canary"], LAW),
    ("spec/canary/program_canary.c",
     ["losing_step_ensures_agrees", "losing_step_ensures_wakers",
      "forgetful_close_call_vigil_os_close_requires_deregistered",
      "waiting_brings_nothing_check_canary"], LAW),
    ("spec/canary/waker_canary.c",
     ["wait_brings_something_check_canary", "waker_always_opens_check_canary",
      "key_outlives_waker_check_canary", "vigil_waker_wake_ensures_noted",
      "vigil_waker_wake_ensures_signalled", "vigil_waker_close_ensures_free",
      "vigil_waker_close_ensures_over", "vigil_wake_prepare_ensures_pending",
      "vigil_poll_wait_ensures_ebusy", "vigil_poll_wait_ensures_never_early"],
     ["-wp-prop", "canary,noted,signalled,free,over,pending,ebusy,never_early"]),
    ("spec/canary/stale_event_canary.c",
     ["event_outlives_registration_check_canary", "token_outlives_reregister_check_canary",
      "vigil_events_next_ensures_taken", "vigil_events_next_ensures_none",
      "vigil_events_next_ensures_readiness"],
     ["-wp-prop", "canary,taken,none,readiness"]),
    ("spec/canary/datagram_canary.c",
     ["udp_bind_opens_nothing_check_canary", "unix_pair_opens_one_check_canary",
      "closing_ends_no_registration_check_canary", "vigil_udp_socket_close_ensures_closed",
      "vigil_unix_stream_into_fd_ensures_given"], ["-wp-prop", "canary,closed,given"]),
]

# Every source of these floors is proven, except those that are trusted.
PROVEN_FLOORS = ["src/base", "src/core", "src/poll", "src/net"]
TRUSTED = {"src/base/assert.c", "src/base/atomic.c"}
