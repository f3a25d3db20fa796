/* A named pipe in message mode. */
#include "bench.h"

#include <stdio.h>

#define QUEUE_BYTES (64 * 1024)

static HANDLE end;
static bool connected;

static DWORD open_receiver(const char *channel)
{
    char name[80];
    snprintf(name, sizeof name, "\\\\.\\pipe\\%s", channel);
    end = CreateNamedPipeA(name, PIPE_ACCESS_INBOUND,
                           PIPE_TYPE_MESSAGE | PIPE_READMODE_MESSAGE | PIPE_WAIT, 1, QUEUE_BYTES,
                           QUEUE_BYTES, 0, NULL);
    return end != INVALID_HANDLE_VALUE ? ERROR_SUCCESS : GetLastError();
}

static DWORD open_sender(const char *channel)
{
    char name[80];
    snprintf(name, sizeof name, "\\\\.\\pipe\\%s", channel);
    end = CreateFileA(name, GENERIC_WRITE, 0, NULL, OPEN_EXISTING, 0, NULL);
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
    if (!connected && !ConnectNamedPipe(end, NULL) && GetLastError() != ERROR_PIPE_CONNECTED)
        return GetLastError();
    connected = true;
    return ReadFile(end, message, bytes, &read, NULL) ? ERROR_SUCCESS : GetLastError();
}

const struct peer peer_pipe = {
    "named pipe, by messages", "all", open_receiver, open_sender, send_message, receive_message};
