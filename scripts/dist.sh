#!/bin/sh
# Makes the archives of a release: sh scripts/dist.sh
# build/dist gets writer-reader-VERSION-ARCH.zip for each ARCH, and SHA256SUMS. All files come from the
# last commit, and so do the sources of the programs: uncommitted changes are left out. The same commit
# gives the same bytes, whoever builds it, when and in which folder, with the same compiler and git.
# An archive's comment is its commit: unzip -z FILE.zip
set -eu

cd "$(dirname "$0")/.."
commit=$(git rev-parse HEAD)
[ -z "$(git --no-optional-locks status --porcelain)" ] || echo "dist.sh: uncommitted changes are left out" >&2
dist=$PWD/build/dist
# An archive has local times.
export TZ=UTC LC_ALL=C

rm -rf "$dist"
mkdir -p "$dist/source"
git archive "$commit" | tar -xf - -C "$dist/source"
version=$(cat "$dist/source/VERSION")
# The documents come along, and the demos; the sources do not, nor setup.bat and test.bat, which need them.
set -- "$commit" README.md README.zh-CN.md CHANGELOG.md CONTRIBUTING.md LICENSE docs 'scripts/*.bat' \
    ':!scripts/setup.bat' ':!scripts/test.bat'

for arch in x86_64 i686; do
    make -s -C "$dist/source" ARCH="$arch" OUT="$arch"
    name=writer-reader-$version-$arch
    place=$dist/$name
    mkdir "$place"
    git archive "$@" | tar -xf - -C "$place"
    cp "$dist/source/$arch/writer.exe" "$dist/source/$arch/reader.exe" "$place"
    (
        cd "$place"
        find . -type f | sed 's,^\./,,' | sort | xargs sha256sum >"$dist/sums"
        mv "$dist/sums" SHA256SUMS
    )
    git archive --output="$place.zip" -9 --prefix="$name/" --add-file="$place/writer.exe" \
        --add-file="$place/reader.exe" --add-file="$place/SHA256SUMS" "$@"
    rm -r "$place"
done
rm -r "$dist/source"
cd "$dist"
sha256sum ./*.zip | sed 's,\./,,' >SHA256SUMS
cat SHA256SUMS
