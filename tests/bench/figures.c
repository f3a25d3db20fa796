/* Time and statistics. */
#include "bench.h"

#include <stdlib.h>

LONGLONG ticks_now(void)
{
    LARGE_INTEGER now;
    QueryPerformanceCounter(&now);
    return now.QuadPart;
}

double ticks_us(LONGLONG ticks)
{
    static LARGE_INTEGER frequency;
    if (frequency.QuadPart == 0)
        QueryPerformanceFrequency(&frequency);
    return (double)ticks * 1e6 / (double)frequency.QuadPart;
}

static int compare(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

double percentile(double *values, unsigned count, double part)
{
    if (count == 0)
        return 0;
    qsort(values, count, sizeof *values, compare);
    unsigned at = (unsigned)(part * count);
    return values[at < count ? at : count - 1];
}
