/* The rows of t_table.c. */
#define NO_MAPPING                                                                                 \
    "reader: cannot open the mapping @: ~ (error 2)\nreader: no program holds it now; start its "  \
    "writer, or use --wait; --list shows those that exist\n"
#define NO_MESSAGE "reader: no message came within the time in the mapping @\n"
#define NO_KEY     "reader: no key was pressed in time\n"
#define NO_READER                                                                                  \
    "writer: no reader has taken the text in time; the text is gone if no other program holds @ "  \
    "(start a reader first, or give --timeout more)\n"
#define READING "reader: reading @; any key reads it again, q, Esc or Ctrl+C ends\n"
#define NOT_YET "reader: nothing is there yet: no program holds the mapping\n"
#define KEEPING "writer: keeping the text in @ until a key is pressed\n"
#define HELLO_JSON                                                                                 \
    "{\"name\":\"@\",\"number\":1,\"missed\":0,\"process_id\":~,\"time\":\"~Z\",\"text\":"         \
    "\"hello\"}\n"
#define TOO_LARGE                                                                                  \
    " (to get a larger one, end the programs that hold it and use --size); it was not sent\n"
#define EXISTS    "writer: the mapping @ exists with a capacity of "
#define LEAVE_OUT " asked for: leave out --size, or end the programs that hold it\n"

static const struct row group_0[] = {
    {"reader -n @ --once", NULL, "", NO_MAPPING, 1},
    {"reader -n @ -1", NULL, "", NO_MAPPING, 1},
    {"reader -n @ --once --quiet", NULL, "", NO_MAPPING, 1},
    {"reader -n @ --wait --timeout 0", NULL, "", NO_MESSAGE, 1},
    {"reader -n @ -w -t 0.2", NULL, "", NO_MESSAGE, 1},
    {"reader -n @ --follow --timeout 0.1", NULL, "", NO_MESSAGE, 1},
    {"reader -n @ -f -c 3 -t 0.1 -q", NULL, "", NO_MESSAGE, 1},
    {"reader -n @ --info", NULL, "", NO_MAPPING, 1},
    {"reader -n @ --info --json", NULL, "", NO_MAPPING, 1},
    {"reader -n @ --hex", NULL, "", NO_MAPPING, 1},
    {"reader -n @ --raw", NULL, "", NO_MAPPING, 1},
    {"reader -n @ --hex --follow --timeout 0.1", NULL, "", NO_MESSAGE, 1},
    {"reader -n @ --once --json", NULL, "", NO_MAPPING, 1},
    {"reader -n @ --offset 4 --length 4", "", "", READING NOT_YET, 0},
    {"reader --list @", NULL, "", "reader: no named mapping of that name exists\n", 1},
    {"reader --list @ --json", NULL, "", "reader: no named mapping of that name exists\n", 1},
    {"reader -n @", "", "", READING NOT_YET, 0},
    {"reader -n @ --quiet", "", "", "", 0},
    {"reader -n @", "\n\nq\n", "", READING NOT_YET NOT_YET NOT_YET, 0},
    {"reader -n @ --timeout 0.1", STAYS_OPEN, "", READING NOT_YET NO_KEY, 1},
};

static const struct row group_1[] = {
    {"writer -n @ --timeout 0 x", NULL, "", NO_READER, 1},
    {"writer -n @ -t 0.2 x", NULL, "",
     "writer: no other program holds @: waiting until a reader has taken the text (Ctrl+C gives "
     "up, --timeout bounds it)\n" NO_READER,
     1},
    {"writer -n @ -t 0.2 -q x", NULL, "", NO_READER, 1},
    {"writer -n @ -t 0", "a\nb\n", "", NO_READER, 1},
    {"writer -n @ -t 0 -q", "a\nb\n", "", NO_READER, 1},
    {"writer -n @", "", "", "", 0},
    {"writer -n @ -q", "", "", "", 0},
    {"writer -n @ --until-read -t 0.1 x", NULL, "", NO_READER, 1},
    {"writer -n @ -r -t 0 -q", "x\n", "", NO_READER, 1},
    {"writer -n @ --keep x", "", "", KEEPING, 0},
    {"writer -n @ --keep -q x", "", "", "", 0},
    {"writer -n @ --keep -t 0.1 x", STAYS_OPEN, "",
     KEEPING "writer: no key was pressed in time; the text is gone if no other program holds @ "
             "(give --timeout more)\n",
     1},
    {"writer -n @ --plain -t 0 x", NULL, "", NO_READER, 1},
    {"reader -n @ --once", NULL, "", NO_MAPPING, 1},
};

static const struct row group_2[] = {
    {"reader -n @ --once", NULL, "hello\n", "", 0},
    {"reader -n @ -1q", NULL, "hello\n", "", 0},
    {"reader -n @ --wait", NULL, "hello\n", "", 0},
    {"reader -n @ --wait --timeout 5", NULL, "hello\n", "", 0},
    {"reader -n @ --follow --count 1", NULL, "hello\n", "", 0},
    {"reader -n @ -f -c 1 -t 5 -q", NULL, "hello\n", "", 0},
    {"reader -n @ -f -c 2 -t 0.2", NULL, "hello\n", NO_MESSAGE, 1},
    {"reader -n @ -f -t 0.1", NULL, "hello\n", NO_MESSAGE, 1},
    {"reader -n @ -w -c 2 -t 0.2", NULL, "hello\n", NO_MESSAGE, 1},
    {"reader -n @", "", "hello\n", READING, 0},
    {"reader -n @ -q", "", "hello\n", "", 0},
    {"reader -n @ -q", "\n\n", "hello\nhello\nhello\n", "", 0},
    {"reader -n @ -q -c 2", "\n\n\n", "hello\nhello\n", "", 0},
    {"reader -n @ -q", "q\n\n", "hello\n", "", 0},
    {"reader -n @ -q", "\n\033\n\n", "hello\nhello\n", "", 0},
    {"reader -n @ -q -t 0.2", STAYS_OPEN, "hello\n", NO_KEY, 1},
    {"reader -n @ --once --json", NULL, HELLO_JSON, "", 0},
    {"reader -n @ -f -c 1 -j", NULL, HELLO_JSON, "", 0},
    {"reader -n @ -j -q", "\n", HELLO_JSON HELLO_JSON, "", 0},
    {"reader -n @ --once --encoding utf-8", NULL, "hello\n", "", 0},
    {"reader -n @ --once -e utf-16 -l 4", NULL, "敨汬\n", "", 0},
    {"reader -n @ --once -e latin-1", NULL, "hello\n", "", 0},
    {"reader -n @ --once -e oem", NULL, "hello\n", "", 0},
    {"reader -n @ --once -e ansi", NULL, "hello\n", "", 0},
    {"reader -n @ -1e auto", NULL, "hello\n", "", 0},
    {"reader -n @ --once --offset 1", NULL, "ello\n", "", 0},
    {"reader -n @ --once --length 4", NULL, "hell\n", "", 0},
    {"reader -n @ -1 -o 1 -l 3", NULL, "ell\n", "", 0},
    {"reader -n @ -1 -o 0x1 -l 0x3", NULL, "ell\n", "", 0},
    {"reader -n @ -1 -o 4K", NULL, "",
     "reader: the view has 4096 bytes: showing 0 from offset 4096 on\nreader: nothing is in that "
     "part of the mapping @ yet; --wait waits for it\n",
     1},
    {"reader -n @ -1 -o 4K -q", NULL, "",
     "reader: nothing is in that part of the mapping @ yet; --wait waits for it\n", 1},
    {"reader -n @ -1 -o 1 -l 1M", NULL, "ello\n",
     "reader: the view has 4096 bytes: showing 4095 from offset 1 on\n", 0},
    {"reader -n @ -1 -l 1M -q", NULL, "hello\n", "", 0},
    {"reader -n @ -1 -j -o 1 -l 3", NULL,
     "{\"name\":\"@\",\"number\":null,\"missed\":0,\"process_id\":null,\"time\":null,\"text\":"
     "\"ell\"}\n",
     "", 0},
    {"reader -n @ --hex --length 16", NULL,
     "00000000  68 65 6c 6c 6f 00 00 00  00 00 00 00 00 00 00 00  |hello...........|\n00000010\n",
     "", 0},
    {"reader -n @ -x -l 0x20 -o 4", NULL,
     "00000004  6f 00 00 00 00 00 00 00  00 00 00 00 00 00 00 00  |o...............|\n00000014  00 "
     "00 00 00 00 00 00 00  00 00 00 00 00 00 00 00  |................|\n00000024\n",
     "", 0},
    {"reader -n @ -x -l 6 -q", NULL,
     "00000000  68 65 6c 6c 6f 00                                 |hello.|\n00000006\n", "", 0},
    {"reader -n @ -x -o 4090 -l 16", NULL, "00000ffa  ~\n00001000\n",
     "reader: the view has 4096 bytes: showing 6 from offset 4090 on\n", 0},
    {"reader -n @ -x -l 8 --follow -c 1", NULL,
     "00000000  68 65 6c 6c 6f 00 00 00                           |hello...|\n00000008\n", "", 0},
    {"reader -n @ -x -l 8 --wait", NULL,
     "00000000  68 65 6c 6c 6f 00 00 00                           |hello...|\n00000008\n", "", 0},
    {"reader -n @ -x -l 8 --once", NULL,
     "00000000  68 65 6c 6c 6f 00 00 00                           |hello...|\n00000008\n", "", 0},
    {"reader -n @ -x -o 5000", NULL, "",
     "reader: the view has 4096 bytes: showing 0 from offset 4096 on\nreader: nothing is in that "
     "part of the mapping @ yet; --wait waits for it\n",
     1},
    {"reader -n @ --raw --length 6", NULL, "hello\\x00", "", 0},
    {"reader -n @ -r -o 1 -l 3", NULL, "ell", "", 0},
    {"reader -n @ -r -l 3 --follow -c 1", NULL, "hel", "", 0},
    {"reader -n @ -r -o 5000 -q", NULL, "",
     "reader: nothing is in that part of the mapping @ yet; --wait waits for it\n", 1},
    {"reader -n @ --info", NULL,
     "name:           @\nnamespace:      Local\nsize:           4096\naccess:         read, "
     "write\nowner:          ~\nreaders:        ~SYSTEM; ~Administrators; ~\nwriters:        "
     "~SYSTEM; "
     "~Administrators; ~\ndacl:           D:P(A;;~;;;SY)(A;;~;;;BA)(A;;~)\nkind:           "
     "writer\ncapacity:       "
     "256\nmessages:       1\nlength:         5\ncode page:      ~\nprocess id:     ~\nprogram:    "
     "    writer.exe\ntime:           ~Z\nage:            ~ s ago\n",
     "", 0},
    {"reader -n @ --info -j", NULL,
     "{\"name\":\"@\",\"namespace\":\"Local\",\"size\":4096,\"access\":\"read, "
     "write\",\"owner\":\"~\",\"readers\":\"~\",\"writers\":\"~\",\"dacl\":\"D:P~\","
     "\"kind\":\"writer\",\"capacity\":256,\"messages\":1,\"length\":5,\"code_page\":"
     "65001,\"process_id\":~,\"program\":\"writer.exe\",\"time\":\"~Z\",\"age_seconds\":~}\n",
     "", 0},
    {"reader --list @", NULL, "          4096  Local\\@\n", "", 0},
    {"reader --list Local\\@", NULL, "          4096  Local\\@\n", "", 0},
    {"reader --list @ --json", NULL,
     "{\"name\":\"Local\\\\@\",\"namespace\":\"Local\",\"size\":4096}\n", "", 0},
    {"reader --list @?", NULL, "", "reader: no named mapping of that name exists\n", 1},
    {"writer -n @ bye", NULL, "", "", 0},
    {"reader -n @ -1", NULL, "bye\n", "", 0},
    {"writer -n @ -q two words", NULL, "", "", 0},
    {"reader -n @ -1", NULL, "two words\n", "", 0},
    {"writer -n @ '  two  words  ' ''", NULL, "", "", 0},
    {"reader -n @ -1", NULL, "  two  words   \n", "", 0},
    {"writer -n @ ''", NULL, "", "", 0},
    {"reader -n @ -1", NULL, "\n", "", 0},
    {"reader -n @ -1j", NULL,
     "{\"name\":\"@\",\"number\":5,\"missed\":0,\"process_id\":~,\"time\":\"~Z\",\"text\":\"\"}\n",
     "", 0},
    {"writer -n @ -- --keep", NULL, "", "", 0},
    {"reader -n @ -1", NULL, "--keep\n", "", 0},
    {"writer -n @ -- -x /? *", NULL, "", "", 0},
    {"reader -n @ -1", NULL, "-x /? *\n", "", 0},
    {"writer -n @", "one\ntwo\nthree", "", "", 0},
    {"reader -n @ -1", NULL, "three\n", "", 0},
    {"writer -n @ -i 1", "one\r\ntwo\r\n", "", "", 0},
    {"reader -n @ -1j", NULL,
     "{\"name\":\"@\",\"number\":12,\"missed\":0,\"process_id\":~,\"time\":\"~Z\",\"text\":\"two\"}"
     "\n",
     "", 0},
    {"writer -n @ -q", "\n", "", "", 0},
    {"reader -n @ -1", NULL, "\n", "", 0},
    {"writer -n @ --interval 0",
     "\xef"
     "\xbb"
     "\xbf"
     "marked\n",
     "", "", 0},
    {"reader -n @ -1", NULL, "marked\n", "", 0},
    {"writer -n @ --timeout 0 x", NULL, "", "", 0},
    {"writer -n @ -t 0", "y\n", "", "", 0},
    {"reader -n @ -1", NULL, "y\n", "", 0},
    {"writer -n @ --until-read -t 0.1 x", NULL, "", NO_READER, 1},
    {"writer -n @ -k y", "", "", KEEPING, 0},
    {"writer -n @ -k", "z\n", "", "", 0},
    {"reader -n @ -1", NULL, "z\n", "", 0},
    {"writer -n @ -s 256 exact", NULL, "", "", 0},
    {"writer -n @ -s 10 less", NULL, "", "", 0},
    {"writer -n @ -s 257 more", NULL, "", EXISTS "256 bytes, not the 257" LEAVE_OUT, 2},
    {"writer -n @ -s 64K more", NULL, "", EXISTS "256 bytes, not the 65536" LEAVE_OUT, 2},
    {"reader -n @ -1", NULL, "less\n", "", 0},
    {"writer -n @ --plain plain", NULL, "", "", 0},
    {"reader -n @ -1", NULL, "plain\n", "", 0},
    {"reader -n @ -1j", NULL,
     "{\"name\":\"@\",\"number\":null,\"missed\":0,\"process_id\":null,\"time\":null,\"text\":"
     "\"plain\"}\n",
     "", 0},
    {"reader -n @ --info", NULL,
     "name:           @\nnamespace:      Local\nsize:           4096\naccess:         read, "
     "write\nowner:          ~\nreaders:        ~SYSTEM; ~Administrators; ~\nwriters:        "
     "~SYSTEM; "
     "~Administrators; ~\ndacl:           D:P(A;;~;;;SY)(A;;~;;;BA)(A;;~)\nkind:           "
     "writer\ncapacity:       "
     "256\nmessages:       21\nlength:         4\ncode page:      ~\nprocess id:     ~\nprogram:   "
     "     has ended\ntime:           ~Z\nage:            ~ s ago\n",
     "", 0},
    {"writer -n @ -p -q", "p1\np2\n", "", "", 0},
    {"reader -n @ -1", NULL, "p2\n", "", 0},
    {"writer -n @ --share shared", NULL, "",
     "writer: --share has no effect: @ exists, and who created it has decided who may read it "
     "(reader --info tells)\n",
     0},
    {"reader -n @ -1j", NULL,
     "{\"name\":\"@\",\"number\":22,\"missed\":0,\"process_id\":~,\"time\":\"~Z\",\"text\":"
     "\"shared\"}\n",
     "", 0},
};

static const struct row group_3[] = {
    {"writer -n @ L*255+", NULL, "",
     "writer: the text has 256 bytes, the mapping holds 255" TOO_LARGE, 1},
    {"reader -n @ -1", NULL, "hello\n", "", 0},
    {"writer -n @ L*255", NULL, "", "", 0},
    {"reader -n @ -1", NULL, "L*255\n", "", 0},
    {"writer -n @", "one\nL*255+\nthree\n", "",
     "writer: line 2 has 256 bytes, the mapping holds 255" TOO_LARGE, 1},
    {"reader -n @ -1", NULL, "three\n", "", 0},
    {"writer -n @ -q", "L*255++", "",
     "writer: line 1 has 257 bytes, the mapping holds 255" TOO_LARGE, 1},
    {"reader -n @ -1", NULL, "three\n", "", 0},
    {"writer -n @ -p L*255+", NULL, "",
     "writer: the text has 256 bytes, the mapping holds 255" TOO_LARGE, 1},
    {"writer -n @ -e utf-16 L*128", NULL, "",
     "writer: the text has 256 bytes, the mapping holds 254" TOO_LARGE, 1},
    {"writer -n @ -e utf-16 L*127", NULL, "", "", 0},
    {"reader -n @ -1", NULL, "L*127\n", "", 0},
    {"writer -n @ -t 0.02 quick", NULL, "", "", 0},
};

static const struct row group_4[] = {
    {"writer -n @ grüße", NULL, "", "", 0},
    {"reader -n @ -1", NULL, "grüße\n", "", 0},
    {"reader -n @ -x -l 8", NULL,
     "00000000  67 72 c3 bc c3 9f 65 00                           |gr....e.|\n00000008\n", "", 0},
    {"writer -n @ -e utf-8 共享内存🙂", NULL, "", "", 0},
    {"reader -n @ -1", NULL, "共享内存🙂\n", "", 0},
    {"reader -n @ -1 -j", NULL,
     "{\"name\":\"@\",\"number\":3,\"missed\":0,\"process_id\":~,\"time\":\"~Z\",\"text\":"
     "\"共享内存🙂\"}\n",
     "", 0},
    {"writer -n @ -e utf-16 共享🙂", NULL, "", "", 0},
    {"reader -n @ -1", NULL, "共享🙂\n", "", 0},
    {"reader -n @ -x -l 10", NULL,
     "00000000  71 51 ab 4e 3d d8 42 de  00 00                    |qQ.N=.B...|\n0000000a\n", "", 0},
    {"reader -n @ -1 -e utf-16", NULL, "共享🙂\n", "", 0},
    {"reader -n @ -1 -e latin-1 -l 2", NULL, "qQ\n", "", 0},
    {"writer -n @ -e latin-1 grüße", NULL, "", "", 0},
    {"reader -n @ -1", NULL, "grüße\n", "", 0},
    {"reader -n @ -x -l 6", NULL,
     "00000000  67 72 fc df 65 00                                 |gr..e.|\n00000006\n", "", 0},
    {"writer -n @ -e latin-1", "aÿ\n", "", "", 0},
    {"reader -n @ -1", NULL, "aÿ\n", "", 0},
    {"writer -n @ -e latin-1 €", NULL, "",
     "writer: the text has U+20AC '€', which code page 28591 lacks (--encoding utf-8 has it); it "
     "was not sent\n",
     1},
    {"writer -n @ -e latin-1", "a\n共\nb\n", "",
     "writer: line 2 has U+5171 '共', which code page 28591 lacks (--encoding utf-8 has it); it "
     "was not sent\n",
     1},
    {"reader -n @ -1", NULL, "b\n", "", 0},
    {"writer -n @ -e latin-1",
     "\xff"
     "\n",
     "",
     "writer: line 1 is not valid UTF-8, so it cannot become code page 28591; it was not sent\n",
     1},
    {"writer -n @ -e utf-16",
     "\xff"
     "\n",
     "", "writer: line 1 is not valid UTF-8, so it cannot become code page 1200; it was not sent\n",
     1},
    {"writer -n @ -e oem grüße", NULL, "", "", 0},
    {"reader -n @ -1", NULL, "grüße\n", "", 0},
    {"writer -n @ -e ansi grüße", NULL, "", "", 0},
    {"reader -n @ -1", NULL, "grüße\n", "", 0},
    {"writer -n @ -e UTF-8 x", NULL, "", "", 0},
    {"writer -n @ -e utf8 x", NULL, "",
     "writer: unknown --encoding utf8: use utf-8, utf-16, ansi, oem or latin-1\n", 2},
    {"reader -n @ -1 -e UTF16 -l 2", NULL, "",
     "reader: unknown --encoding UTF16: use auto, utf-8, utf-16, ansi, oem or latin-1\n", 2},
    {"writer -n @ -e utf-16 -p 'wide text'", NULL, "", "", 0},
    {"reader -n @ -1", NULL, "wide text\n", "", 0},
    {"reader -n @ -x -l 4", NULL,
     "00000000  77 00 69 00                                       |w.i.|\n00000004\n", "", 0},
    {"writer -n @ -e latin-1 -p grüße", NULL, "", "", 0},
    {"reader -n @ -1 -e latin-1", NULL, "grüße\n", "", 0},
    {"reader -n @ -1j -e latin-1", NULL,
     "{\"name\":\"@\",\"number\":null,\"missed\":0,\"process_id\":null,\"time\":null,\"text\":"
     "\"grüße\"}\n",
     "", 0},
};

static const struct row group_5[] = {
    {"writer -n @", "a\tb\033[31mc\007\n", "", "", 0},
    {"reader -n @ -1", NULL, "a\\x09b\\x1b[31mc\\x07\n", "", 0},
    {"reader -n @ -1j", NULL,
     "{\"name\":\"@\",\"number\":2,\"missed\":0,\"process_id\":~,\"time\":\"~Z\",\"text\":"
     "\"a\\tb\\u001b[31mc\\u0007\"}\n",
     "", 0},
    {"writer -n @ 'say \\x \"hi\"'", NULL, "", "", 0},
    {"reader -n @ -1j", NULL,
     "{\"name\":\"@\",\"number\":3,\"missed\":0,\"process_id\":~,\"time\":\"~Z\",\"text\":\"say "
     "\\\\x \\\"hi\\\"\"}\n",
     "", 0},
    {"reader -n @ -1", NULL, "say \\x \"hi\"\n", "", 0},
};

static const struct row group_6[] = {
    {"reader -n @ --info", NULL,
     "name:           @\nnamespace:      Local\nsize:           12288\naccess:         read, "
     "write\nowner:          ~\nreaders:        ~SYSTEM; ~Administrators; ~\nwriters:        "
     "~SYSTEM; "
     "~Administrators; ~\ndacl:           D:P(A;;~;;;SY)(A;;~;;;BA)(A;;~)\nkind:           "
     "writer\ncapacity:       "
     "4096\nmessages:       1\nlength:         3\ncode page:      ~\nprocess id:     ~\nprogram:   "
     "     writer.exe\ntime:           ~Z\nage:            ~ s ago\n",
     "", 0},
    {"writer -n @ x*600", NULL, "", "", 0},
    {"reader -n @ -1 -o 596", NULL, "xxxx\n", "", 0},
    {"reader -n @ -1j -l 4", NULL,
     "{\"name\":\"@\",\"number\":null,\"missed\":0,\"process_id\":null,\"time\":null,\"text\":"
     "\"xxxx\"}\n",
     "", 0},
    {"writer -n @ -s 4K fits", NULL, "", "", 0},
    {"writer -n @ -s 4097 not", NULL, "", EXISTS "4096 bytes, not the 4097" LEAVE_OUT, 2},
    {"reader -n @ -1", NULL, "fits\n", "", 0},
    {"writer -n @ y*4096", NULL, "",
     "writer: the text has 4096 bytes, the mapping holds 4095" TOO_LARGE, 1},
    {"writer -n @ y*4095", NULL, "", "", 0},
    {"reader -n @ -1 -o 4090", NULL, "yyyyy\n", "", 0},
};

#define GROUP(title, holder, rows)                                                                 \
    {                                                                                              \
        title, holder, rows, sizeof rows / sizeof rows[0]                                          \
    }
static const struct group groups[] = {
    GROUP("nothing is there", NULL, group_0),
    GROUP("the last holder leaves", NULL, group_1),
    GROUP("a message is there", "writer -n @ --keep hello", group_2),
    GROUP("what does not fit", "writer -n @ -k hello", group_3),
    GROUP("encodings", "writer -n @ -k hello", group_4),
    GROUP("control characters to a pipe and to JSON", "writer -n @ -k hello", group_5),
    GROUP("a larger mapping", "writer -n @ -k -s 4K big", group_6),
};
