/* Linked into a writer and a reader of their own, this replaces CreateFileMappingW by one that
 * refuses to create under Global\, as Windows does in an ordinary terminal and Wine does not. A
 * pointer that the program itself defines wins over that of the import library. */
#include <string.h>
#include <windows.h>

typedef HANDLE(WINAPI *create_call)(HANDLE, SECURITY_ATTRIBUTES *, DWORD, DWORD, DWORD,
                                    const wchar_t *);

static HANDLE WINAPI create_unprivileged(HANDLE file, SECURITY_ATTRIBUTES *security, DWORD protect,
                                         DWORD high, DWORD low, const wchar_t *name)
{
    static create_call real;
    if (name != NULL && wcsncmp(name, L"Global\\", 7) == 0) {
        SetLastError(ERROR_ACCESS_DENIED);
        return NULL;
    }
    if (real == NULL) {
        FARPROC found = GetProcAddress(GetModuleHandleW(L"kernel32.dll"), "CreateFileMappingW");
        memcpy(&real, &found, sizeof real); /* C has no cast between these */
    }
    return real(file, security, protect, high, low, name);
}

extern create_call __imp_CreateFileMappingW;
create_call __imp_CreateFileMappingW = create_unprivileged;
