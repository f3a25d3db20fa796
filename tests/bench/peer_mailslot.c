/* A mailslot. */
#include "bench.h"

#include <stdio.h>

static HANDLE end;

static DWORD open_receiver(const char *channel)
{
    char name[80];
    snprintf(name, sizeof name, "\\\\.\\mailslot\\%s", channel);
    end = CreateMailslotA(name, MESSAGE_BYTES, MAILSLOT_WAIT_FOREVER, NULL);
    return end != INVALID_HANDLE_VALUE ? ERROR_SUCCESS : GetLastError();
}

static DWORD open_sender(const char *channel)
{
    char name[80];
    snprintf(name, sizeof name, "\\\\.\\mailslot\\%s", channel);
    end = CreateFileA(name, GENERIC_WRITE, FILE_SHARE_READ, NULL, OPEN_EXISTING, 0, NULL);
    return end != INVALID_HANDLE_VALUE ? ERROR_SUCCESS : GetLastError();
}

static DWORD send_message(const void *message, DWORD bytes)
{
    DWORD written;
    return WriteFile(end, message, bytes, &written, NULL) ? ERROR_SUCCESS : GetLastError();
}

static DWORD receive_message(void *message, DWORD bytes)
{
    DWORD read;
    return ReadFile(end, message, bytes, &read, NULL) ? ERROR_SUCCESS : GetLastError();
}

const struct peer peer_mailslot = {"mailslot",  "all",        open_receiver,
                                   open_sender, send_message, receive_message};
