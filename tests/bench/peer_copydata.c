/* WM_COPYDATA to a message-only window. */
#include "bench.h"

#include <string.h>

static HWND window;
static char received[MESSAGE_BYTES];
static bool is_new;

static LRESULT CALLBACK take(HWND to, UINT kind, WPARAM from, LPARAM data)
{
    if (kind != WM_COPYDATA)
        return DefWindowProcA(to, kind, from, data);
    const COPYDATASTRUCT *copy = (const COPYDATASTRUCT *)data;
    if (copy->cbData > sizeof received)
        return FALSE;
    memcpy(received, copy->lpData, copy->cbData);
    is_new = true;
    return TRUE;
}

static DWORD open_receiver(const char *channel)
{
    WNDCLASSA class = {.lpfnWndProc = take, .lpszClassName = channel};
    if (RegisterClassA(&class) == 0)
        return GetLastError();
    window = CreateWindowA(channel, channel, 0, 0, 0, 0, 0, HWND_MESSAGE, NULL, NULL, NULL);
    return window != NULL ? ERROR_SUCCESS : GetLastError();
}

static DWORD open_sender(const char *channel)
{
    window = FindWindowExA(HWND_MESSAGE, NULL, channel, NULL);
    return window != NULL ? ERROR_SUCCESS : GetLastError();
}

static DWORD send_message(const void *message, DWORD bytes)
{
    COPYDATASTRUCT copy = {0, bytes, NULL};
    memcpy(&copy.lpData, &message, sizeof message); /* it is not const there, but not changed */
    SetLastError(ERROR_SUCCESS);
    if (SendMessageA(window, WM_COPYDATA, 0, (LPARAM)&copy))
        return ERROR_SUCCESS;
    return GetLastError() != ERROR_SUCCESS ? GetLastError() : ERROR_INVALID_WINDOW_HANDLE;
}

/* What is sent is delivered inside of PeekMessage. */
static DWORD receive_message(void *message, DWORD bytes)
{
    MSG posted;
    while (!is_new) {
        MsgWaitForMultipleObjects(0, NULL, FALSE, INFINITE, QS_ALLINPUT);
        PeekMessageA(&posted, NULL, 0, 0, PM_REMOVE);
    }
    is_new = false;
    memcpy(message, received, bytes);
    return ERROR_SUCCESS;
}

const struct peer peer_copydata = {"WM_COPYDATA", "all",        open_receiver,
                                   open_sender,   send_message, receive_message};
