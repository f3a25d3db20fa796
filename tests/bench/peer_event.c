/* Shared memory and a bare auto-reset event: one reader, and a torn text if the next message comes
 * too early. */
#include "bench.h"

#include <stdio.h>
#include <string.h>

#include "mapping.h"

static struct mapping mapping;
static HANDLE event;

static DWORD open_event(const char *channel)
{
    char name[64];
    snprintf(name, sizeof name, "%s.event", channel);
    event = CreateEventA(NULL, FALSE, FALSE, name);
    if (event == NULL)
        return GetLastError();
    return mapping_create(&mapping, channel, MESSAGE_BYTES, false, MAPPING_WRITE);
}

static DWORD send_message(const void *text, DWORD bytes)
{
    memcpy(mapping.view, text, bytes);
    return SetEvent(event) ? ERROR_SUCCESS : GetLastError();
}

static DWORD receive_message(void *text, DWORD bytes)
{
    if (WaitForSingleObject(event, INFINITE) != WAIT_OBJECT_0)
        return GetLastError();
    memcpy(text, mapping.view, bytes);
    return ERROR_SUCCESS;
}

const struct peer peer_event = {"auto-reset event", "latest, torn", open_event,
                                open_event,         send_message,   receive_message};
