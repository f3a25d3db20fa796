/* Keeping a mapping open for scripts. */
#include "keep.h"

#include "console.h"
#include "names.h"
#include "objects.h"

#define SUFFIX  ".release"
#define POLL_MS 10

DWORD keep_open(HANDLE *release, const char *name)
{
    return object_create(release, OBJECT_EVENT, 0, 0, name, SUFFIX, NULL);
}

DWORD keep_wait(HANDLE release, HANDLE keys, DWORD timeout_ms)
{
    wchar_t character;
    if (console_is(keys)) {
        DWORD error = console_read_key(keys, release, timeout_ms, &character);
        return error == ERROR_CANCELLED ? ERROR_SUCCESS : error;
    }
    DWORD state = WaitForSingleObject(release, timeout_ms);
    return state == WAIT_FAILED ? GetLastError() : state;
}

static DWORD set_release(const char *name)
{
    HANDLE release;
    DWORD error = object_open(&release, OBJECT_EVENT, EVENT_MODIFY_STATE, name, SUFFIX);
    if (error != ERROR_SUCCESS)
        return error;
    if (!SetEvent(release))
        error = GetLastError();
    object_close(&release);
    return error;
}

/* Sets the event until it is gone, so that a keeper that starts meanwhile ends too. */
static DWORD release_exactly(const char *name, deadline_time deadline)
{
    DWORD error = set_release(name);
    if (error != ERROR_SUCCESS)
        return error;
    while (error == ERROR_SUCCESS) {
        DWORD left_ms = wait_left(deadline, POLL_MS);
        if (left_ms == 0)
            return WAIT_TIMEOUT;
        Sleep(left_ms);
        error = set_release(name);
    }
    return error == ERROR_FILE_NOT_FOUND ? ERROR_SUCCESS : error;
}

DWORD keep_release(const char *name, deadline_time deadline)
{
    DWORD error = release_exactly(name, deadline);
    if (error != ERROR_FILE_NOT_FOUND || !name_is_global(name))
        return error;
    char local[NAME_ROOM];
    name_other(local, name);
    return release_exactly(local, deadline);
}
