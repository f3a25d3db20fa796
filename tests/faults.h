/*
 * Every Win32 call and allocation of both programs that can fail, once. faults.c makes a function
 * of each that fails when it is told to, and t_faults.c sees that all of them are tried.
 */
#ifndef FAULTS_H
#define FAULTS_H

#include <windows.h>

/* No program has a use for it, so it tells of the fault. */
#define FAULT_ERROR  ERROR_GEN_FAILURE
#define FAULT_STATUS ((NTSTATUS)0xC0000001) /* becomes that error */

/*
 * FAULT(what it does to handles, type, name, value of failure, parameters, arguments, why the
 * program may go on, beginning with "reader: " if only that one may). Without a reason it has to
 * end with status 2 and a line that tells.
 */
#define FAULTS(FAULT)                                                                              \
    FAULT(OPENS, HANDLE, CreateEventW, NULL,                                                       \
          (SECURITY_ATTRIBUTES * a, BOOL b, BOOL c, const wchar_t *d), (a, b, c, d), NULL)         \
    FAULT(OPENS, HANDLE, CreateFileMappingW, NULL,                                                 \
          (HANDLE a, SECURITY_ATTRIBUTES * b, DWORD c, DWORD d, DWORD e, const wchar_t *f),        \
          (a, b, c, d, e, f), NULL)                                                                \
    FAULT(                                                                                         \
        OPENS, HANDLE, CreateFileW, INVALID_HANDLE_VALUE,                                          \
        (const wchar_t *a, DWORD b, DWORD c, SECURITY_ATTRIBUTES *d, DWORD e, DWORD f, HANDLE g),  \
        (a, b, c, d, e, f, g), "no console: the text is handed over")                              \
    FAULT(OPENS, HANDLE, CreateMutexW, NULL, (SECURITY_ATTRIBUTES * a, BOOL b, const wchar_t *c),  \
          (a, b, c), NULL)                                                                         \
    FAULT(                                                                                         \
        OPENS, HANDLE, CreateThread, NULL,                                                         \
        (SECURITY_ATTRIBUTES * a, SIZE_T b, LPTHREAD_START_ROUTINE c, void *d, DWORD e, DWORD *f), \
        (a, b, c, d, e, f), NULL)                                                                  \
    FAULT(OPENS, HANDLE, OpenEventW, NULL, (DWORD a, BOOL b, const wchar_t *c), (a, b, c),         \
          "nobody waits, or changes are looked for by the clock")                                  \
    FAULT(OPENS, HANDLE, OpenFileMappingW, NULL, (DWORD a, BOOL b, const wchar_t *c), (a, b, c),   \
          "reader: a hint or a field of --info is missing")                                        \
    FAULT(OPENS, HANDLE, OpenJobObjectW, NULL, (DWORD a, BOOL b, const wchar_t *c), (a, b, c),     \
          NULL)                                                                                    \
    FAULT(OPENS, HANDLE, OpenMutexW, NULL, (DWORD a, BOOL b, const wchar_t *c), (a, b, c),         \
          "reader: no writer is known to be back soon")                                            \
    FAULT(OPENS, HANDLE, OpenProcess, NULL, (DWORD a, BOOL b, DWORD c), (a, b, c),                 \
          "--info says what it does not know")                                                     \
    FAULT(OPENS, HANDLE, OpenSemaphoreW, NULL, (DWORD a, BOOL b, const wchar_t *c), (a, b, c),     \
          NULL)                                                                                    \
    FAULT(OPENS, HANDLE, OpenWaitableTimerW, NULL, (DWORD a, BOOL b, const wchar_t *c), (a, b, c), \
          NULL)                                                                                    \
    FAULT(OPENS, void *, MapViewOfFile, NULL, (HANDLE a, DWORD b, DWORD c, DWORD d, SIZE_T e),     \
          (a, b, c, d, e), "the size in --list is not known")                                      \
    FAULT(CLOSES, BOOL, CloseHandle, FALSE, (HANDLE a), (a), "nothing can be done about it")       \
    FAULT(CLOSES, BOOL, UnmapViewOfFile, FALSE, (const void *a), (a),                              \
          "nothing can be done about it")                                                          \
    FAULT(USES, BOOL, ConvertSidToStringSidA, FALSE, (PSID a, char **b), (a, b), NULL)             \
    FAULT(USES, BOOL, FileTimeToSystemTime, FALSE, (const FILETIME *a, SYSTEMTIME *b), (a, b),     \
          "the time is shown as zeros")                                                            \
    FAULT(USES, DWORD, FormatMessageW, 0,                                                          \
          (DWORD a, const void *b, DWORD c, DWORD d, wchar_t *e, DWORD f, va_list *g),             \
          (a, b, c, d, e, f, g), "the number is told without words")                               \
    FAULT(USES, BOOL, GetAce, FALSE, (PACL a, DWORD b, void **c), (a, b, c),                       \
          "--info shows what it knows")                                                            \
    FAULT(USES, BOOL, GetConsoleMode, FALSE, (HANDLE a, DWORD * b), (a, b),                        \
          "no console: bytes are written")                                                         \
    FAULT(USES, BOOL, GetExitCodeProcess, FALSE, (HANDLE a, DWORD * b), (a, b),                    \
          "--info takes it to be running")                                                         \
    FAULT(USES, FARPROC, GetProcAddress, NULL, (HMODULE a, const char *b), (a, b),                 \
          "--info says what it does not know")                                                     \
    FAULT(USES, DWORD, GetSecurityInfo, FAULT_ERROR,                                               \
          (HANDLE a, SE_OBJECT_TYPE b, SECURITY_INFORMATION c, PSID * d, PSID * e, PACL * f,       \
           PACL * g, PSECURITY_DESCRIPTOR * h),                                                    \
          (a, b, c, d, e, f, g, h), "--info says what it does not know")                           \
    FAULT(USES, HMODULE, LoadLibraryW, NULL, (const wchar_t *a), (a),                              \
          "--info says what it does not know")                                                     \
    FAULT(USES, BOOL, LookupAccountSidW, FALSE,                                                    \
          (const wchar_t *a, PSID b, wchar_t *c, DWORD *d, wchar_t *e, DWORD *f, SID_NAME_USE *g), \
          (a, b, c, d, e, f, g), "--info shows digits")                                            \
    FAULT(USES, int, MultiByteToWideChar, 0,                                                       \
          (UINT a, DWORD b, const char *c, int d, wchar_t *e, int f), (a, b, c, d, e, f), NULL)    \
    FAULT(NATIVE_OPENS, NTSTATUS, NtOpenProcessToken, FAULT_STATUS,                                \
          (HANDLE a, ACCESS_MASK b, HANDLE * c), (a, b, c), NULL)                                  \
    FAULT(USES, NTSTATUS, NtQueryInformationToken, FAULT_STATUS,                                   \
          (HANDLE a, int b, void *c, ULONG d, ULONG *e), (a, b, c, d, e), NULL)                    \
    FAULT(NATIVE_OPENS, NTSTATUS, NtOpenDirectoryObject, FAULT_STATUS,                             \
          (HANDLE * a, ACCESS_MASK b, void *c), (a, b, c), NULL)                                   \
    FAULT(USES, NTSTATUS, NtQueryDirectoryObject, FAULT_STATUS,                                    \
          (HANDLE a, void *b, ULONG c, BOOLEAN d, BOOLEAN e, ULONG *f, ULONG *g),                  \
          (a, b, c, d, e, f, g), NULL)                                                             \
    FAULT(NATIVE_CLOSES, NTSTATUS, NtClose, FAULT_STATUS, (HANDLE a), (a),                         \
          "nothing can be done about it")                                                          \
    FAULT(USES, BOOL, ProcessIdToSessionId, FALSE, (DWORD a, DWORD * b), (a, b), NULL)             \
    FAULT(USES, BOOL, QueryFullProcessImageNameW, FALSE,                                           \
          (HANDLE a, DWORD b, wchar_t * c, DWORD * d), (a, b, c, d),                               \
          "--info says what it does not know")                                                     \
    FAULT(USES, BOOL, ReadConsoleInputW, FALSE, (HANDLE a, INPUT_RECORD * b, DWORD c, DWORD * d),  \
          (a, b, c, d), NULL)                                                                      \
    FAULT(USES, BOOL, ReadConsoleW, FALSE,                                                         \
          (HANDLE a, void *b, DWORD c, DWORD *d, CONSOLE_READCONSOLE_CONTROL *e), (a, b, c, d, e), \
          NULL)                                                                                    \
    FAULT(USES, BOOL, ReadFile, FALSE, (HANDLE a, void *b, DWORD c, DWORD *d, OVERLAPPED *e),      \
          (a, b, c, d, e), NULL)                                                                   \
    FAULT(USES, BOOL, ReleaseMutex, FALSE, (HANDLE a), (a), NULL)                                  \
    FAULT(USES, BOOL, ResetEvent, FALSE, (HANDLE a), (a), NULL)                                    \
    FAULT(USES, BOOL, SetConsoleCtrlHandler, FALSE, (PHANDLER_ROUTINE a, BOOL b), (a, b),          \
          "Ctrl+C ends it in Windows' own way")                                                    \
    FAULT(USES, BOOL, SetConsoleMode, FALSE, (HANDLE a, DWORD b), (a, b),                          \
          "the mode is restored as far as the console lets")                                       \
    FAULT(USES, BOOL, SetEvent, FALSE, (HANDLE a), (a),                                            \
          "reader: the writer that waits for it says so")                                          \
    FAULT(USES, SIZE_T, VirtualQuery, 0, (const void *a, MEMORY_BASIC_INFORMATION *b, SIZE_T c),   \
          (a, b, c), "the size in --list is not known")                                            \
    FAULT(USES, DWORD, WaitForSingleObject, WAIT_FAILED, (HANDLE a, DWORD b), (a, b),              \
          "reader: a follower sleeps instead")                                                     \
    FAULT(USES, int, WideCharToMultiByte, 0,                                                       \
          (UINT a, DWORD b, const wchar_t *c, int d, char *e, int f, const char *g, BOOL *h),      \
          (a, b, c, d, e, f, g, h), "the character counts as one that the code page lacks")        \
    FAULT(USES, BOOL, WriteConsoleW, FALSE, (HANDLE a, const void *b, DWORD c, DWORD *d, void *e), \
          (a, b, c, d, e), "stderr has nowhere to tell it")                                        \
    FAULT(USES, BOOL, WriteFile, FALSE,                                                            \
          (HANDLE a, const void *b, DWORD c, DWORD *d, OVERLAPPED *e), (a, b, c, d, e),            \
          "stderr has nowhere to tell it")

#define ALLOCATIONS(FAULT)                                                                         \
    FAULT(USES, void *, malloc, NULL, (size_t a), (a), NULL)                                       \
    FAULT(USES, void *, calloc, NULL, (size_t a, size_t b), (a, b), NULL)                          \
    FAULT(USES, void *, realloc, NULL, (void *a, size_t b), (a, b), NULL)

/* What the programs and their start-up code import besides, and cannot fail, or is this test's own.
 */
#define OTHERS                                                                                     \
    "DeleteCriticalSection", "EnterCriticalSection", "ExitProcess", "GetACP", "GetCurrentProcess", \
        "GetCurrentProcessId", "GetCurrentThreadId", "GetEnvironmentVariableW", "GetLastError",    \
        "GetModuleHandleW", "GetOEMCP", "GetStartupInfoW", "GetStdHandle",                         \
        "GetSystemTimeAsFileTime", "GetTickCount64", "InitializeCriticalSection",                  \
        "IsValidCodePage", "LdrGetProcedureAddress", "LeaveCriticalSection", "LoadLibraryExW",     \
        "LocalFree", "OpenFileMappingA", "QueryPerformanceCounter", "RtlNtStatusToDosError",       \
        "SetLastError", "SetUnhandledExceptionFilter", "Sleep", "SwitchToThread",                  \
        "TerminateProcess", "TlsGetValue", "VirtualProtect"

#define FAULT_INDEX(handles, type, name, failure, parameters, arguments, why) FAULT_##name,
enum fault { FAULTS(FAULT_INDEX) ALLOCATIONS(FAULT_INDEX) FAULT_COUNT };

#define FAULT_CALLS 64 /* of one function, that are noted */

/* Shared by the test and the program under test, in a mapping of this name. */
#define FAULTS_VARIABLE "FAULTS_MAPPING"
struct faults {
    LONG function, call;                   /* which call fails, from 1; 0: none */
    LONG handles;                          /* that are open and were opened in wmain */
    LONG left;                             /* of them when wmain has returned */
    LONG returned;                         /* wmain has */
    LONG calls[FAULT_COUNT];               /* made of each function */
    DWORD sites[FAULT_COUNT][FAULT_CALLS]; /* where from: addresses in the image */
    LONG loads[FAULT_COUNT];               /* places in the code that call it */
    char unknown[64];                      /* a call of Windows that none of the lists has */
};

#endif
