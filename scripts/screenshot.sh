#!/bin/sh
# Makes the animation in the README from a real run: sh scripts/screenshot.sh [FILE]
# Types into two terminals with Wine's cmd, on a screen of its own, and takes a picture after each step.
# For how long each is shown is written here, so the film is as fast on a slow computer.
set -eu

cd "$(dirname "$0")/.."
film=${1:-docs/demo.gif}
build=build/${ARCH:-x86_64}
place=$PWD/build/screenshot
sh scripts/setup.sh screenshot
make -s all "$build/tests/plain_game.exe"
rm -rf "$place"
mkdir -p "$place"
cp "$build/writer.exe" "$build/reader.exe" "$place"
cp "$build/tests/plain_game.exe" "$place/game.exe"
WINEPATH=$(sh scripts/wine.sh winepath -w "$place" | tr -d '\r')

# The server tells the number of its display once it is ready. Its screen is a file, Xvfb_screen0.
mkfifo "$place/display" "$place/caption"
Xvfb -displayfd 3 -br -noreset -screen 0 960x220x24 -fbdir "$place" 3>"$place/display" 2>"$place/log" &
server=$!
trap 'kill $server' EXIT
read -r display <"$place/display"
export WINEPATH DISPLAY=:"$display" LC_ALL=C.UTF-8

# terminal NAME COLUMNSxROWS+X+Y COMMAND...: opens one and sets `window`
terminal() {
    name=$1
    geometry=$2
    shift 2
    xterm -name "$name" -geometry "$geometry" -fa 'DejaVu Sans Mono' -fs 8.5 -fg '#e8e8e8' -bg '#18222e' \
        -b 6 +sb -e "$@" 2>>"$place/log" &
    window=$(xdotool search --sync --onlyvisible --classname "^$name\$")
}
# So wide that the notes of writer are broken between two words.
terminal left 60x10+0+0 sh scripts/wine.sh cmd /k 'cd /d C:\ & cls'
left=$window
terminal right 68x10+438+0 sh scripts/wine.sh cmd /k 'cd /d C:\ & cls'
right=$window
# shellcheck disable=SC2016 # for the other shell
terminal caption 131x1+0+158 sh -c 'printf "\033[?25l" && cat "$1"' caption "$place/caption"
exec 4>"$place/caption"
xdotool mousemove 959 219 # out of the picture
sleep 4

frames=0
# show TIME: the screen as it is now, for TIME hundredths of a second
show() {
    frames=$((frames + 1))
    cp "$place/Xvfb_screen0" "$place/$(printf %03d $frames).xwd"
    set -- "$1" "$place/$(printf %03d $frames).xwd"
    echo "-delay $1 xwd:$2" >>"$place/frames"
}
# steady: until the screen has been the same for some time
steady() {
    tries=0
    until sleep 0.4 && cmp -s "$place/Xvfb_screen0" "$place/before" || [ $tries = 50 ]; do
        cp "$place/Xvfb_screen0" "$place/before"
        tries=$((tries + 1))
    done
}
# caption TEXT [KEY]: the line at the bottom, with the key that is pressed
caption() {
    printf '\r\033[K %s' "$1" >&4
    [ $# = 1 ] || printf '   \033[7m %s \033[m' "$2" >&4
    sleep 0.2
}
# into WINDOW: keys go there from now on
into() {
    xdotool windowfocus --sync "$1"
}
# type_in TEXT...: each TEXT is a step
type_in() {
    for text; do
        xdotool type --delay 30 -- "$text"
        sleep 0.3
        show 11
    done
}
# press KEY LABEL: one step as well
press() {
    caption "$scene" "$2"
    xdotool key "$1"
    steady
    show 30
    caption "$scene"
}
enter() {
    press Return Enter
}
# new_scene CAPTION: empty terminals
new_scene() {
    for window in "$left" "$right"; do
        into "$window"
        xdotool type --delay 30 cls
        xdotool key Return
    done
    scene=$1
    caption "$scene"
    steady
}

new_scene '1. A value: writer waits until a reader has shown it.'
show 50
into "$left"
type_in 'writer ' '-n answer ' '42'
enter
sleep 2
show 140
into "$right"
type_in 'reader ' '-n answer ' '--wait'
enter
show 120

new_scene '2. A log: each line is shown as it comes.'
into "$right"
type_in 'reader ' '-n log ' '--follow ' '--until-end'
enter
into "$left"
type_in 'writer ' '-n log'
enter
for line in 'compiling' '3 of 20 tests passed' 'all tests passed'; do
    type_in "$line"
    enter
done
press ctrl+d Ctrl+D
show 50

new_scene '3. Numbers of another program: what changes is highlighted.'
into "$left"
type_in 'game'
enter
into "$right"
type_in 'reader ' '--list'
enter
show 60
type_in 'reader ' '-n game ' '--live ' '--field speed=28:f32 ' '--field gear=16:i32'
caption "$scene" Enter
caption "$scene" Enter
xdotool key Return
sleep 2
show 20
caption "$scene"
for _ in $(seq 11); do
    sleep 0.2
    show 20
done
caption "$scene" q
show 60
xdotool key q

# All frames have the same few colours: those of every fourth.
# shellcheck disable=SC2046 # one word each
convert $(awk 'NR % 4 == 1 { print $3 }' "$place/frames") -append +dither -colors 16 -unique-colors "$place/colours.png"
# shellcheck disable=SC2046
convert -loop 0 $(cat "$place/frames") +dither -remap "$place/colours.png" \
    -crop 926x184+0+0 +repage -layers optimize -strip "$film"
rm "$place"/*.xwd
ls -l "$film"
