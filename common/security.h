/* Who may use the kernel objects that we create. */
#ifndef SECURITY_H
#define SECURITY_H

#include <stdbool.h>
#include <windows.h>

/* Rights for the users of --share, by kind of object. */
#define SECURITY_READ_SECTION (READ_CONTROL | SECTION_QUERY | SECTION_MAP_READ)
#define SECURITY_WAIT_EVENT   (READ_CONTROL | SYNCHRONIZE)
#define SECURITY_SET_EVENT    (READ_CONTROL | SYNCHRONIZE | EVENT_MODIFY_STATE)

/*
 * Attributes with a protected DACL: all rights for SYSTEM, Administrators and the current user, so
 * that an elevated writer and an ordinary reader of one user meet; `shared_rights` (0 for none) for
 * all authenticated users; nothing for anybody else. If `from_below` is set, programs of medium
 * integrity may change the object although its creator is elevated; otherwise Windows lets them
 * read it only. Valid until the next call.
 */
DWORD security_make(SECURITY_ATTRIBUTES *attributes, DWORD shared_rights, bool from_below);

#endif
