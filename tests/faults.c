/*
 * Linked into a writer and a reader of their own, this replaces the functions of faults.h by ones
 * that do the same, count, and fail when they are told to. A pointer that the program itself
 * defines wins over that of the import library; wmain is wrapped by the linker, allocations are
 * renamed by the compiler.
 */
#include <windows.h>

#include <aclapi.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "faults.h"

#undef malloc
#undef calloc
#undef realloc

extern IMAGE_DOS_HEADER __ImageBase; /* the start of the program, from the linker */
static struct faults nothing;        /* what is outside wmain does not count */
static struct faults *faults = &nothing;

/* Each function has a section of its own, and the linker sorts them by name behind the libraries:
 * what lies between these two is the program. */
#define FIRST __attribute__((section(".text$0")))
#define LAST  __attribute__((section(".text$zzz")))

/* From ntdll, since GetProcAddress is replaced as well. */
FIRST static void look_up(void *call, const char *name)
{
    struct name {
        USHORT length, room;
        const char *buffer;
    };
    long NTAPI LdrGetProcedureAddress(HMODULE, struct name *, ULONG, void **);
    static const wchar_t *const dlls[] = {L"kernel32.dll", L"ntdll.dll", L"advapi32.dll"};
    USHORT length = (USHORT)strlen(name);
    struct name function = {length, length, name};
    for (int i = 0; i < 3; i++)
        if (LdrGetProcedureAddress(LoadLibraryExW(dlls[i], NULL, 0), &function, 0, call) == 0)
            return;
    abort();
}

static BOOL is_due(enum fault function, const void *from)
{
    LONG call = InterlockedIncrement(&faults->calls[function]);
    if (call <= FAULT_CALLS)
        faults->sites[function][call - 1] =
            (DWORD)((const char *)from - (const char *)&__ImageBase);
    if (faults->function != (LONG)function || faults->call != call)
        return FALSE;
    SetLastError(FAULT_ERROR);
    return TRUE;
}

#define NOTE_OPENS(result)                                                                         \
    if ((LONG_PTR)(result) != 0 && (LONG_PTR)(result) != -1)                                       \
    InterlockedIncrement(&faults->handles)
#define NOTE_CLOSES(result)                                                                        \
    if (result)                                                                                    \
    InterlockedDecrement(&faults->handles)
#define NOTE_NATIVE_OPENS(result)                                                                  \
    if ((result) >= 0)                                                                             \
    InterlockedIncrement(&faults->handles)
#define NOTE_NATIVE_CLOSES(result)                                                                 \
    if ((result) >= 0)                                                                             \
    InterlockedDecrement(&faults->handles)
#define NOTE_USES(result) (void)0

/* What GetProcAddress gives has to fail as well. */
FIRST static FARPROC WINAPI find_faulty(HMODULE module, const char *name);

static void find_real(void *call, const char *name)
{
    FARPROC(WINAPI * find)(HMODULE, const char *) = find_faulty;
    if (strcmp(name, "GetProcAddress") == 0)
        memcpy(call, &find, sizeof find);
    else
        look_up(call, name);
}

#define REPLACE(handles, type, name, failure, parameters, arguments, why)                          \
    typedef type(WINAPI *name##_call) parameters;                                                  \
    static type WINAPI faulty_##name parameters                                                    \
    {                                                                                              \
        static name##_call real;                                                                   \
        if (real == NULL)                                                                          \
            find_real(&real, #name);                                                               \
        if (is_due(FAULT_##name, __builtin_return_address(0)))                                     \
            return failure;                                                                        \
        type result = real arguments;                                                              \
        NOTE_##handles(result);                                                                    \
        return result;                                                                             \
    }                                                                                              \
    extern name##_call __imp_##name;                                                               \
    name##_call __imp_##name = faulty_##name;
FAULTS(REPLACE)

static FARPROC WINAPI find_faulty(HMODULE module, const char *name)
{
#define NAME_OF(handles, type, name, failure, parameters, arguments, why)   #name,
#define FAULTY_OF(handles, type, name, failure, parameters, arguments, why) (FARPROC) faulty_##name,
    static const char *const names[] = {FAULTS(NAME_OF)};
    static const FARPROC functions[] = {FAULTS(FAULTY_OF)};
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++)
        if (strcmp(name, names[i]) == 0)
            return functions[i];
    (void)module;
    FARPROC found;
    look_up(&found, name);
    return found;
}

#define ALLOCATE(handles, type, name, failure, parameters, arguments, why)                         \
    type faulty_##name parameters;                                                                 \
    type faulty_##name parameters                                                                  \
    {                                                                                              \
        return is_due(FAULT_##name, __builtin_return_address(0)) ? failure : name arguments;       \
    }
ALLOCATIONS(ALLOCATE)

/* An instruction that loads from or calls an address relative to itself, which follows. */
static BOOL is_relative(const unsigned char *operand)
{
    BOOL loads = operand[-2] == 0x8B && (operand[-1] & 0xC7) == 0x05;
    BOOL jumps = operand[-2] == 0xFF && operand[-1] == 0x15;
    return loads || jumps || operand[-1] == 0xE8;
}

/* Counts the places in the program's code that refer to each function. */
LAST static void count_loads(void)
{
#define IMPORT(handles, type, name, failure, parameters, arguments, why)   (intptr_t) & __imp_##name,
#define FUNCTION(handles, type, name, failure, parameters, arguments, why) (intptr_t) faulty_##name,
    static const intptr_t targets[] = {FAULTS(IMPORT) ALLOCATIONS(FUNCTION)};
    for (const char *at = (const char *)look_up; at < (const char *)count_loads; at++) {
        int32_t offset;
        memcpy(&offset, at, 4);
        for (int i = 0; i < FAULT_COUNT; i++)
            faults->loads[i] +=
                targets[i] == (intptr_t)at + 4 + offset && is_relative((const unsigned char *)at);
    }
}

static BOOL is_listed(const char *name)
{
    static const char *const others[] = {OTHERS};
    for (size_t i = 0; i < sizeof others / sizeof others[0]; i++)
        if (strcmp(name, others[i]) == 0)
            return TRUE;
    return FALSE;
}

/* What is replaced is imported no more, so what still is must be listed. */
static void find_unknown(void)
{
    const char *image = (const char *)&__ImageBase;
    const IMAGE_NT_HEADERS *headers = (const void *)(image + __ImageBase.e_lfanew);
    const IMAGE_DATA_DIRECTORY *directory =
        &headers->OptionalHeader.DataDirectory[IMAGE_DIRECTORY_ENTRY_IMPORT];
    const IMAGE_IMPORT_DESCRIPTOR *dll = (const void *)(image + directory->VirtualAddress);
    for (; dll->Name != 0; dll++) {
        const char *dll_name = image + dll->Name;
        const IMAGE_THUNK_DATA *import = (const void *)(image + dll->OriginalFirstThunk);
        if (_stricmp(dll_name, "kernel32.dll") != 0 && _stricmp(dll_name, "ntdll.dll") != 0)
            continue;
        for (; import->u1.AddressOfData != 0; import++) {
            const IMAGE_IMPORT_BY_NAME *entry = (const void *)(image + import->u1.AddressOfData);
            if (!is_listed((const char *)entry->Name))
                strncpy(faults->unknown, (const char *)entry->Name, sizeof faults->unknown - 1);
        }
    }
}

int __real_wmain(int count, wchar_t **arguments);
int __wrap_wmain(int count, wchar_t **arguments);
LAST int __wrap_wmain(int count, wchar_t **arguments)
{
    HANDLE mapping = OpenFileMappingA(FILE_MAP_WRITE, FALSE, getenv(FAULTS_VARIABLE));
    struct faults *shared = faulty_MapViewOfFile(mapping, FILE_MAP_WRITE, 0, 0, 0);
    if (shared == NULL)
        abort();
    faults = shared;
    if (faults->call == 0) {
        count_loads();
        find_unknown();
    }
    int status = __real_wmain(count, arguments);
    faults->left = faults->handles;
    faults->returned = 1;
    faults = &nothing;
    return status;
}
