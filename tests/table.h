/* The rows of t_table.c. */
#define NO_MAPPING                                                                                 \
    "reader: cannot open the mapping @: ~ (error 2)\nreader: no program holds it now; start its "  \
    "writer, or wait for a text by --wait; --list shows those that exist\n"
#define NO_MESSAGE "reader: no message has come in time in the mapping @\n"
#define NO_KEY     "reader: the time of --timeout has passed: no line has come\n"
#define NO_READER                                                                                  \
    "writer: no reader has taken the text in time; the text is gone if no other program holds @ "  \
    "(start a reader first, or give --timeout more)\n"
#define WAITING                                                                                    \
    "writer: no other program holds @: waiting until a reader has taken the text (Ctrl+C gives "   \
    "up, --timeout bounds it)\n"
#define UNREAD                                                                                     \
    "writer: waiting until a reader has taken the text in @ (Ctrl+C gives up, --timeout bounds "   \
    "it)\n"
#define READING       "reader: reading @; any key shows it, q or Esc ends\n"
#define NOT_YET       "reader: nothing is there yet: no program holds the mapping\n"
#define NOTHING_THERE "reader: nothing is in that part of the mapping @\n"
#define SHOWING(part) "reader: the view has 4096 bytes: showing " part " on\n"
#define NOT_LISTED    "reader: no named mapping of that name exists\n"
#define KEEPING       "writer: keeping the text in @ until a line comes or the input ends\n"
#define TOO_LARGE                                                                                  \
    " (to get a larger one, end the programs that hold it and use --size); it was not sent\n"
#define EXISTS    "writer: the mapping @ exists with a capacity of "
#define LEAVE_OUT " asked for: leave out --size, or end the programs that hold it\n"
#define LACKS(it)                                                                                  \
    "writer: " it ", which code page 28591 lacks (--encoding utf-8 has it); it was not sent\n"
#define INVALID(page)                                                                              \
    "writer: line 1 is not valid UTF-8, so it cannot become code page " page "; it was not sent\n"
#define NUMBER(what, name) what ": --" name " is not a number from ~\n"
#define EXCLUDE(which)     which " exclude each other: use one of them\n"
#define UNKNOWN(option)    ": unknown option " option "; --help lists all, and -- ends them\n"
#define ENCODINGS          "utf-8, utf-16, ansi, oem or latin-1\n"

#define JSON(number, text)                                                                         \
    "{\"name\":\"@\",\"number\":" number ",\"missed\":0,\"process_id\":~,\"time\":\"~Z\","         \
    "\"text\":\"" text "\"}\n"
#define PLAIN_JSON(text)                                                                           \
    "{\"name\":\"@\",\"number\":null,\"missed\":0,\"process_id\":null,\"time\":null,"              \
    "\"text\":\"" text "\"}\n"
#define REGION(name, namespace, size)                                                              \
    "name:           " name                                                                        \
    "\nnamespace:      " namespace "\nsize:           " size                                       \
                                   "\naccess:         read, write\nowner:          ~\n"
#define OVERWRITTEN(others, capacity, messages)                                                    \
    "readers:        ~SYSTEM; ~Administrators; ~" others "\n"                                      \
    "writers:        ~SYSTEM; ~Administrators; ~\n"                                                \
    "dacl:           D:P(A;;~;;;SY)(A;;~;;;BA)(A;;~)\nkind:           writer\n"                    \
    "capacity:       " capacity "\nmessages:       " messages "\n"
#define OURS(others, capacity, messages, length, program)                                          \
    OVERWRITTEN(others, capacity, messages)                                                        \
    "length:         " length                                                                      \
    "\ncode page:      65001\nprocess id:     ~\nprogram:        " program                         \
    "\ntime:           ~Z\nage:            ~ s ago\n"

static const struct row usage[] = {
    {"writer --help", "Usage: writer [OPTION]... [TEXT]...\n~\n  -n, --name NAME      ~"},
    {"reader -h", "Usage: reader [OPTION]...\n~\n  -1, --once           ~"},
    {"writer /?", "Usage: writer ~"},
    {"reader --version", "reader ~.~\n"},
    {"writer -V", "writer ~.~\n"},
    {"writer --bogus", NULL, "writer" UNKNOWN("--bogus"), 2},
    {"writer -z", NULL, "writer" UNKNOWN("-z"), 2},
    {"reader --o", NULL, "reader: option --o is the beginning of several; --help lists all\n", 2},
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
     "writer: --timeout soon is not a number of seconds up to 2147483 (2, 0.5)\n", 2},
    {"reader -wt 4294968", NULL,
     "reader: --timeout 4294968 is not a number of seconds up to 2147483 (2, 0.5)\n", 2},
    {"writer -e auto x", NULL, "writer: unknown --encoding auto: use " ENCODINGS, 2},
    {"reader -e UTF16", NULL, "reader: unknown --encoding UTF16: use auto, " ENCODINGS, 2},
    {"writer -k -r x", NULL, "writer: " EXCLUDE("--keep and --until-read"), 2},
    {"reader --once --follow", NULL, "reader: " EXCLUDE("--once and --follow"), 2},
    {"reader --raw --json", NULL, "reader: " EXCLUDE("--raw and --json"), 2},
    {"reader --info --hex", NULL,
     "reader: --hex has no effect beside --info: leave one of them out\n", 2},
    {"reader --list --raw", NULL,
     "reader: --raw has no effect beside --list: leave one of them out\n", 2},
    {"reader --info -c 2", NULL,
     "reader: --count has no effect beside --info: leave one of them out\n", 2},
    {"reader --once -c 2", NULL,
     "reader: --count has no effect beside --once: leave one of them out\n", 2},
    {"reader --list -e oem", NULL, "reader: --encoding has no effect beside --list: ~\n", 2},
    {"reader --info -o 2", NULL, "reader: --offset or --length has no effect beside --info: ~\n",
     2},
    {"reader --list -n x", NULL,
     "reader: --name (it takes a PATTERN) has no effect beside --list: ~\n", 2},
    {"reader --hex -e oem", NULL,
     "reader: --encoding has no effect beside --hex: leave one of them out\n", 2},
    {"writer --interval 5 x", NULL,
     "writer: --interval has no effect beside TEXT: leave one of them out\n", 2},
    {"reader word", NULL, "reader: unexpected word word: ~\n", 2},
    {"reader --list * more", NULL, "reader: unexpected word more: --list takes one PATTERN\n", 2},
    {"writer -s 16 -n @ -t 0 12345678901234567", NULL,
     "writer: the text has 17 bytes, the mapping holds 15 (to get a larger one, use --size); it "
     "was not sent\n",
     1},
    {"reader -1 -n global\\@", NULL, "~: write the namespace exactly as Global\\, ~\n", 2},
    {"reader -1 -n Global/@", NULL, "~: write the namespace exactly as Global\\, ~\n", 1},
    {"reader -1 -n a\\b", NULL, "~: a backslash may only end the namespace: ~\n", 2},
    {"writer -n '' x", NULL, "~: give it a name: --name NAME, ~\n", 2},
    {"reader -1 -n Global\\", NULL, "~: give it a name: --name NAME, ~\n", 2},
    {"reader -1 -n 'x\033[2J\ny\tz\302\233'", NULL, "~ mapping x\\x1b[2J\\x0ay\\x09z\\x9b: ~", 1},
    {"reader -1 -n x\342\200\256y\342\201\246z", NULL, "~ mapping x\\u202ey\\u2066z: ~", 1},
    {"writer -n n*399 x", NULL, "~: a name has at most ~ characters, for writer 243\n", 2},
    {"writer -n n*244 x", NULL, "~: a name has at most 243 characters for writer\n", 2},
    {"writer -n n*243 -t 0 x", NULL, "writer: no reader has taken the text in time; ~\n", 1},
    {"writer -n n*243 -t 0", NULL, "writer: no reader has taken the text in time; ~\n", 1, "x\n"},
    {"reader --hex -c 2", NULL,
     "reader: --count has no effect beside --hex: leave one of them out\n", 2},
};

static const struct row nothing[] = {
    {"reader -n @ --once", NULL, NO_MAPPING, 1},
    {"reader -n @ --wait --timeout 0", NULL, NO_MESSAGE, 1},
    {"reader -n @ -w -t 0.2 -q", NULL, NO_MESSAGE, 1},
    {"reader -n @ --follow --timeout 0.1", NULL, NO_MESSAGE, 1},
    {"reader -n @ --info", NULL, NO_MAPPING, 1},
    {"reader -n @ --hex", NULL, NO_MAPPING, 1},
    {"reader -n @ --hex --follow --timeout 0.1", NULL, NO_MESSAGE, 1},
    {"reader --list @", NULL, NOT_LISTED, 1},
    {"reader -n @", NULL, READING NOT_YET NOT_YET NOT_YET, 0, "\n\nq\n"},
    {"reader -n @ --quiet", NULL, NULL, 0, ""},
    {"reader -n @ --timeout 0.1", NULL, READING NOT_YET NO_KEY, 1, STAYS_OPEN},
};

static const struct row last_holder[] = {
    {"writer -n @ --timeout 0 x", NULL, NO_READER, 1},
    {"writer -n @ -t 0.2 x", NULL, WAITING NO_READER, 1},
    {"writer -n @ -t 0.2 -q x", NULL, NO_READER, 1},
    {"writer -n @ -t 0", NULL, NO_READER, 1, "a\nb\n"},
    {"writer -n @", NULL, NULL, 0, ""},
    {"writer -n @ --until-read -t 0.1 x", NULL, UNREAD NO_READER, 1},
    {"writer -n @ --keep x", NULL, KEEPING, 0, ""},
    {"writer -n @ -k --quiet x", NULL, NULL, 0, ""},
    {"writer -n @ --keep -t 0.1 x", NULL,
     KEEPING "writer: the time of --timeout has passed: no line has come; the text is gone if no "
             "other program holds it\n",
     1, STAYS_OPEN},
    {"writer -n @ --plain -t 0 x", NULL, NO_READER, 1},
    {"writer -n @ --plain -r -t 0.2 x", NULL, UNREAD NO_READER, 1},
    {"writer -n @ --plain ''"}, /* no reader can show it */
    {"reader -n @ --once", NULL, NO_MAPPING, 1},
};

static const struct row message[] = {
    {"reader -n @ --once", "hello\n"},
    {"reader -n @ --wait --timeout 5", "hello\n"},
    {"reader -n @ --follow --count 1", "hello\n"},
    {"reader -n @ -f -c 2 -t 0.2", "hello\n", NO_MESSAGE, 1},
    {"reader -n @ -w -c 2 -t 0.2", "hello\n", NO_MESSAGE, 1},
    {"reader -n @", "hello\n", READING, 0, ""},
    {"reader -n @ -q", "hello\nhello\nhello\n", NULL, 0, "\n\n"},
    {"reader -n @ -q -c 2", "hello\nhello\n", NULL, 0, "\n\n\n"},
    {"reader -n @ -q", "hello\nhello\nhello\n", NULL, 0, "a\nb"},
    {"reader -n @ -q", "hello\n", NULL, 0, "q\n\n"},
    {"reader -n @ -q", "hello\nhello\n", NULL, 0, "\n\033\n\n"},
    {"reader -n @ -q -t 0.2", "hello\n", NO_KEY, 1, STAYS_OPEN},
    {"reader -n @ -f -c 1 --json", JSON("1", "hello")},
    {"reader -n @ -j -q", JSON("1", "hello") JSON("1", "hello"), NULL, 0, "\n"},
    {"reader -n @ --once --encoding utf-8", "hello\n"},
    {"reader -n @ --once -e utf-16 -l 4", "敨汬\n"},
    {"reader -n @ --once -e oem", "hello\n"},
    {"reader -n @ -1e auto", "hello\n"},
    {"reader -n @ --once --offset 1", "ello\n"},
    {"reader -n @ --once --length 4", "hell\n"},
    {"reader -n @ -1 -o 0x1 -l 0x3", "ell\n"},
    {"reader -n @ -1 -o 4K", NULL, SHOWING("0 from offset 4096") NOTHING_THERE, 1},
    {"reader -n @ -1 -o 4K -q", NULL, NOTHING_THERE, 1},
    {"reader -n @ -1 -o 1 -l 1M", "ello\n", SHOWING("4095 from offset 1")},
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
    {"reader -n @ -o 5000", NULL,
     SHOWING("0 from offset 4096") READING "reader: nothing is there yet\n", 0, ""},
    {"reader -n @ -x -o 5000 -w -t 0", NULL, SHOWING("0 from offset 4096") NO_MESSAGE, 1},
    {"reader -n @ --raw --length 6", "hello\\x00"},
    {"reader -n @ -r -o 1 -l 3 --once", "ell"},
    {"reader -n @ -r -l 3 --follow -c 1", "hel"},
    {"reader -n @ -r -o 5000 -q", NULL, NOTHING_THERE, 1},
    {"reader -n @ --info", REGION("@", "Local", "4096") OURS("", "256", "1", "5", "writer.exe")},
    {"reader -n @ --info -j",
     "{\"name\":\"@\",\"namespace\":\"Local\",\"size\":4096,\"access\":\"read, write\","
     "\"owner\":\"~\",\"readers\":\"~\",\"writers\":\"~\",\"dacl\":\"D:P~\",\"kind\":\"writer\","
     "\"capacity\":256,\"messages\":1,\"length\":5,\"code_page\":65001,\"process_id\":~,"
     "\"program\":\"writer.exe\",\"time\":\"~Z\",\"age_seconds\":~}\n"},
    {"reader --list @", "          4096  ~\\@\n"},
    {"reader --list @?", NULL, NOT_LISTED, 1},
    {"writer -n @ two words"},
    {"reader -n @ -1", "two words\n"},
    {"writer -n @ '  two  words  ' ''"},
    {"reader -n @ -1", "  two  words   \n"},
    {"writer -n @ ''"},
    {"reader -n @ -1j", JSON("4", "")},
    {"writer -n @ -- --keep -x /? what? * C:\\*.*"},
    {"reader -n @ -1", "--keep -x /? what? * C:\\*.*\n"},
    {"writer -n @ --timeout 0 x"},
    {"writer -n @ -t 0", NULL, NULL, 0, "y\n"},
    {"writer -n @ --until-read -t 0.1 x", NULL, UNREAD NO_READER, 1},
    {"writer -n @ -k", NULL, NULL, 0, "z\n"},
    {"reader -n @ -1", "z\n"},
    {"writer -n @ --size 256 exact"},
    {"writer -n @ -s 10 less"},
    {"writer -n @ -s 257 more", NULL, EXISTS "256 bytes, not the 257" LEAVE_OUT, 2},
    {"writer -n @ -s 64K more", NULL, EXISTS "256 bytes, not the 65536" LEAVE_OUT, 2},
    {"reader -n @ -1", "less\n"},
    {"writer -n @ --plain plain"},
    {"reader -n @ -1", "plain\n"},
    {"reader -n @ -1j", PLAIN_JSON("plain")},
    {"reader -n @ --info", REGION("@", "Local", "4096") OVERWRITTEN("", "256", "11")},
    {"reader -n @ --info -j", "{~,\"kind\":\"writer\",\"capacity\":256,\"messages\":11}\n"},
    {"writer -n @ -p", NULL, NULL, 0, "p1\np2\n"},
    {"reader -n @ -1", "p2\n"},
    {"writer -n @ --share shared", NULL,
     "writer: @ exists, and who created it has decided who may read it (reader --info tells): "
     "--share only lets readers of other users answer\n"},
    {"reader -n @ -1j", JSON("12", "shared")},
};

static const struct row too_long[] = {
    {"writer -n @ L*255+", NULL, "writer: the text has 256 bytes, the mapping holds 255" TOO_LARGE,
     1},
    {"reader -n @ -1", "hello\n"},
    {"writer -n @ L*255"},
    {"reader -n @ -1", "L*255\n"},
    {"writer -n @", NULL, "writer: line 2 has 256 bytes, the mapping holds 255" TOO_LARGE, 1,
     "one\nL*255+\nthree\n"},
    {"reader -n @ -1", "three\n"},
    {"writer -n @ -p L*255+", NULL,
     "writer: the text has 256 bytes, the mapping holds 255" TOO_LARGE, 1},
    {"reader -n @ -1", "three\n"},
    {"writer -n @ -e utf-16 L*128", NULL,
     "writer: the text has 256 bytes, the mapping holds 254" TOO_LARGE, 1},
    {"writer -n @ -e utf-16 L*127"},
    {"reader -n @ -1", "L*127\n"},
};

/* Every line of a pipe whole or refused. */
static const struct row piped[] = {
    {"writer -n @", NULL, NULL, 0, "one\r\ntwo"},
    {"reader -n @ -1j", JSON("3", "two")},
    {"writer -n @ --interval 150", NULL, NULL, 0, "a\n\nb\n\n"},
    {"reader -n @ -1j", JSON("7", "")},
    {"writer -n @", NULL, NULL, 0, "a\rb\n"},
    {"reader -n @ -1", "a\\x0db\n"},
    {"writer -n @", NULL, NULL, 0, "\357\273\277first\r\n"},
    {"reader -n @ -1", "first\n"},
    {"writer -n @", NULL, NULL, 0, "first\n\357\273\277second\n"},
    {"reader -n @ -1", "\357\273\277second\n"},
    {"writer -n @", NULL, NULL, 0, "\xff\xfe\xc3\n"},
    {"reader -n @ -1", "\xff\xfe\xc3\n"},
    {"writer -n @", NULL, NULL, 0, "a^b\n"},
    {"reader -n @ -1", "a\\x00b\n"},
    {"writer -n @ --plain", NULL, "writer: line 1 has a NUL~; it was not sent\n", 1, "a^b\n"},
    {"writer -n @", NULL, "writer: line 2 has 90001 bytes, the mapping holds 255" TOO_LARGE, 1,
     "short\nx*90000+\nafter\n"},
    {"reader -n @ -1j", JSON("15", "after")},
    {"writer -n @", NULL, NULL, 0, "y*254\r\ny*255\nz*255\r\n"},
    {"reader -n @ -1j", JSON("18", "z*255")},
};

static const struct row encodings[] = {
    {"writer -n @ -e utf-8 共享内存🙂"},
    {"reader -n @ -1", "共享内存🙂\n"},
    {"reader -n @ -1 -j", JSON("2", "共享内存🙂")},
    {"writer -n @ --encoding utf-16 共享🙂"},
    {"reader -n @ -1", "共享🙂\n"},
    {"reader -n @ -1 -o 2", "享🙂\n"},
    {"reader -n @ -x -l 10",
     "00000000  71 51 ab 4e 3d d8 42 de  00 00                    |qQ.N=.B...|\n0000000a\n"},
    {"reader -n @ -1 -e latin-1 -l 2", "qQ\n"},
    {"writer -n @ -e latin-1", NULL, NULL, 0, "grüßeÿ\n"},
    {"reader -n @ -1", "grüßeÿ\n"},
    {"reader -n @ -x -l 7",
     "00000000  67 72 fc df 65 ff 00                              |gr..e..|\n00000007\n"},
    {"writer -n @ -e latin-1 €", NULL, LACKS("the text has U+20AC '€'"), 1},
    {"writer -n @ -e latin-1", NULL, LACKS("line 2 has U+5171 '共'"), 1, "a\n共\nb\n"},
    {"reader -n @ -1", "b\n"},
    {"writer -n @ -e latin-1", NULL, INVALID("28591"), 1, "\xff\n"},
    {"writer -n @ -e utf-16", NULL, INVALID("1200"), 1, "\xff\n"},
    {"writer -n @ -e oem grüße"},
    {"reader -n @ -1 -l 3", "grü\n"},
    {"reader -n @ -1", "grüße\n"},
    {"writer -n @ -e ansi grüße"},
    {"reader -n @ -1", "grüße\n"},
    {"writer -n @ -e UTF-16 -p 'wide text'"},
    {"reader -n @ -1", "wide text\n"},
    {"writer -n @ -e latin-1 -p größer"},
    {"reader -n @ -1 -e latin-1", "größer\n"},
    {"reader -n @ -1j -e latin-1", PLAIN_JSON("größer")},
};

static const struct row controls[] = {
    {"writer -n @", NULL, NULL, 0, "a\tb\033[31mc\007 \\x \"hi\"\n"},
    {"reader -n @ -1", "a\\x09b\\x1b[31mc\\x07 \\x \"hi\"\n"},
    {"reader -n @ -1j", JSON("2", "a\\tb\\u001b[31mc\\u0007 \\\\x \\\"hi\\\"")},
};

static const struct row larger[] = {
    {"reader -n Global\\@ --info", REGION("Global\\@", "Global", "12288")
                                       OURS("Authenticated Users", "4096", "1", "3", "writer.exe")},
    {"writer -n Global\\@ x*600"},
    {"reader -n Global\\@ -1 -o 596", "xxxx\n"},
    {"writer -n Global\\@ -s 4K fits"},
    {"writer -n Global\\@ y*4096", NULL,
     "writer: the text has 4096 bytes, the mapping holds 4095" TOO_LARGE, 1},
    {"writer -n Global\\@ y*4095"},
    {"reader -n Global\\@ -1 -o 4090", "yyyyy\n"},
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
     REGION("@", "Local", "12288") "readers:        everybody\nwriters:        everybody\n"
                                   "dacl:           ~\nkind:           plain\n"},
    {"reader -n @ --info --json",
     "{\"name\":\"@\",\"namespace\":\"Local\",\"size\":12288,\"access\":\"read, write\","
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
    GROUP("the last holder leaves", NULL, 0, NULL, last_holder),
    GROUP("a message is there", "writer -n @ --keep hello", 0, NULL, message),
    GROUP("what does not fit", "writer -n @ -k hello", 0, NULL, too_long),
    GROUP("lines of a pipe", "writer -n @ -k hello", 0, NULL, piped),
    GROUP("encodings", "writer -n @ -k hello", 0, NULL, encodings),
    GROUP("control characters to a pipe and to JSON", "writer -n @ -k hello", 0, NULL, controls),
    GROUP("a larger mapping", "writer -n Global\\@ --share -k -s 4K big", 0, NULL, larger),
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
