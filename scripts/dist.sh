#!/bin/sh
# Makes the archives of a release: sh scripts/dist.sh
# build/dist gets writer-reader-VERSION-ARCH.zip for each ARCH and SHA256SUMS. The same commit gives
# the same bytes, whoever builds it, when and in which folder, with the same compiler.
set -eu

cd "$(dirname "$0")/.."
epoch=${SOURCE_DATE_EPOCH:-$(git log -1 --format=%ct)}
version=$(cat VERSION)
dist=$PWD/build/dist
# What decides over bytes in an archive besides the files: its times are local ones.
export TZ=UTC LC_ALL=C
# What the READMEs lead to comes along.
links=$(grep -ho ']([^)#]*' README*.md | grep -v :// | sed 's/](//' | sort -u)

rm -rf "$dist"
mkdir -p "$dist"
for arch in x86_64 i686; do
    make -s ARCH="$arch" OUT="build/dist/$arch"
    name=writer-reader-$version-$arch
    place=$dist/$name
    mkdir -p "$place/scripts"
    cp "build/dist/$arch/writer.exe" "build/dist/$arch/reader.exe" "$place"
    cp scripts/*.bat "$place/scripts"
    rm "$place/scripts/setup.bat" "$place/scripts/test.bat" # need sources
    # shellcheck disable=SC2086 # names without spaces
    cp --parents $links "$place"
    (
        cd "$place"
        find . -type f | sed 's,^\./,,' | sort | xargs sha256sum >"$dist/sums"
        mv "$dist/sums" SHA256SUMS
        chmod -R u=rwX,go=rX .
        chmod 755 ./*.exe
        find . -exec touch -d "@$epoch" {} +
        cd ..
        # -X leaves out owners and times of access, -D folders.
        find "$name" -type f | sort | zip -q -9 -X -D -@ "$name.zip"
    )
    rm -r "$place" "build/dist/$arch"
done
cd "$dist"
sha256sum ./*.zip | sed 's,\./,,' >SHA256SUMS
cat SHA256SUMS
