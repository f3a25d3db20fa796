/*
 * Real consoles for programs under test. A process has at most one console, so the harness leaves its own and attaches
 * to whichever screen is being used (AttachConsole), and stays there until another one is.
 *
 * Each console is kept by a process of ours that does nothing ("--hold-console"). It is there before the program, so
 * that the program can be given any mixture of console and pipe handles, and after it, so that the screen can still be read.
 *
 * Wine: CREATE_NO_WINDOW needs no display, CREATE_NEW_CONSOLE needs one or the "null" graphics driver (scripts/wine.sh
 * sets that); with neither, the console exists but every call on it fails with error 6. A cell holds one UTF-16 unit there,
 * and CJK takes one cell; on Windows such a character fills two cells and is read back once.
 */
#include "harness.h"

#include <stdlib.h>
#include <string.h>
#include <wchar.h>

#define POLL_MS 10
#define MOST_PROGRAMS 32
#define BELOW_CURSOR 10 /* rows that are read below the cursor */

struct screen {
    HANDLE holder;
    DWORD id;
    char *text;
};

static struct screen *attached;
static HANDLE console_in, console_out;

/* What Ctrl+C does to the programs it must not do to the harness. Not SetConsoleCtrlHandler(NULL, TRUE): programs
 * started from here would inherit that. */
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

void screen_detach(void)
{
    if (attached) {
        CloseHandle(console_in);
        CloseHandle(console_out);
    }
    attached = NULL;
    FreeConsole();
}

static HANDLE open_console(const wchar_t *name)
{
    HANDLE handle = CreateFileW(name, GENERIC_READ | GENERIC_WRITE, FILE_SHARE_READ | FILE_SHARE_WRITE, NULL,
                                OPEN_EXISTING, 0, NULL);
    DWORD mode;
    if (handle == INVALID_HANDLE_VALUE || !GetConsoleMode(handle, &mode))
        test_bail("%ls does not work: error %lu", name, GetLastError());
    return handle;
}

HANDLE screen_attach(struct screen *screen, bool input)
{
    ULONGLONG end = GetTickCount64() + ENOUGH_MS;

    if (attached != screen) {
        screen_detach();
        /* Until the holder has its console, this is error 6 or 31. */
        while (!AttachConsole(screen->id)) {
            if (GetTickCount64() > end || WaitForSingleObject(screen->holder, 0) == WAIT_OBJECT_0)
                test_bail("AttachConsole: error %lu", GetLastError());
            Sleep(POLL_MS);
        }
        /* Attaching resets the handlers, says SetConsoleCtrlHandler's documentation. */
        SetConsoleCtrlHandler(survive, FALSE);
        SetConsoleCtrlHandler(survive, TRUE);
        console_in = open_console(L"CONIN$");
        console_out = open_console(L"CONOUT$");
        attached = screen;
    }
    return input ? console_in : console_out;
}

static struct screen *open_screen(DWORD flags)
{
    struct screen *screen = test_room(NULL, sizeof *screen);
    STARTUPINFOW startup = {.cb = sizeof startup, .dwFlags = STARTF_USESHOWWINDOW, .wShowWindow = SW_HIDE};
    PROCESS_INFORMATION information;
    wchar_t line[] = L"holder --hold-console";

    if (!CreateProcessW(test_self(), line, NULL, NULL, FALSE, flags | CREATE_SUSPENDED, NULL, NULL, &startup, &information))
        test_bail("no process for a console: error %lu", GetLastError());
    AssignProcessToJobObject(test_job, information.hProcess);
    ResumeThread(information.hThread);
    CloseHandle(information.hThread);
    *screen = (struct screen){.holder = information.hProcess, .id = information.dwProcessId};
    screen_attach(screen, true);
    return screen;
}

struct screen *screen_open(void)
{
    return open_screen(CREATE_NO_WINDOW);
}

struct screen *screen_open_window(void)
{
    return open_screen(CREATE_NEW_CONSOLE);
}

/* The programs on the console: neither the holder nor we. */
static DWORD programs_on(struct screen *screen, DWORD *ids, DWORD room)
{
    DWORD used = 0;
    screen_attach(screen, true);
    DWORD count = GetConsoleProcessList(ids, room);
    for (DWORD i = 0; i < count && i < room; i++)
        if (ids[i] != GetCurrentProcessId() && ids[i] != screen->id)
            ids[used++] = ids[i];
    return used;
}

void screen_free(struct screen *screen)
{
    DWORD ids[MOST_PROGRAMS], count = 0;

    if (WaitForSingleObject(screen->holder, 0) == WAIT_TIMEOUT)
        count = programs_on(screen, ids, MOST_PROGRAMS);
    for (DWORD i = 0; i < count; i++) {
        HANDLE process = OpenProcess(PROCESS_TERMINATE, FALSE, ids[i]);
        TerminateProcess(process, 99);
        CloseHandle(process);
    }
    if (attached == screen)
        screen_detach();
    TerminateProcess(screen->holder, 99);
    CloseHandle(screen->holder);
    free(screen->text);
    free(screen);
}

void screen_records(struct screen *screen, const INPUT_RECORD *records, DWORD count)
{
    DWORD written;
    if (!WriteConsoleInputW(screen_attach(screen, true), records, count, &written) || written != count)
        test_bail("WriteConsoleInput: error %lu", GetLastError());
}

void screen_key(struct screen *screen, WORD virtual_key, wchar_t unit, DWORD state)
{
    INPUT_RECORD records[2] = {{.EventType = KEY_EVENT}, {.EventType = KEY_EVENT}};
    for (int i = 0; i < 2; i++) {
        KEY_EVENT_RECORD *key = &records[i].Event.KeyEvent;
        key->bKeyDown = i == 0;
        key->wRepeatCount = 1;
        key->wVirtualKeyCode = virtual_key;
        key->uChar.UnicodeChar = unit;
        key->dwControlKeyState = state;
    }
    screen_records(screen, records, 2);
}

void screen_type(struct screen *screen, const char *text)
{
    size_t units;
    wchar_t *wide = test_widen(text, &units);

    for (size_t i = 0; i < units; i++) {
        wchar_t unit = wide[i] == L'\n' ? L'\r' : wide[i];
        WORD key = 0;
        DWORD state = 0;
        if (unit == L'\r' || unit == L'\b' || unit == L'\t' || unit == 0x1b) { /* their own codes */
            key = (WORD)unit;
        } else if (unit < 0x20) {
            key = (WORD)(unit + 0x40);
            state = LEFT_CTRL_PRESSED;
        } else if ((unit >= L'a' && unit <= L'z') || unit == L' ' || (unit >= L'0' && unit <= L'9')) {
            key = unit >= L'a' ? (WORD)(unit - 0x20) : (WORD)unit;
        } else if (unit >= L'A' && unit <= L'Z') {
            key = (WORD)unit;
            state = SHIFT_PRESSED;
        } /* others have no key on every keyboard: code 0, as when text is pasted */
        screen_key(screen, key, unit, state);
    }
    free(wide);
}

DWORD screen_pending(struct screen *screen)
{
    DWORD count;
    if (!GetNumberOfConsoleInputEvents(screen_attach(screen, true), &count))
        test_bail("GetNumberOfConsoleInputEvents: error %lu", GetLastError());
    return count;
}

bool screen_ctrl_c(struct screen *screen)
{
    screen_attach(screen, true);
    return GenerateConsoleCtrlEvent(CTRL_C_EVENT, 0);
}

/*
 * Wine 8 sends no event but Ctrl+C: GenerateConsoleCtrlEvent fails with error 12, and a closed window simply ends its
 * programs. So do what Windows' console host does for each event: run kernelbase!CtrlRoutine in a new thread of every
 * program; it calls the program's handlers, and ends the program if none takes the event. (kernelbase lies at the same
 * address in all processes.) Returns when all handlers have, or after the 5 s which Windows gives them to close.
 */
static void send_event(struct screen *screen, DWORD event)
{
    DWORD ids[MOST_PROGRAMS], count = programs_on(screen, ids, MOST_PROGRAMS);
    FARPROC found = GetProcAddress(GetModuleHandleW(L"kernelbase.dll"), "CtrlRoutine");
    LPTHREAD_START_ROUTINE routine;
    HANDLE threads[MOST_PROGRAMS];
    DWORD started = 0;

    memcpy(&routine, &found, sizeof routine);
    for (DWORD i = 0; routine && i < count; i++) {
        HANDLE process = OpenProcess(PROCESS_ALL_ACCESS, FALSE, ids[i]);
        HANDLE thread = CreateRemoteThread(process, NULL, 0, routine, (void *)(ULONG_PTR)event, 0, NULL);
        if (thread)
            threads[started++] = thread;
        CloseHandle(process);
    }
    if (started)
        WaitForMultipleObjects(started, threads, TRUE, 5000);
    while (started)
        CloseHandle(threads[--started]);
}

bool screen_ctrl_break(struct screen *screen)
{
    screen_attach(screen, true);
    if (!test_in_wine())
        return GenerateConsoleCtrlEvent(CTRL_BREAK_EVENT, 0);
    send_event(screen, CTRL_BREAK_EVENT);
    return true;
}

void screen_close_window(struct screen *screen)
{
    screen_attach(screen, true);
    HWND window = GetConsoleWindow();
    if (!window)
        test_bail("this screen has no window");
    if (test_in_wine())
        send_event(screen, CTRL_CLOSE_EVENT);
    screen_detach(); /* closing ends every process on the console */
    /* Not linked: loading user32 would slow every test's start. */
    FARPROC found = GetProcAddress(LoadLibraryW(L"user32.dll"), "PostMessageW");
    BOOL(WINAPI *post)(HWND, UINT, WPARAM, LPARAM);
    memcpy(&post, &found, sizeof post);
    if (!post(window, WM_CLOSE, 0, 0))
        test_bail("the window does not close: error %lu", GetLastError());
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
        if (!ReadConsoleOutputCharacterW(out, cells + used, (DWORD)columns, (COORD){0, row}, &count))
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
        for (const char *at = screen_read(screen); (at = strstr(at, part)) != NULL; at += strlen(part))
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
    HANDLE in = screen_attach(screen, true), out = screen_attach(screen, false);
    struct screen_state state = {.input_page = GetConsoleCP(), .output_page = GetConsoleOutputCP()};
    CONSOLE_SCREEN_BUFFER_INFO info;
    CONSOLE_CURSOR_INFO cursor;

    if (!GetConsoleMode(in, &state.input_mode) || !GetConsoleMode(out, &state.output_mode) ||
        !GetConsoleScreenBufferInfo(out, &info) || !GetConsoleCursorInfo(out, &cursor))
        test_bail("the state of the console: error %lu", GetLastError());
    state.columns = info.dwSize.X;
    state.rows = info.dwSize.Y;
    state.cursor_column = info.dwCursorPosition.X;
    state.cursor_row = info.dwCursorPosition.Y;
    state.cursor_visible = cursor.bVisible;
    return state;
}

void screen_set_modes(struct screen *screen, DWORD input_mode, DWORD output_mode)
{
    if (!SetConsoleMode(screen_attach(screen, true), input_mode) ||
        !SetConsoleMode(screen_attach(screen, false), output_mode))
        test_bail("SetConsoleMode: error %lu", GetLastError());
}

/* The window may not be larger than the buffer: shrink it to a cell first. */
void screen_resize(struct screen *screen, SHORT columns, SHORT rows)
{
    HANDLE out = screen_attach(screen, false);
    SMALL_RECT cell = {0};
    SetConsoleWindowInfo(out, TRUE, &cell);
    if (!SetConsoleScreenBufferSize(out, (COORD){columns, rows}))
        test_bail("SetConsoleScreenBufferSize: error %lu", GetLastError());
    SMALL_RECT window = {0, 0, (SHORT)(columns - 1), (SHORT)((rows < 25 ? rows : 25) - 1)};
    SetConsoleWindowInfo(out, TRUE, &window);
}
