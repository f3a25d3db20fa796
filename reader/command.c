/* The command line of reader: its table, and what does not go together. */
#include "command.h"

#include <stdlib.h>

#include "console.h"
#include "encoding.h"
#include "report.h"

static struct command command = {
    .source = {.view = {.code_page = ENCODING_AUTO, .offset = NOT_GIVEN, .length = NOT_GIVEN},
               .interval_ms = NOT_GIVEN},
    .print = {.code_page = TEXT_UTF8},
    .timeout_ms = INFINITE};
static struct option_words fields;

static const struct option_line options[] = {
    OPTIONS_GROUP("What to read"),
    {"name", 'n', "NAME", "mapping of any program (" MAPPING_NAME ")", OPTION_WORD,
     &command.source.name, 0, 0},
    {"once", '1', NULL, "print what is there, else exit status 1", OPTION_CHOICE, &command.way,
     ONCE, 0},
    {"wait", 'w', NULL, "print the first message, and wait for it", OPTION_CHOICE, &command.way,
     WAIT, 0},
    {"follow", 'f', NULL, "print each message as it comes", OPTION_CHOICE, &command.way, FOLLOW, 0},
    {"take", 0, NULL, "only messages no reader has shown, each to one taker", OPTION_SWITCH,
     &command.source.takes, 0, 0},
    {"peek", 0, NULL, "show without acknowledging", OPTION_SWITCH, &command.peek, 0, 0},
    {"until-end", 0, NULL, "end --follow when the last writer has ended", OPTION_SWITCH,
     &command.source.until_end, 0, 0},
    {"count", 'c', "N", "end after N messages", OPTION_COUNT, &command.count, 1, INT64_MAX},
    {"timeout", 't', "SEC", "longest wait for a message or a key; then status 1", OPTION_SECONDS,
     &command.timeout_ms, 0, 0},
    {"interval", 0, "MS", "how often to look at what signals nothing (10)", OPTION_COUNT,
     &command.source.interval_ms, 1, INT32_MAX},
    OPTIONS_GROUP("How to show it"),
    {"encoding", 'e', "ENC", "auto (default), utf-8, utf-16, ansi, oem, latin-1, 1252",
     OPTION_ENCODING, &command.source.view.code_page, 1, 0},
    {"to", 0, "ENC", "encoding of redirected output (utf-8)", OPTION_ENCODING,
     &command.print.code_page, 0, 0},
    {"no-newline", 0, NULL, "the text alone, without a line end", OPTION_SWITCH,
     &command.print.no_newline, 0, 0},
    {"json", 'j', NULL, "messages, fields, --info, --list as JSON lines", OPTION_CHOICE,
     &command.form, AS_JSON, 0},
    {"raw", 'r', NULL, "bytes as they are", OPTION_CHOICE, &command.form, AS_BYTES, 0},
    {"hex", 'x', NULL, "canonical hex dump", OPTION_CHOICE, &command.form, AS_HEX, 0},
    {"offset", 'o', "N", "from byte N on (10, 0x10, 64K)", OPTION_SIZE, &command.source.view.offset,
     0, INT64_MAX},
    {"length", 'l', "N", "at most N bytes", OPTION_SIZE, &command.source.view.length, 1, INT64_MAX},
    {"field", 0, "SPEC", "a value: [NAME=]OFFSET:TYPE[COUNT]; may be repeated", OPTION_WORDS,
     &fields, 0, 0},
    {"live", 0, NULL, "redraw in place and highlight what changed", OPTION_CHOICE, &command.way,
     LIVE, 0},
    OPTIONS_GROUP("Other"),
    {"info", 0, NULL, "what is known of the mapping", OPTION_CHOICE, &command.way, INFO, 0},
    {"list", 0, "[PATTERN]", "named mappings; * and ? are wildcards", OPTION_CHOICE, &command.way,
     LIST, 0},
    OPTIONS_OF_BOTH,
};

static const struct program program = {
    "reader",
    "Usage: reader [OPTION]...\r\n"
    "Shows what is in a named file mapping, now and on each key press; q or Esc ends.\r\n",
    options,
    "Examples:\r\n"
    "  reader -n status --wait\r\n"
    "  reader -n Local\\acpmf_physics --field rpm=20:i32 --follow\r\n"
    "  for /f \"delims=\" %v in ('reader -n answer --wait') do set value=%v\r\n\r\n"
    "Exit status: 0 done; 1 nothing to print, or not in time; 2 wrong usage or error.\r\n"};

bool command_is_dump(const struct command *it)
{
    return it->form == AS_BYTES || it->form == AS_HEX;
}

DWORD command_look(const struct command *it, struct source *source, struct sight *sight)
{
    if (it->field_count > 0)
        return source_look_at_parts(source, sight);
    return command_is_dump(it) ? source_look_at_range(source, sight) : source_look(source, sight);
}

/* What was given, a bit each, in the order of `names`. */
enum {
    G_KEY = 1 << 0,
    G_ONCE = 1 << 1,
    G_WAIT = 1 << 2,
    G_FOLLOW = 1 << 3,
    G_LIVE = 1 << 4,
    G_INFO = 1 << 5,
    G_LIST = 1 << 6,
    G_JSON = 1 << 7,
    G_RAW = 1 << 8,
    G_HEX = 1 << 9,
    G_FIELD = 1 << 10,
    G_NAME = 1 << 11,
    G_ENCODING = 1 << 12,
    G_TO = 1 << 13,
    G_OFFSET = 1 << 14,
    G_LENGTH = 1 << 15,
    G_COUNT = 1 << 16,
    G_TAKE = 1 << 17,
    G_PEEK = 1 << 18,
    G_UNTIL_END = 1 << 19,
    G_NO_NEWLINE = 1 << 20,
    G_INTERVAL = 1 << 21
};
static const char *const names[] = {
    "reading by key", "--once",      "--wait",       "--follow",  "--live",  "--info",
    "--list",         "--json",      "--raw",        "--hex",     "--field", "--name",
    "--encoding",     "--to",        "--offset",     "--length",  "--count", "--take",
    "--peek",         "--until-end", "--no-newline", "--interval"};

#define G_PART (G_OFFSET | G_LENGTH)

static const struct {
    unsigned options, others;
} conflicts[] = {
    {G_INFO | G_LIST, G_RAW | G_HEX | G_FIELD | G_ENCODING | G_PART | G_COUNT | G_TAKE | G_PEEK |
                          G_UNTIL_END | G_NO_NEWLINE | G_INTERVAL},
    {G_LIST, G_NAME},
    {G_ONCE, G_COUNT},
    {G_KEY | G_ONCE, G_UNTIL_END | G_INTERVAL},
    {G_LIVE, G_JSON | G_RAW | G_COUNT | G_TAKE | G_PEEK | G_UNTIL_END | G_NO_NEWLINE | G_TO},
    {G_FIELD, G_RAW | G_HEX | G_ENCODING | G_PART | G_TAKE | G_UNTIL_END | G_NO_NEWLINE},
    {G_RAW | G_HEX, G_ENCODING | G_TAKE | G_UNTIL_END | G_NO_NEWLINE},
    {G_RAW, G_TO},
    {G_TAKE, G_PEEK | G_PART},
    {G_UNTIL_END, G_PART},
    {G_JSON, G_NO_NEWLINE},
};

static unsigned given(void)
{
    static const unsigned forms[] = {
        [AS_TEXT] = 0, [AS_JSON] = G_JSON, [AS_BYTES] = G_RAW, [AS_HEX] = G_HEX};
    const struct source_options *source = &command.source;
    unsigned bits = G_KEY << command.way | forms[command.form];
    bits |= fields.count > 0 ? G_FIELD : 0;
    bits |= source->name != NULL ? G_NAME : 0;
    bits |= source->view.code_page != ENCODING_AUTO ? G_ENCODING : 0;
    bits |= command.print.code_page != TEXT_UTF8 ? G_TO : 0;
    bits |= source->view.offset != NOT_GIVEN ? G_OFFSET : 0;
    bits |= source->view.length != NOT_GIVEN ? G_LENGTH : 0;
    bits |= command.count != 0 ? G_COUNT : 0;
    bits |= command.source.takes ? G_TAKE : 0;
    bits |= command.peek ? G_PEEK : 0;
    bits |= command.source.until_end ? G_UNTIL_END : 0;
    bits |= command.print.no_newline ? G_NO_NEWLINE : 0;
    bits |= source->interval_ms != NOT_GIVEN ? G_INTERVAL : 0;
    return bits;
}

static const char *first_name(unsigned bits)
{
    size_t i = 0;
    while ((bits & 1u << i) == 0)
        i++;
    return names[i];
}

/* True, and reported, if options cannot be combined. */
static bool has_conflict(void)
{
    unsigned bits = given();
    for (size_t i = 0; i < sizeof conflicts / sizeof conflicts[0]; i++) {
        unsigned one = bits & conflicts[i].options, others = bits & conflicts[i].others;
        if (one != 0 && others != 0) {
            report_error("%s cannot be combined with %s", first_name(others), first_name(one));
            return true;
        }
    }
    return false;
}

static bool take_fields(void)
{
    static struct field parsed[OPTION_MOST_WORDS];
    static struct view_part parts[OPTION_MOST_WORDS];
    char reason[FIELD_REASON];
    for (size_t i = 0; i < fields.count; i++) {
        struct field *field = &parsed[i];
        if (!field_parse(fields.words[i], field, reason)) {
            report_error("--field %s: %s", fields.words[i], reason);
            return false;
        }
        parts[i] = (struct view_part){
            .offset = field->offset,
            .bytes = field->kind == FIELD_TEXT && field->count == 0
                         ? NOT_GIVEN
                         : field->unit_bytes * (field->count != 0 ? field->count : 1),
            .code_page = field->kind == FIELD_TEXT ? field->code_page : 0};
    }
    const struct field *twice = field_find_twice(parsed, fields.count, command.form == AS_JSON);
    if (twice != NULL)
        report_error("--field: two fields are named %s; give each a NAME of its own", twice->key);
    command.fields = parsed;
    command.source.view.parts = parts;
    command.source.view.part_count = command.field_count = fields.count;
    return twice == NULL;
}

/* What the options mean together; false if it was reported that they do not go together. */
static bool take_rest(char **words)
{
    bool lists = command.way == LIST;
    if (words[0] != NULL && (!lists || words[1] != NULL)) {
        report_error("unexpected word %s: %s", words[lists],
                     lists ? "--list takes one PATTERN" : "reader takes options only, see --help");
        return false;
    }
    command.pattern = words[0];
    if (command.way == BY_KEY && command.source.takes)
        command.way = WAIT;
    if (command.way == BY_KEY && command_is_dump(&command))
        command.way = ONCE;
    if (has_conflict() || !take_fields())
        return false;
    if (command.form == AS_BYTES && console_shows(CONSOLE_OUT)) {
        report_error("--raw writes bytes that a console cannot show: redirect it to a file or a "
                     "pipe, or use --hex");
        return false;
    }
    if (command.way == LIVE &&
        !(console_shows(CONSOLE_OUT) && console_is(GetStdHandle(STD_INPUT_HANDLE)))) {
        report_error("--live needs a console to read keys from and to draw on: use --follow");
        return false;
    }
    if (command.way == WAIT && command.count == 0)
        command.count = 1;
    command.print.json = command.form == AS_JSON;
    command.source.repeats = command.way != ONCE && command.count != 1;
    bool text = (given() & (G_PART | G_HEX | G_RAW | G_FIELD)) == 0;
    if (command.source.name == NULL) {
        /* As the documented program does; a mapping of another program's is never created. */
        command.source.may_create = (command.way == BY_KEY || command.way == FOLLOW) && text;
        command.source.name = MAPPING_NAME;
    }
    return true;
}

const struct command *command_take(int argc, wchar_t **wide, int *status)
{
    char **words;
    if (!options_take(&program, argc, wide, &words, status))
        return NULL;
    *status = 2; /* wrong usage */
    return take_rest(words) ? &command : NULL;
}
