/* reader --live: a picture on a screen buffer of its own, which is what CONOUT$ opened anew gives
 * as long as it is shown. */
#include "harness.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define MOST_CELLS 20000
#define IDLE_MS    2500

struct picture {
    int columns, rows;
    wchar_t units[MOST_CELLS];
    WORD attributes[MOST_CELLS];
    char *text; /* rows, each ended by \n, blanks at their ends left out */
};

static HANDLE open_active(struct screen *screen)
{
    screen_attach(screen, true);
    return test_open("CONOUT$", false);
}

/* What the window of the console shows. */
static void look(struct screen *screen, struct picture *picture)
{
    HANDLE active = open_active(screen);
    CONSOLE_SCREEN_BUFFER_INFO info;
    DWORD count;
    if (!GetConsoleScreenBufferInfo(active, &info))
        test_bail("GetConsoleScreenBufferInfo: error %lu", GetLastError());
    picture->columns = info.srWindow.Right - info.srWindow.Left + 1;
    picture->rows = info.srWindow.Bottom - info.srWindow.Top + 1;
    wchar_t *lines = test_room(NULL, MOST_CELLS * sizeof *lines);
    size_t used = 0;
    for (int row = 0; row < picture->rows; row++) {
        COORD at = {info.srWindow.Left, (SHORT)(info.srWindow.Top + row)};
        size_t from = (size_t)(row * picture->columns);
        wchar_t *units = picture->units + from;
        DWORD columns = (DWORD)picture->columns;
        if (!ReadConsoleOutputCharacterW(active, units, columns, at, &count) ||
            !ReadConsoleOutputAttribute(active, picture->attributes + from, columns, at, &count))
            test_bail("the console cannot be read: error %lu", GetLastError());
        while (columns > 0 && (units[columns - 1] == L' ' || units[columns - 1] == 0))
            columns--;
        memcpy(lines + used, units, columns * sizeof *units);
        used += columns;
        lines[used++] = L'\n';
    }
    free(picture->text);
    picture->text = test_narrow(lines, used);
    free(lines);
    CloseHandle(active);
}

static bool shows(struct screen *screen, struct picture *picture, const char *part)
{
    for (ULONGLONG end = GetTickCount64() + ENOUGH_MS; GetTickCount64() < end; Sleep(20)) {
        look(screen, picture);
        if (strstr(picture->text, part) == NULL)
            continue;
        Sleep(50); /* it is drawn row by row */
        look(screen, picture);
        return strstr(picture->text, part) != NULL;
    }
    return false;
}

/* The attributes of a text's first and last character; 0 if it is not shown. */
static void find(const struct picture *picture, const wchar_t *text, WORD *first, WORD *last)
{
    size_t length = wcslen(text), cells = (size_t)(picture->columns * picture->rows);
    *first = *last = 0;
    for (size_t at = 0; at + length <= cells; at++)
        if (memcmp(picture->units + at, text, length * sizeof *text) == 0) {
            *first = picture->attributes[at];
            *last = picture->attributes[at + length - 1];
            return;
        }
}

static bool is_plain(const struct picture *picture, const wchar_t *text)
{
    WORD first, last, plain = picture->attributes[picture->columns * picture->rows - 1];
    find(picture, text, &first, &last);
    return first == plain && last == plain;
}

/* Its foreground and background have changed places. */
static bool is_marked(const struct picture *picture, const wchar_t *text)
{
    WORD first, last, plain = picture->attributes[picture->columns * picture->rows - 1];
    find(picture, text, &first, &last);
    return first == last && first == ((plain & 0x0F) << 4 | (plain & 0xF0) >> 4);
}

static bool becomes(struct screen *screen, struct picture *picture, const wchar_t *text,
                    bool (*as)(const struct picture *, const wchar_t *))
{
    for (ULONGLONG end = GetTickCount64() + ENOUGH_MS; GetTickCount64() < end; Sleep(20)) {
        look(screen, picture);
        if (as(picture, text))
            return true;
    }
    return false;
}

/* The reader, once its picture shows the part. */
static struct process *start(struct screen *screen, struct picture *picture, const char *name,
                             const char *const *options, const char *part)
{
    const char *arguments[16] = {"reader", "-n", name, "--live"};
    for (int i = 0; options[i] != NULL; i++)
        arguments[4 + i] = options[i];
    struct process *reader = process_start_on(screen, arguments);
    test_check(shows(screen, picture, part), "--live %s shows %s",
               options[0] != NULL ? options[0] : "", part);
    return reader;
}

static void write_first(struct screen *screen, const char *text)
{
    DWORD written;
    WriteConsoleA(screen_attach(screen, false), text, (DWORD)strlen(text), &written, NULL);
}

static void test_text_form(struct screen *screen)
{
    static struct picture picture;
    const char *name = test_unique_name();
    char heading[80];
    struct foreign foreign = test_publish(name, 4096, NULL);
    struct screen_state before = screen_state(screen);
    strcpy(foreign.view, "speed 100\nof \x1b[31m \xe5\xae\x89");
    struct process *reader =
        start(screen, &picture, name, ARGS(NULL), "\nspeed 100\nof \\x1b[31m \xe5\xae\x89\n");
    sprintf(heading, "%s  4096 bytes  ", name);
    test_text(strstr(picture.text, name) == picture.text ? "" : picture.text, "",
              "the heading comes first");
    test_contains(picture.text, heading, "with name and size");
    test_check(shows(screen, &picture, " looks/s  q ends\n"), "and looks a second");
    test_check(is_plain(&picture, L"speed 100"), "what is there at first does not stand out");
    test_lacks(screen_read(screen), "speed", "the first screen buffer is left alone");
    memcpy(foreign.view + 6, "257", 3);
    test_check(becomes(screen, &picture, L"257", is_marked), "what has changed stands out");
    test_check(is_plain(&picture, L"speed "), "and nothing else");
    test_check(becomes(screen, &picture, L"257", is_plain), "for a while");
    test_check(screen_state(screen).input_mode != before.input_mode, "keys come at once");
    screen_type(screen, "x");
    Sleep(200);
    test_check(process_running(reader), "another key does not end it");
    screen_type(screen, "q");
    test_ends(reader, 0, "q ends it with status 0");
    look(screen, &picture);
    test_contains(picture.text, "first\n", "then the first screen buffer is shown again");
    test_lacks(picture.text, "speed", "without the picture");
    test_equal(screen_state(screen).input_mode, before.input_mode, "with the input mode it had");
    test_equal(screen_state(screen).output_mode, before.output_mode, "and its output mode");
    test_withdraw(&foreign);
}

static void test_hex_form(struct screen *screen)
{
    static struct picture picture;
    const char *name = test_unique_name();
    char start_of[16];
    struct screen_state before = screen_state(screen);
    struct foreign foreign = test_publish(name, 4096, NULL);
    for (int i = 0; i < 4096; i++)
        foreign.view[i] = (char)(i % 200 + 33);
    struct process *reader =
        start(screen, &picture, name, ARGS("--hex", "--offset", "0x100"), "00000100  ");
    process_run(ARGS("reader", "-n", name, "--hex", "-o", "0x100", "-l", "16"), NULL);
    char *line = _strdup(got.out);
    line[strcspn(line, "\r")] = '\0';
    test_contains(picture.text, line, "as --hex shows it, from the offset on");
    free(line);
    sprintf(start_of, "%08x  ", 0x100 + 16 * (picture.rows - 2));
    test_check(shows(screen, &picture, start_of), "as many rows as the window has");
    sprintf(start_of, "%08x  ", 0x100 + 16 * (picture.rows - 1));
    test_lacks(picture.text, start_of, "and no more");
    foreign.view[0x104] = '\xee';
    test_check(becomes(screen, &picture, L"ee", is_marked), "a byte that has changed stands out");
    Sleep(100); /* the picture may have been read while the row was being drawn */
    look(screen, &picture);
    WORD first, last;
    find(&picture, L"|YZ[\\.^_", &first, &last);
    test_check(first != 0 && is_plain(&picture, L"|YZ[\\") && is_plain(&picture, L"^_"),
               "the bytes beside it do not");
    for (int column = 0; column < picture.columns; column++)
        if (memcmp(picture.units + picture.columns + column, L"\\.^", 6) == 0)
            first = picture.attributes[picture.columns + column + 1];
    test_check(first != last, "and so does its character");
    screen_type(screen, "\x1b");
    test_ends(reader, 0, "Esc ends it");
    test_equal(screen_state(screen).input_mode, before.input_mode, "and restores the input mode");
    test_withdraw(&foreign);
}

static void test_fields(struct screen *screen)
{
    static struct picture picture;
    const char *name = test_unique_name();
    struct screen_state before = screen_state(screen);
    struct foreign foreign = test_publish(name, 65536, NULL);
    *(INT32 *)(foreign.view + 40000) = 7200;
    *(float *)foreign.view = 183.4f;
    struct process *reader =
        start(screen, &picture, name,
              ARGS("--field", "rpm=40000:i32", "--field", "speed=0:f32", "--field", "4:u8[2]"),
              "\nrpm    7200\nspeed  183.4\n4      0 0\n");
    *(INT32 *)(foreign.view + 40000) = 7300;
    test_check(becomes(screen, &picture, L"7300", is_marked),
               "a value that has changed stands out");
    test_check(is_plain(&picture, L"rpm") && is_plain(&picture, L"183.4"), "and no other");

    test_withdraw(&foreign);
    test_check(shows(screen, &picture, "  gone since "), "a mapping that has vanished is told");
    test_contains(picture.text, "rpm    7300\n", "over the last content");
    foreign = test_publish(name, 4096, NULL);
    Sleep(300);
    look(screen, &picture);
    test_contains(picture.text, "  gone since ", "one that comes back smaller is waited for");
    test_withdraw(&foreign);
    foreign = test_publish(name, 131072, NULL);
    *(INT32 *)(foreign.view + 40000) = 900;
    test_check(shows(screen, &picture, "\nrpm    900\n"), "until all fields are there again");
    test_contains(picture.text, "  131072 bytes  ", "with its new size");
    test_lacks(picture.text, "gone", "and is no longer gone");
    screen_type(screen, "\x03");
    test_ends(reader, 0, "Ctrl+C ends it with status 0");
    test_equal(screen_state(screen).input_mode, before.input_mode, "and restores the input mode");
    look(screen, &picture);
    test_contains(picture.text, "first\n", "and the first screen buffer");
    test_withdraw(&foreign);
}

/* What does not fit is cut: of wide rows, and rows below the last. */
static void test_narrow_window(struct screen *screen)
{
    static struct picture picture;
    const char *name = test_unique_name();
    struct foreign foreign = test_publish(name, 4096, NULL);
    char *at = foreign.view;
    for (int row = 1; row <= 60; row++)
        at += sprintf(at, "%02d-%s\n", row,
                      row % 2 == 0 ? "short" : "------10--------20--------30--------40--------50");
    struct process *reader =
        start(screen, &picture, name, ARGS(NULL), "--40--------50\n02-short\n");
    HANDLE active = open_active(screen);
    SMALL_RECT window = {0, 0, 39, 9};
    if (SetConsoleWindowInfo(active, TRUE, &window)) {
        foreign.view[1] = 'X'; /* in the picture that is drawn then */
        test_check(
            shows(screen, &picture, "\n0X-------10--------20--------30--------4\n02-short\n"),
            "a window of 40 columns cuts");
        test_check(picture.columns == 40 && picture.rows == 10, "the window has 40 columns");
        test_contains(picture.text, "\n09-------10--------20--------30--------4\n",
                      "and shows as many rows as it has");
        test_lacks(picture.text, "\n10-", "and no more");
    } else {
        test_skip("a window of 40 columns", "the console takes no size");
    }
    CloseHandle(active);
    screen_type(screen, "q");
    test_ends(reader, 0, "q ends it there too");
    test_withdraw(&foreign);
}

/* It waits for a mapping, and for what changes no longer than it may. */
static void test_absent(struct screen *screen)
{
    static struct picture picture;
    const char *name = test_unique_name();
    struct process *reader = start(screen, &picture, name, ARGS(NULL), "  does not exist yet  ");
    struct process *writer = process_keep(name, "message");
    test_check(shows(screen, &picture, "\nmessage\n"), "and the message when it comes");
    test_contains(picture.text, "  message 1  ", "and its number");
    DWORD used_ms = process_used_ms(reader);
    Sleep(IDLE_MS);
    used_ms = process_used_ms(reader) - used_ms;
    test_note("%lu ms of a core in %d ms", used_ms, IDLE_MS);
    test_check(used_ms <= IDLE_MS / 100 + 20, "idle, it takes below 1 %% of a core");
    process_kill(reader);
    process_free(reader);
    process_free(writer);
}

/* A picture is no place where a writer may leave its message. */
static void test_acknowledges_nothing(struct screen *screen)
{
    static struct picture picture;
    const char *name = test_unique_name();
    struct process *reader = start(screen, &picture, name, ARGS("-t", "1"), "does not exist yet");
    test_equal(process_run(ARGS("writer", "-n", name, "-t", "0.5", "shown"), NULL), 1,
               "--live acknowledges nothing");
    test_ends(reader, 1, "--timeout bounds how long nothing changes");
    test_contains(screen_read(screen), "timed out waiting for a change of ", "and says so");
}

static void test_errors(struct screen *screen)
{
    const char *name = test_unique_name();
    struct foreign foreign = test_publish(name, 4096, NULL);
    test_equal(process_run(ARGS("reader", "-n", name, "--live"), NULL), 2,
               "without a console --live is status 2");
    test_contains(got.err, "use --follow", "and names --follow");
    struct process *reader =
        process_start_on(screen, ARGS("reader", "-n", name, "--live", "--field", "rpm=4096:i32"));
    test_ends(reader, 2, "a field beyond the end: status 2");
    test_contains(screen_read(screen), "field rpm at offset 4096 is beyond the end",
                  "which is told on the first screen buffer");
    test_withdraw(&foreign);
}

void test_main(void)
{
    struct screen *screen = screen_open();
    write_first(screen, "first\r\n");
    test_text_form(screen);
    test_hex_form(screen);
    test_fields(screen);
    test_errors(screen);
    test_acknowledges_nothing(screen);
    test_absent(screen);
    screen_free(screen);
    screen = screen_open();
    test_narrow_window(screen);
    screen_free(screen);
}
