/* The commands of docs/recipes.md, taken from there, on mappings that are laid out as well-known
 * programs publish them, and while they change. */
#include "harness.h"

#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <wchar.h>

#define MOST_WORDS 24
#define LINE_ROOM  600

/* ---- the layouts, as the programs' headers declare them ---- */

/* MumbleLink: LinkedMem of Mumble's documentation. */
struct link {
    UINT32 version, tick;
    float position[3], front[3], top[3];
    wchar_t name[256];
    float camera_position[3], camera_front[3], camera_top[3];
    wchar_t identity[256];
    UINT32 context_bytes;
    unsigned char context[256];
    wchar_t description[2048];
};
_Static_assert(sizeof(struct link) == 5460, "what docs/recipes.md gives --size");

/* iRacing: the first words of irsdk_header. */
struct iracing {
    INT32 version, status, tick_rate, update, yaml_bytes, yaml_offset;
};

/* Assetto Corsa: the first words of SPageFilePhysics. */
struct physics {
    INT32 packet;
    float gas, brake, fuel;
    INT32 gear, rpm;
    float steering, kmh;
};

/* Core Temp: CORE_TEMP_SHARED_DATA. */
struct core_temp {
    UINT32 load[256], limit[128], cores, processors;
    float temperature[256], voltage, mhz, bus_mhz, multiplier;
    char name[100];
    unsigned char fahrenheit, below_limit;
};

/* RTSS 2.0: RTSS_SHARED_MEMORY, whose header tells where the entries begin. */
struct rtss_entry {
    UINT32 process;
    char path[260];
    UINT32 flags, time[2], frames, frame_us;
    UINT32 statistics[8], osd[5], capture;
    char capture_path[260];
};
struct rtss {
    UINT32 signature, version;
    UINT32 entry_bytes, entry_offset, entries;
    UINT32 osd_bytes, osd_offset, osds, frame;
    char osd[8][512];
    struct rtss_entry entry[256];
};

/* HWiNFO: HWiNFO_SENSORS_SHARED_MEM2 and its elements, packed. */
#pragma pack(push, 1)
struct hwinfo_sensor {
    UINT32 id, instance;
    char name[128], user_name[128], user_name_utf8[128];
};
struct hwinfo_reading {
    UINT32 type, sensor, id;
    char label[128], user_label[128], unit[16];
    double value, lowest, highest, average;
    char user_label_utf8[128], unit_utf8[16];
};
struct hwinfo {
    char signature[4];
    UINT32 version, revision;
    INT64 poll_time;
    UINT32 sensor_offset, sensor_bytes, sensors;
    UINT32 reading_offset, reading_bytes, readings;
    UINT32 period_ms;
    struct hwinfo_sensor sensor[2];
    struct hwinfo_reading reading[3];
};
#pragma pack(pop)

/* ---- the publishers ---- */

static unsigned char *view;

static void publish_aida64(bool later)
{
    sprintf((char *)view,
            "<sys><id>SCPUCLK</id><label>CPU Clock</label><value>%d</value></sys>"
            "<temp><id>TCPU</id><label>CPU \xb0"
            "C</label><value>42</value></temp>",
            later ? 4201 : 800);
}

static void publish_mumble(bool later)
{
    struct link *link = (void *)view;
    link->version = 2;
    link->position[0] = later ? 13.5f : 12.5f;
    link->position[1] = 3;
    link->position[2] = -7.25f;
    wcscpy(link->name, L"Guild Wars 2");
    wcscpy(link->identity, L"{\"name\":\"Taimi\",\"map_id\":50}");
}

static void publish_iracing(bool later)
{
    *(struct iracing *)view = (struct iracing){2, 1, 60, later ? 2 : 1, 4096, later ? 114 : 112};
    sprintf((char *)view + 112, "---\nWeekendInfo:\n TrackName: %s\n...\n",
            later ? "n\xfcrburg" : "spa");
}

static void publish_physics(bool later)
{
    *(struct physics *)view = (struct physics){
        .packet = 7, .gas = 1, .fuel = 30, .gear = later ? 5 : 4, .rpm = 7200, .kmh = 183.4f};
}

static void publish_core_temp(bool later)
{
    static const UINT32 load[] = {12, 3, 99, 7};
    static const float degrees[] = {41, 39.5f, 63, 40};
    struct core_temp *data = (void *)view;
    memcpy(data->load, load, sizeof load);
    memcpy(data->temperature, degrees, sizeof degrees);
    data->temperature[2] += later;
    data->limit[0] = 100;
    data->cores = later ? 6 : 4;
    data->processors = 1;
    strcpy(data->name, "Intel Core i5-4570 (Haswell)");
}

static void publish_rtss(bool later)
{
    struct rtss *rtss = (void *)view;
    *rtss = (struct rtss){.signature = 0x52545353, /* 'RTSS' */
                          .version = 0x20000,
                          .entry_bytes = sizeof *rtss->entry,
                          .entry_offset = offsetof(struct rtss, entry),
                          .entries = later ? 255 : 256,
                          .osd_bytes = sizeof *rtss->osd,
                          .osd_offset = offsetof(struct rtss, osd),
                          .osds = 8};
    rtss->entry[0].process = 4321;
    rtss->entry[0].frame_us = later ? 8333 : 16667;
    strcpy(rtss->entry[0].path, "C:\\Games\\game.exe");
}

static void publish_hwinfo(bool later)
{
    struct hwinfo *data = (void *)view;
    *data = (struct hwinfo){.signature = "SiWH",
                            .version = 2,
                            .revision = 1,
                            .sensor_offset = offsetof(struct hwinfo, sensor),
                            .sensor_bytes = sizeof *data->sensor,
                            .sensors = 2,
                            .reading_offset = offsetof(struct hwinfo, reading),
                            .reading_bytes = sizeof *data->reading,
                            .readings = later ? 2 : 3};
    struct hwinfo_reading *reading = data->reading;
    reading->type = 1;
    reading->value = later ? 62.5 : 61.5;
    strcpy(reading->unit, "\xb0"
                          "C");
    strcpy(reading->user_label_utf8, "CPU Package");
    strcpy(reading->unit_utf8, "\xc2\xb0"
                               "C");
}

static const struct recipe {
    const char *name;
    DWORD bytes;
    void (*publish)(bool later);
    int commands;         /* in the page */
    const char *after[2]; /* parts of what each prints after a change */
} recipes[] = {
    {"AIDA64_SensorValues", 10240, publish_aida64, 1, {"<value>4201</value>"}},
    {"Local\\acpmf_physics", 800, publish_physics, 1, {"{\"gear\":5,"}},
    {"CoreTempMappingObjectEx",
     sizeof(struct core_temp),
     publish_core_temp,
     2,
     {"(Haswell)\t6\r\n", "\t41 39.5 64 40\r\n"}},
    {"Global\\HWiNFO_SENS_SM2",
     sizeof(struct hwinfo),
     publish_hwinfo,
     2,
     {"832 460 2\r\n", "\t62.5\t"}},
    {"Local\\IRSDKMemMapFileName", 1164 * 1024, publish_iracing, 2, {"114\r\n", "n\xc3\xbcrburg"}},
    {"MumbleLink", sizeof(struct link), publish_mumble, 1, {"\t13.5 3 -7.25\r\n"}},
    {"RTSSSharedMemoryV2",
     sizeof(struct rtss),
     publish_rtss,
     2,
     {"600 4132 255\r\n", "game.exe\t8333\r\n"}},
};

/* ---- the page ---- */

/* The whole page, of the folder that the build lies in. */
static char *read_page(void)
{
    wchar_t path[600];
    _snwprintf(path, 600, L"%ls\\..\\..\\..\\..\\docs\\recipes.md", test_self());
    FILE *file = _wfopen(path, L"rb");
    if (file == NULL)
        return NULL;
    char *text = test_room(NULL, 1 << 18);
    text[fread(text, 1, (1 << 18) - 1, file)] = '\0';
    fclose(file);
    return text;
}

struct row {
    char command[LINE_ROOM], prints[LINE_ROOM];
    const char *words[MOST_WORDS];
    int count;
};

/* What is in the next backticks. */
static const char *take_code(const char *from, char to[LINE_ROOM])
{
    from += strcspn(from, "`") + (strchr(from, '`') != NULL);
    size_t length = strcspn(from, "`");
    snprintf(to, LINE_ROOM, "%.*s", (int)length, from);
    return from + length + (from[length] == '`');
}

/* The next row of the table whose command reads the mapping; where to go on, or NULL. What is
 * behind > is left out of its command. */
static const char *find_row(const char *page, const char *name, struct row *row)
{
    char start[80];
    snprintf(start, sizeof start, "| `reader -n %s ", name);
    const char *found = strstr(page, start);
    if (found == NULL)
        return NULL;
    found = take_code(take_code(found, row->command), row->prints);
    row->command[strcspn(row->command, ">")] = '\0';
    row->count = 0;
    for (char *word = strtok(row->command, " "); word != NULL; word = strtok(NULL, " "))
        if (row->count < MOST_WORDS - 4)
            row->words[row->count++] = word;
    row->words[row->count] = NULL;
    return found;
}

/* The command that prints once, or that follows. */
static void set_way(struct row *row, bool follows)
{
    static const char *const ways[] = {"--once", "--follow"};
    bool ends = false;
    for (int i = 0; i < row->count; i++)
        if (strcmp(row->words[i], ways[0]) == 0 || strcmp(row->words[i], ways[1]) == 0) {
            row->words[i] = ways[follows];
            ends = true;
        }
    if (!ends)
        test_bail("%s has neither --once nor --follow", row->words[2]);
}

/* Whether the output is what the page shows: blanks stand for tabs and line ends, ... for anything.
 */
static bool is_as_shown(const char *output, const char *shown)
{
    char *flat = _strdup(output), *to = flat;
    for (const char *from = output; *from != '\0'; from++) {
        bool blank = strchr(" \t\r\n", *from) != NULL;
        if (!blank || (to > flat && to[-1] != ' '))
            *to++ = blank ? ' ' : *from;
    }
    while (to > flat && to[-1] == ' ')
        to--;
    *to = '\0';
    size_t length = strlen(shown);
    bool open = length > 3 && strcmp(shown + length - 3, "...") == 0;
    bool same = open ? strncmp(flat, shown, length - 3) == 0 : strcmp(flat, shown) == 0;
    if (!same)
        test_note("it prints: %s", flat);
    free(flat);
    return same;
}

/* ---- the recipes ---- */

static void try_row(const struct recipe *recipe, struct row *row, const char *after)
{
    recipe->publish(false);
    set_way(row, false);
    test_equal(process_run(row->words, NULL), 0, "%s: the command", recipe->name);
    test_check(is_as_shown(got.out, row->prints), "prints %s", row->prints);
    test_text(got.err, "", "and nothing else");
    set_way(row, true);
    struct process *follower = process_start(row->words);
    test_check(process_wait_output(follower, "\r\n", ENOUGH_MS), "followed, it is shown");
    recipe->publish(true);
    test_check(process_wait_output(follower, after, ENOUGH_MS), "and so is a change");
    process_free(follower);
}

static void try_recipe(const struct recipe *recipe, const char *page)
{
    struct row row;
    int count = 0;
    struct foreign foreign = test_publish(recipe->name, recipe->bytes, NULL);
    view = (unsigned char *)foreign.view;
    while (count < recipe->commands && (page = find_row(page, recipe->name, &row)) != NULL)
        try_row(recipe, &row, recipe->after[count++]);
    test_equal(count, recipe->commands, "%s: the page has its commands", recipe->name);
    test_withdraw(&foreign);
}

/* Without Mumble: a page that a writer keeps, a game that opens it as the documentation says, and
 * the reader. */
static void test_page_without_mumble(const char *page)
{
    char command[LINE_ROOM];
    const char *words[MOST_WORDS];
    int count = 0;
    const char *found = strstr(page, "`writer -n MumbleLink ");
    if (found == NULL)
        test_bail("the page has no command that makes MumbleLink");
    take_code(found, command);
    for (char *word = strtok(command, " "); word != NULL; word = strtok(NULL, " "))
        words[count++] = strcmp(word, "\"\"") == 0 ? "" : word;
    words[count] = NULL;
    struct process *writer = process_start(words);
    process_wait_errors(writer, "keeping", ENOUGH_MS);

    HANDLE section = OpenFileMappingW(FILE_MAP_ALL_ACCESS, FALSE, L"MumbleLink");
    view = section == NULL ? NULL
                           : MapViewOfFile(section, FILE_MAP_ALL_ACCESS, 0, 0, sizeof(struct link));
    test_check(view != NULL, "the page that a writer keeps is large enough for a game");
    if (view == NULL)
        return;
    publish_mumble(true);
    struct row row;
    find_row(page, "MumbleLink", &row);
    process_run(row.words, NULL);
    test_contains(got.out, "Guild Wars 2\t{\"name\":\"Taimi\",\"map_id\":50}\t13.5 3 -7.25\r\n",
                  "and read while both have it");
    UnmapViewOfFile(view);
    CloseHandle(section);
    process_run(row.words, NULL);
    test_contains(got.out, "Guild Wars 2\t", "and when the game has gone");
    test_equal(process_run(ARGS("writer", "-n", "MumbleLink", "--release"), NULL), 0,
               "--release ends it");
    test_ends(writer, 0, "with status 0");
}

void test_main(void)
{
    char *page = read_page();
    if (page == NULL) {
        test_skip("the recipes", "docs/recipes.md is not beside the build");
        return;
    }
    for (size_t i = 0; i < sizeof recipes / sizeof recipes[0]; i++)
        if (strncmp(recipes[i].name, "Global\\", 7) != 0 || test_has_global(recipes[i].name))
            try_recipe(&recipes[i], page);
    test_page_without_mumble(page);
    free(page);
}
