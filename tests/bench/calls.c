/*
 * Counts kernel calls of this process: a pointer that the program itself defines wins over that of
 * the import library. Counted are all calls into the kernel that are made between publisher_begin
 * and publisher_end and in source_take, bar the naps after a collision; the time and the process id
 * are read without one.
 */
#include "bench.h"

#include <string.h>

static char made[400];
static unsigned made_count;
static bool counting;

void calls_start(void)
{
    made[0] = '\0';
    made_count = 0;
    counting = true;
}

unsigned calls_made(const char **names)
{
    counting = false;
    *names = made;
    return made_count;
}

static void note_call(const char *name)
{
    if (!counting)
        return;
    made_count++;
    if (strlen(made) + strlen(name) + 2 < sizeof made)
        strcat(strcat(made, made[0] != '\0' ? " " : ""), name);
}

static void find(void *function, const char *name)
{
    FARPROC found = GetProcAddress(GetModuleHandleW(L"kernel32.dll"), name);
    memcpy(function, &found, sizeof found); /* C has no cast between these */
}

#ifdef __i386__
#define IMPORT(name, bytes) "__imp__" #name "@" #bytes
#else
#define IMPORT(name, bytes) "__imp_" #name
#endif

#define COUNTED(result, name, bytes, parameters, arguments)                                        \
    static result WINAPI counted_##name parameters                                                 \
    {                                                                                              \
        static result(WINAPI *real) parameters;                                                    \
        if (real == NULL)                                                                          \
            find(&real, #name);                                                                    \
        note_call(#name);                                                                          \
        return real arguments;                                                                     \
    }                                                                                              \
    extern result(WINAPI *imported_##name) parameters __asm__(IMPORT(name, bytes));                \
    result(WINAPI *imported_##name) parameters = counted_##name;

COUNTED(DWORD, WaitForSingleObject, 8, (HANDLE handle, DWORD timeout_ms), (handle, timeout_ms))
COUNTED(BOOL, ReleaseMutex, 4, (HANDLE handle), (handle))
COUNTED(BOOL, SetEvent, 4, (HANDLE handle), (handle))
COUNTED(BOOL, ResetEvent, 4, (HANDLE handle), (handle))
