/* Who may read and write our objects, and what objects that somebody planted do to the programs: a
 * clear error or a plain text. */
#include "harness.h"

#include <aclapi.h>
#include <sddl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "mapping.h"

#define SECRET "secret"

/* ---- other users ---- */

/* The entries of an object's DACL, as Windows writes them. */
static char *read_dacl(enum object_kind kind, const char *name, const char *suffix)
{
    PSECURITY_DESCRIPTOR descriptor;
    HANDLE object;
    char *sddl;
    object_open(&object, kind, READ_CONTROL, name, suffix);
    if (object == NULL ||
        GetSecurityInfo(object, SE_KERNEL_OBJECT, DACL_SECURITY_INFORMATION, NULL, NULL, NULL, NULL,
                        &descriptor) != ERROR_SUCCESS ||
        !ConvertSecurityDescriptorToStringSecurityDescriptorA(
            descriptor, SDDL_REVISION_1, DACL_SECURITY_INFORMATION, &sddl, NULL))
        test_bail("cannot look at %s%s", name, suffix);
    LocalFree(descriptor);
    CloseHandle(object);
    return sddl;
}

static char *current_user(void)
{
    union {
        TOKEN_USER user;
        char room[256];
    } user;
    DWORD bytes;
    HANDLE token;
    char *sid;
    if (!OpenProcessToken(GetCurrentProcess(), TOKEN_QUERY, &token) ||
        !GetTokenInformation(token, TokenUser, &user, sizeof user, &bytes) ||
        !ConvertSidToStringSidA(user.user.User.Sid, &sid))
        test_bail("cannot look at the token: error %lu", GetLastError());
    CloseHandle(token);
    return sid;
}

static PSECURITY_DESCRIPTOR from_sddl(const char *sddl)
{
    PSECURITY_DESCRIPTOR descriptor;
    if (!ConvertStringSecurityDescriptorToSecurityDescriptorA(sddl, SDDL_REVISION_1, &descriptor,
                                                              NULL))
        test_bail("cannot understand %s", sddl);
    return descriptor;
}

/* SYSTEM, Administrators, the user, and whoever is added; an entry of nobody else. `everything` is
 * what Windows makes of GENERIC_ALL, which Wine leaves as it is. */
static void expect_dacl(enum object_kind kind, const char *name, const char *suffix,
                        DWORD everything, DWORD shared)
{
    char text[512], *entries = read_dacl(kind, name, suffix), *expected;
    DWORD all = strstr(entries, ";GA;") != NULL ? GENERIC_ALL : everything;
    int used = sprintf(text, "D:P(A;;0x%lx;;;SY)(A;;0x%lx;;;BA)(A;;0x%lx;;;%s)", all, all, all,
                       current_user());
    if (shared != 0)
        sprintf(text + used, "(A;;0x%lx;;;AU)", shared); /* authenticated users */
    ConvertSecurityDescriptorToStringSecurityDescriptorA(
        from_sddl(text), SDDL_REVISION_1, DACL_SECURITY_INFORMATION, &expected, NULL);
    test_text(entries, expected, "NAME%s may be used by us%s", suffix,
              shared != 0 ? ", and read by all" : " alone");
}

static void test_other_user(void)
{
    static const struct {
        enum object_kind kind;
        const char *suffix;
        DWORD everything, shared; /* rights */
    } objects[] = {
        {OBJECT_SECTION, "", SECTION_ALL_ACCESS, READ_CONTROL | SECTION_QUERY | SECTION_MAP_READ},
        {OBJECT_MUTEX, ".writer", MUTEX_ALL_ACCESS, 0},
        {OBJECT_EVENT, ".changed.0", EVENT_ALL_ACCESS, READ_CONTROL | SYNCHRONIZE},
        {OBJECT_EVENT, ".changed.3", EVENT_ALL_ACCESS, READ_CONTROL | SYNCHRONIZE},
        {OBJECT_EVENT, ".acknowledged", EVENT_ALL_ACCESS,
         READ_CONTROL | SYNCHRONIZE | EVENT_MODIFY_STATE},
        {OBJECT_SECTION, ".shown", SECTION_ALL_ACCESS,
         READ_CONTROL | SECTION_QUERY | SECTION_MAP_READ | SECTION_MAP_WRITE},
        {OBJECT_MUTEX, ".turn", MUTEX_ALL_ACCESS, 0},
    };
    for (int share = 0; share < 2; share++) {
        const char *name = test_unique_name();
        struct process *writer =
            process_start(ARGS("writer", "-n", name, "x", share == 1 ? "--share" : NULL));
        process_wait_errors(writer, "waits for a reader", ENOUGH_MS);
        for (size_t i = 0; i < sizeof objects / sizeof objects[0]; i++)
            expect_dacl(objects[i].kind, name, objects[i].suffix, objects[i].everything,
                        share == 1 ? objects[i].shared : 0);
        process_free(writer);
    }
}

/* Another user's mapping, which lets this user read and nothing else, as --share does, or nothing
 * at all. */
static void test_another_users(void)
{
    char reads[256];
    sprintf(reads, "D:P(A;;0x%lx;;;%s)", READ_CONTROL | SECTION_QUERY | SECTION_MAP_READ,
            current_user());
    const char *const dacls[] = {reads, "D:P"};
    for (int i = 0; i < 2; i++) {
        const char *name = test_unique_name();
        struct foreign theirs = test_publish(name, 256, dacls[i]);
        strcpy(theirs.view, SECRET);
        process_run(ARGS("reader", "-n", name, "--once"), "");
        if (i == 0) {
            test_text(got.out, SECRET "\r\n", "who may only read can read");
            process_run(ARGS("reader", "-n", name, "--info"), "");
            test_contains(got.out, "access:         read\r\n", "--info tells that");
        } else {
            test_equal(got.status, 2, "who may not, cannot");
            test_contains(got.err, "belongs to another user", "and is told why");
        }
        process_run(ARGS("writer", "-n", name, "x"), "");
        test_equal(got.status, 2, "writing is refused");
        test_contains(got.err, "(error 5)", "with its error");
        test_contains(got.err, "writer: cannot write to the mapping ",
                      "and not as if it were missing");
        test_contains(got.err, "is read-only: run as that user or as administrator, or use another",
                      "and what to do");
        test_lacks(got.err, "--share", "which does not help a writer");
        test_withdraw(&theirs);
    }
}

/* ---- what has our names ---- */

/* Objects of another kind under the names that the programs use. */
static void test_planted_objects(void)
{
    static const struct {
        enum object_kind kind;
        const char *suffix, *error;
    } plants[] = {
        {OBJECT_EVENT, "", "another kind of object has that name"},
        {OBJECT_EVENT, ".writer", "another kind of object has that name"},
        {OBJECT_EVENT, ".shown", "another kind of object has that name"},
        {OBJECT_EVENT, ".turn", "use --no-wait to send without waiting"},
        {OBJECT_MUTEX, ".changed.2", "another kind of object has that name"},
        {OBJECT_MUTEX, ".acknowledged", "another kind of object has that name"},
    };
    for (size_t i = 0; i < sizeof plants / sizeof plants[0]; i++) {
        const char *name = test_unique_name();
        HANDLE planted;
        object_create(&planted, plants[i].kind, 0, 0, name, plants[i].suffix, NULL);
        process_run(ARGS("writer", "-n", name, "x"), "");
        test_equal(got.status, 2, "another object as NAME%s is an error", plants[i].suffix);
        test_contains(got.err, "(error 6)", "which is told");
        test_contains(got.err, plants[i].error, "and explained");
        if (i == 0) {
            process_run(ARGS("reader", "-n", name, "-1"), "");
            test_contains(got.err, plants[i].error, "so it is to a reader");
        } else {
            struct foreign foreign = test_publish(name, 256, NULL);
            strcpy(foreign.view, SECRET);
            process_run(ARGS("reader", "-n", name, "-f", "-c", "1", "-t", "5"), "");
            test_text(got.out, SECRET "\r\n", "a follower goes on without");
            test_withdraw(&foreign);
        }
        CloseHandle(planted);
    }
}

/* What was there before a text acknowledges nothing. */
static void test_planted_acknowledgement(void)
{
    const char *name = test_unique_name();
    HANDLE planted;
    object_create(&planted, OBJECT_AUTO_EVENT, 0, 0, name, ".acknowledged", NULL);
    SetEvent(planted);
    process_run(ARGS("writer", "-n", name, "-t", "0.2", "x"), "");
    test_equal(got.status, 1, "an event that was set before acknowledges no text");
    CloseHandle(planted);

    static const struct shown_page pages[] = {
        {1, 1, 1, 1}, {0x80000001, 0x80000001, 0, 0}, {0, 0xffffffff, 1, 1}, {0xffffffff, 0, 7, 0}};
    for (size_t i = 0; i < sizeof pages / sizeof pages[0]; i++) {
        char shown[80];
        name = test_unique_name();
        snprintf(shown, sizeof shown, "%s.shown", name);
        struct foreign page = test_publish(shown, sizeof pages[i], NULL);
        memcpy(page.view, &pages[i], sizeof pages[i]);
        process_run(ARGS("writer", "-n", name, "-t", "0.2", "x"), "");
        test_equal(got.status, 1, "nor does page %u that was there before", (unsigned)i);
        struct process *writer = process_start(ARGS("writer", "-n", name, "-q", "taken"));
        process_run(ARGS("reader", "-n", name, "--take", "-t", "10"), "");
        test_text(got.out, "taken\r\n", "what comes then can be taken");
        test_ends(writer, 0, "and is acknowledged");
        test_withdraw(&page);
    }
}

/* Entries that give no right, and more of them than one can show. */
static void test_long_dacl(void)
{
    const char *name = test_unique_name();
    char *sddl = test_room(NULL, 8192), *end = sddl;
    end += sprintf(end, "D:P(A;OIIO;GA;;;WD)(A;;GR;;;AU)(A;;GA;;;%s)", current_user());
    struct foreign theirs = test_publish(name, 256, sddl);
    process_run(ARGS("reader", "-n", name, "--info"), "");
    test_check(strstr(got.out, "may read:       ") != NULL && strstr(got.out, "Everyone") == NULL,
               "who may inherit a right does not have it");
    test_contains(got.out, "Authenticated Users; ", "who may read can read");
    test_withdraw(&theirs);
    name = test_unique_name();
    for (int i = 0; i < 60; i++)
        end += sprintf(end, "(A;;GR;;;S-1-5-21-1111111111-2222222222-3333333333-%d)", 1000 + i);
    theirs = test_publish(name, 256, sddl);
    process_run(ARGS("reader", "-n", name, "--info"), "");
    test_contains(got.out, "; and more\r\n", "what does not fit is told to be there");
    test_withdraw(&theirs);
    free(sddl);
}

/* What stands in the way under Local\ is named as such. */
static void test_planted_below(void)
{
    if (!test_has_global("a name that is taken under Local\\"))
        return;
    const char *name = test_unique_name();
    char global[80];
    sprintf(global, "Global\\%s", name);
    HANDLE planted;
    object_create(&planted, OBJECT_EVENT, 0, 0, name, "", NULL);
    process_run(ARGS("writer", "-n", global, "x"), "");
    test_contains(got.err, "cannot create the mapping Local\\", "writer names what is in the way");
    test_contains(got.err, "another kind of object has that name", "and that it is no mapping");
    CloseHandle(planted);

    char longest[800] = "Global\\", line[840];
    for (int i = 0; i < 200; i++)
        strcat(longest, "\xe5\x90\x8d");
    struct foreign foreign = test_publish(longest, 256, NULL);
    process_run(ARGS("reader", "-n", longest + strlen("Global\\"), "--once"), "");
    sprintf(line, "use --name %s\r\n", longest);
    test_contains(got.err, line, "the advice has the whole of a long name");
    test_withdraw(&foreign);
}

void test_main(void)
{
    test_other_user();
    test_another_users();
    test_planted_objects();
    test_planted_acknowledgement();
    test_long_dacl();
    test_planted_below();
}
