/*
 * Parts of MinGW-w64's start-up code that these programs have no use for, in place of its own. They
 * would be a sixth of each executable. Another version of the library may have other names for
 * them; then the executables are larger, and nothing else changes.
 */
#include <math.h>
#include <stdint.h>
#include <windows.h>

/* Repairs data imported from a DLL without __declspec(dllimport): there is none. */
void _pei386_runtime_relocator(void);
void _pei386_runtime_relocator(void)
{
}

/* Variables of a thread's own: there are none. */
extern int __mingw_initltsdrot_force, __mingw_initltsdyn_force, __mingw_initltssuo_force;
int __mingw_initltsdrot_force, __mingw_initltsdyn_force, __mingw_initltssuo_force;
extern const PIMAGE_TLS_CALLBACK __dyn_tls_init_callback;
const PIMAGE_TLS_CALLBACK __dyn_tls_init_callback = NULL;

/* Exceptions as signals: none is handled, so Windows gets to see them first. */
extern LPTOP_LEVEL_EXCEPTION_FILTER __mingw_oldexcpt_handler;
LPTOP_LEVEL_EXCEPTION_FILTER __mingw_oldexcpt_handler;
long CALLBACK _gnu_exception_handler(EXCEPTION_POINTERS *exception);
long CALLBACK _gnu_exception_handler(EXCEPTION_POINTERS *exception)
{
    (void)exception;
    return EXCEPTION_CONTINUE_SEARCH;
}

/* Errors of floating-point functions: none is called. */
int __cdecl _matherr(struct _exception *error);
int __cdecl _matherr(struct _exception *error)
{
    (void)error;
    return 0;
}

/* The stack protector's canary. The library's own asks a cryptographic provider for it, which takes
 * as long as all the rest of a start. This is made of what Visual C++ makes its cookie of: time,
 * process, thread, performance counter, and an address on the stack. */
extern uintptr_t __stack_chk_guard;
uintptr_t __stack_chk_guard;
__attribute__((constructor)) static void set_guard(void)
{
    FILETIME time;
    LARGE_INTEGER counter;
    GetSystemTimeAsFileTime(&time);
    QueryPerformanceCounter(&counter);
    __stack_chk_guard = ((uintptr_t)&time ^ time.dwLowDateTime ^ (uintptr_t)counter.QuadPart) *
                        (2 * (GetCurrentProcessId() ^ GetCurrentThreadId()) + 1);
}

/* What the stack protector and _FORTIFY_SOURCE call when memory was overwritten: no clean-up, the
 * stack cannot be trusted. */
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

void __chk_fail(void);
void __chk_fail(void)
{
    FAIL("buffer overflow detected");
}
