/* Linked into a writer of its own, this stops it where it has let go of its mapping, has found that
 * nobody else holds it, and is about to make it anew: it sets the event NAME.paused and goes on
 * when NAME.go is set. */
#include <stdio.h>
#include <string.h>
#include <windows.h>

typedef HANDLE(WINAPI *create_call)(HANDLE, SECURITY_ATTRIBUTES *, DWORD, DWORD, DWORD,
                                    const wchar_t *);

static HANDLE open_event(const wchar_t *name, const wchar_t *suffix)
{
    wchar_t full[MAX_PATH];
    _snwprintf(full, MAX_PATH, L"%ls%ls", name, suffix);
    return OpenEventW(SYNCHRONIZE | EVENT_MODIFY_STATE, FALSE, full);
}

static HANDLE WINAPI create_paused(HANDLE file, SECURITY_ATTRIBUTES *security, DWORD protect,
                                   DWORD high, DWORD low, const wchar_t *name)
{
    static create_call real;
    static unsigned calls;
    if (calls++ == 1) {
        SetEvent(open_event(name, L".paused"));
        WaitForSingleObject(open_event(name, L".go"), INFINITE);
    }
    if (real == NULL) {
        FARPROC found = GetProcAddress(GetModuleHandleW(L"kernel32.dll"), "CreateFileMappingW");
        memcpy(&real, &found, sizeof real); /* C has no cast between these */
    }
    return real(file, security, protect, high, low, name);
}

extern create_call __imp_CreateFileMappingW;
create_call __imp_CreateFileMappingW = create_paused;
