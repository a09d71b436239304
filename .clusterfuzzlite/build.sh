#!/bin/bash -eu
# SPDX-License-Identifier: MIT
#
# Builds every fuzz target as OSS-Fuzz and ClusterFuzzLite ask for it: with $CC,
# $CXX, $CFLAGS and $LIB_FUZZING_ENGINE, into $OUT, each with the inputs to begin
# with, its dictionary and its options. ci/services does the same on any machine.
cd "$SRC/vigil"
scons -Q -j"$(nproc)" variant=service build="$WORK/vigil" fuzz
cp "$WORK"/vigil/service/fuzz/*_fuzz "$OUT/"
ci/campaign --export "$OUT"
