/* Who may use the kernel objects that we create. */
#include "security.h"

#include <stddef.h>
#include <string.h>

/* These two are ADVAPI32's OpenProcessToken and GetTokenInformation without that DLL, whose loading
 * would be a tenth of a program's start. Documented in the Windows Driver Kit, ntifs.h. */
#define CURRENT_PROCESS ((HANDLE)(LONG_PTR)-1)
NTSYSAPI NTSTATUS NTAPI NtOpenProcessToken(HANDLE process, ACCESS_MASK access, HANDLE *token);
NTSYSAPI NTSTATUS NTAPI NtQueryInformationToken(HANDLE token, TOKEN_INFORMATION_CLASS what,
                                                void *found, ULONG room, ULONG *bytes);
NTSYSAPI ULONG NTAPI RtlNtStatusToDosError(NTSTATUS status);

/* Security identifiers of at most two parts. */
struct short_sid {
    BYTE revision, parts;
    SID_IDENTIFIER_AUTHORITY authority;
    DWORD part[2];
};
static const struct short_sid local_system = {
    SID_REVISION, 1, {SECURITY_NT_AUTHORITY}, {SECURITY_LOCAL_SYSTEM_RID}};
static const struct short_sid administrators = {
    SID_REVISION,
    2,
    {SECURITY_NT_AUTHORITY},
    {SECURITY_BUILTIN_DOMAIN_RID, DOMAIN_ALIAS_RID_ADMINS}};
static const struct short_sid authenticated_users = {
    SID_REVISION, 1, {SECURITY_NT_AUTHORITY}, {SECURITY_AUTHENTICATED_USER_RID}};
static const struct short_sid medium_integrity = {
    SID_REVISION, 1, {SECURITY_MANDATORY_LABEL_AUTHORITY}, {SECURITY_MANDATORY_MEDIUM_RID}};

#define ACE_BYTES (offsetof(ACCESS_ALLOWED_ACE, SidStart) + SECURITY_MAX_SID_SIZE)

/* What the attributes point to; an access control list has its entries behind its header. */
static struct {
    SECURITY_DESCRIPTOR descriptor;
    union {
        ACL list;
        BYTE room[sizeof(ACL) + 4 * ACE_BYTES];
    } access, label;
} made;

static void add(ACL *list, BYTE type, DWORD rights, const void *identifier)
{
    const SID *sid = identifier;
    WORD sid_bytes = (WORD)(offsetof(SID, SubAuthority) + sid->SubAuthorityCount * sizeof(DWORD));
    ACCESS_ALLOWED_ACE *entry = (void *)((BYTE *)list + list->AclSize); /* all types begin alike */
    entry->Header.AceType = type;
    entry->Header.AceFlags = 0;
    entry->Header.AceSize = (WORD)(offsetof(ACCESS_ALLOWED_ACE, SidStart) + sid_bytes);
    entry->Mask = rights;
    memcpy(&entry->SidStart, sid, sid_bytes);
    list->AclSize = (WORD)(list->AclSize + entry->Header.AceSize);
    list->AceCount++;
}

static DWORD find_user(TOKEN_USER *user, ULONG room)
{
    HANDLE token;
    NTSTATUS status = NtOpenProcessToken(CURRENT_PROCESS, TOKEN_QUERY, &token);
    if (status >= 0) {
        ULONG bytes;
        status = NtQueryInformationToken(token, TokenUser, user, room, &bytes);
        CloseHandle(token);
    }
    return status >= 0 ? ERROR_SUCCESS : RtlNtStatusToDosError(status);
}

DWORD security_make(SECURITY_ATTRIBUTES *attributes, DWORD shared_rights, bool from_below)
{
    union {
        TOKEN_USER user;
        BYTE room[sizeof(TOKEN_USER) + SECURITY_MAX_SID_SIZE];
    } found;
    DWORD error = find_user(&found.user, sizeof found);
    if (error != ERROR_SUCCESS)
        return error;

    ACL *access = &made.access.list, *label = &made.label.list;
    *access = *label = (ACL){.AclRevision = ACL_REVISION, .AclSize = sizeof(ACL)};
    add(access, ACCESS_ALLOWED_ACE_TYPE, GENERIC_ALL, &local_system);
    add(access, ACCESS_ALLOWED_ACE_TYPE, GENERIC_ALL, &administrators);
    add(access, ACCESS_ALLOWED_ACE_TYPE, GENERIC_ALL, found.user.User.Sid);
    if (shared_rights != 0)
        add(access, ACCESS_ALLOWED_ACE_TYPE, shared_rights, &authenticated_users);
    made.descriptor = (SECURITY_DESCRIPTOR){.Revision = SECURITY_DESCRIPTOR_REVISION,
                                            .Control = SE_DACL_PRESENT | SE_DACL_PROTECTED,
                                            .Dacl = access};
    if (from_below) {
        add(label, SYSTEM_MANDATORY_LABEL_ACE_TYPE, SYSTEM_MANDATORY_LABEL_NO_WRITE_UP,
            &medium_integrity);
        made.descriptor.Control |= SE_SACL_PRESENT;
        made.descriptor.Sacl = label;
    }
    *attributes = (SECURITY_ATTRIBUTES){sizeof *attributes, &made.descriptor, FALSE};
    return ERROR_SUCCESS;
}
