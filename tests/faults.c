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
    USHORT length = (USHORT)strlen(name);
    struct name function = {length, length, name};
    if (LdrGetProcedureAddress(LoadLibraryW(L"kernel32.dll"), &function, 0, call) != 0 &&
        LdrGetProcedureAddress(LoadLibraryW(L"advapi32.dll"), &function, 0, call) != 0)
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
#define NOTE_USES(result) (void)0

#define REPLACE(handles, type, name, failure, parameters, arguments, why)                          \
    typedef type(WINAPI *name##_call) parameters;                                                  \
    static type WINAPI faulty_##name parameters                                                    \
    {                                                                                              \
        static name##_call real;                                                                   \
        if (real == NULL)                                                                          \
            look_up(&real, #name);                                                                 \
        if (is_due(FAULT_##name, __builtin_return_address(0)))                                     \
            return failure;                                                                        \
        type result = real arguments;                                                              \
        NOTE_##handles(result);                                                                    \
        return result;                                                                             \
    }                                                                                              \
    extern name##_call __imp_##name;                                                               \
    name##_call __imp_##name = faulty_##name;
FAULTS(REPLACE)

#define ALLOCATE(handles, type, name, failure, parameters, arguments, why)                         \
    type faulty_##name parameters;                                                                 \
    type faulty_##name parameters                                                                  \
    {                                                                                              \
        return is_due(FAULT_##name, __builtin_return_address(0)) ? failure : name arguments;       \
    }
ALLOCATIONS(ALLOCATE)

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
            faults->loads[i] += targets[i] == (intptr_t)at + 4 + offset;
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
    if (faults->call == 0)
        count_loads();
    int status = __real_wmain(count, arguments);
    faults->left = faults->handles;
    faults->returned = 1;
    faults = &nothing;
    return status;
}
