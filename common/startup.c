/*
 * Parts of MinGW-w64's start-up code that these programs have no use for, in place of its own. They
 * would be a sixth of each executable. Another version of the library may have other names for
 * them; then the executables are larger, and nothing else changes.
 */
#include <math.h>
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
