/*
 * Real consoles for programs under test. A process has at most one console, so the harness leaves
 * its own and attaches to whichever screen is being used (AttachConsole), and stays there until
 * another one is.
 *
 * Each console is kept by a process of ours that does nothing ("--hold-console"). It is there
 * before the program, so that the program can be given any mixture of console and pipe handles, and
 * after it, so that the screen can still be read.
 *
 * Wine: CREATE_NO_WINDOW needs no display, CREATE_NEW_CONSOLE needs one or the "null" graphics
 * driver (scripts/wine.sh sets that); with neither, the console exists but every call on it fails
 * with error 6. A cell holds one UTF-16 unit there, and CJK takes one cell; on Windows such a
 * character fills two cells and is read back once.
 */
#include "harness.h"

#include <stdlib.h>
#include <string.h>
#include <wchar.h>

#define POLL_MS      10
#define BELOW_CURSOR 10 /* rows that are read below the cursor */

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
    HANDLE handle = CreateFileW(name, GENERIC_READ | GENERIC_WRITE,
                                FILE_SHARE_READ | FILE_SHARE_WRITE, NULL, OPEN_EXISTING, 0, NULL);
    DWORD mode;
    if (handle == INVALID_HANDLE_VALUE || !GetConsoleMode(handle, &mode))
        test_bail("%ls does not work: error %lu", name, GetLastError());
    return handle;
}

/* Until the holder has its console, AttachConsole says error 6 or 31. */
static bool join_console(struct screen *screen)
{
    ULONGLONG end = GetTickCount64() + ENOUGH_MS;
    screen_detach();
    while (!AttachConsole(screen->id)) {
        if (GetTickCount64() > end || WaitForSingleObject(screen->holder, 0) == WAIT_OBJECT_0)
            return false;
        Sleep(POLL_MS);
    }
    return true;
}

HANDLE screen_attach(struct screen *screen, bool input)
{
    if (attached != screen) {
        if (!join_console(screen))
            test_bail("AttachConsole: error %lu", GetLastError());
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
    STARTUPINFOW startup = {
        .cb = sizeof startup, .dwFlags = STARTF_USESHOWWINDOW, .wShowWindow = SW_HIDE};
    PROCESS_INFORMATION information;
    wchar_t line[] = L"holder --hold-console";

    /* Once in some hundred times, Wine's console does not come up, and its holder ends. */
    for (int attempt = 1;; attempt++) {
        test_spawn(test_self(), line, flags, &startup, &information);
        ResumeThread(information.hThread);
        CloseHandle(information.hThread);
        *screen = (struct screen){.holder = information.hProcess, .id = information.dwProcessId};
        if (join_console(screen) || attempt == 3)
            break;
        TerminateProcess(screen->holder, 99);
        CloseHandle(screen->holder);
    }
    FreeConsole();
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

DWORD screen_programs(struct screen *screen, DWORD *ids, DWORD room)
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
    DWORD ids[SCREEN_PROGRAMS], count = 0;

    if (WaitForSingleObject(screen->holder, 0) == WAIT_TIMEOUT)
        count = screen_programs(screen, ids, SCREEN_PROGRAMS);
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
