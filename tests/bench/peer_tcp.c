/* TCP to the same machine. */
#include <winsock2.h> /* before windows.h */

#include "bench.h"

static SOCKET end = INVALID_SOCKET;
static bool connected;

/* Both sides make the port out of the channel's name. */
static DWORD open_socket(const char *channel, struct sockaddr_in *address)
{
    WSADATA data;
    unsigned port = 0;
    DWORD error = (DWORD)WSAStartup(MAKEWORD(2, 2), &data);
    for (const char *at = channel; *at != '\0'; at++)
        port = port * 31 + (unsigned char)*at;
    *address = (struct sockaddr_in){.sin_family = AF_INET};
    address->sin_port = htons((u_short)(20000 + port % 10000));
    address->sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    if (error == ERROR_SUCCESS)
        end = socket(AF_INET, SOCK_STREAM, IPPROTO_TCP);
    return error == ERROR_SUCCESS && end == INVALID_SOCKET ? (DWORD)WSAGetLastError() : error;
}

static DWORD open_receiver(const char *channel)
{
    struct sockaddr_in address;
    DWORD error = open_socket(channel, &address);
    if (error == ERROR_SUCCESS &&
        (bind(end, (struct sockaddr *)&address, sizeof address) != 0 || listen(end, 1) != 0))
        error = (DWORD)WSAGetLastError();
    return error;
}

static DWORD open_sender(const char *channel)
{
    struct sockaddr_in address;
    BOOL on = TRUE;
    DWORD error = open_socket(channel, &address);
    if (error == ERROR_SUCCESS &&
        (connect(end, (struct sockaddr *)&address, sizeof address) != 0 ||
         setsockopt(end, IPPROTO_TCP, TCP_NODELAY, (const char *)&on, sizeof on) != 0))
        error = (DWORD)WSAGetLastError();
    return error;
}

static DWORD send_message(const void *message, DWORD bytes)
{
    return send(end, message, (int)bytes, 0) == (int)bytes ? ERROR_SUCCESS
                                                           : (DWORD)WSAGetLastError();
}

/* A stream has no messages: as many bytes as one has. */
static DWORD receive_message(void *message, DWORD bytes)
{
    if (!connected)
        end = accept(end, NULL, NULL);
    connected = end != INVALID_SOCKET;
    for (DWORD got = 0; got < bytes;) {
        int part = recv(end, (char *)message + got, (int)(bytes - got), 0);
        if (part <= 0)
            return part == 0 ? WSAECONNRESET : (DWORD)WSAGetLastError();
        got += (DWORD)part;
    }
    return ERROR_SUCCESS;
}

const struct peer peer_tcp = {"loopback TCP", "all",        open_receiver,
                              open_sender,    send_message, receive_message};
