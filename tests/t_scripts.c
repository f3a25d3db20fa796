/*
 * The batch files of scripts/, each run by cmd.exe from a copy in a folder whose name has a space.
 * Where they call what is not ours (winget, gcc, wt, ...) or what must fail, a stand-in is called:
 * this very program under that name, which prints and logs how it was called.
 */
#include "harness.h"

#include <shellapi.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <wchar.h>

#pragma GCC diagnostic ignored "-Wmissing-field-initializers" /* of a row, are 0 */

#define BOUND_MS            60000 /* a whole demo, with Wine on a busy machine */
#define PATH_UNITS          600
#define BOTH_IN(folder)     L" " folder L"writer.exe " folder L"reader.exe "
#define COMPILER_IN(folder) L" " folder L"\\gcc.exe " folder L"\\mingw32-make.exe "

#ifdef __i386__
#define ARCH "i686"
#else
#define ARCH "x86_64"
#endif

static wchar_t built[PATH_UNITS]; /* the folder of the programs under test */
static wchar_t place[PATH_UNITS]; /* the copy's top, and the current folder */
static struct screen *screen;     /* for cmd.exe and what it starts; their streams are pipes */
static char settings[1500];       /* commands in front of each */

static void put(const wchar_t *from, const wchar_t *to)
{
    wchar_t part[PATH_UNITS];
    for (const wchar_t *end = wcschr(to, L'\\'); end; end = wcschr(end + 1, L'\\')) {
        _snwprintf(part, PATH_UNITS, L"%.*ls", (int)(end - to), to);
        CreateDirectoryW(part, NULL);
    }
    if (!CopyFileW(from, to, FALSE))
        test_bail("cannot copy %ls to %ls: error %lu", from, to, GetLastError());
}

/* Windows that were opened may take a while to close, and hold their files until then. */
static void leave_place(void)
{
    SHFILEOPSTRUCTW remove = {.wFunc = FO_DELETE, .pFrom = place, .fFlags = FOF_NO_UI};
    SetCurrentDirectoryW(built);
    for (int tries = 0; GetFileAttributesW(place) != INVALID_FILE_ATTRIBUTES; tries++) {
        if (tries == ENOUGH_MS / 20)
            test_bail("cannot remove %ls: error %lu", place, GetLastError());
        SHFileOperationW(&remove);
        Sleep(tries ? 20 : 0);
    }
}

static void fresh_place(void)
{
    static wchar_t from[PATH_UNITS], to[PATH_UNITS]; /* ended by two NULs */
    SHFILEOPSTRUCTW copy = {.wFunc = FO_COPY, .pFrom = from, .pTo = to, .fFlags = FOF_NO_UI};
    leave_place();
    _snwprintf(from, PATH_UNITS, L"%ls\\..\\..\\scripts\\*.bat", built);
    _snwprintf(to, PATH_UNITS, L"%ls\\scripts", place);
    CreateDirectoryW(place, NULL);
    SetCurrentDirectoryW(place);
    if (SHFileOperationW(&copy))
        test_bail("cannot copy %ls", from);
}

/* Prepares the copy by words: fresh makes a new one of the batch files alone, -FILE removes a file,
 * +FILE is the program under test of that name from now on, FILE the stand-in. */
static void prepare(const wchar_t *words)
{
    wchar_t word[PATH_UNITS], path[2 * PATH_UNITS], *name;
    for (; words && *words; words += wcsspn(words, L" ")) {
        _snwprintf(word, PATH_UNITS, L"%.*ls", (int)wcscspn(words, L" "), words);
        words += wcslen(word);
        name = wcsrchr(word, L'\\');
        _snwprintf(path, 2 * PATH_UNITS, L"%ls\\%ls", built, name ? name + 1 : word + 1);
        if (wcscmp(word, L"fresh") == 0)
            fresh_place();
        else if (*word == L'-')
            DeleteFileW(word + 1);
        else if (*word == L'+')
            put(path, word + 1);
        else if (*word)
            put(test_self(), word);
    }
}

static void stand_in(const wchar_t *name, int argc, char **argv)
{
    const wchar_t *fails = _wgetenv(L"STAND_IN_FAILS");
    if (argc > 1 && strcmp(argv[1], "-dumpmachine") == 0) {
        puts(wcsstr(test_self(), L"mingw32\\bin") ? "i686-w64-mingw32" : ARCH "-w64-mingw32");
        exit(0);
    }
    char line[1000];
    int used = snprintf(line, sizeof line, "%ls", name);
    for (int i = 1; i < argc; i++)
        used += snprintf(line + used, sizeof line - (size_t)used, " [%s]", argv[i]);
    puts(line);
    fflush(stdout);
    if (argc > 1 && strcmp(argv[1], "--version") == 0)
        exit(0);
    FILE *log = _wfopen(_wgetenv(L"STAND_IN_LOG"), L"a");
    if (log) {
        fprintf(log, "%s\n", line);
        fclose(log);
    }
    if (fails && wcsstr(fails, name)) /* a test crashes */
        exit(wcsncmp(name, L"t_", 2) == 0 ? (int)STATUS_ACCESS_VIOLATION : 1);
    if (wcscmp(name, L"winget.exe") == 0)
        prepare(_wgetenv(L"STAND_IN_INSTALLS"));
    if (wcscmp(name, L"mingw32-make.exe") == 0 && argc == 1)
        prepare(strcmp(getenv("ARCH"), "i686") == 0 ? BOTH_IN(L"build\\i686\\")
                                                    : BOTH_IN(L"build\\x86_64\\"));
    exit(0);
}

/* Starts `cmd /c COMMAND` in the copy of scripts, its stdin `in`, or runs it if there is input. */
static struct process *begin(const char *command, const char *in, const char *input)
{
    char line[2000];
    struct process_setup setup = {.arguments = ARGS("cmd.exe", "/c", line),
                                  .screen = screen,
                                  .in = in,
                                  .input = input,
                                  .input_bytes = input ? strlen(input) : 0};
    snprintf(line, sizeof line, "%s%s", settings, command);
    if (!input)
        return process_start_as(&setup);
    process_run_as(&setup, BOUND_MS);
    return NULL;
}

/* True if the text, without CR and blanks at the ends of lines, is the pattern, in which * is any
 * text. */
static bool matches(const char *text, const char *pattern)
{
    size_t blanks = strspn(text, " \r");
    if (text[blanks] == '\n')
        text += blanks;
    if (*pattern != '*')
        return *text == *pattern && (!*text || matches(text + 1, pattern + 1));
    return matches(text, pattern + 1) || (*text && matches(text + 1, pattern));
}

/* What the stand-ins noted, in any order as windows open slowly; @ is the copy's top. */
static void check_log(const char *expected)
{
    char text[4000], part[500], *narrow = test_narrow(place, wcslen(place));
    for (int tries = 0; tries < BOUND_MS / 20; tries++, Sleep(20)) {
        FILE *log = _wfopen(L"log", L"r");
        text[log ? fread(text, 1, sizeof text - 1, log) : 0] = 0;
        if (log)
            fclose(log);
        for (char *at; (at = strstr(text, narrow)) != NULL; *at = '@')
            memmove(at + 1, at + strlen(narrow), strlen(at + strlen(narrow)) + 1);
        if (strlen(text) >= strlen(expected))
            break;
    }
    free(narrow);
    test_equal((int)strlen(text), (int)strlen(expected), "and so much is called");
    for (const char *line = expected, *end; (end = strchr(line, '\n')) != NULL; line = end + 1) {
        snprintf(part, sizeof part, "%.*s", (int)(end + 1 - line), line);
        test_contains(text, part, "%.*s", (int)strcspn(line, " \n"), line);
    }
}

struct row {
    const char *name; /* the case */
    const wchar_t *prepare;
    const char *command;
    int status;
    const char *out, *err;      /* patterns of what it prints; NULL: whatever it is */
    const char *input, *log;    /* NULL: none; not looked at */
    const char *beside, *typed; /* a command to start before, and what is typed there */
    bool ends;                  /* that, afterwards, by a key if its stdin is the console: */
    bool console;
    const wchar_t *fails;    /* the stand-ins that do */
    const wchar_t *installs; /* files that winget makes stand-ins */
};

static void test_row(const struct row *row)
{
    static struct process *beside;
    prepare(row->prepare);
    DeleteFileW(L"log");
    SetEnvironmentVariableW(L"STAND_IN_FAILS", row->fails);
    SetEnvironmentVariableW(L"STAND_IN_INSTALLS", row->installs);
    if (row->beside)
        beside = begin(row->beside, row->console ? "CONIN$" : STREAM_PIPE, NULL);
    if (row->typed)
        process_type(beside, row->typed);
    begin(row->command, STREAM_PIPE, row->input ? row->input : "");
    test_equal(got.status, row->status, "%s, %s: its status", row->command, row->name);
    if (row->out)
        test_text(got.out, matches(got.out, row->out) ? got.out : row->out, "what it prints");
    if (row->err)
        test_text(got.err, matches(got.err, row->err) ? got.err : row->err, "its errors");
    if (row->log)
        check_log(row->log);
    if (!row->ends)
        return;
    if (!row->typed)
        test_check(process_running(beside), "what was started before still runs");
    if (row->console)
        screen_type(screen, " ");
    else
        process_close_input(beside);
    test_equal(process_wait(beside, BOUND_MS) ? process_status(beside) : -1, 0, "and ends with 0");
    process_free(beside);
}

#define PACKAGES L"local\\Microsoft\\WinGet\\Packages\\BrechtSanders.WinLibs."
#define NEEDS                                                                                      \
    "To build writer.exe and reader.exe, a C compiler (MinGW-w64: gcc and mingw32-make) is needed" \
    ".\nNone was found.\n"
#define BY_HAND                                                                                    \
    "Please install WinLibs or MSYS2, put the bin folder with gcc.exe and mingw32-make.exe on "    \
    "PATH,\nand start again.\n"
#define PACKAGE "BrechtSanders.WinLibs.POSIX.UCRT"
#define OFFERS                                                                                     \
    "winget would install WinLibs, a free build of it with nothing else to set up (about 250 MB)"  \
    ":\n    winget install --id " PACKAGE " --exact --source winget"                               \
    "\nInstall it now? [y/N]\n"
#define INSTALLS "winget.exe [install] [--id] [" PACKAGE "] [--exact] [--source] [winget]\n"
#define HINT                                                                                       \
    "Type a line in the writer's window; press a key in the reader's to see it there.\n"           \
    "Ctrl+C ends each.\n"
#define WINDOWS "writer.exe [--name] [Other]\nreader.exe [--name] [Other]\n"
#define PANES                                                                                      \
    "wt.exe [new-tab] [--title] [writer] [@\\writer.exe] [--name] [Other] [;] [split-pane] "       \
    "[--title] [reader] [@\\reader.exe] [--name] [Other]\n"
#define DEMO    "demo.bat --name Other"
#define FIND    "call find.bat& set programs"
#define USES    "call setup.bat& gcc is there"
#define USED    "gcc.exe [is] [there]\n"
#define NOWHERE "There is no writer.exe and reader.exe in *"
#define ALONE   "nothing to run or build"
#define REFUSED "Nothing was installed.\n"
#define NOT_FOUND                                                                                  \
    "It was installed, but this window does not find it: please open a new one and start again.\n"
#define FRESH(where) L"fresh" COMPILER_IN(where)
#define ONE_BY_ONE   "mingw32-make.exe [all] [tests]\nt_one\nt_one.exe\nt_two\nt_two.exe\n"
#define PASSED(how)  "writer: Hello " how "\nreader: Hello " how "\n"
#define SHARED       "--name ShareMemory "
#define SHOWN        "found=idle\nfound=busy & waiting\n"
#define QUESTION     "How much is \"6*7\" & 50% of it?"
#define DIALOGUE                                                                                   \
    "question=6*7\nanswer=42\nquestion=(1+2)*-3\nanswer=-9\nquestion=" QUESTION                    \
    "\nanswer=" QUESTION "\n"

static const struct row rows[] = {
    {ALONE, L"fresh", "demo.bat", 2, "", NOWHERE},
    {ALONE, NULL, "scripted-demo.bat", 2, "", NOWHERE},
    {ALONE, NULL, "open-or-create.bat", 2, "", NOWHERE},
    {ALONE, NULL, "dialogue.bat /test", 2, "", NOWHERE},
    {ALONE, NULL, "dialogue-answer.bat", 2, "", NOWHERE},
    {ALONE, NULL, "progress.bat /test", 2, "", NOWHERE},
    {ALONE, NULL, "hand-over.bat /test", 2, "", NOWHERE},
    {ALONE, NULL, "queue.bat /test", 2, "", NOWHERE},
    {ALONE, NULL, "variable.bat /test", 2, "", NOWHERE},
    {"32 bits", BOTH_IN(L"build\\i686\\"), FIND, 0, "*\\build\\i686\n"},
    {"one too few", L"writer.exe", FIND, 0, "*\\build\\i686\n"},
    {"64 bits", BOTH_IN(L"build\\x86_64\\"), "set PROCESSOR_ARCHITECTURE=AMD64& " FIND, 0,
     "*\\build\\x86_64\n"},
    {"32-bit Windows", NULL, "set PROCESSOR_ARCHITECTURE=x86& set PROCESSOR_ARCHITEW6432=& " FIND,
     0, "*\\build\\i686\n"},
    {"the folder above", BOTH_IN(L""), FIND, 0, "* scripts\n"},
    {"beside it", BOTH_IN(L"scripts\\"), FIND, 0, "*\\scripts\n"},
    {"nothing there", L"fresh", "setup.bat", 1, NEEDS BY_HAND},
    {"no make", L"tools\\gcc.exe", "setup.bat", 1, NEEDS BY_HAND},
    {"no answer", L"-tools\\gcc.exe tools\\winget.exe", "setup.bat", 1, NEEDS OFFERS REFUSED,
     .log = ""},
    {"no", NULL, "setup.bat", 1, NEEDS OFFERS REFUSED, .input = "n\n", .log = ""},
    {"lost", NULL, "setup.bat", 1, NEEDS OFFERS INSTALLS NOT_FOUND, .input = "y\n"},
    {"winget fails", NULL, "setup.bat", 1, NEEDS OFFERS INSTALLS "winget could not install it.\n",
     .input = "y\n", .fails = L"winget.exe"},
    {"winget installs", NULL, USES, 0, NEEDS OFFERS INSTALLS USED, .input = "Yes\n",
     .installs = COMPILER_IN(L"..\\" PACKAGES L"POSIX.UCRT_x\\mingw64\\bin")},
    {"installed before", NULL, USES, 0, USED},
    {"WinLibs", FRESH(PACKAGES L"x\\mingw32\\bin"), USES, 0, USED},
    {"MSYS2", FRESH(L"drive\\msys64\\ucrt64\\bin"), USES, 0, USED},
    {"MSYS2", FRESH(L"drive\\msys64\\mingw64\\bin"), USES, 0, USED},
    {"MSYS2", FRESH(L"drive\\msys64\\mingw32\\bin"), USES, 0, USED},
    {"on PATH", FRESH(L"tools"), "setup.bat", 0, "", ""},
    {"in panes", L"fresh tools\\wt.exe" BOTH_IN(L""), DEMO, 0, .log = PANES},
    {"wt fails", NULL, DEMO, 0, .log = PANES WINDOWS, .fails = L"wt.exe"},
    {"in windows", L"-tools\\wt.exe", DEMO, 0, HINT "*", .log = WINDOWS},
    {"sources alone", L"fresh Makefile", "demo.bat", 2, NEEDS "*"},
    {"and a compiler", COMPILER_IN(L"tools"), "demo.bat", 0,
     "Building writer.exe and reader.exe...\nmingw32-make.exe\n" HINT,
     .log = "mingw32-make.exe\nwriter.exe\nreader.exe\n"},
    {"a 32-bit one", L"fresh Makefile" COMPILER_IN(L"drive\\msys64\\mingw32\\bin"), FIND, 0,
     "Building writer.exe and reader.exe...\nmingw32-make.exe\n*\\build\\i686\n"},
    {"not to be built", L"fresh Makefile" COMPILER_IN(L"tools"), "demo.bat", 2,
     .fails = L"mingw32-make.exe"},
    {"no compiler", L"fresh", "test.bat", 2, NEEDS "*", ""},
    {"by prove", L"tools\\perl.exe" COMPILER_IN(L"tools"), "test.bat", 0,
     .log = "perl.exe [-MApp::Prove] [-e] [1]\nmingw32-make.exe [test]\n"},
    {"one fails", NULL, "test.bat", 1, .fails = L"mingw32-make.exe"},
    {"no perl, no tests", NULL, "test.bat", 1, .fails = L"perl.exe"},
    {"no perl", L"build\\" ARCH "\\tests\\t_one.exe build\\" ARCH "\\tests\\t_two.exe", "test.bat",
     0, ONE_BY_ONE "2 test programs passed.\n", .fails = L"perl.exe"},
    {"no perl, one fails", NULL, "test.bat", 1,
     ONE_BY_ONE "1 test programs passed.\nFailed: t_two\n", .fails = L"perl.exe t_two.exe"},
    {"no perl, not built", NULL, "test.bat", 2, .fails = L"perl.exe mingw32-make.exe"},
    {"all arrives", L"fresh +writer.exe +reader.exe", "scripted-demo.bat", 0,
     PASSED("by an argument") PASSED("through a pipe")
         PASSED("through two mappings") "Every text arrived.\n",
     ""},
    {"asks and answers", NULL, "dialogue.bat /test", 0, DIALOGUE},
    {"all is seen", NULL, "progress.bat /test", 0,
     "1 of 5 [##]\n2 of 5 [####]\n3 of 5 [######]\n4 of 5 [########]\n5 of 5 [##########]\n"
     "All steps are done.\n"},
    {"a value", NULL, "hand-over.bat /test", 0,
     "value=bread & butter\nvalue=; forty-two and a half\n"},
    {"no word", NULL, "hand-over.bat", 2, "", "Usage: hand-over.bat give [VALUE]*"},
    {"no value", NULL, "hand-over.bat give", 1},
    {"given", NULL, "call hand-over.bat take& set value", 0, "value=forty-two\nvalue=forty-two\n",
     .beside = "hand-over.bat give forty-two", .typed = "", .ends = true},
    {"typed", NULL, "call hand-over.bat take& set value", 0, "value=typed here\nvalue=typed here\n",
     .beside = "hand-over.bat give", .typed = "typed here\n", .ends = true},
    {"quoted", NULL, "hand-over.bat take", 0, "value=a \"b\" & 50% c\n",
     .beside = "hand-over.bat give", .typed = "a \"b\" & 50% c\n", .ends = true},
    {"each done once", NULL, "queue.bat /test", 0, "*\nEach of * jobs was done once.\n", ""},
    {"given", NULL, "queue.bat give .", 0, "*.bat: * bytes\n", "", .beside = "queue.bat work",
     .typed = "", .ends = true},
    {"nothing to give", NULL, "md none& queue.bat give none", 1, "", "There is no file in *"},
    {"no word", NULL, "queue.bat", 2, "", "Usage: queue.bat work *"},
    {"three in a row", NULL, "call variable.bat /test& call variable.bat /test& variable.bat /test",
     0, SHOWN SHOWN SHOWN, ""},
    {"made", NULL, "variable.bat set one", 0, "", ""},
    {"in another window", NULL, "variable.bat get", 0, "one\n", ""},
    {"overwritten", NULL, "variable.bat set two", 0, "", ""},
    {"in another window", NULL, "variable.bat get", 0, "two\n", ""},
    {"removed", NULL, "variable.bat release", 0, "", ""},
    {"none", NULL, "variable.bat get", 1, "", ""},
    {"none", NULL, "variable.bat release", 1, ""},
    {"no word", NULL, "variable.bat", 2, "", "Usage: variable.bat set VALUE*"},
    {"both", NULL, "open-or-create.bat /test", 0, "text=This is common data!\n", ""},
    {"made", NULL, "..\\reader " SHARED "--wait --timeout 30", 0, "This is common data!\n",
     .beside = "open-or-create.bat", .console = true},
    {"a second one opens it", NULL, "open-or-create.bat", 0, "This is common data!\n", ""},
    {"21 bytes", NULL, "..\\writer " SHARED "--no-wait This is common data?!", 1},
    {"20 bytes", NULL, "..\\writer " SHARED "--no-wait This is common data?", 0},
    {"other text", NULL, "open-or-create.bat", 0, "This is common data?\n", .ends = true,
     .console = true},
    {"another text arrives", L"writer.exe reader.exe", "scripted-demo.bat", 1,
     "*\nNot every text arrived.\n*"},
    {"afterwards", L"+writer.exe +reader.exe", "..\\reader " SHARED "--once", 1},
};

static void test_plain_mapping(void)
{
    static const char text[] = "What a plain program wrote";
    struct foreign foreign = test_publish("ShareMemory", sizeof text, NULL);
    memcpy(foreign.view, text, sizeof text);
    test_row(&(struct row){"a plain one", NULL, "open-or-create.bat", 0,
                           "What a plain program wrote\n"});
    test_text(foreign.view, text, "and leaves it as it is");
    test_withdraw(&foreign);
}

static void test_dialogue(void)
{
    bool marks = test_wine() != 8; /* it drops exclamation marks from what !..! stands for */
    const char *const lines[][2] = {{"100/7\n", "answer=14"},
                                    {"6*\n", "answer=6*"},
                                    {QUESTION "\n", "answer=" QUESTION},
                                    {"PATH=7\n", "answer=7"},
                                    {"!5\n", marks ? "answer=0" : "answer=5"},
                                    {"\n", ""}};
    struct process *dialogue = begin("dialogue.bat", STREAM_PIPE, NULL);
    for (size_t i = 0; i < sizeof lines / sizeof lines[0]; i++) {
        /* In one piece: Wine's set /p takes for a line whatever it gets. */
        process_wait_output(dialogue, "Question: ", BOUND_MS);
        process_type(dialogue, lines[i][0]);
        test_check(process_wait_output(dialogue, lines[i][1], BOUND_MS), "%s", lines[i][1]);
    }
    test_equal(process_wait(dialogue, BOUND_MS) ? process_status(dialogue) : -1, 0, "it ends");
    test_lacks(process_output(dialogue), "100/7", "and has not shown again what was typed");
    process_free(dialogue);
}

/* A reader that watches keeps the mapping, and the last answer with it. */
static void test_watched_dialogue(void)
{
    struct process *watcher =
        process_start(ARGS("reader", "--name", "dialogue.answer", "--follow", "--peek", "--json"));
    for (int i = 0; i < 6; i++) {
        begin("dialogue.bat /test", STREAM_PIPE, "");
        test_equal(got.status, 0, "a dialogue is watched, and no answer is stale");
        test_text(got.out, matches(got.out, DIALOGUE) ? got.out : DIALOGUE,
                  "each is the right one");
    }
    test_check(process_wait_output(watcher, "50%", ENOUGH_MS), "which shows answers");
    long answers = 0;
    for (ULONGLONG end = GetTickCount64() + ENOUGH_MS; answers < 18 && GetTickCount64() < end;
         Sleep(10))
        answers = test_count(process_output(watcher), "\"number\":") +
                  test_sum(process_output(watcher), "\"missed\":");
    test_equal(answers, 18, "all of them, or says how many it has missed");

    /* The same where the answer takes its time, which is the test's own. */
    struct process *dialogue =
        begin("echo @echo off >dialogue-answer.bat& dialogue.bat", STREAM_PIPE, NULL);
    process_type(dialogue, "When?\n");
    process_run(ARGS("reader", "--name", "dialogue.question", "--take"), NULL);
    Sleep(1000);
    process_run(ARGS("writer", "--name", "dialogue.answer", "--timeout", "9", "Later"), NULL);
    test_check(process_wait_output(dialogue, "answer=Later", BOUND_MS), "a late answer arrives");
    test_lacks(process_output(dialogue), "How much", "and not the last one before");
    process_type(dialogue, "\n");
    process_run(ARGS("reader", "--name", "dialogue.question", "--take"), NULL);
    test_ends(dialogue, 0, "nor does it wait for an answer to the end");
    process_free(watcher);
}

/* Of twelve jobs, one worker of two is killed with one, or between two. */
static void test_killed_worker(void)
{
    const char *jobs = "11\n12\n13\n14\n15\n16\n17\n18\n19\n20\n21\n22\n";
    struct process *results = process_start(ARGS("reader", "--name", "queue.done", "--follow"));
    struct process *killed = begin("queue.bat work", STREAM_PIPE, NULL);
    struct process *other = begin("queue.bat work", STREAM_PIPE, NULL);
    struct process *giver =
        process_start_as(&(struct process_setup){.arguments = ARGS("writer", "--name", "queue"),
                                                 .input = jobs,
                                                 .input_bytes = strlen(jobs)});
    test_check(process_wait_output(results, "14:", BOUND_MS), "four jobs of twelve are done");
    process_kill(killed);
    process_free(killed);
    process_wait(giver, BOUND_MS);
    bool told = test_count(process_errors(giver), "has ended without acknowledging it") == 1;
    test_equal(process_status(giver), told ? 1 : 0,
               "after a worker was killed, the other takes the rest; a lost job is told");
    process_free(giver);
    test_check(process_wait_output(results, "22:", BOUND_MS), "to the last");
    process_run(ARGS("writer", "--name", "queue", "--timeout", "20", ":end"), NULL);
    test_equal(got.status, 0, "it takes :end");
    test_ends(other, 0, "and ends");
    long twice = 0, done = 0;
    for (char job[] = "11:"; strcmp(job, "23:") != 0; job[1]++) {
        if (job[1] > '9')
            job[0]++, job[1] = '0';
        long count = test_count(process_output(results), job);
        done += count > 0;
        twice += count > 1;
    }
    test_check(done >= 11, "at most one job is lost: %ld are done%s", done,
               told ? ", as is told" : "");
    test_equal(twice, 0, "and none is done twice");
    process_free(results);
}

void test_helper(int argc, char **argv)
{
    stand_in(wcsrchr(test_self(), L'\\') + 1, argc, argv);
}

void test_main(void)
{
    wchar_t path[PATH_UNITS];
    const wchar_t *name = wcsrchr(test_self(), L'\\') + 1;
    char system[MAX_PATH];
    if (_wcsicmp(name, L"t_scripts.exe") != 0)
        stand_in(name, 1, NULL);
    test_time_limit(600);
    _snwprintf(path, PATH_UNITS, L"%ls\\..\\..", test_self());
    GetFullPathNameW(path, PATH_UNITS, built, NULL);
    GetTempPathW(PATH_UNITS, path);
    _snwprintf(place, PATH_UNITS, L"%lsT%lu scripts", path, GetCurrentProcessId());
    _snwprintf(path, PATH_UNITS, L"%ls\\log", place);
    SetEnvironmentVariableW(L"STAND_IN_LOG", path);
    /* cmd.exe is to find nothing but Windows itself and the folder of tools. By commands, as Wine
     * gives every process SystemDrive and LOCALAPPDATA anew. */
    GetSystemDirectoryA(system, MAX_PATH);
    char *copy = test_narrow(place, wcslen(place));
    snprintf(settings, sizeof settings,
             "cd scripts& set PATH=%s\\tools;%s& "
             "set LOCALAPPDATA=%s\\local& set SystemDrive=%s\\drive& ",
             copy, system, copy, copy);
    free(copy);
    screen = screen_open();
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
        test_row(&rows[i]);
    test_plain_mapping();
    test_dialogue();
    test_watched_dialogue();
    test_killed_worker();
    screen_free(screen);
    leave_place();
}
