/* What is done for the last message, so that it reaches somebody. */
#include "publisher.h"

#include <stdlib.h>

#include "report.h"

/* A reader that has taken a message before another took its place may need so long to show it. */
#define REPLACED_MS 2000

/* Hand-over: between two looks while nobody holds the mapping, and at most while somebody does: at
 * random, since who opens it again and again may do so in step. How often it has to be held in a
 * row: more often once it was seen free, and each time that somebody lets it go, twice as often at
 * longer intervals. These are looks and no time, since it is the number of looks that tells a
 * holder from one who passes by; with ticks of 15.6 ms they take Windows 0.5 s, and 4.7 s once it
 * was seen free. */
#define LOOK_MS          50
#define HELD_MS          10
#define LOOKS            30
#define LOOKS_SINCE_FREE 300
#define MOST_DOUBLED     12 /* of the looks, */
#define MOST_LONGER      3  /* and of the intervals */

/* The answer to a message is to that one; to a plain text, to the one that was there then. */
static DWORD wait_for_answer(const struct publisher *publisher, DWORD timeout_ms)
{
    HANDLE answer = publisher->plain ? publisher->read : publisher->shown;
    DWORD state = WaitForSingleObject(answer, timeout_ms);
    if (state != WAIT_OBJECT_0)
        return state == WAIT_TIMEOUT ? WAIT_TIMEOUT : GetLastError();
    return publisher->plain && !publisher_is_there(publisher) ? ERROR_CANCELLED : ERROR_SUCCESS;
}

/* `usual_ms`, or what is left of the time-out that began at `start`. */
static DWORD nap(const struct publisher *publisher, ULONGLONG start, DWORD usual_ms)
{
    ULONGLONG passed = GetTickCount64() - start;
    if (publisher->timeout_ms == INFINITE || passed + usual_ms <= publisher->timeout_ms)
        return usual_ms;
    return passed < publisher->timeout_ms ? publisher->timeout_ms - (DWORD)passed : 0;
}

/* Whether some program but waiting writers holds the mapping: each of those has one handle of it
 * and one of NAME.read. The event is looked at last: a writer that comes in between makes the wait
 * longer, not shorter. */
static DWORD count_holders(const struct publisher *publisher, bool *held)
{
    ULONG holders = 0, writers = 0;
    DWORD error = object_handles(publisher->mapping.section, &holders);
    if (error == ERROR_SUCCESS)
        error = object_handles(publisher->read, &writers);
    *held = holders > writers;
    return error;
}

/* Less than a millisecond, and another time each time: sleeps have whole ones, and the instants at
 * which the mapping is free may fall between them each time. */
static void step_aside(void)
{
    LARGE_INTEGER now, second;
    QueryPerformanceFrequency(&second);
    QueryPerformanceCounter(&now);
    LONGLONG end = now.QuadPart + second.QuadPart * (rand() % 1000) / 1000000;
    while (now.QuadPart < end)
        QueryPerformanceCounter(&now);
}

/* Held at two looks: one who opens the mapping each time that he wakes up does so at the tick of
 * the timer that wakes this program too, or in Wine by the very call that makes the server look at
 * its timers. Without the second look he was there at more than nine of ten. */
static DWORD look_for_holder(const struct publisher *publisher, bool *held)
{
    DWORD error = count_holders(publisher, held);
    if (error != ERROR_SUCCESS || !*held)
        return error;
    step_aside();
    return count_holders(publisher, held);
}

#define BOUNDS " (Ctrl+C gives up, --timeout bounds it)"

DWORD publisher_hand_over(const struct publisher *publisher)
{
    if (publisher->plain && publisher->kept[0] == 0 && publisher->kept[1] == 0)
        return ERROR_SUCCESS; /* it is empty: no reader can show it */
    ULONGLONG start = GetTickCount64(), last_there = start;
    bool seen_free = publisher->until_read, held = false, noted = false;
    int looks = 0, let_go = 0;
    for (;;) {
        bool there = publisher_is_there(publisher);
        if (there)
            last_there = GetTickCount64();
        else if (GetTickCount64() - last_there > REPLACED_MS)
            return ERROR_CANCELLED;
        if (!publisher->until_read) {
            DWORD error = look_for_holder(publisher, &held);
            let_go += !held && looks > 0 && let_go < MOST_DOUBLED;
            looks = held ? looks + 1 : 0;
            seen_free |= !held;
            int enough = seen_free ? LOOKS_SINCE_FREE << let_go : LOOKS;
            if (error != ERROR_SUCCESS || (there && looks >= enough))
                return error;
        }
        int most_ms = HELD_MS << (let_go < MOST_LONGER ? let_go : MOST_LONGER);
        DWORD usual_ms = held ? 1 + (DWORD)(rand() % most_ms) : LOOK_MS;
        DWORD nap_ms = nap(publisher, start, usual_ms);
        DWORD error = wait_for_answer(publisher, nap_ms);
        if (error != WAIT_TIMEOUT)
            return error;
        if (nap_ms == 0)
            return !there ? ERROR_CANCELLED : seen_free ? WAIT_TIMEOUT : ERROR_SUCCESS;
        if (!noted && !held) {
            report_note(publisher->until_read
                            ? "waiting until a reader has taken the text in %s" BOUNDS
                            : "no other program holds %s: waiting until a reader "
                              "has taken the text" BOUNDS,
                        publisher->mapping.name);
            noted = true;
        }
    }
}
