#!/bin/sh
# What --json prints is JSON to a parser that is not ours, whatever lies in a mapping and whatever its
# name is: one object a line, in UTF-8, with no control character but line ends, and it says what is
# there. Prints TAP: sh tests/json.sh
set -u
export LC_ALL=C.UTF-8
cd "$(dirname "$0")/.." || exit 2
command -v jq >/dev/null || { echo "1..0 # SKIP there is no jq" && exit; }
build=${OUT:-build/x86_64}
input=$build/tests/json.in
output=$build/tests/json.out
count=0
failed=0

# check NAME COMMAND...: one line of TAP; it holds if the command succeeds and has nothing to say.
check() {
    count=$((count + 1))
    name="$count - $1"
    shift
    said=$("$@" 2>&1) && [ -z "$said" ] && echo "ok $name" && return
    failed=1
    printf 'not ok %s\n%s\n' "$name" "$said" | sed '2,$s/^/# /'
}

# publish WORD... -- COMMAND...: its output, beside mappings that hold the input. A file takes stderr, as
# Wine's server would keep a pipe open until it ends.
publish() {
    ${RUN-sh scripts/wine.sh} "$build/tests/publish.exe" "$@" <"$input" >"$output" 2>"$output.err" ||
        cat "$output.err"
}
is_json() {
    iconv -f utf-8 -t utf-8 "$output" >/dev/null || echo "not UTF-8"
    tr -d '\r\n' <"$output" | LC_ALL=C grep -aq '[[:cntrl:]]' && echo "a control character"
    [ "$(jq -c . "$output" | wc -l)" = "$(wc -l <"$output")" ] || echo "not one object a line"
    [ -s "$output" ] || echo "nothing"
    sed 's/\r$//' "$output" | while IFS= read -r line; do
        printf %s "$line" | jq -e 'type == "object"' >/dev/null || echo "no object: $line"
    done
}
# says FILTER [ARGUMENT...]: holds if the filter of jq is true for all objects together.
says() {
    is_json
    jq -se "$@" "$output" >/dev/null || head -c 2000 "$output"
}
# messages CODE_PAGE FILTER: the input as a message.
messages() {
    publish -c "$1" json -- "$build/reader.exe" -n json --once --json && says "$2"
}
# texts ENCODING FILTER: the input as a plain program's text.
texts() {
    publish json -- "$build/reader.exe" -n json --once --json -e "$1" && says "$2"
}
# converts CODE_PAGE ICONV_NAME: every byte is the character that iconv takes it for.
converts() {
    messages "$1" true
    iconv -f "$2" -t utf-8 "$input" >"$input.utf8"
    jq -j .text "$output" | cmp - "$input.utf8"
}

perl -e 'print map chr, 0..255' >"$input"
check "every byte, as Latin-1" messages 28591 '.[0].text | explode == [range(256)]'
check "every byte, as UTF-8" \
    messages 65001 '.[0].text | explode == [range(128)] + [range(128) | 65533]'
check "every byte, as CP437" converts 437 CP437
check "every byte, as KOI8-R" converts 20866 KOI8-R
check "every byte, as big-endian UTF-16" messages 1201 '.[0].text | explode[:2] == [1, 515] and length == 127'
for code_page in 932 936 949 950 1251 1252 1258 20127 54936 50220 65000 12000 42 4294967295; do
    check "every byte, as code page $code_page" messages $code_page '.[0].text | length > 128'
done
printf '\302\205' >"$input"
escapes() { messages 65001 true && grep -q '"text":"\\u0085"' "$output"; }
check "a control that a console would show in its own way" escapes
printf + >"$input"
check "what makes nothing in its code page" messages 65000 '.[0].text == "+"'
perl -e 'print map chr, 1..255' >"$input"
check "every byte but NUL, as a plain text in Latin-1" \
    texts latin-1 '.[0] | .number == null and (.text | explode == [range(1; 256)])'
for encoding in auto utf-8 ansi oem; do
    check "as a plain text in $encoding" texts $encoding '.[0].text | length == 255'
done

perl -e 'print pack "v*", 0xDC00..0xDFFF, 0xD800..0xDBFF' >"$input"
check "every lone surrogate in a message" \
    messages 1200 '.[0].text | explode == [range(2048) | 65533]'
check "and in a plain text" texts utf-16 '.[0].text | explode == [range(2048) | 65533]'
perl -e 'print pack "v*", 0xFEFF, 1..0xD7FF, 0xE000..0xFFFF' | head -c 65534 >"$input"
check "every other unit" texts utf-16 '.[0].text | explode == [range(1; 32767)]'
perl -e 'print pack "v*", 0xD83D, 0xDE42, 0xD83D' >"$input"
check "a pair and a half" messages 1200 '.[0].text | explode == [128578, 65533]'

# Names: what a command line can say is found and told; of halves of pairs there is U+FFFD.
echo text >"$input"
# shellcheck disable=SC2016 # $name is jq's
named() {
    publish "$1" -- "$build/reader.exe" -n "$1" "$2" --json && says --arg name "$1" '.[0].name == $name'
}
for name in "json \"'{}[]:," "json$(printf '\nline\r\n\t')end" 'json 共享🙂' "json$(printf '\033[31m\302\233\177')"; do
    check "the name in --info: $(printf %s "$name" | tr -d '\000-\037\177')" named "$name" --info
    check "and in a message" named "$name" --once
done
names() {
    publish 'json.\ud800' 'json.\udc00\ud800' 'json."' 'json.\u000d\u000a' 'json.\ud83d\ude42' 'json.\u0000' \
        -- "$build/reader.exe" --list 'json.*' --json &&
        says 'map(.name) | sort == (["", "\"", "\r\n", "🙂", "\ufffd", "\ufffd\ufffd"] |
            map("Local\\json." + .) | sort)' && says 'all(.namespace == "Local" and .size == 4096)'
}
check "names of all kinds in --list" names
rm -f "$input" "$input.utf8" "$output" "$output.err"
echo "1..$count"
[ $failed = 0 ]
