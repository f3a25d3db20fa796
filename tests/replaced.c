/* Linked into a writer and a reader of their own, this replaces calls of Windows whose answers Wine
 * does not give; the variable REPLACED says which. A pointer that the program itself defines wins
 * over that of the import library. */
#include <stdlib.h>
#include <string.h>
#include <windows.h>

#ifdef __i386__
#define IMPORT(name, bytes) "__imp__" #name "@" #bytes
#else
#define IMPORT(name, bytes) "__imp_" #name
#endif

/* Defines `pointer`, which the program calls instead of Windows, and real_NAME. */
#define REPLACE(result, name, bytes, parameters)                                                   \
    static result WINAPI replaced_##name parameters;                                               \
    extern result(WINAPI *imported_##name) parameters __asm__(IMPORT(name, bytes));                \
    result(WINAPI *imported_##name) parameters = replaced_##name;                                  \
    static result(WINAPI *real_##name) parameters;

REPLACE(HANDLE, CreateFileMappingW, 24,
        (HANDLE, SECURITY_ATTRIBUTES *, DWORD, DWORD, DWORD, const wchar_t *))
REPLACE(BOOL, ReadFile, 20, (HANDLE, void *, DWORD, DWORD *, OVERLAPPED *))
REPLACE(BOOL, ReadConsoleW, 20, (HANDLE, void *, DWORD, DWORD *, CONSOLE_READCONSOLE_CONTROL *))

REPLACE(void *, MapViewOfFile, 20, (HANDLE, DWORD, DWORD, DWORD, SIZE_T))

/* True at the first call where REPLACED says `what`; finds the real function. */
static BOOL asks(const char *what, void *real, const char *name)
{
    FARPROC found = GetProcAddress(GetModuleHandleW(L"kernel32.dll"), name);
    const char *asked = getenv("REPLACED");
    memcpy(real, &found, sizeof found); /* C has no cast between these */
    return asked != NULL && strcmp(asked, what) == 0;
}

/* Refuses Global\, as Windows does in an ordinary terminal. */
static HANDLE WINAPI replaced_CreateFileMappingW(HANDLE file, SECURITY_ATTRIBUTES *security,
                                                 DWORD protect, DWORD high, DWORD low,
                                                 const wchar_t *name)
{
    if (asks("global", &real_CreateFileMappingW, "CreateFileMappingW") && name != NULL &&
        wcsncmp(name, L"Global\\", 7) == 0) {
        SetLastError(ERROR_ACCESS_DENIED);
        return NULL;
    }
    return real_CreateFileMappingW(file, security, protect, high, low, name);
}

/* Reads nothing, once, as after a write of no bytes into a pipe. */
static BOOL WINAPI replaced_ReadFile(HANDLE file, void *bytes, DWORD room, DWORD *count,
                                     OVERLAPPED *overlapped)
{
    static int calls;
    if (asks("empty", &real_ReadFile, "ReadFile") && calls++ == 0) {
        *count = 0;
        return TRUE;
    }
    return real_ReadFile(file, bytes, room, count, overlapped);
}

/* Reads nothing, once, as when Ctrl+C was pressed. */
static BOOL WINAPI replaced_ReadConsoleW(HANDLE console, void *units, DWORD room, DWORD *count,
                                         CONSOLE_READCONSOLE_CONTROL *control)
{
    static int calls;
    if (asks("aborted", &real_ReadConsoleW, "ReadConsoleW") && calls++ == 0) {
        *count = 0;
        SetLastError(ERROR_OPERATION_ABORTED);
        return TRUE;
    }
    return real_ReadConsoleW(console, units, room, count, control);
}

/* Makes the exception of a page that is out of reach that of a page that cannot be read. */
static LONG WINAPI spoil(EXCEPTION_POINTERS *at)
{
    EXCEPTION_RECORD *record = at->ExceptionRecord;
    if (record->ExceptionCode == EXCEPTION_ACCESS_VIOLATION) {
        record->ExceptionCode = EXCEPTION_IN_PAGE_ERROR;
        record->NumberParameters = 3;
        record->ExceptionInformation[2] = 0xC000009C; /* STATUS_DEVICE_DATA_ERROR */
    }
    return EXCEPTION_CONTINUE_SEARCH;
}

/* Has no room for a whole section, as 32 bits for a large one; or maps a file that is damaged. */
static void *WINAPI replaced_MapViewOfFile(HANDLE section, DWORD access, DWORD high, DWORD low,
                                           SIZE_T bytes)
{
    DWORD protect;
    if (asks("large", &real_MapViewOfFile, "MapViewOfFile") && high == 0 && low == 0 &&
        bytes == 0) {
        SetLastError(ERROR_NOT_ENOUGH_MEMORY);
        return NULL;
    }
    void *view = real_MapViewOfFile(section, access, high, low, bytes);
    if (asks("page", &real_MapViewOfFile, "MapViewOfFile")) {
        AddVectoredExceptionHandler(1, spoil);
        VirtualProtect(view, 1, PAGE_NOACCESS, &protect);
    }
    return view;
}
