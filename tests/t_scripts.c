/*
 * The batch files of scripts/, each run by cmd.exe from a copy in a folder whose name has a space.
 * Where they call what is not ours (winget, gcc, wt, ...) or what must fail, a stand-in is called:
 * this very program under that name, which prints and logs how it was called.
 */
#include "harness.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <wchar.h>

#define BOUND_MS   60000 /* a whole demo, with Wine on a busy machine */
#define PATH_UNITS 600

static wchar_t top[PATH_UNITS];   /* of the repository */
static wchar_t built[PATH_UNITS]; /* the folder of the programs under test */
static wchar_t place[PATH_UNITS]; /* the copy's top */
static wchar_t log_path[PATH_UNITS];
static struct screen
    *screen; /* a console for cmd.exe and what it starts; their streams are pipes */
static const char *settings = ""; /* commands in front of each */
static struct result got;
static char *out, *err; /* of the last run, without CR and without blanks at the ends of lines */

/* ---- the stand-ins ---- */

static const wchar_t *base_name(const wchar_t *path)
{
    const wchar_t *slash = wcsrchr(path, L'\\');
    return slash ? slash + 1 : path;
}

static const wchar_t *in(const wchar_t *folder, const wchar_t *name)
{
    static wchar_t paths[4][PATH_UNITS];
    static unsigned next;
    wchar_t *path = paths[next++ % 4];
    _snwprintf(path, PATH_UNITS, L"%ls\\%ls", folder, name);
    return path;
}

static void make_folders(const wchar_t *path)
{
    wchar_t part[PATH_UNITS];
    for (const wchar_t *end = wcschr(path, L'\\'); end; end = wcschr(end + 1, L'\\')) {
        _snwprintf(part, PATH_UNITS, L"%.*ls", (int)(end - path), path);
        CreateDirectoryW(part, NULL);
    }
}

static void copy(const wchar_t *from, const wchar_t *to)
{
    make_folders(to);
    if (!CopyFileW(from, to, FALSE))
        test_bail("cannot copy %ls to %ls: error %lu", from, to, GetLastError());
}

static bool environment_has(const wchar_t *variable, const wchar_t *word)
{
    wchar_t value[PATH_UNITS];
    DWORD units = GetEnvironmentVariableW(variable, value, PATH_UNITS);
    return units && units < PATH_UNITS && wcsstr(value, word);
}

/* Both compiler and make, as a package manager would put them there. */
static void install_compiler(const wchar_t *folder)
{
    copy(test_self(), in(folder, L"gcc.exe"));
    copy(test_self(), in(folder, L"mingw32-make.exe"));
}

/* Calls a program as we were called; what it prints is not seen. */
static void run_instead(const wchar_t *program, char **argv)
{
    wchar_t line[1000];
    int used = _snwprintf(line, 1000, L"\"\"%ls\"", program);
    while (*++argv)
        used += _snwprintf(line + used, 1000 - (size_t)used, L" %hs", *argv);
    wcscpy(line + used, L" >nul\"");
    _wsystem(line);
}

static void stand_in(const wchar_t *name, int argc, char **argv)
{
    wchar_t path[PATH_UNITS], word[40];
    char line[1000];
    int used = snprintf(line, sizeof line, "%ls", name);
    bool asked_version = argc > 1 && strcmp(argv[1], "--version") == 0;

    _snwprintf(word, 40, L" %ls ", name);
    for (int i = 1; i < argc; i++)
        used += snprintf(line + used, sizeof line - (size_t)used, " [%s]", argv[i]);
    puts(line);
    fflush(stdout);
    if (asked_version)
        exit(0);
    GetEnvironmentVariableW(L"STAND_IN_LOG", path, PATH_UNITS);
    FILE *log = _wfopen(path, L"a");
    if (log) {
        fprintf(log, "%s\n", line);
        fclose(log);
    }
    if (environment_has(L"STAND_IN_FAILS", word))
        exit(1);
    if (GetEnvironmentVariableW(L"STAND_IN_FOR", path, PATH_UNITS))
        run_instead(path, argv);
    if (wcscmp(name, L"winget.exe") == 0 &&
        GetEnvironmentVariableW(L"STAND_IN_INSTALLS", path, PATH_UNITS))
        install_compiler(path);
    if (wcscmp(name, L"mingw32-make.exe") == 0 && argc == 1) {
        copy(test_self(), L".\\build\\x86_64\\writer.exe");
        copy(test_self(), L".\\build\\x86_64\\reader.exe");
    }
    exit(0);
}

/* ---- running a batch file ---- */

static char *cleaned(char *old, const char *text)
{
    char *copied = test_room(old, strlen(text) + 1), *end = copied;
    for (; *text; text++) {
        if (*text == '\r')
            continue;
        if (*text == '\n')
            while (end > copied && end[-1] == ' ')
                end--;
        *end++ = *text;
    }
    *end = 0;
    return copied;
}

/* Returns the exit status of `cmd /c COMMAND`, with the copy of scripts as the current folder. */
static int run(const char *command, const char *input)
{
    char line[2000];
    snprintf(line, sizeof line, "%s%s", settings, command);
    const char *const arguments[] = {"cmd.exe", "/c", line, NULL};
    struct process_setup setup = {.arguments = arguments, .screen = screen, .input = input};
    setup.input_bytes = strlen(input);
    SetCurrentDirectoryW(in(place, L"scripts"));
    process_run_as(&setup, BOUND_MS, &got);
    out = cleaned(out, got.out);
    err = cleaned(err, got.err);
    return got.status;
}

/* The same without waiting, its input open. */
static struct process *start(const char *command)
{
    const char *const arguments[] = {"cmd.exe", "/c", command, NULL};
    SetCurrentDirectoryW(in(place, L"scripts"));
    return process_start_as(&(struct process_setup){.arguments = arguments, .screen = screen});
}

/* What the stand-ins noted since the last call, once it has so many lines; they may run by
 * themselves. */
static const char *logged(int lines)
{
    static char text[4000];
    for (int tries = 0; tries < BOUND_MS / 20; tries++) {
        FILE *log = _wfopen(log_path, L"r");
        int found = 0;
        size_t used = log ? fread(text, 1, sizeof text - 1, log) : 0;
        text[used] = 0;
        if (log)
            fclose(log);
        for (const char *at = text; *at; at++)
            found += *at == '\n';
        if (found >= lines)
            break;
        Sleep(20);
    }
    DeleteFileW(log_path);
    return text;
}

/* ---- the copy ---- */

static void remove_tree(const wchar_t *folder)
{
    WIN32_FIND_DATAW found;
    wchar_t path[PATH_UNITS];
    _snwprintf(path, PATH_UNITS, L"%ls\\*", folder);
    HANDLE search = FindFirstFileW(path, &found);
    if (search == INVALID_HANDLE_VALUE)
        return;
    do {
        if (wcscmp(found.cFileName, L".") == 0 || wcscmp(found.cFileName, L"..") == 0)
            continue;
        _snwprintf(path, PATH_UNITS, L"%ls\\%ls", folder, found.cFileName);
        if (found.dwFileAttributes & FILE_ATTRIBUTE_DIRECTORY)
            remove_tree(path);
        else
            DeleteFileW(path);
    } while (FindNextFileW(search, &found));
    FindClose(search);
    RemoveDirectoryW(folder);
}

/* What was started in windows of its own may take a while to end, and holds its files until then.
 */
static void leave_place(void)
{
    SetCurrentDirectoryW(top);
    for (int tries = 0; tries < ENOUGH_MS / 20; tries++) {
        remove_tree(place);
        if (GetFileAttributesW(place) == INVALID_FILE_ATTRIBUTES)
            return;
        Sleep(20);
    }
    test_bail("cannot remove %ls: error %lu", place, GetLastError());
}

/* A fresh copy of the batch files alone: no programs, no Makefile. */
static void fresh_place(void)
{
    WIN32_FIND_DATAW found;
    leave_place();
    HANDLE search = FindFirstFileW(in(top, L"scripts\\*.bat"), &found);
    if (search == INVALID_HANDLE_VALUE)
        test_bail("there are no scripts in %ls", top);
    do {
        wchar_t from[PATH_UNITS];
        _snwprintf(from, PATH_UNITS, L"%ls\\scripts\\%ls", top, found.cFileName);
        copy(from, in(in(place, L"scripts"), found.cFileName));
    } while (FindNextFileW(search, &found));
    FindClose(search);
}

/* With the programs under test. */
static void fresh_place_with_programs(void)
{
    fresh_place();
    copy(in(built, L"writer.exe"), in(place, L"writer.exe"));
    copy(in(built, L"reader.exe"), in(place, L"reader.exe"));
}

static void set(const wchar_t *variable, const wchar_t *value)
{
    SetEnvironmentVariableW(variable, value);
}

/* Makes cmd.exe find nothing but Windows itself and the folder of tools, or everything again. By
 * commands, as Wine gives every process SystemDrive and LOCALAPPDATA anew. */
static void hide_tools(bool hide)
{
    static char commands[1500];
    char system[MAX_PATH], *copied = test_narrow(place, wcslen(place));
    GetSystemDirectoryA(system, MAX_PATH);
    snprintf(commands, sizeof commands,
             "set PATH=%s\\tools;%s& set LOCALAPPDATA=%s\\local& set SystemDrive=%s\\drive& ",
             copied, system, copied, copied);
    free(copied);
    settings = hide ? commands : "";
    set(L"STAND_IN_FAILS", NULL);
    set(L"STAND_IN_INSTALLS", NULL);
}

static void tool(const wchar_t *name)
{
    copy(test_self(), in(in(place, L"tools"), name));
}

/* ---- the tests ---- */

static void check_found(const char *folder)
{
    char expected[40];
    snprintf(expected, sizeof expected, "%s\n", folder);
    test_equal(run("call find.bat& set programs", ""), 0, "find.bat finds the programs in %s",
               folder);
    size_t length = strlen(out), tail = strlen(expected);
    test_text(length > tail ? out + length - tail : out, expected, "and says where");
}

static void programs_in(const wchar_t *folder)
{
    copy(test_self(), in(in(place, folder), L"writer.exe"));
    copy(test_self(), in(in(place, folder), L"reader.exe"));
}

static void test_find(void)
{
    static const char *const demos[] = {
        "demo.bat",           "scripted-demo.bat",   "open-or-create.bat",
        "dialogue.bat /test", "dialogue-answer.bat", "progress.bat /test",
        "hand-over.bat /test"};
    fresh_place();
    for (size_t i = 0; i < sizeof demos / sizeof *demos; i++) {
        test_equal(run(demos[i], ""), 2, "%s without programs, sources or compiler ends with 2",
                   demos[i]);
        test_contains(err, "There is no writer.exe and reader.exe in ", "and says what is missing");
    }
    programs_in(L"build\\i686");
    check_found("\\build\\i686");
    programs_in(L"build\\x86_64");
    check_found("\\build\\x86_64");
    settings = "set PROCESSOR_ARCHITECTURE=x86& set PROCESSOR_ARCHITEW6432=& ";
    check_found("\\build\\i686");
    settings = "";
    programs_in(L".");
    check_found("scripts");
    programs_in(L"scripts");
    check_found("\\scripts");
}

static void test_setup(void)
{
#define NEEDS                                                                                      \
    "To build writer.exe and reader.exe, a C compiler (MinGW-w64: gcc and mingw32-make) is "       \
    "needed.\n"                                                                                    \
    "None was found.\n"
#define BY_HAND                                                                                    \
    "Please install WinLibs or MSYS2, put the bin folder with gcc.exe and mingw32-make.exe on "    \
    "PATH,\nand start again.\n"
#define OFFERS                                                                                     \
    "winget would install WinLibs, a free build of it with nothing else to set up (about 250 "     \
    "MB):\n"                                                                                       \
    "    winget install --id BrechtSanders.WinLibs.POSIX.UCRT --exact --source winget\n"           \
    "Install it now? [y/N]\n"
#define INSTALLS                                                                                   \
    "winget.exe [install] [--id] [BrechtSanders.WinLibs.POSIX.UCRT] [--exact] [--source] "         \
    "[winget]\n"
    static const wchar_t package[] =
        L"local\\Microsoft\\WinGet\\Packages\\BrechtSanders.WinLibs.POSIX.UCRT_x";

    fresh_place();
    hide_tools(true);
    test_equal(run("setup.bat", ""), 1, "setup.bat without compiler and winget fails");
    test_text(out, NEEDS BY_HAND, "and says what to install");
    tool(L"gcc.exe");
    test_equal(run("setup.bat", ""), 1, "a compiler without mingw32-make is none");
    test_text(out, NEEDS BY_HAND, "and it says so");
    DeleteFileW(in(place, L"tools\\gcc.exe"));

    tool(L"winget.exe");
    test_equal(run("setup.bat", ""), 1, "nobody there to answer: it fails");
    test_text(out, NEEDS OFFERS "Nothing was installed.\n", "and installs nothing");
    test_equal(run("setup.bat", "n\n"), 1, "the answer n: it fails");
    test_text(out, NEEDS OFFERS "Nothing was installed.\n", "and installs nothing");
    test_text(logged(0), "", "winget was not called");

    test_equal(run("setup.bat", "y\n"), 1, "winget installs where nobody looks: it fails");
    test_text(out,
              NEEDS OFFERS INSTALLS "It was installed, but this window does not find it: please "
                                    "open a new one and start again.\n",
              "and says what to do");
    set(L"STAND_IN_FAILS", L" winget.exe ");
    test_equal(run("setup.bat", "y\n"), 1, "winget fails: it fails");
    test_text(out, NEEDS OFFERS INSTALLS "winget could not install it.\n", "and says so");
    set(L"STAND_IN_FAILS", NULL);

    wchar_t bin[PATH_UNITS];
    _snwprintf(bin, PATH_UNITS, L"%ls\\%ls\\mingw64\\bin", place, package);
    set(L"STAND_IN_INSTALLS", bin);
    logged(0);
    test_equal(run("call setup.bat& gcc is there", "Yes\n"), 0, "winget installs: it goes on");
    test_text(out, NEEDS OFFERS INSTALLS "gcc.exe [is] [there]\n", "with the compiler on PATH");
    test_equal(run("call setup.bat& gcc is there", ""), 0, "what winget installed is found");
    test_text(out, "gcc.exe [is] [there]\n", "without a word");

    static const wchar_t *const folders[] = {
        L"local\\Microsoft\\WinGet\\Packages\\BrechtSanders.WinLibs.x\\mingw32\\bin",
        L"drive\\msys64\\ucrt64\\bin", L"drive\\msys64\\mingw64\\bin",
        L"drive\\msys64\\mingw32\\bin"};
    for (size_t i = 0; i < sizeof folders / sizeof *folders; i++) {
        fresh_place();
        install_compiler(in(place, folders[i]));
        test_equal(run("call setup.bat& gcc is there", ""), 0, "a compiler in %ls is found",
                   folders[i]);
        test_text(out, "gcc.exe [is] [there]\n", "without a word");
    }
    fresh_place();
    install_compiler(in(place, L"tools"));
    test_equal(run("setup.bat", ""), 0, "a compiler on PATH is found");
    test_text(out, "", "without a word");
    test_text(err, "", "without an error");
    logged(0);
}

static void test_demo(void)
{
#define HINT                                                                                       \
    "Type a line in the writer's window; press a key in the reader's to see it there.\n"           \
    "Ctrl+C ends each.\n"
    static const char call[] =
        "wt.exe [new-tab] [--title] [writer] [%s\\writer.exe] [--name] [Other] [;] "
        "[split-pane] [--title] [reader] [%s\\reader.exe] [--name] [Other]\n";
    char expected[3 * PATH_UNITS], *narrow = test_narrow(place, wcslen(place));

    fresh_place();
    hide_tools(true);
    programs_in(L".");
    tool(L"wt.exe");
    DeleteFileW(in(place, L".\\writer.exe"));
    programs_in(L"build\\x86_64");
    snprintf(expected, sizeof expected, call, narrow, narrow);
    free(narrow);

    programs_in(L".");
    test_equal(run("demo.bat --name Other", ""), 0, "demo.bat with Windows Terminal");
    test_text(logged(1), expected, "opens two panes of it");
    set(L"STAND_IN_FAILS", L" wt.exe ");
    test_equal(run("demo.bat --name Other", ""), 0,
               "demo.bat where Windows Terminal does not start");
    test_contains(logged(3), "writer.exe [--name] [Other]\n", "opens windows");
    DeleteFileW(in(place, L"tools\\wt.exe"));
    test_equal(run("demo.bat --name Other", ""), 0, "demo.bat without Windows Terminal");
    test_contains(out, HINT, "says what to do");
    const char *log = logged(2);
    test_contains(log, "writer.exe [--name] [Other]\n", "opens a window with writer");
    test_contains(log, "reader.exe [--name] [Other]\n", "opens a window with reader");

    fresh_place();
    copy(in(top, L"VERSION"), in(place, L"Makefile"));
    test_equal(run("demo.bat", ""), 2, "demo.bat with sources alone ends with 2");
    test_contains(out, NEEDS, "after asking for a compiler");
    install_compiler(in(place, L"tools"));
    test_equal(run("demo.bat", ""), 0, "demo.bat with sources and a compiler");
    test_text(out, "Building writer.exe and reader.exe...\nmingw32-make.exe\n" HINT, "builds");
    log = logged(3);
    test_contains(log, "writer.exe\n", "and opens writer");
    test_contains(log, "reader.exe\n", "and reader");
    fresh_place();
    copy(in(top, L"VERSION"), in(place, L"Makefile"));
    install_compiler(in(place, L"tools"));
    set(L"STAND_IN_FAILS", L" mingw32-make.exe ");
    test_equal(run("demo.bat", ""), 2, "demo.bat with sources that cannot be built ends with 2");
    set(L"STAND_IN_FAILS", NULL);
    logged(0);
}

static void test_test(void)
{
    fresh_place();
    hide_tools(true);
    test_equal(run("test.bat", ""), 2, "test.bat without a compiler ends with 2");
    test_contains(out, NEEDS, "after asking for one");
    test_text(err, "", "and tries nothing else");
    install_compiler(in(place, L"tools"));
    tool(L"perl.exe");
    test_equal(run("test.bat", ""), 0, "test.bat where perl is there");
    test_text(logged(0), "perl.exe [-MApp::Prove] [-e] [1]\nmingw32-make.exe [test]\n",
              "runs make test");
    set(L"STAND_IN_FAILS", L" mingw32-make.exe ");
    test_equal(run("test.bat", "") != 0, 1, "and fails with it");
    set(L"STAND_IN_FAILS", L" perl.exe ");
    logged(0);
    test_equal(run("test.bat", ""), 1, "test.bat with no test program fails");
    copy(test_self(), in(place, L"build\\x86_64\\tests\\t_one.exe"));
    copy(test_self(), in(place, L"build\\x86_64\\tests\\t_two.exe"));
    test_equal(run("test.bat", ""), 0, "test.bat without perl, all tests pass");
    test_text(out,
              "mingw32-make.exe [all] [tests]\nt_one\nt_one.exe\nt_two\nt_two.exe\n2 test programs "
              "passed.\n",
              "runs each and sums up");
    set(L"STAND_IN_FAILS", L" perl.exe t_two.exe ");
    test_equal(run("test.bat", ""), 1, "test.bat without perl, one test fails");
    test_text(out,
              "mingw32-make.exe [all] [tests]\nt_one\nt_one.exe\nt_two\nt_two.exe\n1 test programs "
              "passed.\n"
              "Failed: t_two\n",
              "names it");
    set(L"STAND_IN_FAILS", L" perl.exe mingw32-make.exe ");
    test_equal(run("test.bat", ""), 2, "test.bat that cannot build ends with 2");
    set(L"STAND_IN_FAILS", NULL);
    logged(0);
}

static void test_scripted_demo(void)
{
    fresh_place_with_programs();
    test_equal(run("scripted-demo.bat", ""), 0, "scripted-demo.bat");
    test_text(out,
              "writer: Hello by an argument\nreader: Hello by an argument\n"
              "writer: Hello through a pipe\nreader: Hello through a pipe\n"
              "writer: Hello through two mappings\nreader: Hello through two mappings\nEvery text "
              "arrived.\n",
              "prints what is sent and what arrives");
    test_text(err, "", "and no error");
    copy(test_self(), in(place, L"reader.exe"));
    set(L"STAND_IN_FOR", in(built, L"reader.exe"));
    test_equal(run("scripted-demo.bat", ""), 1,
               "scripted-demo.bat with a reader that prints something else fails");
    test_contains(out, "\nNot every text arrived.\n", "and says so");
    set(L"STAND_IN_FOR", NULL);
}

static void test_open_or_create(void)
{
    static const char text[] = "What a plain program wrote";

    fresh_place_with_programs();
    struct process *holder = start("open-or-create.bat");
    run("..\\reader --name ShareMemory --wait --timeout 30", "");
    test_text(out, "This is common data!\n", "open-or-create.bat creates the mapping");
    test_equal(run("open-or-create.bat", ""), 0, "a second one opens it");
    test_text(out, "This is common data!\n", "and prints what is there");
    test_text(err, "", "and holds nothing");
    test_check(process_running(holder), "the first holds it");
    test_equal(run("..\\writer --name ShareMemory --timeout 0 This is common data?!", ""), 1,
               "it is just large enough: 21 bytes are refused");
    test_equal(run("..\\writer --name ShareMemory --timeout 0 This is common data?", ""), 0,
               "and 20 fit");
    run("open-or-create.bat", "");
    test_text(out, "This is common data?\n", "and are seen");
    process_close_input(holder);
    test_check(process_wait(holder, BOUND_MS), "until its input ends or a key is pressed");
    test_equal(process_status(holder), 0, "its exit status");
    process_free(holder);
    HANDLE mapping = OpenFileMappingW(FILE_MAP_READ, FALSE, L"ShareMemory");
    test_check(!mapping, "then nothing is left");

    mapping = CreateFileMappingW(INVALID_HANDLE_VALUE, NULL, PAGE_READWRITE, 0, sizeof text,
                                 L"ShareMemory");
    char *view = MapViewOfFile(mapping, FILE_MAP_WRITE, 0, 0, 0);
    memcpy(view, text, sizeof text);
    test_equal(run("open-or-create.bat", ""), 0, "where a plain program made it");
    test_text(out, "What a plain program wrote\n", "it prints what that wrote");
    test_text(view, text, "and leaves it as it is");
    UnmapViewOfFile(view);
    CloseHandle(mapping);
}

static void test_dialogue(void)
{
    fresh_place_with_programs();
    test_equal(run("dialogue.bat /test", ""), 0, "dialogue.bat /test");
    test_text(out,
              "Question: 6*7\nAnswer: 42\nQuestion: (1+2)*-3\nAnswer: -9\n"
              "Question: bye\nAnswer: Good bye.\n",
              "prints questions and answers");
    struct process *dialogue = start("dialogue.bat");
    static const char *const lines[][2] = {{"100/7\n", "Answer: 14"},
                                           {"6*\n", "Answer: That cannot be calculated."},
                                           {"\n", "Answer: Good bye."}};
    for (int i = 0; i < 3; i++) {
        /* In one piece: Wine's set /p takes for a line whatever it gets. */
        process_wait_output(dialogue, "Question: ", BOUND_MS);
        process_type(dialogue, lines[i][0]);
        test_check(process_wait_output(dialogue, lines[i][1], BOUND_MS), "dialogue.bat says %s",
                   lines[i][1]);
    }
    test_check(process_wait(dialogue, BOUND_MS), "an empty line ends it");
    test_equal(process_status(dialogue), 0, "its exit status");
    process_free(dialogue);
}

static void test_progress(void)
{
    fresh_place_with_programs();
    test_equal(run("progress.bat /test", ""), 0, "progress.bat /test");
    test_contains(out, "1 of 5 [##]\n2 of 5 [####]\n", "a follower prints each step");
    test_contains(out, "5 of 5 [##########]\n", "and the last");
    test_contains(out, "All steps are done.\n", "the publisher ends");
}

static void test_hand_over(void)
{
    fresh_place_with_programs();
    test_equal(run("hand-over.bat /test", ""), 0, "hand-over.bat /test");
    test_text(out, "value=forty-two and a half\nvalue=; bread & butter\n",
              "prints what was handed over");
    test_equal(run("hand-over.bat", ""), 2, "hand-over.bat without a word ends with 2");
    test_contains(err, "Usage: hand-over.bat give [VALUE]", "and says what it takes");

    struct process *giver = start("hand-over.bat give forty-two");
    test_equal(run("call hand-over.bat take& set value", ""), 0,
               "take in one console what another gives");
    test_text(out, "value=forty-two\nvalue=forty-two\n", "it is a variable there afterwards");
    test_check(process_wait(giver, BOUND_MS), "then the giver ends");
    test_equal(process_status(giver), 0, "with 0");
    process_free(giver);

    giver = start("hand-over.bat give");
    process_type(giver, "typed here\n");
    run("call hand-over.bat take& set value", "");
    test_text(out, "value=typed here\nvalue=typed here\n", "a value that was typed");
    process_free(giver);
    test_equal(run("hand-over.bat give", ""), 1, "nothing to give ends with 1");
}

void test_main(int argc, char **argv)
{
    wchar_t self[PATH_UNITS], temporary[PATH_UNITS];

    _snwprintf(self, PATH_UNITS, L"%ls", test_self());
    if (_wcsicmp(base_name(self), L"t_scripts.exe") != 0)
        stand_in(base_name(self), argc, argv);

    test_time_limit(600);
    for (int up = 0; up < 2; up++)
        *wcsrchr(self, L'\\') = 0;
    wcscpy(built, self);
    for (int up = 0; up < 2; up++)
        *wcsrchr(self, L'\\') = 0;
    wcscpy(top, self);
    GetTempPathW(PATH_UNITS, temporary);
    _snwprintf(place, PATH_UNITS, L"%lsT%lu scripts", temporary, GetCurrentProcessId());
    _snwprintf(log_path, PATH_UNITS, L"%lsT%lu.log", temporary, GetCurrentProcessId());
    set(L"STAND_IN_LOG", log_path);
    DeleteFileW(log_path); /* of a process that had our number before and was killed */

    screen = screen_open();

    test_find();
    test_setup();
    test_demo();
    test_test();
    hide_tools(false);
    test_scripted_demo();
    test_open_or_create();
    test_dialogue();
    test_progress();
    test_hand_over();
    screen_free(screen);
    leave_place();
    DeleteFileW(log_path);
}
