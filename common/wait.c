/* Deadlines and polling. */
#include "wait.h"

#ifndef CREATE_WAITABLE_TIMER_HIGH_RESOLUTION
#define CREATE_WAITABLE_TIMER_HIGH_RESOLUTION 2
#endif

#define SPIN_US     50
#define SPIN_PAUSES 8 /* between two looks: less than a microsecond */

deadline_time wait_deadline(DWORD timeout_ms)
{
    return timeout_ms == INFINITE ? WAIT_FOR_EVER : GetTickCount64() + timeout_ms;
}

DWORD wait_left(deadline_time deadline, DWORD most_ms)
{
    if (deadline == WAIT_FOR_EVER)
        return most_ms;
    ULONGLONG now = GetTickCount64();
    ULONGLONG left = now < deadline ? deadline - now : 0;
    return left < most_ms ? (DWORD)left : most_ms;
}

void wait_sleep(DWORD time_ms)
{
    static HANDLE timer;
    static bool tried;
    if (!tried)
        timer = CreateWaitableTimerExW(NULL, NULL, CREATE_WAITABLE_TIMER_HIGH_RESOLUTION,
                                       SYNCHRONIZE | TIMER_MODIFY_STATE);
    tried = true;
    LARGE_INTEGER due = {.QuadPart = -10000 * (LONGLONG)time_ms}; /* units of 100 ns from now */
    if (timer == NULL || !SetWaitableTimer(timer, &due, 0, NULL, NULL, FALSE) ||
        WaitForSingleObject(timer, INFINITE) != WAIT_OBJECT_0)
        Sleep(time_ms);
}

bool wait_spin(struct spin *spin)
{
    LARGE_INTEGER now, frequency;
    for (int i = 0; i < SPIN_PAUSES && spin->end != 0; i++)
        YieldProcessor();
    QueryPerformanceCounter(&now);
    if (spin->end == 0) {
        QueryPerformanceFrequency(&frequency);
        spin->end = now.QuadPart + frequency.QuadPart * SPIN_US / 1000000;
    }
    return now.QuadPart < spin->end;
}
