/*
 * Another program's mappings, as odd as they come, for as long as a command runs:
 *
 *     publish [-c CODE_PAGE] NAME... -- COMMAND... < CONTENT
 *
 * Each mapping holds what stdin has: as it is or, with -c, as a message of ours in that code page.
 * In a NAME, \uD800 is that UTF-16 unit.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <wchar.h>

#include "mapping.h"
#include "options.h" /* wmain */

#define MOST_BYTES 65536

static unsigned char content[MOST_BYTES];

static void unescape(wchar_t *name)
{
    wchar_t *to = name;
    for (const wchar_t *from = name; *from != L'\0'; to++)
        if (wcsncmp(from, L"\\u", 2) == 0) {
            wchar_t digits[] = {from[2], from[3], from[4], from[5], L'\0'};
            *to = (wchar_t)wcstoul(digits, NULL, 16);
            from += 6;
        } else {
            *to = *from++;
        }
    *to = L'\0';
}

/* The handle stays open until the process ends. */
static bool publish(const wchar_t *name, size_t bytes, unsigned code_page)
{
    DWORD room = (DWORD)(bytes < 4096 ? 4096 : bytes) * (code_page != 0 ? 4 : 1);
    HANDLE section = CreateFileMappingW(INVALID_HANDLE_VALUE, NULL, PAGE_READWRITE, 0, room, name);
    void *view = section != NULL ? MapViewOfFile(section, FILE_MAP_WRITE, 0, 0, 0) : NULL;
    if (view == NULL || code_page == 0)
        return view != NULL && (memcpy(view, content, bytes), true);
    MEMORY_BASIC_INFORMATION memory;
    VirtualQuery(view, &memory, sizeof memory);
    struct message_region region = {view, memory.RegionSize / sizeof(shared_word)};
    struct message message = {
        .length = (uint32_t)bytes, .code_page = code_page, .process_id = GetCurrentProcessId()};
    return message_adopt(region, (uint32_t)bytes + 2, true) &&
           message_claim(region, message.process_id) != 0 &&
           message_publish(region, &message, content);
}

int wmain(int argc, wchar_t **wide)
{
    unsigned code_page = 0;
    DWORD bytes = 0, part, status = 2;
    HANDLE input = GetStdHandle(STD_INPUT_HANDLE);
    while (bytes < MOST_BYTES &&
           ReadFile(input, content + bytes, MOST_BYTES - bytes, &part, NULL) && part > 0)
        bytes += part;
    for (int i = 1; i < argc && wcscmp(wide[i], L"--") != 0; i++) {
        if (wcscmp(wide[i], L"-c") == 0) {
            code_page = wcstoul(wide[++i], NULL, 10);
            continue;
        }
        unescape(wide[i]);
        if (!publish(wide[i], bytes, code_page)) {
            fprintf(stderr, "publish: mapping %d: error %lu\n", i, GetLastError());
            return 2;
        }
    }
    wchar_t *command = wcsstr(GetCommandLineW(), L" -- ");
    STARTUPINFOW startup = {.cb = sizeof startup};
    PROCESS_INFORMATION started;
    if (command == NULL ||
        !CreateProcessW(NULL, command + 4, NULL, NULL, TRUE, 0, NULL, NULL, &startup, &started)) {
        fprintf(stderr, "publish: the command does not start: error %lu\n", GetLastError());
        return 2;
    }
    WaitForSingleObject(started.hProcess, INFINITE);
    GetExitCodeProcess(started.hProcess, &status);
    return (int)status;
}
