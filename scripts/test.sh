#!/bin/sh
# Installs what is missing, builds and runs the tests: sh scripts/test.sh
# The summary of the tests comes last. Exit status: 0 only if everything passed.
set -eu

cd "$(dirname "$0")/.."
sh scripts/setup.sh tests

# What else belongs to every run goes in front of `test`, with its purpose above if it needs tools.
for target in test; do
    make -s "$target"
done
