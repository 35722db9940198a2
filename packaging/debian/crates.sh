#!/bin/sh
# crates.sh PACKAGE CRATE: writes which crates, under which licences, are in the binary of CRATE.
set -eu
folder=$PWD/debian/tmp/usr/share/doc/$1
mkdir -p "$folder"
cd "$ROOT"
# A workspace's own crates are named with their folder; the page is the same wherever it was built.
cargo tree --locked --package "$2" --edges normal --prefix none --format '{p}	{l}' |
    sed -E 's/ \((\/[^)]*|\*|proc-macro)\)//g' | LC_ALL=C sort -u >"$folder/crates.txt"
