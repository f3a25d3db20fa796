/* The rows of t_table.c. */
#define NO_MAPPING                                                                                 \
    "reader: cannot open the mapping @: ~ (error 2)\nreader: no program has it open: start the "   \
    "program that makes it, use --wait, or --list to see which mappings exist\n"
#define NO_MESSAGE "reader: timed out waiting for a message in @\n"
#define TIMED_OUT(what)                                                                            \
    "writer: timed out: no reader of @ has acknowledged " what                                     \
    "\nwriter: start a reader first (reader --name @ --wait), or use --no-wait\n"
#define WAITING(what)                                                                              \
    "writer: " what " is in @ and waits for a reader; plain programs cannot acknowledge, use "     \
    "--no-wait; Ctrl+C gives up\n"
#define SHORT_LIFE                                                                                 \
    "writer: no other program had @ open: its text is gone when this writer ends, unless one has " \
    "opened it by then\n"
#define READING         "reader: reading @; any key shows it, q or Esc ends\n"
#define NOT_YET         "reader: nothing is there yet: no program has the mapping open\n"
#define NO_TEXT         "reader: no text is at that place of @; --hex shows its bytes\n"
#define NOTHING_TO_TAKE "reader: no message to take is in @; --wait waits for one\n"
#define BEYOND(offset)  "reader: offset " offset " is beyond the end of @, which has 4096 bytes\n"
#define SHOWING(part)   "reader: the mapping has 4096 bytes: showing " part " on\n"
#define NOT_LISTED      "reader: no named mapping of that name exists\n"
#define KEEPING         "writer: keeping @ open until writer --name @ --release\n"
#define KEPT_ENOUGH     "writer: timed out: @ is no longer kept (--timeout)\n"
#define NOT_KEPT        "writer: no writer keeps the mapping @\n"
#define TOO_LARGE                                                                                  \
    " (for a larger one, end the programs that have it open and use --size); it was not sent\n"
#define TOO_LARGE_FOR_NEW " (for a larger one, use --size); it was not sent\n"
#define EXISTS            "writer: the mapping @ exists with a capacity of "
#define LEAVE_OUT         " asked for: leave out --size, or end the programs that have it open\n"
#define LACKS(it, page)                                                                            \
    "writer: " it ", which code page " page " lacks (--encoding utf-8 has it); it was not sent\n"
#define SHOWS_FEWER                                                                                \
    "reader: code page 28591 lacks some characters, which are shown as ? (--to utf-8 has all)\n"
#define INVALID(page)                                                                              \
    "writer: line 1 is not valid UTF-8, so it cannot become code page " page "; it was not sent\n"
#define NUMBER(what, name) what ": --" name " is not a number from ~\n"
#define CANNOT(a, b)       a " cannot be combined with " b "\n"
#define UNKNOWN(option)    ": unknown option " option "; --help lists all, and -- ends them\n"
#define ENCODINGS          "utf-8, utf-16, ansi, oem, latin-1 or a code page number\n"
#define WRITER_CANNOT(command, a, b)                                                               \
    {                                                                                              \
        "writer " command, NULL, "writer: " CANNOT(a, b), 2                                        \
    }
#define READER_CANNOT(command, a, b)                                                               \
    {                                                                                              \
        "reader " command, NULL, "reader: " CANNOT(a, b), 2                                        \
    }

#define JSON(number, text)                                                                         \
    "{\"name\":\"@\",\"number\":" number ",\"missed\":0,\"process_id\":~,\"time\":\"~Z\","         \
    "\"text\":\"" text "\"}\n"
#define PLAIN_JSON(text)                                                                           \
    "{\"name\":\"@\",\"number\":null,\"missed\":0,\"process_id\":null,\"time\":null,"              \
    "\"text\":\"" text "\"}\n"
#define REGION(name, namespace, size)                                                              \
    "name:           " name                                                                        \
    "\nnamespace:      " namespace "\nsize:           " size                                       \
                                   " bytes\nhandles:        1\naccess:         read, "             \
                                   "write\nowner:          ~\n"
#define OVERWRITTEN(others, capacity, messages)                                                    \
    "may read:       ~SYSTEM; ~Administrators; ~" others "\n"                                      \
    "may write:      ~SYSTEM; ~Administrators; ~\n"                                                \
    "dacl:           D:P(A;;~;;;SY)(A;;~;;;BA)(A;;~)\nkind:           writer\n"                    \
    "capacity:       " capacity " bytes\nmessages:       " messages "\n"
#define OURS(others, capacity, messages, length, program)                                          \
    OVERWRITTEN(others, capacity, messages)                                                        \
    "length:         " length                                                                      \
    " bytes\ncode page:      65001\nprocess id:     ~\nprogram:        " program                   \
    "\ntime:           ~Z\nage:            ~ s ago\n"

static const struct row usage[] = {
    {"writer --help", "Usage: writer [OPTION]... [TEXT]...\n~\n  -n, --name NAME      ~"},
    {"reader -h", "Usage: reader [OPTION]...\n~\n  -1, --once           ~"},
    {"writer /?", "Usage: writer ~"},
    {"reader --version", "reader ~.~\n"},
    {"writer -V", "writer ~.~\n"},
    {"writer --bogus", NULL, "writer" UNKNOWN("--bogus"), 2},
    {"writer -z", NULL, "writer" UNKNOWN("-z"), 2},
    {"reader --o", NULL, "reader: ambiguous option --o; --help lists all\n", 2},
    {"writer --name", NULL, "writer: option --name needs a value; --help tells which\n", 2},
    {"writer --keep=yes x", NULL, "writer: option --keep=yes takes no value\n", 2},
    {"writer -s 0 x", NULL, NUMBER("writer", "size 0"), 2},
    {"writer -s 12q x", NULL, NUMBER("writer", "size 12q"), 2},
    {"writer -s 4G x", NULL, NUMBER("writer", "size 4G"), 2},
    {"writer -i -1 x", NULL, NUMBER("writer", "interval -1"), 2},
    {"reader -c 0", NULL, NUMBER("reader", "count 0"), 2},
    {"reader -o -1", NULL, NUMBER("reader", "offset -1"), 2},
    {"reader -l 0", NULL, NUMBER("reader", "length 0"), 2},
    {"writer -t soon x", NULL,
     "writer: --timeout soon is not a number of seconds up to 2147483 with at most 3 decimals (2, "
     "0.5)\n",
     2},
    {"reader -wt 4294968", NULL,
     "reader: --timeout 4294968 is not a number of seconds up to 2147483 with at most 3 decimals "
     "(2, 0.5)\n",
     2},
    {"writer -e auto x", NULL, "writer: unknown --encoding auto: use " ENCODINGS, 2},
    {"reader -e utf17", NULL, "reader: unknown --encoding utf17: use auto, " ENCODINGS, 2},
    {"writer -e 1 x", NULL, "writer: unknown --encoding 1: use " ENCODINGS, 2},
    {"writer --from cp0", NULL, "writer: unknown --from cp0: use auto, " ENCODINGS, 2},
    {"reader --to 99999", NULL, "reader: unknown --to 99999: use " ENCODINGS, 2},
    READER_CANNOT("--once --follow", "--once", "--follow"),
    READER_CANNOT("--wait --info", "--wait", "--info"),
    READER_CANNOT("--raw --json", "--raw", "--json"),
    WRITER_CANNOT("--env PATH x", "--env", "TEXT"),
    WRITER_CANNOT("--env PATH --whole", "--env", "--whole"),
    WRITER_CANNOT("--env PATH -i 5", "--env", "--interval"),
    WRITER_CANNOT("--whole x", "--whole", "TEXT"),
    WRITER_CANNOT("--whole --interval 5", "--whole", "--interval"),
    WRITER_CANNOT("--interval 5 x", "--interval", "TEXT"),
    WRITER_CANNOT("--from oem x", "--from", "TEXT"),
    WRITER_CANNOT("--from oem --env PATH", "--from", "--env"),
    WRITER_CANNOT("--from oem --whole", "--from", "--whole"),
    WRITER_CANNOT("--release x", "--release", "TEXT"),
    WRITER_CANNOT("--release --env PATH", "--release", "--env"),
    WRITER_CANNOT("--release --whole", "--release", "--whole"),
    WRITER_CANNOT("--release --keep", "--release", "--keep"),
    {"writer --env NOT_DEFINED", NULL,
     "writer: the environment variable NOT_DEFINED is not defined: set it first, or give TEXT\n",
     2},
    READER_CANNOT("--info --hex", "--hex", "--info"),
    READER_CANNOT("--list --raw", "--raw", "--list"),
    READER_CANNOT("--info -c 2", "--count", "--info"),
    READER_CANNOT("--once -c 2", "--count", "--once"),
    READER_CANNOT("--hex -c 2", "--count", "--once"),
    READER_CANNOT("--list -e oem", "--encoding", "--list"),
    READER_CANNOT("--info -o 2", "--offset", "--info"),
    READER_CANNOT("--info --take", "--take", "--info"),
    READER_CANNOT("--list --peek", "--peek", "--list"),
    READER_CANNOT("--info --no-newline", "--no-newline", "--info"),
    READER_CANNOT("--list -n x", "--name", "--list"),
    READER_CANNOT("--hex -e oem", "--encoding", "--hex"),
    READER_CANNOT("--raw --no-newline", "--no-newline", "--raw"),
    READER_CANNOT("--raw --to oem", "--to", "--raw"),
    READER_CANNOT("--json --no-newline", "--no-newline", "--json"),
    READER_CANNOT("--take --peek", "--peek", "--take"),
    READER_CANNOT("--take --hex", "--take", "--hex"),
    READER_CANNOT("--take --once --raw", "--take", "--raw"),
    READER_CANNOT("--take -l 3", "--length", "--take"),
    READER_CANNOT("--until-end", "--until-end", "reading by key"),
    READER_CANNOT("--until-end --once", "--until-end", "--once"),
    READER_CANNOT("--until-end --info", "--until-end", "--info"),
    READER_CANNOT("--until-end -fx", "--until-end", "--hex"),
    READER_CANNOT("--until-end -f -o 1", "--offset", "--until-end"),
    READER_CANNOT("--interval 5", "--interval", "reading by key"),
    READER_CANNOT("--interval 5 --once", "--interval", "--once"),
    READER_CANNOT("--field 0:u8 --info", "--field", "--info"),
    READER_CANNOT("--field 0:u8 --list", "--field", "--list"),
    READER_CANNOT("--field 0:u8 --raw", "--raw", "--field"),
    READER_CANNOT("--field 0:u8 --hex", "--hex", "--field"),
    READER_CANNOT("--field 0:u8 -e oem", "--encoding", "--field"),
    READER_CANNOT("--field 0:u8 -o 1", "--offset", "--field"),
    READER_CANNOT("--field 0:u8 -l 1", "--length", "--field"),
    READER_CANNOT("--field 0:u8 --take", "--take", "--field"),
    READER_CANNOT("--field 0:u8 -f --until-end", "--until-end", "--field"),
    READER_CANNOT("--field 0:u8 --no-newline", "--no-newline", "--field"),
    READER_CANNOT("--live --once", "--live", "--once"),
    READER_CANNOT("--live --wait", "--live", "--wait"),
    READER_CANNOT("--live --follow", "--live", "--follow"),
    READER_CANNOT("--live --json", "--json", "--live"),
    READER_CANNOT("--live --take", "--take", "--live"),
    READER_CANNOT("--live --until-end", "--until-end", "--live"),
    {"reader --live", NULL,
     "reader: --live needs a console to read keys from and to draw on: use --follow\n", 2},
    {"reader word", NULL, "reader: unexpected word word: reader takes options only, see --help\n",
     2},
    {"reader --list * more", NULL, "reader: unexpected word more: --list takes one PATTERN\n", 2},
    {"writer -s 16 -n @ -t 0 12345678901234567", NULL,
     "writer: the text has 17 bytes, the mapping holds 15" TOO_LARGE_FOR_NEW, 1},
    {"reader -1 -n global\\@", NULL, "~: write the namespace exactly as Global\\, ~\n", 2},
    {"reader -1 -n Global/@", NULL, "~: write the namespace exactly as Global\\, ~\n", 1},
    {"reader -1 -n a\\b", NULL, "~: a backslash may only end the namespace: ~\n", 2},
    {"writer -n '' x", NULL, "~: give it a name: --name NAME; ~\n", 2},
    {"reader -1 -n Global\\", NULL, "~: give it a name: --name NAME; ~\n", 2},
    {"reader -1 -n 'x\033[2J\ny\tz\302\233'", NULL, "~ mapping x\\x1b[2J\\x0ay\\x09z\\x9b: ~", 1},
    {"reader -1 -n x\342\200\256y\342\201\246z", NULL, "~ mapping x\\u202ey\\u2066z: ~", 1},
    {"writer -n n*399 -t 0 x", NULL, "writer: timed out: no reader of n~\n", 1},
};

static const struct row nothing[] = {
    {"reader -n @ --once", NULL, NO_MAPPING, 1},
    {"reader -n @ --wait --timeout 0", NULL, NO_MESSAGE, 1},
    {"reader -n @ -w -t 0.2 -q", NULL, NO_MESSAGE, 1},
    {"reader -n @ --follow --timeout 0.1", NULL, NO_MESSAGE, 1},
    {"reader -n @ --follow --until-end -t 0.1", NULL, NO_MESSAGE, 1},
    {"reader -n @ --wait --until-end -t 0.1", NULL, NO_MESSAGE, 1},
    {"reader -n @ --take -t 0.1", NULL, NO_MESSAGE, 1},
    {"reader -n @ --take --once", NULL, NO_MAPPING, 1},
    {"reader -n @ --info", NULL, NO_MAPPING, 1},
    {"reader -n @ --hex", NULL, NO_MAPPING, 1},
    {"reader -n @ --hex --follow --timeout 0.1", NULL, NO_MESSAGE, 1},
    {"reader --list @", NULL, NOT_LISTED, 1},
    {"reader -n @", NULL, READING NOT_YET NOT_YET NOT_YET, 0, "\n\nq\n"},
    {"reader -n @ --quiet", NULL, NULL, 0, ""},
    {"writer -n @ --release", NULL, NOT_KEPT, 1},
    {"writer -n Global\\@ --release", NULL, "writer: no writer keeps the mapping Global\\@\n", 1},
};

static const struct row no_reader[] = {
    {"writer -n @ --timeout 0 x", NULL, TIMED_OUT("the text"), 1},
    {"writer -n @ -t 0.4 x", NULL, WAITING("the text") TIMED_OUT("the text"), 1},
    {"writer -n @ -t 0.4 -q x", NULL, TIMED_OUT("the text"), 1},
    {"writer -n @ -t 0", NULL,
     TIMED_OUT("line 1") "writer: line 1 and what follows were not delivered\n", 1, "a\nb\n"},
    {"writer -n @", NULL, NULL, 0, ""},
    {"writer -n @ --env TABLE_VARIABLE -t 0", NULL, TIMED_OUT("the text"), 1},
    {"writer -n @ --whole -t 0", NULL, TIMED_OUT("the text"), 1, "w*5000\n"},
    {"writer -n @ --no-wait x", NULL, SHORT_LIFE},
    {"writer -n @ --no-wait -q x"},
    {"writer -n @ --plain x", NULL, SHORT_LIFE},
    {"writer -n @ --interval 1", NULL, SHORT_LIFE, 0, "a\nb\n"},
    {"writer -n @ --keep -t 0.1 x", NULL, KEEPING KEPT_ENOUGH, 1},
    {"writer -n @ -k -t 0 -q x", NULL, KEPT_ENOUGH, 1},
    {"writer -n @ -k -t 0.1", NULL, KEEPING KEPT_ENOUGH, 1, "the last one\n"},
    {"writer -n @ -k -t 0.1", NULL, KEEPING KEPT_ENOUGH, 1, ""},
    {"writer -n @ -k -t 0.1", NULL,
     TIMED_OUT("line 1") "writer: line 1 and what follows were not delivered\n", 1,
     "waits\nis not kept\n"},
    {"reader -n @ --once", NULL, NO_MAPPING, 1},
};

static const struct row message[] = {
    {"reader -n @ --once --peek", "hello\n"},
    {"reader -n @ --take --once", "hello\n"},
    {"reader -n @ --take --once", NULL, NOTHING_TO_TAKE, 1},
    {"reader -n @ --take -t 0.1", NULL, NO_MESSAGE, 1},
    {"reader -n @ --take --follow -t 0.1", NULL, NO_MESSAGE, 1},
    {"reader -n @ --once", "hello\n"},
    {"reader -n @ --wait --timeout 5", "hello\n"},
    {"reader -n @ --follow --count 1", "hello\n"},
    {"reader -n @ -f -c 2 -t 0.2", "hello\n", NO_MESSAGE, 1},
    {"reader -n @ -w -c 2 -t 0.2", "hello\n", NO_MESSAGE, 1},
    {"reader -n @ -f --until-end -t 0.2", "hello\n", NO_MESSAGE, 1},
    {"reader -n @", "hello\n", READING, 0, ""},
    {"reader -n @ -q", "hello\nhello\nhello\n", NULL, 0, "\n\n"},
    {"reader -n @ -q -c 2", "hello\nhello\n", NULL, 0, "\n\n\n"},
    {"reader -n @ -q", "hello\nhello\nhello\n", NULL, 0, "a\nb"},
    {"reader -n @ -q", "hello\n", NULL, 0, "q\n\n"},
    {"reader -n @ -q", "hello\nhello\n", NULL, 0, "\n\033\n\n"},
    {"reader -n @ -f -c 1 --json", JSON("1", "hello")},
    {"reader -n @ -j -q", JSON("1", "hello") JSON("1", "hello"), NULL, 0, "\n"},
    {"reader -n @ --once --no-newline", "hello"},
    {"reader -n @ -q --no-newline", "hellohello", NULL, 0, "\n"},
    {"reader -n @ --once --to utf-16", "h\\x00e\\x00l\\x00l\\x00o\\x00\\x0d\\x00\\x0a\\x00"},
    {"reader -n @ --once --encoding utf-8", "hello\n"},
    {"reader -n @ --once -e utf-16 -l 4", "敨汬\n"},
    {"reader -n @ --once -e oem", "hello\n"},
    {"reader -n @ --once -e cp1252", "hello\n"},
    {"reader -n @ -1e auto", "hello\n"},
    {"reader -n @ --once --offset 1", "ello\n"},
    {"reader -n @ --once --length 4", "hell\n"},
    {"reader -n @ -1 -o 0x1 -l 0x3", "ell\n"},
    {"reader -n @ -1 -o 100", NULL, NO_TEXT, 1},
    {"reader -n @ -1 -o 4K", NULL, BEYOND("4096"), 2},
    {"reader -n @ -1 -o 4K -q", NULL, BEYOND("4096"), 2},
    {"reader -n @ -1 -o 1 -l 1M", "ello\n", SHOWING("4095 from offset 1")},
    {"reader -n @ -1 -o 1 -l 1M -q", "ello\n"},
    {"reader -n @ -1 -j -o 1 -l 3", PLAIN_JSON("ell")},
    {"reader -n @ --hex --length 16",
     "00000000  68 65 6c 6c 6f 00 00 00  00 00 00 00 00 00 00 00  |hello...........|\n00000010\n"},
    {"reader -n @ -x -l 0x14 -o 4",
     "00000004  6f 00 00 00 00 00 00 00  00 00 00 00 00 00 00 00  |o...............|\n"
     "00000014  00 00 00 00                                       |....|\n00000018\n"},
    {"reader -n @ -x -o 4090 -l 16", "00000ffa  ~\n00001000\n", SHOWING("6 from offset 4090")},
    {"reader -n @ -x -l 6 --follow -c 1",
     "00000000  68 65 6c 6c 6f 00                                 |hello.|\n00000006\n"},
    {"reader -n @ -x -l 6 -w -c 2 -t 0.2",
     "00000000  68 65 6c 6c 6f 00                                 |hello.|\n00000006\n", NO_MESSAGE,
     1},
    {"reader -n @ -o 5000", NULL, BEYOND("5000"), 2, ""},
    {"reader -n @ -x -o 5000 -w -t 5", NULL, BEYOND("5000"), 2},
    {"reader -n @ -f -x -o 9999 -t 5", NULL, BEYOND("9999"), 2},
    {"reader -n @ -f -o 9999 -t 5", NULL, BEYOND("9999"), 2},
    {"reader -n @ --raw --length 6", "hello\\x00"},
    {"reader -n @ -r -o 1 -l 3 --once", "ell"},
    {"reader -n @ -r -l 3 --follow -c 1", "hel"},
    {"reader -n @ -r -o 5000 -q", NULL, BEYOND("5000"), 2},
    {"reader -n @ --info", REGION("@", "Local", "4096") OURS("", "256", "1", "5", "writer.exe")},
    {"reader -n @ --info -j",
     "{\"name\":\"@\",\"namespace\":\"Local\",\"size\":4096,\"handles\":1,\"access\":\"read, "
     "write\","
     "\"owner\":\"~\",\"may_read\":\"~\",\"may_write\":\"~\",\"dacl\":\"D:P~\",\"kind\":\"writer\","
     "\"capacity\":256,\"messages\":1,\"length\":5,\"code_page\":65001,\"process_id\":~,"
     "\"program\":\"writer.exe\",\"time\":\"~Z\",\"age_seconds\":~}\n"},
    {"reader --list @", "          4096  ~\\@\n"},
    {"reader --list @?", NULL, NOT_LISTED, 1},
    {"writer -n @ --no-wait two words"},
    {"reader -n @ -1", "two words\n"},
    {"reader -n @ --take --once", NULL, NOTHING_TO_TAKE, 1},
    {"writer -n @ --no-wait '  two  words  ' ''"},
    {"reader -n @ -1 --peek", "  two  words   \n"},
    {"reader -n @ --take -j", JSON("3", "  two  words   ")},
    {"writer -n @ --no-wait ''"},
    {"reader -n @ -1j", JSON("4", "")},
    {"writer -n @ --no-wait -- --keep -x /? what? * C:\\*.*"},
    {"reader -n @ -1", "--keep -x /? what? * C:\\*.*\n"},
    {"writer -n @ --no-wait --env TABLE_VARIABLE"},
    {"reader -n @ -1", TABLE_VALUE "\n"},
    {"writer -n @ --no-wait --whole", NULL, NULL, 0, "a\r\n\r\nb\n"},
    {"reader -n @ -1 --no-newline", "a\n\nb\\x0a"},
    {"writer -n @ --no-wait --whole", NULL, NULL, 0, ""},
    {"reader -n @ -1j", JSON("8", "")},
    {"writer -n @ --timeout 0 x", NULL, TIMED_OUT("the text"), 1},
    {"reader -n @ --take --once", NULL, NOTHING_TO_TAKE, 1}, /* it was told as not delivered */
    {"reader -n @ --once", "x\n"},
    {"writer -n @ --keep -t 0 kept", NULL, KEEPING KEPT_ENOUGH, 1},
    {"reader -n @ -1", "kept\n"},
    {"writer -n @ --no-wait -t 0", NULL, NULL, 0, "z\n"},
    {"reader -n @ -1", "z\n"},
    {"writer -n @ --no-wait --size 256 exact"},
    {"writer -n @ --no-wait -s 10 less"},
    {"writer -n @ -s 257 more", NULL, EXISTS "256 bytes, not the 257" LEAVE_OUT, 2},
    {"writer -n @ -s 64K more", NULL, EXISTS "256 bytes, not the 65536" LEAVE_OUT, 2},
    {"reader -n @ -1", "less\n"},
    {"writer -n @ --plain plain"},
    {"reader -n @ -1", "plain\n"},
    {"reader -n @ -1j", PLAIN_JSON("plain")},
    {"reader -n @ --take --once", NULL, NOTHING_TO_TAKE, 1},
    {"reader -n @ --info", REGION("@", "Local", "4096") OVERWRITTEN("", "256", "13")},
    {"reader -n @ --info -j", "{~,\"kind\":\"writer\",\"capacity\":256,\"messages\":13}\n"},
    {"reader -n @ -f --until-end", NULL,
     "reader: --until-end needs a writer; another program has written to @\n", 2},
    {"writer -n @ -p", NULL, NULL, 0, "p1\np2\n"},
    {"reader -n @ -1", "p2\n"},
    {"writer -n @ --no-wait --share shared", NULL,
     "writer: @ exists, and its creator has decided who may read it: --share only lets readers of "
     "other users acknowledge\n"},
    {"reader -n @ -1j", JSON("14", "shared")},
    {"writer -n @ --release"},
    {"writer -n @ --release", NULL, NOT_KEPT, 1},
    {"reader -n @ --once", NULL, NO_MAPPING, 1},
};

static const struct row too_long[] = {
    {"writer -n @ L*255+", NULL, "writer: the text has 256 bytes, the mapping holds 255" TOO_LARGE,
     1},
    {"reader -n @ -1", "hello\n"},
    {"writer -n @ --no-wait L*255"},
    {"reader -n @ -1", "L*255\n"},
    {"writer -n @ --no-wait", NULL, "writer: line 2 has 256 bytes, the mapping holds 255" TOO_LARGE,
     1, "one\nL*255+\nthree\n"},
    {"reader -n @ -1", "three\n"},
    {"writer -n @ -p L*255+", NULL,
     "writer: the text has 256 bytes, the mapping holds 255" TOO_LARGE, 1},
    {"writer -n @ --whole", NULL, "writer: the text has 256 bytes, the mapping holds 255" TOO_LARGE,
     1, "L*255\n"},
    {"reader -n @ -1", "three\n"},
    {"writer -n @ -e utf-16 L*128", NULL,
     "writer: the text has 256 bytes, the mapping holds 254" TOO_LARGE, 1},
    {"writer -n @ --no-wait -e utf-16 L*127"},
    {"reader -n @ -1", "L*127\n"},
};

/* Every line of a pipe whole or rejected. */
static const struct row piped[] = {
    {"writer -n @ --no-wait", NULL, NULL, 0, "one\r\ntwo"},
    {"reader -n @ -1j", JSON("3", "two")},
    {"writer -n @ --interval 50", NULL, NULL, 0, "a\n\nb\n\n"},
    {"reader -n @ -1j", JSON("7", "")},
    {"writer -n @ --no-wait", NULL, NULL, 0, "a\rb\n"},
    {"reader -n @ -1", "a\\x0db\n"},
    {"writer -n @ --no-wait", NULL, NULL, 0, "\357\273\277first\r\n"},
    {"reader -n @ -1", "first\n"},
    {"writer -n @ --no-wait", NULL, NULL, 0, "first\n\357\273\277second\n"},
    {"reader -n @ -1", "\357\273\277second\n"},
    {"writer -n @ --no-wait --from utf-8", NULL, NULL, 0, "\xff\xfe\xc3\n"},
    {"reader -n @ -1", "\xff\xfe\xc3\n"},
    {"writer -n @ --no-wait", NULL, NULL, 0, "a^b\n"},
    {"reader -n @ -1", "a\\x00b\n"},
    {"writer -n @ --plain", NULL,
     "writer: line 1 has a NUL, which ends a plain string; it was not sent\n", 1, "a^b\n"},
    {"writer -n @ --no-wait", NULL,
     "writer: line 2 has 90001 bytes, the mapping holds 255" TOO_LARGE, 1,
     "short\nx*90000+\nafter\n"},
    {"reader -n @ -1j", JSON("15", "after")},
    {"writer -n @ --no-wait", NULL, NULL, 0, "y*254\r\ny*255\nz*255\r\n"},
    {"reader -n @ -1j", JSON("18", "z*255")},
};

/* What redirected input is taken for. */
#define FALLS_BACK(line)                                                                           \
    "writer: line " line " is not UTF-8: reading the input as code page ~ from there on (--from "  \
    "names another)\n"
static const struct row decoded[] = {
    {"writer -n @ --no-wait --from latin-1", NULL, NULL, 0, "gr\374\337e\n"},
    {"reader -n @ -1j", JSON("2", "grüße")},
    {"writer -n @ --no-wait --from cp437", NULL, NULL, 0, "gr\201\341e\n"},
    {"reader -n @ -1", "grüße\n"},
    {"writer -n @ --no-wait --from 936", NULL, NULL, 0, "\271\262\317\355\r\n"},
    {"reader -n @ -1", "共享\n"},
    {"writer -n @ --no-wait --from 936 -e 932", NULL, NULL, 0, "\271\262\n"},
    {"reader -n @ -1", "共\n"},
    {"writer -n @ --no-wait --from 936", NULL,
     "writer: line 1 is not valid in code page 936; it was not sent\n", 1, "\377\n\271\262\n"},
    {"reader -n @ -1", "共\n"},
    {"writer -n @ --no-wait --from utf-16", NULL, NULL, 0, "g^\374^\r^\n^e^n^d^"},
    {"reader -n @ -1j", JSON("8", "end")},
    {"writer -n @ --no-wait", NULL, NULL, 0, "\377\376g^r^\374^\n^Qq"},
    {"reader -n @ -1j", JSON("10", "煑")},
    {"writer -n @ --no-wait --from auto", NULL, NULL, 0, "\376\377^g^\374^\n"},
    {"reader -n @ -1", "gü\n"},
    {"writer -n @ --no-wait", NULL, FALLS_BACK("2"), 0, "grüße\n\201\nlast\n"},
    {"reader -n @ -1j", JSON("14", "last")},
    {"writer -n @ --no-wait -q", NULL, NULL, 0, "\201\n"},
    {"reader -n @ -1", "~\n"},
    {"writer -n @ --no-wait --from ansi", NULL, NULL, 0, "plain\n"},
    {"reader -n @ -1", "plain\n"},
};

static const struct row encodings[] = {
    {"writer -n @ --no-wait -e utf-8 共享内存🙂"},
    {"reader -n @ -1", "共享内存🙂\n"},
    {"reader -n @ -1 -j", JSON("2", "共享内存🙂")},
    {"reader -n @ -1 --to 936", "\271\262\317\355\304\332\264\346?\n",
     "reader: code page 936 lacks some characters, which are shown as ? (--to utf-8 has all)\n"},
    {"reader -n @ -1 --to latin-1", "?????\n", SHOWS_FEWER},
    {"reader -n @ -1 --to latin-1 -q", "?????\n"},
    {"writer -n @ --no-wait --encoding utf-16 共享🙂"},
    {"reader -n @ -1", "共享🙂\n"},
    {"reader -n @ -1 -o 2 -e utf-16", "享🙂\n"},
    {"reader -n @ -x -l 10",
     "00000000  71 51 ab 4e 3d d8 42 de  00 00                    |qQ.N=.B...|\n0000000a\n"},
    {"reader -n @ -1 -e latin-1 -l 2", "qQ\n"},
    {"writer -n @ --no-wait -e latin-1", NULL, NULL, 0, "grüßeÿ\n"},
    {"reader -n @ -1", "grüßeÿ\n"},
    {"reader -n @ -1 --to latin-1", "gr\374\337e\377\n"},
    {"reader -n @ -1j --to cp437", JSON("4", "gr\201\341e\230")},
    {"reader -n @ -x -l 7",
     "00000000  67 72 fc df 65 ff 00                              |gr..e..|\n00000007\n"},
    {"writer -n @ -e latin-1 €", NULL, LACKS("the text has U+20AC '€'", "28591"), 1},
    {"writer -n @ --no-wait -e latin-1", NULL, LACKS("line 2 has U+5171 '共'", "28591"), 1,
     "a\n共\nb\n"},
    {"reader -n @ -1", "b\n"},
    {"writer -n @ --from utf-8 -e latin-1", NULL, INVALID("28591"), 1, "\xff\n"},
    {"writer -n @ --from utf-8 -e utf-16", NULL, INVALID("1200"), 1, "\xff\n"},
    {"writer -n @ --no-wait -e 1252 €"},
    {"reader -n @ -x -l 2",
     "00000000  80 00                                             |..|\n00000002\n"},
    {"reader -n @ -1", "€\n"},
    {"writer -n @ -e cp1252 共", NULL, LACKS("the text has U+5171 '共'", "1252"), 1},
    {"writer -n @ --no-wait -e 936 共享"},
    {"reader -n @ -1", "共享\n"},
    {"reader -n @ -x -l 5",
     "00000000  b9 b2 cf ed 00                                    |.....|\n00000005\n"},
    {"writer -n @ --no-wait -e oem grüße"},
    {"reader -n @ -1", "grüße\n"},
    {"reader -n @ -1 -e oem -l 3", "grü\n"},
    {"writer -n @ --no-wait -e ansi grüße"},
    {"reader -n @ -1", "grüße\n"},
    {"writer -n @ -e UTF16 -p 'wide text'"},
    {"reader -n @ -1", "wide text\n"},
    {"writer -n @ -e latin1 -p größer"},
    {"reader -n @ -1 -e latin-1", "größer\n"},
    {"reader -n @ -1j -e 28591", PLAIN_JSON("größer")},
    {"writer -n @ --no-wait -e utf-16 --whole", NULL, NULL, 0, "w^i^d^e^"},
    {"reader -n @ -1 --no-newline", "wide"},
};

static const struct row controls[] = {
    {"writer -n @ --no-wait", NULL, NULL, 0, "a\tb\033[31mc\007 \\x \"hi\"\n"},
    {"reader -n @ -1", "a\\x09b\\x1b[31mc\\x07 \\x \"hi\"\n"},
    {"reader -n @ -1j", JSON("2", "a\\tb\\u001b[31mc\\u0007 \\\\x \\\"hi\\\"")},
};

static const struct row larger[] = {
    {"reader -n Global\\@ --info", REGION("Global\\@", "Global", "12288")
                                       OURS("Authenticated Users", "4096", "1", "3", "writer.exe")},
    {"writer -n Global\\@ --no-wait x*600"},
    {"reader -n Global\\@ -1 -o 596", "xxxx\n"},
    {"writer -n Global\\@ --no-wait -s 4K fits"},
    {"writer -n Global\\@ y*4096", NULL,
     "writer: the text has 4096 bytes, the mapping holds 4095" TOO_LARGE, 1},
    {"writer -n Global\\@ --no-wait y*4095"},
    {"reader -n Global\\@ -1 -o 4090", "yyyyy\n"},
    {"writer -n Global\\@ --release"},
};

/* A mapping of --keep without a text: something to fill later. */
static const struct row empty[] = {
    {"reader -n @ --once", NULL, "reader: nothing is in @ yet; --wait waits for it\n", 1},
    {"reader -n @", NULL, READING "reader: nothing is there yet\n", 0, ""},
    {"reader -n @ --take --once", NULL, NOTHING_TO_TAKE, 1},
    {"writer -n @ --no-wait filled"},
    {"reader -n @ --once", "filled\n"},
};

/* Other programs' mappings: what is guessed of their texts. */
#define HEX_TEXT "^*4096^\177\200\377 AZaz09!\033\r\n"
static const struct row foreign[] = {
    {"reader -n @ --hex -o 4080",
     "00000ff0  00 00 00 00 00 00 00 00  00 00 00 00 00 00 00 00  |................|\n"
     "00001000  00 7f 80 ff 20 41 5a 61  7a 30 39 21 1b 0d 0a 00  |.... AZaz09!....|\n"
     "00001010  00 00 00 00 00 00 00 00  00 00 00 00 00 00 00 00  |................|\n"
     "*\n00003000\n"},
    {"reader -n @ --info",
     REGION("@", "Local", "12288") "may read:       everybody\nmay write:      everybody\n"
                                   "dacl:           ~\nkind:           plain\n"},
    {"reader -n @ --info --json", "{\"name\":\"@\",\"namespace\":\"Local\",\"size\":12288,"
                                  "\"handles\":1,\"access\":\"read, write\","
                                  "~,\"kind\":\"plain\"}\n"},
};
static const struct row utf_8[] = {{"reader -n @ -1", "grüße\n"}};
static const struct row latin_1[] = {{"reader -n @ -1 --encoding latin-1", "grüße\n"}};
static const struct row marked[] = {
    {"reader -n @ -1", "größer\n"},
    {"reader -n @ -1j", PLAIN_JSON("größer")},
    {"reader -n @ -1 -o 2 -e utf-16", "größer\n"},
};
static const struct row big_endian[] = {{"reader -n @ -1", "größer\n"}};
static const struct row utf_8_marked[] = {{"reader -n @ -1", "größer\n"}};
static const struct row only_marked[] = {{"reader -n @ -1", "\n"}};
static const struct row without_nul[] = {{"reader -n @ -1", "u*4096\n"}};
static const struct row under_global[] = {
    {"reader -n @ -1", NULL,
     "reader: cannot open the mapping @: ~ (error 2)\n"
     "reader: there is a mapping Global\\@: use --name Global\\@\n",
     1},
};
static const struct row under_local[] = {
    {"reader -n Global\\@ -1", "local\n"},
    {"reader -n Global\\@", "local\n",
     "reader: reading Local\\@; any key shows it, q or Esc ends\n", 0, ""},
};
static const struct row small[] = {
    {"writer -n @ -s 64K x", NULL, EXISTS "256 bytes, not the 65536" LEAVE_OUT, 2},
};
static const struct row left_alone[] = {
    {"writer -n @", NULL, NULL, 0, ""},
    {"writer -n @", NULL, "writer: line 1 has 300 bytes, the mapping holds 255" TOO_LARGE, 1,
     "0*300\n"},
    {"reader -n @ --hex -l 14",
     "00000000  74 00 68 00 65 00 69 00  72 00 73 00 00 00        |t.h.e.i.r.s...|\n0000000e\n"},
};
#define GROUP(title, holder, bytes, content, rows)                                                 \
    {                                                                                              \
        title, holder, bytes, content, rows, sizeof rows / sizeof rows[0]                          \
    }
static const struct group groups[] = {
    GROUP("wrong usage", NULL, 0, NULL, usage),
    GROUP("nothing is there", NULL, 0, NULL, nothing),
    GROUP("no reader comes", NULL, 0, NULL, no_reader),
    GROUP("a message is there", "writer -n @ --keep hello", 0, NULL, message),
    GROUP("what does not fit", "writer -n @ -k hello", 0, NULL, too_long),
    GROUP("lines of a pipe", "writer -n @ -k hello", 0, NULL, piped),
    GROUP("the encoding of the input", "writer -n @ -k hello", 0, NULL, decoded),
    GROUP("encodings", "writer -n @ -k hello", 0, NULL, encodings),
    GROUP("control characters to a pipe and to JSON", "writer -n @ -k hello", 0, NULL, controls),
    GROUP("a larger mapping", "writer -n Global\\@ --share -k -s 4K big", 0, NULL, larger),
    GROUP("kept without a text", "writer -n @ -k", 0, NULL, empty),
    GROUP("bytes", "@", 10000, HEX_TEXT, foreign),
    GROUP("UTF-8 is guessed", "@", 256, "grüße", utf_8),
    GROUP("UTF-16 too", "@", 256, "g^r^\374^\337^e^", utf_8),
    GROUP("Latin-1 as it is told", "@", 256, "gr\374\337e", latin_1),
    GROUP("UTF-16 of the other order", "@", 256, "\376\377^g^r^\366^\337^e^r", big_endian),
    GROUP("a byte order mark is no text", "@", 256, "\377\376g^r^\366^\337^e^r^", marked),
    GROUP("nor is that of UTF-8", "@", 256, "\357\273\277größer", utf_8_marked),
    GROUP("nor is there another text behind it", "@", 256, "\377\376", only_marked),
    GROUP("a text without a NUL ends with the view", "@", 256, "u*4096", without_nul),
    GROUP("too small for what is asked for", "@", 256, "", small),
    GROUP("a writer that sends nothing", "@", 256, "t^h^e^i^r^s", left_alone),
    GROUP("under Global\\", "Global\\@", 256, "x", under_global),
    GROUP("under Local\\", "@", 256, "local", under_local),
};
