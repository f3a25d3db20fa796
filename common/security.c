/* Who may use the kernel objects that we create. */
#include "security.h"

#include <sddl.h>
#include <stdio.h>

/* The current user's security identifier as text; freed with LocalFree. */
static DWORD current_user(char **sid)
{
    HANDLE token;
    if (!OpenProcessToken(GetCurrentProcess(), TOKEN_QUERY, &token))
        return GetLastError();
    union {
        TOKEN_USER user;
        char room[sizeof(TOKEN_USER) + SECURITY_MAX_SID_SIZE];
    } found;
    DWORD bytes;
    DWORD error = ERROR_SUCCESS;
    if (!GetTokenInformation(token, TokenUser, &found, sizeof found, &bytes) ||
        !ConvertSidToStringSidA(found.user.User.Sid, sid))
        error = GetLastError();
    CloseHandle(token);
    return error;
}

DWORD security_make(SECURITY_ATTRIBUTES *attributes, DWORD shared_rights, bool from_below)
{
    *attributes = (SECURITY_ATTRIBUTES){sizeof *attributes, NULL, FALSE};
    char *sid;
    DWORD error = current_user(&sid);
    if (error != ERROR_SUCCESS)
        return error;
    /* Security Descriptor Definition Language: a protected DACL that allows (A) all (GA) to SYSTEM
     * (SY), built-in Administrators (BA) and the user, and some to authenticated users (AU); a
     * mandatory label (ML) of medium integrity (ME) that forbids writing from below it (NW). */
    char sddl[320], shared[32] = "";
    if (shared_rights != 0)
        snprintf(shared, sizeof shared, "(A;;0x%lx;;;AU)", shared_rights);
    snprintf(sddl, sizeof sddl, "D:P(A;;GA;;;SY)(A;;GA;;;BA)(A;;GA;;;%s)%s%s", sid, shared,
             from_below ? "S:(ML;;NW;;;ME)" : "");
    LocalFree(sid);
    if (!ConvertStringSecurityDescriptorToSecurityDescriptorA(
            sddl, SDDL_REVISION_1, &attributes->lpSecurityDescriptor, NULL))
        return GetLastError();
    return ERROR_SUCCESS;
}

void security_free(SECURITY_ATTRIBUTES *attributes)
{
    LocalFree(attributes->lpSecurityDescriptor);
    attributes->lpSecurityDescriptor = NULL;
}
