/* Shared memory and a bare auto-reset event: one reader, and a torn text if the next message comes
 * too early. */
#include "bench.h"

#include <stdio.h>
#include <string.h>

static void *shared;
static HANDLE event;

static void open_event(const char *channel, bool receives)
{
    char name[64];
    (void)receives;
    snprintf(name, sizeof name, "%s.event", channel);
    event = CreateEventA(NULL, FALSE, FALSE, name);
    peer_check(event != NULL);
    shared = share_memory(channel, MESSAGE_BYTES);
}

static void send_message(const void *text, DWORD bytes)
{
    memcpy(shared, text, bytes);
    peer_check(SetEvent(event));
}

static void receive_message(void *text, DWORD bytes)
{
    peer_check(WaitForSingleObject(event, INFINITE) == WAIT_OBJECT_0);
    memcpy(text, shared, bytes);
}

const struct peer peer_event = {"auto-reset event", "latest, torn", open_event, send_message,
                                receive_message};
