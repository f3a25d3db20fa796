/*
 * The stack protector's canary. The toolchain's own loads a cryptographic provider, which takes as
 * long as all the rest of a start. This one uses what Visual C++ uses for its cookie: time,
 * process, thread, performance counter, and an address on the stack.
 */
#include <stdint.h>
#include <windows.h>

extern uintptr_t __stack_chk_guard;
uintptr_t __stack_chk_guard;

/* No canary of its own: it changes what the others compare with. */
__attribute__((constructor, no_stack_protector)) static void set_guard(void)
{
    FILETIME time;
    LARGE_INTEGER counter;
    GetSystemTimeAsFileTime(&time);
    QueryPerformanceCounter(&counter);
    __stack_chk_guard = ((uintptr_t)&time ^ time.dwLowDateTime ^ (uintptr_t)counter.QuadPart) *
                        (2 * (GetCurrentProcessId() ^ GetCurrentThreadId()) + 1);
}

/* Memory was overwritten: no clean-up, the stack cannot be trusted. */
__attribute__((noreturn)) static void fail(const char *what, DWORD bytes)
{
    WriteFile(GetStdHandle(STD_ERROR_HANDLE), what, bytes, &bytes, NULL);
    TerminateProcess(GetCurrentProcess(), (UINT)STATUS_STACK_BUFFER_OVERRUN);
    __builtin_unreachable();
}

#define FAIL(what) fail(what "\r\n", sizeof what "\r\n" - 1)

void __stack_chk_fail(void);
void __stack_chk_fail(void)
{
    FAIL("stack smashing detected");
}

/* For _FORTIFY_SOURCE. The toolchain's own would link its canary, too. */
void __chk_fail(void);
void __chk_fail(void)
{
    FAIL("buffer overflow detected");
}
