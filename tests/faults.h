/*
 * Every Win32 call and allocation of both programs that can fail, a line each. faults.c makes a
 * function of each that fails when it is told to, and t_faults.c tells it.
 */
#ifndef FAULTS_H
#define FAULTS_H

#include <windows.h>

/* No program has a use for it, so it tells of the fault. */
#define FAULT_ERROR  ERROR_GEN_FAILURE
#define SCARCE_ERROR ERROR_NOT_ENOUGH_MEMORY
#define FAULT_STATUS 0xC0000001 /* becomes that error */

/*
 * FAULT(what it does to handles and memory, name, how many arguments, value of failure, why the
 * program may go on, beginning with "reader: " if only that one may). Without a reason it has to
 * end with status 2 and a line that tells.
 */
#define FAULTS(FAULT)                                                                              \
    FAULT(OPENS, CreateEventW, 4, 0, NULL)                                                         \
    FAULT(OPENS, CreateConsoleScreenBuffer, 5, -1, NULL)                                           \
    FAULT(OPENS, CreateFileMappingW, 6, 0, NULL)                                                   \
    FAULT(OPENS, CreateMutexW, 3, 0, NULL)                                                         \
    FAULT(USES, CreateWaitableTimerExW, 4, 0, "a sleep is less exact")                             \
    FAULT(OPENS, MapViewOfFile, 5, 0, "the size in --list is not known")                           \
    FAULT(OPENS, OpenEventW, 3, 0, "nobody waits, or the mapping is polled")                       \
    FAULT(OPENS, OpenFileMappingW, 3, 0, "reader: a hint or a field of --info is missing")         \
    FAULT(OPENS, OpenMutexW, 3, 0, NULL)                                                           \
    FAULT(OPENS, OpenProcess, 3, 0, "--info says what it does not know")                           \
    FAULT(OPENS, OpenProcessToken, 3, 0, NULL)                                                     \
    FAULT(NATIVE_OPENS, NtOpenDirectoryObject, 3, FAULT_STATUS, "--list shows what it can read")   \
    FAULT(CLOSES, CloseHandle, 1, 0, "nothing can be done about it")                               \
    FAULT(CLOSES, UnmapViewOfFile, 1, 0, "nothing can be done about it")                           \
    FAULT(NATIVE_CLOSES, NtClose, 1, FAULT_STATUS, "nothing can be done about it")                 \
    FAULT(ALLOCATES, ConvertSecurityDescriptorToStringSecurityDescriptorW, 5, 0,                   \
          "--info: unknown")                                                                       \
    FAULT(ALLOCATES, ConvertSidToStringSidW, 2, 0, NULL)                                           \
    FAULT(ALLOCATES, ConvertStringSecurityDescriptorToSecurityDescriptorW, 4, 0, NULL)             \
    FAULT(USES, FileTimeToSystemTime, 2, 0, "the time is shown as zeros")                          \
    FAULT(USES, FormatMessageW, 7, 0, "the number is told without words")                          \
    FAULT(USES, GetAce, 3, 0, "--info shows what it knows")                                        \
    FAULT(USES, GetCPInfo, 2, 0, "the code page counts as unknown")                                \
    FAULT(USES, GetConsoleMode, 2, 0, "no console: bytes are written")                             \
    FAULT(USES, GetConsoleScreenBufferInfo, 2, 0, "--live draws again")                            \
    FAULT(USES, GetExitCodeProcess, 2, 0, "--info takes it to be running")                         \
    FAULT(USES, GetFileInformationByHandleEx, 4, 0, "no terminal: lines wait for readers")         \
    FAULT(USES, GetNamedPipeInfo, 5, 0, "no bytes from it are its end")                            \
    FAULT(ALLOCATES, GetSecurityInfo, 8, FAULT_ERROR, "--info says what it does not know")         \
    FAULT(USES, GetProcessTimes, 5, 0, "--info takes it for the writer's")                         \
    FAULT(USES, GetTokenInformation, 5, 0, NULL)                                                   \
    FAULT(USES, LookupAccountSidW, 7, 0, "--info shows digits")                                    \
    FAULT(USES, MultiByteToWideChar, 6, 0, "the text is taken for UTF-8 or Latin-1")               \
    FAULT(USES, NtQueryDirectoryObject, 7, FAULT_STATUS, "--list shows what it can read")          \
    FAULT(USES, NtQueryObject, 5, FAULT_STATUS, "the number of handles is not known")              \
    FAULT(USES, ProcessIdToSessionId, 2, 0, NULL)                                                  \
    FAULT(USES, QueryFullProcessImageNameW, 4, 0, "--info says what it does not know")             \
    FAULT(USES, ReadConsoleInputW, 4, 0, NULL)                                                     \
    FAULT(USES, ReadConsoleW, 5, 0, NULL)                                                          \
    FAULT(USES, ReadFile, 5, 0, NULL)                                                              \
    FAULT(USES, ReleaseMutex, 1, 0, "reader: it is released at the end")                           \
    FAULT(USES, ResetEvent, 1, 0, NULL)                                                            \
    FAULT(USES, SetConsoleCtrlHandler, 2, 0, "Ctrl+C ends it in Windows' own way")                 \
    FAULT(USES, SetConsoleActiveScreenBuffer, 1, 0, "nothing can be done about it")                \
    FAULT(USES, SetConsoleCursorInfo, 2, 0, NULL)                                                  \
    FAULT(USES, SetConsoleCursorPosition, 2, 0, "--live draws again")                              \
    FAULT(USES, SetConsoleMode, 2, 0, "the mode is restored as far as the console lets")           \
    FAULT(USES, SetWaitableTimer, 6, 0, "a sleep is less exact")                                   \
    FAULT(USES, SetEvent, 1, 0, "reader: the writer that waits for it says so")                    \
    FAULT(USES, VirtualQuery, 3, 0,                                                                \
          "the size in --list is not known, or the memory counts as reserved")                     \
    FAULT(USES, WaitForMultipleObjects, 4, WAIT_FAILED, NULL)                                      \
    FAULT(USES, WaitForSingleObject, 2, WAIT_FAILED, "reader: a follower sleeps instead")          \
    FAULT(USES, WideCharToMultiByte, 8, 0, "the character counts as one that it lacks")            \
    FAULT(USES, WriteConsoleW, 5, 0, "stderr has nowhere to tell it")                              \
    FAULT(USES, WriteFile, 5, 0, "stderr has nowhere to tell it")

#define ALLOCATIONS(FAULT)                                                                         \
    FAULT(ALLOCATES, malloc, 1, 0, NULL)                                                           \
    FAULT(ALLOCATES, calloc, 2, 0, NULL)                                                           \
    FAULT(ALLOCATES, realloc, 2, 0, NULL)

/* What the programs and their start-up code import besides, and cannot fail, or is this test's own.
 */
#define OTHERS                                                                                     \
    "DeleteCriticalSection EnterCriticalSection ExitProcess FreeLibrary GetACP "                   \
    "GetConsoleOutputCP GetCurrentProcess "                                                        \
    "GetCurrentProcessId GetCurrentThreadId GetEnvironmentVariableW GetFileType GetLastError "     \
    "GetLocalTime "                                                                                \
    "GetModuleHandleA GetModuleHandleW GetOEMCP GetProcAddress GetStartupInfoW GetStdHandle "      \
    "GetSystemTimeAsFileTime GetTickCount64 InitializeCriticalSection IsDBCSLeadByteEx "           \
    "IsValidCodePage LeaveCriticalSection LoadLibraryA LoadLibraryW LocalFree OpenFileMappingA "   \
    "QueryPerformanceCounter QueryPerformanceFrequency RtlCaptureStackBackTrace "                  \
    "RtlNtStatusToDosError SetConsoleTextAttribute SetLastError "                                  \
    "SetUnhandledExceptionFilter Sleep TerminateProcess TlsGetValue VirtualProtect "

#define FAULT_INDEX(effect, name, count, failure, why) FAULT_##name,
enum fault { FAULTS(FAULT_INDEX) ALLOCATIONS(FAULT_INDEX) FAULT_COUNT };

/* Shared by the test and the program under test, in a mapping whose name is in this variable. */
#define FAULTS_VARIABLE "FAULTS_MAPPING"
#define MOST_NOTED      4096
struct faults {
    LONG function, call;     /* which call fails, from 1; 0: none */
    LONG scarce_from;        /* from which on all fail that open or allocate, from 1; 0: none */
    LONG scarce;             /* such calls that were made */
    LONG handles;            /* that are open and were opened in wmain */
    LONG left;               /* of them when wmain has returned */
    LONG hit;                /* a call was made to fail */
    LONG returned;           /* wmain has */
    LONG noted;              /* calls below */
    char unknown[64];        /* a call of Windows that none of the lists has */
    LONG calls[FAULT_COUNT]; /* made of each function */
    struct {
        LONG function, call;
        ULONG path; /* a hash of the addresses that lead to it */
    } notes[MOST_NOTED];
};

#endif
