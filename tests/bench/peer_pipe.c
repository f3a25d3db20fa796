/* A named pipe in message mode. */
#include "bench.h"

#include <stdio.h>

#define QUEUE_BYTES (64 * 1024)

static HANDLE end;
static bool connected;

static void open_pipe(const char *channel, bool receives)
{
    char name[80];
    snprintf(name, sizeof name, "\\\\.\\pipe\\%s", channel);
    if (receives)
        end = CreateNamedPipeA(name, PIPE_ACCESS_INBOUND,
                               PIPE_TYPE_MESSAGE | PIPE_READMODE_MESSAGE | PIPE_WAIT, 1,
                               QUEUE_BYTES, QUEUE_BYTES, 0, NULL);
    else
        end = CreateFileA(name, GENERIC_WRITE, 0, NULL, OPEN_EXISTING, 0, NULL);
    peer_check(end != INVALID_HANDLE_VALUE);
}

static void send_message(const void *message, DWORD bytes)
{
    DWORD written;
    peer_check(WriteFile(end, message, bytes, &written, NULL));
}

static void receive_message(void *message, DWORD bytes)
{
    DWORD read;
    if (!connected)
        peer_check(ConnectNamedPipe(end, NULL) || GetLastError() == ERROR_PIPE_CONNECTED);
    connected = true;
    peer_check(ReadFile(end, message, bytes, &read, NULL));
}

const struct peer peer_pipe = {"named pipe, by messages", "all", open_pipe, send_message,
                               receive_message};
