/* What a user does to a console: keys, Ctrl+C and Ctrl+Break, closing its window. */
#include "harness.h"

#include <stdlib.h>
#include <string.h>

void screen_key(struct screen *screen, WORD virtual_key, wchar_t unit, DWORD state)
{
    INPUT_RECORD records[2] = {{.EventType = KEY_EVENT}, {.EventType = KEY_EVENT}};
    DWORD written;
    for (int i = 0; i < 2; i++) {
        KEY_EVENT_RECORD *key = &records[i].Event.KeyEvent;
        key->bKeyDown = i == 0;
        key->wRepeatCount = 1;
        key->wVirtualKeyCode = virtual_key;
        key->uChar.UnicodeChar = unit;
        key->dwControlKeyState = state;
    }
    if (!WriteConsoleInputW(screen_attach(screen, true), records, 2, &written) || written != 2)
        test_bail("WriteConsoleInput: error %lu", GetLastError());
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

bool screen_ctrl_c(struct screen *screen)
{
    screen_attach(screen, true);
    return GenerateConsoleCtrlEvent(CTRL_C_EVENT, 0);
}

/*
 * Wine 8 sends no event but Ctrl+C: GenerateConsoleCtrlEvent fails with error 12, and a closed
 * window simply ends its programs. So do what Windows' console host does for each event: run
 * kernelbase!CtrlRoutine in a new thread of every program; it calls the program's handlers, and
 * ends the program if none takes the event. (kernelbase lies at the same address in all processes.)
 * Returns when all handlers have, or after the 5 s which Windows gives them to close.
 */
static void send_event(struct screen *screen, DWORD event)
{
    DWORD ids[SCREEN_PROGRAMS], count = screen_programs(screen, ids, SCREEN_PROGRAMS);
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
    BOOL(WINAPI * post)(HWND, UINT, WPARAM, LPARAM);
    memcpy(&post, &found, sizeof post);
    if (!post(window, WM_CLOSE, 0, 0))
        test_bail("the window does not close: error %lu", GetLastError());
    WaitForSingleObject(screen->holder, ENOUGH_MS); /* whoever attaches before is ended too */
}
