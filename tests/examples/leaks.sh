#!/bin/sh
# SPDX-License-Identifier: MIT
#
#   tests/examples/leaks.sh FOLDER
#
# Runs the examples of FOLDER under Valgrind through all of examples_test.py:
# no error, no block left, and at the end no descriptor but the standard three.
set -eu
here=$(dirname "$0")
logs=$(mktemp -d)
trap 'rm -rf "$logs"' EXIT

# The test refuses status 99. A server that it kills leaves no summary.
python3 "$here/examples_test.py" "$1" --under valgrind --log-file="$logs/%p" --track-fds=yes \
    --leak-check=full --show-leak-kinds=all --errors-for-leak-kinds=all --error-exitcode=99

reports=0
for log in "$logs"/*; do
    grep -q 'ERROR SUMMARY' "$log" || continue
    reports=$((reports + 1))
    # Valgrind counts its log too, and says that it was inherited.
    open=$(grep -c '== Open ' "$log") || true
    inherited=$(grep -c '<inherited from parent>' "$log") || true
    if [ "$open" -ne "$inherited" ] || ! grep -q 'FILE DESCRIPTORS: .*(3 std)' "$log"; then
        cat "$log"
        exit 1
    fi
done
[ "$reports" -gt 0 ] || {
    echo "no report of valgrind"
    exit 1
}
echo "$reports runs under valgrind: no error, no block left, only the standard descriptors open"
