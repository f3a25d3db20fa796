/*
 * Linked into a writer and a reader of their own, this replaces the functions of faults.h by ones
 * that do the same, count, and fail when they are told to. A pointer that the program itself
 * defines wins over that of the import library; wmain and allocations are wrapped by the linker.
 */
#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "faults.h"

static struct faults nothing; /* what is outside wmain does not count */
static struct faults *faults = &nothing;

static void find_real(void *call, const char *name)
{
    static const wchar_t *const dlls[] = {L"kernel32.dll", L"ntdll.dll", L"advapi32.dll"};
    FARPROC found = NULL;
    for (int i = 0; i < 3 && found == NULL; i++)
        found = GetProcAddress(LoadLibraryW(dlls[i]), name);
    if (found == NULL)
        abort();
    memcpy(call, &found, sizeof found); /* C has no cast between these */
}

/* Whether a function needs what may be scarce. */
enum { OPENS_SCARCE = 1, NATIVE_OPENS_SCARCE = 1, ALLOCATES_SCARCE = 1 };
enum { CLOSES_SCARCE = 0, NATIVE_CLOSES_SCARCE = 0, USES_SCARCE = 0 };
#define IS_SCARCE(effect, name, count, failure, why) effect##_SCARCE,
static const char is_scarce[] = {FAULTS(IS_SCARCE) ALLOCATIONS(IS_SCARCE)};

/* By which way through the program a call is reached. 32-bit programs keep no frames to walk, so
 * there it is the last address and the first calls that are told apart. */
static ULONG find_path(const char *caller, LONG call)
{
    const char *image = (const char *)GetModuleHandleW(NULL);
    void *frames[32];
    ULONG path = 2166136261u ^ (ULONG)(caller - image);
    int count = sizeof(void *) == 8 ? RtlCaptureStackBackTrace(0, 32, frames, NULL) : 0;
    if (count == 0)
        path += call < 3 ? (ULONG)call : 3;
    for (int i = 0; i < count; i++)
        if ((const char *)frames[i] > image && (const char *)frames[i] < image + 0x100000)
            path = (path ^ (ULONG)((const char *)frames[i] - image)) * 16777619u;
    return path;
}

/* In the run in which nothing fails. */
static void note_call(enum fault function, LONG call, const char *caller)
{
    LONG at = faults != &nothing && faults->call == 0 && faults->scarce_from == 0
                  ? InterlockedIncrement(&faults->noted) - 1
                  : MOST_NOTED;
    if (at >= MOST_NOTED)
        return;
    DWORD error = GetLastError();
    faults->notes[at].path = find_path(caller, call);
    faults->notes[at].call = call;
    faults->notes[at].function = (LONG)function;
    SetLastError(error);
}

static BOOL is_due(enum fault function, const char *caller)
{
    LONG call = InterlockedIncrement(&faults->calls[function]);
    note_call(function, call, caller);
    LONG scarce = is_scarce[function] ? InterlockedIncrement(&faults->scarce) : 0;
    bool lacks = faults->scarce_from != 0 && scarce >= faults->scarce_from;
    if (!lacks && (faults->function != (LONG)function || faults->call != call))
        return FALSE;
    faults->hit = 1;
    SetLastError(lacks ? SCARCE_ERROR : FAULT_ERROR);
    return TRUE;
}

/* What a result says of the handles that are open. */
#define OPENS(result)         ((intptr_t)(result) != 0 && (intptr_t)(result) != -1)
#define NATIVE_OPENS(result)  ((LONG)(result) >= 0)
#define CLOSES(result)        (-(LONG)((result) != 0))
#define NATIVE_CLOSES(result) (-(LONG)((LONG)(result) >= 0))
#define ALLOCATES(result)     0
#define USES(result)          0

/* All arguments are words that are passed on, whatever they are. */
typedef uintptr_t word;
#define TAKES_1 word a
#define TAKES_2 TAKES_1, word b
#define TAKES_3 TAKES_2, word c
#define TAKES_4 TAKES_3, word d
#define TAKES_5 TAKES_4, word e
#define TAKES_6 TAKES_5, word f
#define TAKES_7 TAKES_6, word g
#define TAKES_8 TAKES_7, word h
#define GIVES_1 a
#define GIVES_2 GIVES_1, b
#define GIVES_3 GIVES_2, c
#define GIVES_4 GIVES_3, d
#define GIVES_5 GIVES_4, e
#define GIVES_6 GIVES_5, f
#define GIVES_7 GIVES_6, g
#define GIVES_8 GIVES_7, h

/* The two symbols by which a call is linked: a function, and a pointer to it. */
#ifdef __i386__
#define BYTES_1               "4"
#define BYTES_2               "8"
#define BYTES_3               "12"
#define BYTES_4               "16"
#define BYTES_5               "20"
#define BYTES_6               "24"
#define BYTES_7               "28"
#define BYTES_8               "32"
#define FUNCTION(name, count) "_" #name "@" BYTES_##count
#define POINTER(name, count)  "__imp__" #name "@" BYTES_##count
#else
#define FUNCTION(name, count) #name
#define POINTER(name, count)  "__imp_" #name
#endif

#define BODY(effect, name, count, failure)                                                         \
    if (is_due(FAULT_##name, __builtin_return_address(0)))                                         \
        return (word)(failure);                                                                    \
    word result = real(GIVES_##count);                                                             \
    if (effect(result) != 0)                                                                       \
        InterlockedExchangeAdd(&faults->handles, effect(result));                                  \
    return result;

#define REPLACE(effect, name, count, failure, why)                                                 \
    word WINAPI faulty_##name(TAKES_##count) __asm__(FUNCTION(name, count));                       \
    extern word(WINAPI *imported_##name)(TAKES_##count) __asm__(POINTER(name, count));             \
    word(WINAPI *imported_##name)(TAKES_##count) = faulty_##name;                                  \
    word WINAPI faulty_##name(TAKES_##count)                                                       \
    {                                                                                              \
        static word(WINAPI *real)(TAKES_##count);                                                  \
        if (real == NULL)                                                                          \
            find_real(&real, #name);                                                               \
        BODY(effect, name, count, failure)                                                         \
    }
FAULTS(REPLACE)

#define WRAP(effect, name, count, failure, why)                                                    \
    word __real_##name(TAKES_##count);                                                             \
    word __wrap_##name(TAKES_##count);                                                             \
    word __wrap_##name(TAKES_##count)                                                              \
    {                                                                                              \
        word (*const real)(TAKES_##count) = __real_##name;                                         \
        BODY(effect, name, count, failure)                                                         \
    }
ALLOCATIONS(WRAP)

/* What is replaced is imported no more, so what still is must be listed. */
static void find_unknown(void)
{
    const char *image = (const char *)GetModuleHandleW(NULL);
    const IMAGE_DOS_HEADER *dos = (const void *)image;
    const IMAGE_NT_HEADERS *headers = (const void *)(image + dos->e_lfanew);
    const IMAGE_DATA_DIRECTORY *directory =
        &headers->OptionalHeader.DataDirectory[IMAGE_DIRECTORY_ENTRY_IMPORT];
    const IMAGE_IMPORT_DESCRIPTOR *dll = (const void *)(image + directory->VirtualAddress);
    for (; dll->Name != 0; dll++) {
        const char *dll_name = image + dll->Name;
        const IMAGE_THUNK_DATA *import = (const void *)(image + dll->OriginalFirstThunk);
        if (_stricmp(dll_name, "kernel32.dll") != 0 && _stricmp(dll_name, "ntdll.dll") != 0 &&
            _stricmp(dll_name, "advapi32.dll") != 0)
            continue;
        for (; import->u1.AddressOfData != 0; import++) {
            const IMAGE_IMPORT_BY_NAME *entry = (const void *)(image + import->u1.AddressOfData);
            char found[sizeof faults->unknown];
            strncpy(found, (const char *)entry->Name, sizeof found - 2);
            found[sizeof found - 2] = '\0';
            if (strstr(OTHERS, strcat(found, " ")) == NULL)
                strcpy(faults->unknown, found);
        }
    }
}

int __real_wmain(int count, wchar_t **arguments);
int __wrap_wmain(int count, wchar_t **arguments);
int __wrap_wmain(int count, wchar_t **arguments)
{
    HANDLE mapping = OpenFileMappingA(FILE_MAP_WRITE, FALSE, getenv(FAULTS_VARIABLE));
    struct faults *shared = (void *)faulty_MapViewOfFile((word)mapping, FILE_MAP_WRITE, 0, 0, 0);
    if (shared == NULL)
        abort();
    faults = shared;
    if (faults->call == 0)
        find_unknown();
    int status = __real_wmain(count, arguments);
    faults->left = faults->handles;
    faults->returned = 1;
    faults = &nothing;
    return status;
}
