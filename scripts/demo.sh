#!/bin/sh
# Shows writer and reader working under Wine: sh scripts/demo.sh
# Installs what is missing and builds first. In a terminal: both programs side by side, to type in.
# Without one: a dialogue that ends by itself. Exit status: 0 only if every text arrived.
set -eu

cd "$(dirname "$0")/.."
programs=build/${ARCH:-x86_64}

terminal=
if [ -t 0 ] && [ -t 1 ]; then
    terminal=terminal
fi
sh scripts/setup.sh
if [ "$terminal" ] && ! sh scripts/setup.sh terminal; then
    terminal=
fi
make -s
echo "Starting Wine..."
sh scripts/wine.sh cmd /c exit

if [ "$terminal" ]; then
    # A pane whose program failed stays open, to show why.
    pane() {
        echo "sh scripts/wine.sh $programs/$1.exe || { echo '$1 ended with status '\$?'; press Enter'; read -r _; }"
    }
    unset TMUX
    socket=writer-reader-$$
    # By default tmux sends ESC[1~ and ESC[4~ for Home and End; Wine knows ESC[H and ESC[F.
    tmux -u -L "$socket" -f /dev/null \
        new-session "$(pane writer)" \; \
        split-window -h "$(pane reader)" \; \
        select-pane -L \; \
        set destroy-unattached on \; \
        set mouse on \; \
        bind -n Home send-keys Escape '[H' \; \
        bind -n End send-keys Escape '[F' \; \
        set status-left-length 200 \; \
        set status-right '' \; \
        set window-status-format '' \; \
        set window-status-current-format '' \; \
        set status-left 'Left: type, Ctrl+D ends. Right: any key, q ends. Other pane: Ctrl+B, arrow' ||
        exit
    rm -f "${TMUX_TMPDIR:-/tmp}/tmux-$(id -u)/$socket"
    exit 0
fi

failed=0
say() {
    echo "writer sends:   $1"
    sh scripts/wine.sh "$programs/writer.exe" --name demo --quiet --timeout 60 "$1" </dev/null &
    arrived=$(sh scripts/wine.sh "$programs/reader.exe" --name demo --wait --timeout 60 </dev/null) || failed=1
    wait $! || failed=1
    arrived=$(printf %s "$arrived" | tr -d '\r')
    echo "reader prints:  $arrived"
    [ "$arrived" = "$1" ] || failed=1
}
say "Hello through shared memory"
say "Spaces, accents and more: déjà vu, 共享内存, 🙂"
say "The end"
if [ $failed != 0 ]; then
    echo "demo.sh: not every text arrived as it was sent" >&2
    exit 1
fi
echo "Every text arrived."
