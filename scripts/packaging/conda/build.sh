#!/bin/sh
# What conda-build runs.
set -eu
# shellcheck disable=SC2086
cmake -S . -B build -G Ninja $CMAKE_ARGS -DCMAKE_BUILD_TYPE=Release -DBUILD_TESTING=OFF
cmake --build build
cmake --install build --prefix "$PREFIX"
