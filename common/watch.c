/* The watch over what may block for ever: a thread that ends the process. */
#include "watch.h"

#include "console.h"
#include "report.h"

/* Who waits itself until the time-out has so long to say so in its own words, and the line here may
 * take so long. */
#define GRACE_MS  250
#define REPORT_MS 100

static DWORD limit_ms = INFINITE;
static UINT end_status;
static const char *volatile awaited; /* NULL: nothing is watched */
static volatile LONGLONG since;      /* in milliseconds of GetTickCount64 */

static DWORD WINAPI tell(void *what)
{
    report_error("the time of --timeout has passed: %s", (const char *)what);
    return 0;
}

/* Race: what is awaited may change between two looks at it; then the next round sees that. */
static DWORD WINAPI keep_watch(void *unused)
{
    (void)unused;
    for (;;) {
        const char *what = awaited;
        LONGLONG passed = (LONGLONG)GetTickCount64() - InterlockedCompareExchange64(&since, 0, 0);
        if (what == NULL || passed < limit_ms) {
            Sleep(what == NULL || passed < 0 ? limit_ms : limit_ms - (DWORD)passed);
            continue;
        }
        awaited = NULL; /* the line is not watched again */
        HANDLE line = CreateThread(NULL, 0, tell, (void *)what, 0, NULL);
        WaitForSingleObject(line, REPORT_MS);
        console_restore();
        ExitProcess(end_status);
    }
}

DWORD watch_start(DWORD timeout_ms, UINT status)
{
    if (timeout_ms == INFINITE)
        return ERROR_SUCCESS;
    limit_ms = timeout_ms + GRACE_MS;
    end_status = status;
    HANDLE thread = CreateThread(NULL, 0, keep_watch, NULL, 0, NULL);
    if (thread == NULL)
        return GetLastError();
    CloseHandle(thread);
    return ERROR_SUCCESS;
}

const char *watch_for(const char *what)
{
    const char *before = awaited;
    if (before == NULL)
        watch_restart();
    awaited = what;
    return before;
}

void watch_restart(void)
{
    InterlockedExchange64(&since, (LONGLONG)GetTickCount64());
}
