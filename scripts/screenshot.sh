#!/bin/sh
# Makes the picture in the README from a real run: sh scripts/screenshot.sh [FILE]
# Both programs in two terminals on a screen of their own, keys typed in turn, a photo at the end.
set -eu

cd "$(dirname "$0")/.."
picture=${1:-docs/two-terminals.png}
programs=build/${ARCH:-x86_64}
sh scripts/setup.sh screenshot
make -s
sh scripts/wine.sh cmd /c exit

# The server tells the number of its display once it is ready.
rm -rf build/screenshot
mkdir -p build/screenshot
mkfifo build/screenshot/display
Xvfb -displayfd 3 -wr -screen 0 1300x400x24 3>build/screenshot/display 2>build/screenshot/log &
server=$!
trap 'kill $server' EXIT
read -r display <build/screenshot/display
export DISPLAY=:"$display" LC_ALL=C.UTF-8

# open PROGRAM COLUMNS  a terminal as wide as its first line is broken between two words
open() {
    xterm -T "$1" -geometry "$2x9" -fa 'DejaVu Sans Mono' -fd 'WenQuanYi Micro Hei Mono' -fs 11 \
        -fg '#e8e8e8' -bg '#101418' -b 6 +sb -xrm '*allowSendEvents: true' \
        -e sh scripts/wine.sh "$programs/$1.exe" 2>>build/screenshot/log &
    window=$(xdotool search --sync --onlyvisible --name "^$1\$")
    sleep 2
}
open writer 59
writer=$window
open reader 62
reader=$window

# The window manager comes last: a window that opens while it starts is not shown.
openbox >>build/screenshot/log 2>&1 &
sleep 2
xdotool windowmove "$writer" 10 10 windowmove "$reader" 566 10

for text in \
    'Hello from the other window' \
    'Spaces, accents and more: déjà vu, 共享内存' \
    'Each key press over there reads what is here'; do
    # Slowly: a character that is on no key gets one for as long as it is typed.
    xdotool type --window "$writer" --delay 150 "$text"
    sleep 0.5
    xdotool key --window "$writer" Return
    sleep 0.5
    xdotool key --window "$reader" space
    sleep 0.5
done

# What is white around the windows becomes transparent.
import -window root miff:- |
    convert miff:- -alpha set -fill none -floodfill +0+0 white -trim +repage -strip "$picture"
