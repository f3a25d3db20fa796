/*
 * Real consoles for programs under test, and what a user does to them. A process has at most one
 * console, so the harness leaves its own and attaches to whichever screen is being used
 * (AttachConsole), and stays there until another one is.
 *
 * Each console is kept by a process of ours that does nothing ("--hold-console"). It is there
 * before the program, so that the program can be given any mixture of console and pipe handles, and
 * after it, so that the screen can still be read.
 *
 * In Wine a cell holds one UTF-16 unit, and CJK takes one cell; on Windows such a character fills
 * two cells and is read back once.
 */
#include "harness.h"

#include <stdlib.h>
#include <string.h>
#include <wchar.h>

#define POLL_MS         10
#define BELOW_CURSOR    10 /* rows that are read below the cursor */
#define SCREEN_PROGRAMS 32 /* most on one console */

struct screen {
    struct process *holder;
    char *text; /* what screen_read returned last */
};

static struct screen *attached;
static HANDLE console_in, console_out;

/* What Ctrl+C does to the programs it must not do to the harness. Not SetConsoleCtrlHandler(NULL,
 * TRUE): programs started from here would inherit that. */
static BOOL WINAPI survive(DWORD event)
{
    return event == CTRL_C_EVENT || event == CTRL_BREAK_EVENT;
}

int screen_hold(void)
{
    SetConsoleCtrlHandler(survive, TRUE);
    Sleep(INFINITE);
    return 0;
}

static void detach(void)
{
    if (attached) {
        CloseHandle(console_in);
        CloseHandle(console_out);
    }
    attached = NULL;
    FreeConsole();
}

/* Until the holder has its console, AttachConsole says error 6 or 31. */
static bool attach(struct screen *screen)
{
    ULONGLONG end = GetTickCount64() + ENOUGH_MS;
    detach();
    while (!AttachConsole(screen->holder->id)) {
        if (GetTickCount64() > end || !process_running(screen->holder))
            return false;
        Sleep(POLL_MS);
    }
    /* Attaching resets the handlers, says SetConsoleCtrlHandler's documentation. */
    SetConsoleCtrlHandler(survive, FALSE);
    SetConsoleCtrlHandler(survive, TRUE);
    console_in = test_open("CONIN$", false);
    console_out = test_open("CONOUT$", false);
    attached = screen;
    return true;
}

HANDLE screen_attach(struct screen *screen, bool input)
{
    if (attached != screen && !attach(screen))
        test_bail("AttachConsole: error %lu", GetLastError());
    return input ? console_in : console_out;
}

struct screen *screen_open(void)
{
    struct screen *screen = test_zeros(sizeof *screen);
    struct process_setup setup = {.arguments = ARGS("self", "--hold-console"),
                                  .new_console = true,
                                  .in = STREAM_NUL,
                                  .out = STREAM_NUL,
                                  .err = STREAM_NUL};

    /* Once in some hundred times, Wine's console does not come up, and its holder ends. */
    for (int attempt = 1;; attempt++) {
        screen->holder = process_start_as(&setup);
        if (attach(screen))
            return screen;
        if (attempt == 3)
            test_bail("no console comes up");
        process_free(screen->holder);
    }
}

/* The process ids of the programs on a console, the holder and the test left out; how many there
 * are. */
static DWORD list_programs(struct screen *screen, DWORD ids[SCREEN_PROGRAMS])
{
    DWORD used = 0;
    screen_attach(screen, true);
    DWORD count = GetConsoleProcessList(ids, SCREEN_PROGRAMS);
    for (DWORD i = 0; i < count && i < SCREEN_PROGRAMS; i++)
        if (ids[i] != GetCurrentProcessId() && ids[i] != screen->holder->id)
            ids[used++] = ids[i];
    return used;
}

void screen_free(struct screen *screen)
{
    DWORD ids[SCREEN_PROGRAMS], count = list_programs(screen, ids);

    for (DWORD i = 0; i < count; i++) {
        HANDLE process = OpenProcess(PROCESS_TERMINATE, FALSE, ids[i]);
        TerminateProcess(process, 99);
        CloseHandle(process);
    }
    detach();
    process_free(screen->holder);
    free(screen->text);
    free(screen);
}

const char *screen_read(struct screen *screen)
{
    HANDLE out = screen_attach(screen, false);
    CONSOLE_SCREEN_BUFFER_INFO info;
    if (!GetConsoleScreenBufferInfo(out, &info))
        test_bail("GetConsoleScreenBufferInfo: error %lu", GetLastError());

    SHORT columns = info.dwSize.X, rows = info.dwCursorPosition.Y + BELOW_CURSOR;
    if (rows > info.dwSize.Y)
        rows = info.dwSize.Y;
    wchar_t *cells = test_room(NULL, (size_t)rows * ((size_t)columns + 1) * sizeof *cells);
    size_t used = 0, end = 0;
    for (SHORT row = 0; row < rows; row++) {
        DWORD count;
        if (!ReadConsoleOutputCharacterW(out, cells + used, (DWORD)columns, (COORD){0, row},
                                         &count))
            test_bail("ReadConsoleOutputCharacter: error %lu", GetLastError());
        while (count && (cells[used + count - 1] == L' ' || cells[used + count - 1] == 0))
            count--;
        used += count;
        cells[used++] = L'\n';
        if (count)
            end = used;
    }
    free(screen->text);
    screen->text = test_narrow(cells, end);
    free(cells);
    return screen->text;
}

bool screen_wait_count(struct screen *screen, const char *part, unsigned count, DWORD timeout_ms)
{
    ULONGLONG end = GetTickCount64() + timeout_ms;
    for (;;) {
        bool last = GetTickCount64() >= end;
        unsigned found = 0;
        for (const char *at = screen_read(screen); (at = strstr(at, part)) != NULL;
             at += strlen(part))
            found++;
        if (found >= count)
            return true;
        if (last)
            return false;
        Sleep(POLL_MS);
    }
}

bool screen_wait(struct screen *screen, const char *part, DWORD timeout_ms)
{
    return screen_wait_count(screen, part, 1, timeout_ms);
}

struct screen_state screen_state(struct screen *screen)
{
    struct screen_state state;
    if (!GetConsoleMode(screen_attach(screen, true), &state.input_mode) ||
        !GetConsoleMode(screen_attach(screen, false), &state.output_mode))
        test_bail("GetConsoleMode: error %lu", GetLastError());
    return state;
}

void screen_set_modes(struct screen *screen, DWORD input_mode, DWORD output_mode)
{
    if (!SetConsoleMode(screen_attach(screen, true), input_mode) ||
        !SetConsoleMode(screen_attach(screen, false), output_mode))
        test_bail("SetConsoleMode: error %lu", GetLastError());
}

void screen_event(struct screen *screen, bool down, WORD virtual_key, wchar_t unit, DWORD state)
{
    INPUT_RECORD record = {.EventType = KEY_EVENT};
    KEY_EVENT_RECORD *key = &record.Event.KeyEvent;
    DWORD written;
    key->bKeyDown = down;
    key->wRepeatCount = 1;
    key->wVirtualKeyCode = virtual_key;
    key->uChar.UnicodeChar = unit;
    key->dwControlKeyState = state;
    if (!WriteConsoleInputW(screen_attach(screen, true), &record, 1, &written) || written != 1)
        test_bail("WriteConsoleInput: error %lu", GetLastError());
}

void screen_key(struct screen *screen, WORD virtual_key, wchar_t unit, DWORD state)
{
    screen_event(screen, true, virtual_key, unit, state);
    screen_event(screen, false, virtual_key, unit, state);
}

void screen_type(struct screen *screen, const char *text)
{
    wchar_t *wide = test_widen(text);

    for (const wchar_t *next = wide; *next; next++) {
        wchar_t unit = *next == L'\n' ? L'\r' : *next;
        WORD key = 0;
        DWORD state = 0;
        if (unit == L'\r' || unit == L'\b' || unit == L'\t' || unit == 0x1b) { /* their own codes */
            key = (WORD)unit;
        } else if (unit < 0x20) {
            key = (WORD)(unit + 0x40);
            state = LEFT_CTRL_PRESSED;
        } else if ((unit >= L'a' && unit <= L'z') || unit == L' ' ||
                   (unit >= L'0' && unit <= L'9')) {
            key = unit >= L'a' ? (WORD)(unit - 0x20) : (WORD)unit;
        } else if (unit >= L'A' && unit <= L'Z') {
            key = (WORD)unit;
            state = SHIFT_PRESSED;
        } /* others have no key on every keyboard: code 0, as when text is pasted */
        screen_key(screen, key, unit, state);
    }
    free(wide);
}

/*
 * Wine 8 sends no event but Ctrl+C: GenerateConsoleCtrlEvent fails with error 12, and a closed
 * window simply ends its programs. So do what Windows' console host does for each event: run
 * kernelbase!CtrlRoutine in a new thread of every program; it calls the program's handlers, and
 * ends the program if none takes the event. (kernelbase lies at the same address in all processes.)
 * Returns when all handlers have, or after the 5 s which Windows gives them to close.
 */
static bool run_handlers(struct screen *screen, DWORD event)
{
    DWORD ids[SCREEN_PROGRAMS], count = list_programs(screen, ids);
    FARPROC found = GetProcAddress(GetModuleHandleW(L"kernelbase.dll"), "CtrlRoutine");
    LPTHREAD_START_ROUTINE routine;
    HANDLE threads[SCREEN_PROGRAMS];
    DWORD started = 0;

    memcpy(&routine, &found, sizeof routine);
    for (DWORD i = 0; routine && i < count; i++) {
        HANDLE process = OpenProcess(PROCESS_ALL_ACCESS, FALSE, ids[i]);
        HANDLE thread =
            CreateRemoteThread(process, NULL, 0, routine, (void *)(ULONG_PTR)event, 0, NULL);
        if (thread)
            threads[started++] = thread;
        CloseHandle(process);
    }
    bool all = started == count;
    if (started)
        WaitForMultipleObjects(started, threads, TRUE, 5000);
    while (started)
        CloseHandle(threads[--started]);
    return all;
}

static bool send_event(struct screen *screen, DWORD event)
{
    screen_attach(screen, true);
    /* Wine 10 takes Ctrl+Break, and ends the caller's main thread. */
    bool sent = !(event == CTRL_BREAK_EVENT && test_wine()) && GenerateConsoleCtrlEvent(event, 0);
    return sent || run_handlers(screen, event);
}

bool screen_ctrl_c(struct screen *screen)
{
    return send_event(screen, CTRL_C_EVENT);
}

bool screen_ctrl_break(struct screen *screen)
{
    return send_event(screen, CTRL_BREAK_EVENT);
}

bool screen_close_window(struct screen *screen)
{
    return send_event(screen, CTRL_CLOSE_EVENT);
}

bool screen_log_off(struct screen *screen)
{
    return send_event(screen, CTRL_LOGOFF_EVENT);
}
