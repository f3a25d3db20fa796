/* Deadlines and polling. */
#include "wait.h"

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
