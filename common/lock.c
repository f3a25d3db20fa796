/* The lock by which writers exclude each other. */
#include "lock.h"

#include <stdio.h>

#include "security.h"

/* How often the first of the queue looks before it waits in the kernel: others hold the lock for
 * microseconds. */
#define LOOKS 1000

/* Between its later looks, in milliseconds; Windows' timer may make it a tick of 15.6. */
#define LOOK_MS 1

/* Another program may have our own mutex for as long as it takes to take over a dead writer's lock.
 */
#define LIFE_MS 2000

static DWORD open_mutex(HANDLE *mutex, const char *name, DWORD process_id)
{
    char suffix[24] = ".writer";
    wchar_t wide[MAX_PATH];
    SECURITY_ATTRIBUTES security;
    if (process_id != 0)
        snprintf(suffix, sizeof suffix, ".writer.%lu", process_id);
    DWORD error = mapping_object_name(wide, name, suffix);
    if (error == ERROR_SUCCESS)
        error = security_make(&security, 0, false);
    if (error != ERROR_SUCCESS)
        return error;
    *mutex = CreateMutexW(&security, FALSE, wide);
    return *mutex != NULL ? ERROR_SUCCESS : GetLastError();
}

/* WAIT_ABANDONED is as good as WAIT_OBJECT_0: the owner has died. */
static DWORD own(HANDLE mutex, DWORD timeout_ms)
{
    DWORD state = WaitForSingleObject(mutex, timeout_ms);
    if (state == WAIT_FAILED)
        return GetLastError();
    return state == WAIT_TIMEOUT ? WAIT_TIMEOUT : ERROR_SUCCESS;
}

static DWORD disown(HANDLE mutex)
{
    return ReleaseMutex(mutex) ? ERROR_SUCCESS : GetLastError();
}

DWORD lock_open(struct lock *lock, const char *name)
{
    *lock = (struct lock){.name = name};
    return open_mutex(&lock->queue, name, 0);
}

void lock_close(struct lock *lock)
{
    if (lock->life != NULL)
        CloseHandle(lock->life);
    if (lock->queue != NULL)
        CloseHandle(lock->queue);
    lock->life = lock->queue = NULL;
    lock->lives = false;
}

DWORD lock_enter_queue(const struct lock *lock, DWORD timeout_ms)
{
    return own(lock->queue, timeout_ms);
}

DWORD lock_leave_queue(const struct lock *lock)
{
    return disown(lock->queue);
}

/* Waits for the holder's death, for one look's time: WAIT_TIMEOUT if it lives. */
static DWORD take_from_dead(const struct lock *lock, struct message_region region, DWORD holder)
{
    HANDLE life;
    DWORD error = open_mutex(&life, lock->name, holder);
    if (error == ERROR_ACCESS_DENIED) { /* it lives, as another user or elevated */
        Sleep(LOOK_MS);
        return WAIT_TIMEOUT;
    }
    if (error != ERROR_SUCCESS)
        return error;
    error = own(life, LOOK_MS);
    if (error == ERROR_SUCCESS) {
        bool taken = message_take(region, holder, GetCurrentProcessId());
        error = disown(life);
        if (error == ERROR_SUCCESS && !taken)
            error = WAIT_TIMEOUT;
    }
    CloseHandle(life);
    return error;
}

static DWORD take_in_turn(const struct lock *lock, struct message_region region, ULONGLONG end,
                          bool *died)
{
    for (int look = 0; look < LOOKS; look++) {
        if (message_take(region, 0, GetCurrentProcessId()))
            return ERROR_SUCCESS;
        SwitchToThread();
    }
    DWORD error;
    do {
        DWORD holder = message_holder(region);
        if (message_capacity(region, NULL) == 0)
            error = ERROR_INVALID_DATA;
        else if (holder == 0)
            error = message_take(region, 0, GetCurrentProcessId()) ? ERROR_SUCCESS : WAIT_TIMEOUT;
        else
            error = take_from_dead(lock, region, holder);
        *died = holder != 0 && error == ERROR_SUCCESS;
    } while (error == WAIT_TIMEOUT && GetTickCount64() < end);
    return error;
}

/* The mutex that tells the others that this process lives. */
static DWORD live(struct lock *lock)
{
    DWORD error = ERROR_SUCCESS;
    if (lock->life == NULL)
        error = open_mutex(&lock->life, lock->name, GetCurrentProcessId());
    if (error == ERROR_SUCCESS)
        error = own(lock->life, LIFE_MS);
    lock->lives = error == ERROR_SUCCESS;
    return error;
}

DWORD lock_take(struct lock *lock, struct message_region region, DWORD timeout_ms, bool *died)
{
    DWORD error = lock->lives ? ERROR_SUCCESS : live(lock);
    if (error != ERROR_SUCCESS)
        return error;
    *died = false;
    if (!message_waiting(region) && message_take(region, 0, GetCurrentProcessId()))
        return ERROR_SUCCESS;
    *died = message_holder(region) == GetCurrentProcessId();
    if (*died)
        return ERROR_SUCCESS;
    ULONGLONG end = timeout_ms == INFINITE ? UINT64_MAX : GetTickCount64() + timeout_ms;
    error = lock_enter_queue(lock, timeout_ms);
    if (error != ERROR_SUCCESS)
        return error;
    message_set_waiting(region, true);
    error = take_in_turn(lock, region, end, died);
    message_set_waiting(region, false);
    DWORD leave_error = lock_leave_queue(lock);
    return error != ERROR_SUCCESS ? error : leave_error;
}
