/*
 * What is written down is true: the READMEs name the options that there are, their links lead
 * somewhere, and there is one version.
 */
#include "harness.h"

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <wchar.h>

#define PATH_UNITS  600
#define SPEC_COLUMN 23 /* of --help, where the explanation of an option begins */
#define SPECS       40 /* most of a program */

static const char *const programs[] = {"writer", "reader"};
static const char *const readmes[] = {"README.md", "README.zh-CN.md"};
static wchar_t top[PATH_UNITS];   /* of the repository */
static wchar_t built[PATH_UNITS]; /* the folder of the programs under test */
static struct result got;

/* Ways to give an option as the help words them: "-n, --name NAME". */
static struct specs {
    char names[SPECS][SPEC_COLUMN + 1];
    size_t count;
} specs[2];

static bool exists(const char *name)
{
    wchar_t path[PATH_UNITS];
    _snwprintf(path, PATH_UNITS, L"%ls\\%hs", top, name);
    return GetFileAttributesW(path) != INVALID_FILE_ATTRIBUTES;
}

/* A file of the repository, NUL-terminated and without CR, to be freed. */
static char *read_file(const char *name)
{
    wchar_t path[PATH_UNITS];
    _snwprintf(path, PATH_UNITS, L"%ls\\%hs", top, name);
    FILE *file = _wfopen(path, L"r");
    if (!file)
        test_bail("cannot read %s", name);
    size_t used = 0, room = 65536;
    char *text = test_room(NULL, room);
    for (size_t part; (part = fread(text + used, 1, room - used - 1, file)) > 0; used += part)
        text = test_room(text, room *= 2);
    fclose(file);
    text[used] = 0;
    return text;
}

static bool has_spec(const struct specs *set, const char *name, size_t bytes)
{
    for (size_t i = 0; i < set->count; i++)
        if (strlen(set->names[i]) == bytes && memcmp(set->names[i], name, bytes) == 0)
            return true;
    return false;
}

/* Takes them from --help: "  -n, --name NAME      the mapping". */
static void read_specs(const char *program, struct specs *set)
{
    process_run(ARGS(program, "--help"), NULL, &got);
    for (const char *line = got.out; line; line = strchr(line, '\n')) {
        line += *line == '\n';
        const char *from = line + strspn(line, " ");
        if (from == line || *from != '-')
            continue;
        int bytes = (int)(line + SPEC_COLUMN - from);
        while (from[bytes - 1] == ' ')
            bytes--;
        snprintf(set->names[set->count++], SPEC_COLUMN + 1, "%.*s", bytes, from);
    }
    test_check(set->count > 10, "%s --help names options", program);
}

/* Each option of the program is in the README, and its table has no other. */
static void check_options(const char *readme, const char *text, const char *program,
                          const struct specs *set)
{
    char part[80];
    for (size_t i = 0; i < set->count; i++) {
        snprintf(part, sizeof part, "`%s`", set->names[i]);
        test_check(strstr(text, part) != NULL, "%s explains %s %s", readme, program, set->names[i]);
    }
    snprintf(part, sizeof part, "| `%s [OPTION]", program);
    const char *row = strstr(text, part);
    test_check(row != NULL, "%s has a table of the options of %s", readme, program);
    for (; row && *row == '|'; row = strchr(row, '\n') + 1) {
        const char *end = strstr(row, "` |");
        for (const char *span = row + 2; end && span[0] == '`' && span < end;) {
            size_t bytes = strcspn(++span, "`");
            if (*span == '-')
                test_check(has_spec(set, span, bytes), "%s has %.*s of %s", program, (int)bytes,
                           span, readme);
            span += bytes + 1;
            span += strcspn(span, "`\n");
        }
    }
}

/* True if one of the two has a long option of that name. */
static bool known(const char *name, size_t bytes)
{
    for (int i = 0; i < 2; i++)
        for (size_t k = 0; k < specs[i].count; k++) {
            const char *option = strstr(specs[i].names[k], "--");
            if (strcspn(option, " ,") == bytes && memcmp(option, name, bytes) == 0)
                return true;
        }
    return false;
}

/* Whatever looks like a long option, anywhere in the text, is one. */
static void check_mentions(const char *file, const char *text)
{
    for (const char *at = text; (at = strstr(at, "--")) != NULL;) {
        size_t bytes = 2;
        while (islower((unsigned char)at[bytes]) || (bytes > 2 && at[bytes] == '-'))
            bytes++;
        if (bytes > 2)
            test_check(known(at, bytes), "the %.*s that %s speaks of is there", (int)bytes, at,
                       file);
        at += bytes;
    }
}

static void check_links(const char *file, const char *text)
{
    char target[200];
    for (const char *at = text; (at = strstr(at, "](")) != NULL;) {
        at += 2;
        snprintf(target, sizeof target, "%.*s", (int)strcspn(at, ")#"), at);
        if (*target && !strstr(target, "://"))
            test_check(exists(target), "%s links to %s, which exists", file, target);
    }
}

static unsigned lines_with(const char *text, const char *start)
{
    unsigned count = 0;
    for (const char *line = text; line; line = strchr(line, '\n')) {
        line += *line == '\n';
        count += strncmp(line, start, strlen(start)) == 0;
    }
    return count;
}

static void test_readmes(void)
{
    char *texts[2];
    for (int i = 0; i < 2; i++) {
        texts[i] = read_file(readmes[i]);
        for (int k = 0; k < 2; k++)
            check_options(readmes[i], texts[i], programs[k], &specs[k]);
        check_mentions(readmes[i], texts[i]);
        check_links(readmes[i], texts[i]);
    }
    static const char *const parts[] = {"#", "|", "```", "- ", "!["};
    for (size_t i = 0; i < sizeof parts / sizeof *parts; i++)
        test_equal(lines_with(texts[1], parts[i]), lines_with(texts[0], parts[i]),
                   "both have as many lines that begin with %s", parts[i]);
    free(texts[0]);
    free(texts[1]);
}

/* The version in a program's resource: the numbers, and the words that Explorer shows. */
static void check_resource(const char *program, const char *version)
{
    wchar_t path[PATH_UNITS];
    _snwprintf(path, PATH_UNITS, L"%ls\\%hs.exe", built, program);
    HMODULE module = LoadLibraryExW(path, NULL, LOAD_LIBRARY_AS_DATAFILE);
    HRSRC found = FindResourceW(module, MAKEINTRESOURCEW(1), MAKEINTRESOURCEW(16));
    if (!test_check(found != NULL, "%s.exe has a version resource", program))
        return;
    const wchar_t *words = LockResource(LoadResource(module, found));
    size_t count = SizeofResource(module, found) / sizeof *words;

    /* VS_FIXEDFILEINFO: signature 0xFEEF04BD, version of the structure, then that of the file. */
    char numbers[40] = "";
    for (size_t i = 0; i + 8 <= count && !*numbers; i++)
        if (words[i] == 0x04BD && words[i + 1] == 0xFEEF)
            snprintf(numbers, sizeof numbers, "%u.%u.%u", words[i + 5], words[i + 4], words[i + 7]);
    test_text(numbers, version, "its numbers are the version");

    static const wchar_t *const keys[] = {L"FileVersion", L"ProductVersion"};
    for (int k = 0; k < 2; k++) {
        size_t units = wcslen(keys[k]) + 1, i = 0;
        while (i + units < count && memcmp(words + i, keys[k], units * sizeof *words) != 0)
            i++;
        i += units;
        while (i + 1 < count && !words[i]) /* to the next multiple of 4 bytes */
            i++;
        char *value = test_narrow(words + i, i < count ? wcslen(words + i) : 0);
        test_text(value, version, "and so is its %ls", keys[k]);
        free(value);
    }
    FreeLibrary(module);
}

static void test_version(void)
{
    char *version = read_file("VERSION"), *changes = read_file("CHANGELOG.md"), expected[60];
    version[strcspn(version, "\n")] = 0;
    const char *latest = strstr(changes, "\n## ");
    snprintf(expected, sizeof expected, "\n## %s - ", version);
    test_check(latest && strncmp(latest, expected, strlen(expected)) == 0,
               "CHANGELOG.md begins with version %s", version);
    check_mentions("CHANGELOG.md", changes);
    check_links("CHANGELOG.md", changes);
    for (int i = 0; i < 2; i++) {
        process_run(ARGS(programs[i], "--version"), NULL, &got);
        snprintf(expected, sizeof expected, "%s %s\r\n", programs[i], version);
        test_text(got.out, expected, "%s --version tells it", programs[i]);
        check_resource(programs[i], version);
    }
    free(version);
    free(changes);
}

void test_main(int argc, char **argv)
{
    (void)argc, (void)argv;
    wchar_t self[PATH_UNITS];
    _snwprintf(self, PATH_UNITS, L"%ls", test_self());
    for (int up = 0; up < 2; up++)
        *wcsrchr(self, L'\\') = 0;
    wcscpy(built, self);
    for (int up = 0; up < 2; up++)
        *wcsrchr(self, L'\\') = 0;
    wcscpy(top, self);

    for (int i = 0; i < 2; i++)
        read_specs(programs[i], &specs[i]);
    test_readmes();
    char *contributing = read_file("CONTRIBUTING.md");
    check_links("CONTRIBUTING.md", contributing);
    free(contributing);
    test_version();
}
