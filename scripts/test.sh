#!/bin/sh
# Installs what is missing, builds and runs the tests: sh scripts/test.sh
# The summary of the tests comes last. Exit status: 0 only if everything passed.
set -eu

cd "$(dirname "$0")/.."
sh scripts/setup.sh tests
make -s -j2 tests
exec make -s test
