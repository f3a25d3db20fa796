/* The events that wake readers. */
#include "notify.h"

#include "mapping.h"
#include "security.h"

static const char *const suffixes[NOTIFY_EVENTS] = {".changed.0", ".changed.1", ".changed.2",
                                                    ".changed.3"};

static DWORD create_event(HANDLE *event, const char *name, const char *suffix, DWORD shared_rights,
                          bool from_below)
{
    wchar_t wide[MAX_PATH];
    DWORD error = mapping_object_name(wide, name, suffix);
    if (error != ERROR_SUCCESS)
        return error;
    SECURITY_ATTRIBUTES security;
    error = security_make(&security, shared_rights, from_below);
    if (error != ERROR_SUCCESS)
        return error;
    *event = CreateEventW(&security, TRUE, FALSE, wide);
    return *event != NULL ? ERROR_SUCCESS : GetLastError();
}

static DWORD open_event(HANDLE *event, const char *name, const char *suffix, DWORD rights)
{
    wchar_t wide[MAX_PATH];
    DWORD error = mapping_object_name(wide, name, suffix);
    if (error != ERROR_SUCCESS)
        return error;
    *event = OpenEventW(rights, FALSE, wide);
    return *event != NULL ? ERROR_SUCCESS : GetLastError();
}

DWORD notify_create(struct notify *notify, const char *name, bool share)
{
    *notify = (struct notify){{NULL}};
    for (int i = 0; i < NOTIFY_EVENTS; i++) {
        DWORD error = create_event(&notify->changed[i], name, suffixes[i],
                                   share ? SECURITY_WAIT_EVENT : 0, false);
        if (error != ERROR_SUCCESS) {
            notify_close(notify);
            return error;
        }
    }
    return ERROR_SUCCESS;
}

DWORD notify_open(struct notify *notify, const char *name)
{
    *notify = (struct notify){{NULL}};
    for (int i = 0; i < NOTIFY_EVENTS; i++) {
        DWORD error = open_event(&notify->changed[i], name, suffixes[i], SYNCHRONIZE);
        if (error != ERROR_SUCCESS) {
            notify_close(notify);
            return error;
        }
    }
    return ERROR_SUCCESS;
}

void notify_close(struct notify *notify)
{
    for (int i = 0; i < NOTIFY_EVENTS; i++) {
        if (notify->changed[i] != NULL)
            CloseHandle(notify->changed[i]);
        notify->changed[i] = NULL;
    }
}

DWORD notify_signal(const struct notify *notify, uint32_t signals)
{
    if (!SetEvent(notify->changed[signals % NOTIFY_EVENTS]) ||
        !ResetEvent(notify->changed[(signals + 2) % NOTIFY_EVENTS]))
        return GetLastError();
    return ERROR_SUCCESS;
}

bool notify_wait(const struct notify *notify, uint32_t signals, DWORD timeout_ms)
{
    HANDLE next = notify->changed[(signals + 1) % NOTIFY_EVENTS];
    if (next != NULL) {
        DWORD state = WaitForSingleObject(next, timeout_ms);
        if (state != WAIT_FAILED)
            return state == WAIT_OBJECT_0;
    }
    Sleep(timeout_ms);
    return false;
}

DWORD notify_create_read(HANDLE *event, const char *name, bool share)
{
    return create_event(event, name, ".read", share ? SECURITY_SET_EVENT : 0, true);
}

void notify_tell_read(const char *name)
{
    HANDLE event;
    if (open_event(&event, name, ".read", EVENT_MODIFY_STATE) != ERROR_SUCCESS)
        return; /* nobody waits for it */
    SetEvent(event);
    CloseHandle(event);
}
