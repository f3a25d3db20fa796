/* Named kernel objects: who may use them, locks, and the events that wake who sleeps. */
#include "objects.h"

#include <sddl.h>
#include <stdio.h>
#include <winternl.h>

#include "names.h"

/* "S-1-5-..." takes 184 characters at most: SECURITY_MAX_SID_STRING_CHARACTERS. */
#define SID_ROOM 185

/* Rights for the users of --share. */
#define WAIT_FOR_EVENT (READ_CONTROL | SYNCHRONIZE)
#define SET_EVENT      (READ_CONTROL | SYNCHRONIZE | EVENT_MODIFY_STATE)

DWORD object_open(HANDLE *object, enum object_kind kind, DWORD rights, const char *name,
                  const char *suffix)
{
    static HANDLE(WINAPI *const calls[OBJECT_KINDS])(DWORD, BOOL, const wchar_t *) = {
        OpenFileMappingW, OpenEventW, OpenEventW, OpenMutexW};
    wchar_t wide[NAME_WIDE_ROOM];
    *object = NULL;
    DWORD error = name_to_wide(wide, name, suffix);
    if (error != ERROR_SUCCESS)
        return error;
    *object = calls[kind](rights, FALSE, wide);
    error = *object != NULL ? ERROR_SUCCESS : GetLastError();
    if ((error == ERROR_FILE_NOT_FOUND || error == ERROR_PATH_NOT_FOUND) && name_unescape(wide)) {
        *object = calls[kind](rights, FALSE, wide);
        error = *object != NULL ? ERROR_SUCCESS : GetLastError();
    }
    return error;
}

DWORD object_handles(HANDLE object, ULONG *handles)
{
    PUBLIC_OBJECT_BASIC_INFORMATION found;
    NTSTATUS status = NtQueryObject(object, ObjectBasicInformation, &found, sizeof found, NULL);
    if (status < 0)
        return RtlNtStatusToDosError(status);
    *handles = found.HandleCount;
    return ERROR_SUCCESS;
}

/* The security identifier of this process' user. */
static DWORD find_user(wchar_t sid[SID_ROOM])
{
    union {
        TOKEN_USER user;
        BYTE room[sizeof(TOKEN_USER) + SECURITY_MAX_SID_SIZE];
    } found;
    HANDLE token;
    DWORD bytes;
    wchar_t *text;
    if (!OpenProcessToken(GetCurrentProcess(), TOKEN_QUERY, &token))
        return GetLastError();
    DWORD error = ERROR_SUCCESS;
    if (!GetTokenInformation(token, TokenUser, &found, sizeof found, &bytes) ||
        !ConvertSidToStringSidW(found.user.User.Sid, &text))
        error = GetLastError();
    CloseHandle(token);
    if (error == ERROR_SUCCESS) {
        _snwprintf(sid, SID_ROOM, L"%ls", text);
        LocalFree(text);
    }
    return error;
}

/* To be freed by LocalFree. */
static DWORD make_descriptor(PSECURITY_DESCRIPTOR *descriptor, DWORD shared_rights)
{
    static wchar_t user[SID_ROOM]; /* the same for all objects */
    wchar_t text[SID_ROOM + 80], shared[40] = L"";
    DWORD error = user[0] == L'\0' ? find_user(user) : ERROR_SUCCESS;
    if (error != ERROR_SUCCESS)
        return error;
    if (shared_rights != 0)
        _snwprintf(shared, 40, L"(A;;0x%lx;;;AU)", shared_rights);
    _snwprintf(text, sizeof text / sizeof text[0], L"D:P(A;;GA;;;SY)(A;;GA;;;BA)(A;;GA;;;%ls)%ls",
               user, shared);
    return ConvertStringSecurityDescriptorToSecurityDescriptorW(text, SDDL_REVISION_1, descriptor,
                                                                NULL)
               ? ERROR_SUCCESS
               : GetLastError();
}

/* ERROR_ALREADY_EXISTS, too, is a success. */
static DWORD create(HANDLE *object, enum object_kind kind, uint32_t bytes,
                    SECURITY_ATTRIBUTES *security, const wchar_t *name)
{
    if (kind == OBJECT_SECTION)
        *object =
            CreateFileMappingW(INVALID_HANDLE_VALUE, security, PAGE_READWRITE, 0, bytes, name);
    else if (kind == OBJECT_MUTEX)
        *object = CreateMutexW(security, FALSE, name);
    else
        *object = CreateEventW(security, kind == OBJECT_EVENT, FALSE, name);
    DWORD error = GetLastError();
    return *object == NULL || error == ERROR_ALREADY_EXISTS ? error : ERROR_SUCCESS;
}

DWORD object_create(HANDLE *object, enum object_kind kind, uint32_t bytes, DWORD shared_rights,
                    const char *name, const char *suffix, bool *existed)
{
    wchar_t wide[NAME_WIDE_ROOM];
    SECURITY_ATTRIBUTES security = {.nLength = sizeof security};
    *object = NULL;
    DWORD error = name_to_wide(wide, name, suffix);
    if (error == ERROR_SUCCESS)
        error = make_descriptor(&security.lpSecurityDescriptor, shared_rights);
    if (error != ERROR_SUCCESS)
        return error;
    error = create(object, kind, bytes, &security, wide);
    if (error == ERROR_PATH_NOT_FOUND && name_unescape(wide))
        error = create(object, kind, bytes, &security, wide);
    LocalFree(security.lpSecurityDescriptor);
    if (existed != NULL)
        *existed = error == ERROR_ALREADY_EXISTS;
    return *object != NULL ? ERROR_SUCCESS : error;
}

void object_close(HANDLE *object)
{
    if (*object != NULL)
        CloseHandle(*object);
    *object = NULL;
}

/* WAIT_ABANDONED is as good as WAIT_OBJECT_0: the owner has died. */
DWORD lock_take(HANDLE lock, DWORD timeout_ms)
{
    DWORD state = WaitForSingleObject(lock, timeout_ms);
    if (state == WAIT_FAILED)
        return GetLastError();
    return state == WAIT_TIMEOUT ? WAIT_TIMEOUT : ERROR_SUCCESS;
}

DWORD lock_release(HANDLE lock)
{
    return ReleaseMutex(lock) ? ERROR_SUCCESS : GetLastError();
}

static const char *const suffixes[NOTIFY_EVENTS] = {".changed.0", ".changed.1", ".changed.2",
                                                    ".changed.3"};

static DWORD get_events(struct notify *notify, const char *name, bool create, bool share)
{
    *notify = (struct notify){{NULL}, NULL};
    DWORD error = create ? object_create(&notify->acknowledged, OBJECT_AUTO_EVENT, 0,
                                         share ? SET_EVENT : 0, name, ".acknowledged", NULL)
                         : object_open(&notify->acknowledged, OBJECT_AUTO_EVENT, EVENT_MODIFY_STATE,
                                       name, ".acknowledged");
    for (int i = 0; i < NOTIFY_EVENTS && error == ERROR_SUCCESS; i++)
        error =
            create ? object_create(&notify->changed[i], OBJECT_EVENT, 0, share ? WAIT_FOR_EVENT : 0,
                                   name, suffixes[i], NULL)
                   : object_open(&notify->changed[i], OBJECT_EVENT, SYNCHRONIZE, name, suffixes[i]);
    if (error != ERROR_SUCCESS)
        notify_close(notify);
    return error;
}

DWORD notify_create(struct notify *notify, const char *name, bool share)
{
    return get_events(notify, name, true, share);
}

DWORD notify_open(struct notify *notify, const char *name)
{
    return get_events(notify, name, false, false);
}

void notify_close(struct notify *notify)
{
    for (int i = 0; i < NOTIFY_EVENTS; i++)
        object_close(&notify->changed[i]);
    object_close(&notify->acknowledged);
}

void notify_begin(const char *name)
{
    HANDLE began;
    if (object_open(&began, OBJECT_EVENT, EVENT_MODIFY_STATE, name, BEGAN) != ERROR_SUCCESS)
        return; /* nobody asks */
    SetEvent(began);
    object_close(&began);
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
    DWORD state = WaitForSingleObject(notify->changed[(signals + 1) % NOTIFY_EVENTS], timeout_ms);
    if (state == WAIT_FAILED)
        Sleep(timeout_ms);
    return state == WAIT_OBJECT_0;
}
