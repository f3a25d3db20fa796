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

/* True where the variable REPLACED says `what`; finds the real function. */
static BOOL asks(const char *what, void *real, const char *name)
{
    FARPROC found = GetProcAddress(GetModuleHandleW(L"kernel32.dll"), name);
    const char *asked = getenv("REPLACED");
    memcpy(real, &found, sizeof found); /* C has no cast between these */
    return asked != NULL && strcmp(asked, what) == 0;
}

static BOOL ends_with(const wchar_t *name, const wchar_t *end)
{
    size_t length = wcslen(name), count = wcslen(end);
    return length >= count && wcscmp(name + length - count, end) == 0;
}

/* Creates the mapping of another user, which is closed to this one: "D:P", a DACL of no entry. */
static void create_theirs(const wchar_t *name)
{
    static ACL nobody = {ACL_REVISION, 0, sizeof(ACL), 0, 0};
    SECURITY_DESCRIPTOR descriptor;
    SECURITY_ATTRIBUTES security = {sizeof security, &descriptor, FALSE};
    InitializeSecurityDescriptor(&descriptor, SECURITY_DESCRIPTOR_REVISION);
    SetSecurityDescriptorDacl(&descriptor, TRUE, &nobody, FALSE);
    real_CreateFileMappingW(INVALID_HANDLE_VALUE, &security, PAGE_READWRITE, 0, 256, name);
}

/*
 * Refuses Global\, as Windows does in an ordinary terminal:
 * "global" all of it; "shown" NAME.shown alone; "taken" all of it, and just before that another
 * user creates the mapping.
 */
static HANDLE WINAPI replaced_CreateFileMappingW(HANDLE file, SECURITY_ATTRIBUTES *security,
                                                 DWORD protect, DWORD high, DWORD low,
                                                 const wchar_t *name)
{
    BOOL taken = asks("taken", &real_CreateFileMappingW, "CreateFileMappingW");
    BOOL global = asks("global", &real_CreateFileMappingW, "CreateFileMappingW");
    BOOL shown = asks("shown", &real_CreateFileMappingW, "CreateFileMappingW");
    if (name == NULL || wcsncmp(name, L"Global\\", 7) != 0 ||
        !(taken || global || (shown && ends_with(name, L".shown"))))
        return real_CreateFileMappingW(file, security, protect, high, low, name);
    if (taken) {
        wchar_t mapping[300] = L"";
        size_t length = wcslen(name) - (ends_with(name, L".shown") ? 6 : 0);
        wcsncpy(mapping, name, length < 299 ? length : 299);
        create_theirs(mapping);
    }
    SetLastError(ERROR_ACCESS_DENIED);
    return NULL;
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

/* Has no room for a whole section, as 32 bits for a large one. */
static void *WINAPI replaced_MapViewOfFile(HANDLE section, DWORD access, DWORD high, DWORD low,
                                           SIZE_T bytes)
{
    if (asks("large", &real_MapViewOfFile, "MapViewOfFile")) {
        SetLastError(ERROR_NOT_ENOUGH_MEMORY);
        return NULL;
    }
    return real_MapViewOfFile(section, access, high, low, bytes);
}
