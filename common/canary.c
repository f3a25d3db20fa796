/*
 * The stack protector's canary. The toolchain's own asks a cryptographic provider for it, whose
 * loading takes as long as all the rest of a start. This is made of what Visual C++ makes its
 * cookie of: time, process, thread, performance counter, and an address on the stack.
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

/* Called when memory was overwritten: no clean-up, the stack cannot be trusted. */
__attribute__((noreturn)) void __stack_chk_fail(void);
void __stack_chk_fail(void)
{
    static const char what[] = "stack smashing detected\r\n";
    DWORD written;
    WriteFile(GetStdHandle(STD_ERROR_HANDLE), what, sizeof what - 1, &written, NULL);
    TerminateProcess(GetCurrentProcess(), (UINT)STATUS_STACK_BUFFER_OVERRUN);
    __builtin_unreachable();
}

/* The same from _FORTIFY_SOURCE; it is here since the toolchain's would bring the other two along.
 */
__attribute__((noreturn, alias("__stack_chk_fail"))) void __chk_fail(void);
